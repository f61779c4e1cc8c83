import { assertEquals, assertRejects } from "@std/assert";
import { completionOf } from "../../../lib/completion/candidates.ts";
import { UsageError } from "../../../lib/errors.ts";
import { locationRules } from "../../support/fixtures/location_rules.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

/** Gives the texts of the candidates, and whether files are among them. */
async function textsFor(
  ...words: readonly string[]
): Promise<{ texts: readonly string[]; withFiles: boolean }> {
  const { candidates, withFiles } = await completionOf(words, locationRules());
  return { texts: candidates.map(({ text }) => text), withFiles };
}

/** Words, the candidates of the last one, true where files are some, too. */
const ROWS: readonly (readonly [string[], string[], boolean])[] = [
  [["--vers"], ["--version"], false],
  [["--complet"], ["--completions"], false],
  [["-rp"], ["-rp"], false],
  [["--none"], [], false],
  [["--completions", ""], ["bash", "zsh", "fish", "powershell"], false],
  [["--completions=f"], ["--completions=fish"], false],
  [["-X", "n"], ["nrequests="], false],
  [["-rXb"], ["-rXbuffer="], false],
  [["-oproxyj"], ["-oproxyjump="], false],
  [["-P", "2"], [], false],
  [["-i", "x"], [], true],
  [["a/b"], [], true],
  [["scp://host/"], [], false],
];

Deno.test("completionOf(): finds options, values and operands", async () => {
  for (const [words, texts, withFiles] of ROWS) {
    assertEquals(await textsFor(...words), { texts, withFiles }, `${words}`);
  }
});

Deno.test("completionOf(): finds hosts of a configuration for operands and -J", async () => {
  using directory = new TempDirectory();
  const config = `${directory.path}/config`;
  Deno.writeTextFileSync(config, "Host seacp-b seacp-a seacp::1\n");
  const rows = [
    ["seacp-", ["seacp-a:", "seacp-b:"]],
    ["bob@seacp-a", ["bob@seacp-a:"]],
    ["[seacp", ["[seacp::1]:"]],
  ] as const;
  for (const [typed, texts] of rows) {
    assertEquals(await textsFor("-F", config, typed), {
      texts,
      withFiles: true,
    });
  }
  assertEquals(await textsFor("-F", config, "-J", "x,bob@seacp-"), {
    texts: ["x,bob@seacp-a", "x,bob@seacp-b"],
    withFiles: false,
  });
});

Deno.test({
  name: "completionOf(): asks the ssh of -S for its ciphers",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using directory = new TempDirectory();
    const program = `${directory.path}/ssh`;
    Deno.writeTextFileSync(
      program,
      '#!/bin/sh\n[ "$*" = "-Q cipher" ] && printf "aes1\\naes2\\nother\\n"\n',
      { mode: 0o755 },
    );
    assertEquals(await textsFor("-S", program, "-c", "aes1,a"), {
      texts: ["aes1,aes1", "aes1,aes2"],
      withFiles: false,
    });
  },
});

Deno.test("completionOf(): throws where the options before a remote path are wrong", async () => {
  await assertRejects(
    () => completionOf(["-P", "0", "host:"], locationRules()),
    UsageError,
  );
});
