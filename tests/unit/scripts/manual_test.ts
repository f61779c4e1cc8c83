import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { EXAMPLES } from "../../../lib/options/examples.ts";
import { dashed, OPTIONS } from "../../../lib/options/option_table.ts";
import { helpText, USAGE } from "../../../lib/options/usage.ts";
import { argument, textLines } from "../../../scripts/manual/mdoc.ts";
import { OPTION_REMARKS } from "../../../scripts/manual/option_remarks.ts";
import { manualPage } from "../../../scripts/manual/page.ts";
import {
  checkOptionsTable,
  withOptionsTable,
} from "../../../scripts/manual/readme.ts";
import { findProgram } from "../../../scripts/peers.ts";
import { peerTest } from "../../support/doors.ts";

const PAGE = manualPage({ version: "1.2.3", date: new Date("2026-11-05") });

/** Runs mandoc on a page; gives its output without overstriking. */
async function mandoc(
  args: readonly string[],
  page: string,
): Promise<string> {
  const child = new Deno.Command(findProgram("mandoc")!, {
    args: ["-mdoc", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(page));
  await writer.close();
  // deno-lint-ignore no-control-regex -- a character, backspace, and it again
  return new TextDecoder().decode((await output).stdout).replace(/.\x08/gu, "");
}

/** Renders a page at 80 columns and joins its lines. */
async function readPage(page: string): Promise<string> {
  return (await mandoc(["-Tutf8"], page)).replaceAll(/\s+/g, " ");
}

/** Makes a page of these lines of mdoc and nothing else. */
function pageOf(lines: string): string {
  return [
    ".Dd November 5, 2026",
    ".Dt TEST 1",
    ".Os",
    ".Sh NAME",
    ".Nm test",
    ".Nd a test",
    ".Sh DESCRIPTION",
    lines,
    "",
  ].join("\n");
}

Deno.test("manualPage(): is the page as last reviewed", async (t) => {
  await t.assertSnapshot(PAGE);
});

Deno.test("manualPage(): describes every option that --help shows, and no other", () => {
  const described = PAGE.split("\n").filter((line) => /^\.It Fl .+/.test(line));
  const expected = OPTIONS
    .filter(({ summary }) => summary !== undefined)
    .map(({ name, value, summary }) => {
      const typed = name.length === 1
        ? name
        : `\\-${name.replaceAll("-", "\\-")}`;
      const line = `.It Fl ${typed}${
        value === undefined ? "" : ` Ar ${value}`
      }`;
      assertStringIncludes(PAGE, `\n${line}\n${textLines(summary!)}\n`);
      return line;
    });
  assertEquals(described, expected);
});

Deno.test("manualPage(): remarks on no hidden option", () => {
  for (const name of Object.keys(OPTION_REMARKS)) {
    const option = OPTIONS.find((option) => option.name === name);
    assert(option?.summary !== undefined, name);
  }
});

Deno.test("manualPage(): gives the examples of --help", () => {
  for (const { command } of EXAMPLES) {
    assertStringIncludes(helpText(), `\n  ${command}`);
  }
  const shown = PAGE.split("\n").filter((line) => line.startsWith(".Dl"));
  assertEquals(shown, EXAMPLES.map((it) => `.Dl ${argument(it.command)}`));
});

Deno.test("manualPage(): names version and date, in ASCII without empty lines", () => {
  assertStringIncludes(PAGE, "seacp 1.2.3.\n");
  assertMatch(PAGE, /^\.Dd November 5, 2026\n/);
  assertMatch(PAGE, /^([\x20-\x7e]+\n)+$/);
});

peerTest("manualPage(): passes the checks of mandoc", ["mandoc"], async () => {
  const said = await mandoc(["-Tlint"], PAGE);
  // The system decides which other manuals are installed.
  const complaints = said.split("\n").filter((line) =>
    line !== "" && !line.includes("referenced manual not found")
  );
  assertEquals(complaints, []);
});

peerTest(
  "manualPage(): renders the option table and the examples word for word",
  ["mandoc"],
  async () => {
    const text = await readPage(PAGE);
    for (const { name, value = "", summary } of OPTIONS) {
      if (summary === undefined) continue;
      const typed = `${dashed(name)} ${value}`.trimEnd();
      assertStringIncludes(text, ` ${typed} ${summary} `);
    }
    for (const { command } of EXAMPLES) assertStringIncludes(text, command);
  },
);

/** Options that scp does not have, in the order of the synopsis. */
const OURS: readonly string[] = [
  "atomic",
  "checksum",
  "chmod modes",
  "dry-run",
  "exclude pattern",
  "exclude-from file",
  "include pattern",
  "jobs number",
  "json",
  "links",
  "lockstep",
  "mkdir",
  "no-clobber",
  "progress",
  "resume",
  "retries number",
  "share",
  "skip-unchanged",
  "summary",
  "update",
  "verify",
];

/** Gives the key by which an option of the synopsis is sorted. */
function keyOf(option: string): string {
  return /^\[-+(\S+)/.exec(option)![1]!.toLowerCase();
}

peerTest(
  "manualPage(): has a synopsis that extends the usage of scp",
  ["mandoc"],
  async () => {
    const [, options] = /usage: scp (.*) source/s.exec(USAGE)!;
    const [letters, ...values] = options!.match(/\[[^\]]*\]/g)!
      .map((option) => option.replaceAll(/\s+/g, " "));
    const ours = OURS.map((option) => `[--${option}]`);
    const flags = ours.filter((option) => !option.includes(" "));
    const all = [...values, ...ours.filter((option) => option.includes(" "))]
      .toSorted((one, other) => keyOf(one) < keyOf(other) ? -1 : 1);
    const synopsis = [letters, ...flags, ...all].join(" ");
    const expected = `seacp ${synopsis} source ... target`;
    assertStringIncludes(
      await readPage(PAGE),
      `SYNOPSIS ${expected} seacp --serve directory [--read-only] ` +
        "[--write-only] [--no-overwrite] [--log file] [--check] " +
        "seacp --completions shell seacp --help",
    );
  },
);

/** Texts that a formatter could interpret or replace. */
const ODD_TEXTS: readonly string[] = [
  ".Sh starts a line",
  "...",
  "'quoted' and \"so\"",
  '"',
  "\\fB is no font, \\ is one character",
  "\\",
  "~/a ^ `b` -r --help - a-b -",
  ".\n.b\n'c\n\\d\n-e",
  "First. Second! .third",
  "Fl Ar . , ( | %A",
];

peerTest("textLines(): renders as the same text", ["mandoc"], async () => {
  for (const text of ODD_TEXTS) {
    const read = await readPage(pageOf(textLines(text)));
    const expected = text.replaceAll(/\s+/g, " ");
    assertStringIncludes(read, `DESCRIPTION ${expected} `);
  }
});

Deno.test("textLines(): keeps hyphens in words and makes others ASCII minuses", () => {
  assertEquals(
    textLines("-r and --help, case-by-case"),
    "\\-r and \\-\\-help, case-by-case",
  );
  assertEquals(argument("my-file -r"), '"my\\-file \\-r"');
});

const ODD_ARGUMENTS: readonly string[] = [
  ...ODD_TEXTS.filter((text) => !text.includes("\n")),
  ...["Fl", "Ar", "Bsx", "%A", "."],
  ...[",", "(", "[", "|", ";", "a b", "a", "-", "\\."],
];

peerTest("argument(): renders as the same text", ["mandoc"], async () => {
  for (const text of ODD_ARGUMENTS) {
    const read = await readPage(pageOf(`.Dl ${argument(text)}`));
    assertStringIncludes(read, `DESCRIPTION ${text} `);
  }
});

const README = Deno.readTextFileSync(
  new URL("../../../README.md", import.meta.url),
);

Deno.test("checkOptionsTable(): refuses a README with a missing, extra or changed row", () => {
  checkOptionsTable(README);
  const [row] = /^\| `-p` .*\n/m.exec(README)!;
  for (const other of ["", row + row, row.replace("Preserve", "Keep")]) {
    const changed = README.replace(row, other);
    assertThrows(
      () => checkOptionsTable(changed),
      Error,
      "run deno task manual",
    );
    assertEquals(withOptionsTable(changed), README);
  }
});

Deno.test("checkOptionsTable(): names the missing marker", () => {
  for (
    const marker of [
      "<!-- options: made by task manual -->",
      "<!-- /options -->",
    ]
  ) {
    assertThrows(
      () => checkOptionsTable(README.replace(marker, "")),
      Error,
      `README.md has no <!-- options: made by task manual --> with`,
    );
  }
});
