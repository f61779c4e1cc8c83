/** Operands and names that a shell would run something for. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { writeScript } from "../support/doors.ts";
import { listing } from "../support/fixtures/listing.ts";
import { type Outcome, seacp } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { exists, makeTree } from "../support/fixtures/tree.ts";

/** Each of them would make the file `pwn`. */
const COMMANDS: readonly string[] = [
  "$(touch pwn)",
  "`touch pwn`",
  "; touch pwn",
  "| touch pwn",
  "&& touch pwn",
  "f > pwn",
  "\ntouch pwn\n",
  '"; touch pwn; "',
  "'; touch pwn; '",
  "a b",
  "*",
  "~",
];

/** The same, as a remote shell is given them where there is no SFTP. */
const QUOTED: readonly (readonly [path: string, text: string])[] = [
  ["$(touch pwn)", "'$(touch pwn)'"],
  ["`touch pwn`", "'`touch pwn`'"],
  ["; touch pwn", "'; touch pwn'"],
  ["| touch pwn", "'| touch pwn'"],
  ["&& touch pwn", "'&& touch pwn'"],
  ["f > pwn", "'f > pwn'"],
  ['"; touch pwn; "', "'\"; touch pwn; \"'"],
  ["'; touch pwn; '", "\\''; touch pwn; '\\'"],
  ["a b", "'a b'"],
  ["*", "'*'"],
  ["~", "~"],
];

/** A program that writes down what it is given, a NUL after each. */
const RECORDER = `printf '%s\\0' "$@" >> "\${0%/*}/argv"
case $* in *" -t "*) printf '\\0' ;; esac\nexit 1\n`;

/** Runs the program with a recorder for ssh, and a file `f` to copy. */
async function record(
  directory: string,
  args: readonly string[],
  name = "ssh",
): Promise<{ outcome: Outcome; argv: readonly string[] }> {
  makeTree(directory, [{ path: "cwd/f", content: "f" }]);
  const program = writeScript(`${directory}/${name}`, RECORDER);
  const cwd = `${directory}/cwd`;
  const outcome = await seacp(["-S", program, ...args], { cwd });
  assertEquals(listing(cwd), ['f = "f"'], "nothing was run here");
  const recorded = `${directory}/argv`;
  const argv = exists(recorded)
    ? Deno.readTextFileSync(recorded).split("\0").slice(0, -1)
    : [];
  return { outcome, argv };
}

for (const path of COMMANDS) {
  Deno.test(`operands: the path ${JSON.stringify(path)} reaches ssh as it is, and no shell here (CVE-2020-15778)`, async () => {
    for (
      const [args, words] of [
        [["-O", "f", `far:${path}`], [`scp -t ${path}`]],
        [["-O", `far:${path}`, "."], [`scp -f ${path}`]],
        [
          ["-O3", `far:${path}`, `other:${path}`],
          // What a home directory holds goes into a directory.
          [`scp -f ${path}`, `scp ${path === "~" ? "-d " : ""}-t ${path}`],
        ],
        [["-R", `far:${path}`, `other:${path}`], [path, `other:${path}`]],
      ] as const
    ) {
      using directory = new TempDirectory();
      const { outcome, argv } = await record(directory.path, args);
      assertEquals(outcome.status, 1);
      for (const word of words) {
        assertEquals(argv.filter((arg) => arg === word), [word], args.join());
      }
    }
  });
}

for (const [path, text] of QUOTED) {
  Deno.test(`operands: the path ${JSON.stringify(path)} is quoted for the remote shell (CVE-2020-15778)`, async () => {
    for (
      const [args, command] of [
        [["f", `far:${path}`], `scp -t ${text}`],
        [[`far:${path}`, "."], `scp -f ${text}`],
      ] as const
    ) {
      using directory = new TempDirectory();
      const { outcome, argv } = await record(directory.path, args);
      assertEquals(outcome.status, 255);
      assertEquals(argv.filter((arg) => arg.startsWith("scp ")), [command]);
    }
  });
}

Deno.test("operands: a path with a line break reaches no remote shell (CVE-2020-15778)", async () => {
  for (const args of [["f", "far:\ntouch pwn\n"], ["far:\ntouch pwn\n", "."]]) {
    using directory = new TempDirectory();
    const { outcome, argv } = await record(directory.path, args);
    assertEquals(outcome.status, 255);
    assertStringIncludes(
      outcome.stderr,
      "SCP: \\012touch pwn\\012: a remote shell cannot be given a name with a line break",
    );
    assertEquals(argv.filter((arg) => arg.includes("touch")), []);
  }
});

Deno.test("operands: the program that -S names is run as it is, and no shell", async () => {
  for (const name of ["my ssh", "ssh; touch pwn", "$(touch pwn)"]) {
    using directory = new TempDirectory();
    const { argv } = await record(directory.path, ["-O", "f", "far:"], name);
    assertEquals(argv.at(-1), "scp -t .");
  }
});

Deno.test("operands: a local copy of files with the names of commands runs none (CVE-2006-0225)", async () => {
  for (const flags of [[], ["-p"], ["-r"]]) {
    using directory = new TempDirectory();
    const names = COMMANDS.map((name) => `${name}.x`);
    makeTree(directory.path, [
      ...names.map((name) => ({ path: `from/${name}`, content: name })),
      { path: "in/" },
    ]);
    const outcome = await seacp(
      [...flags, "--", ...names.map((name) => `from/${name}`), "in"],
      { cwd: directory.path },
    );
    assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
    const copies = (root: string) => listing(`${directory.path}/${root}`);
    assertEquals(copies("in"), copies("from"));
    assertEquals(exists(`${directory.path}/pwn`), false);
  }
});

/** Operands that ssh, or a shell in its configuration, could be misled by. */
const REFUSED: readonly (readonly [operand: string, says: string])[] = [
  ["scp://far/%00", "scp://far/%00: invalid uri"],
  ["scp://far/f%00/../g", "invalid uri"],
  ["scp://u%00@far/f", "invalid uri"],
  ["scp://u%0atouch@far/f", "u\\012touch: invalid user name"],
  ["scp://u%1b[2J@far/f", "u\\033[2J: invalid user name"],
  ["scp://-oProxyCommand=x/f", "invalid uri"],
  ["scp://$(touch+pwn)/f", "invalid uri"],
  ["a\nb@far:f", "a\\012b: invalid user name"],
  ["a\x7fb@far:f", "a\\177b: invalid user name"],
  ["$(touch pwn)@far:f", "$(touch pwn): invalid user name"],
  ["`touch pwn`@far:f", "`touch pwn`: invalid user name"],
  ["u;touch pwn@far:f", "u;touch pwn: invalid user name"],
  ["u|touch@far:f", "u|touch: invalid user name"],
  ["u -oProxyCommand=x@far:f", "invalid user name"],
  ["-oProxyCommand=x@far:f", "-oProxyCommand=x: invalid user name"],
  ["u\\@far:f", "u\\: invalid user name"],
  ["a'b@far:f", "a'b: invalid user name"],
  ["-oProxyCommand=touch:f", "-oProxyCommand=touch: invalid host name"],
  ["u@-oProxyCommand=touch:f", "-oProxyCommand=touch: invalid host name"],
  ["$(touch pwn):f", "$(touch pwn): invalid host name"],
  ["`touch`:f", "`touch`: invalid host name"],
  ["far;touch:f", "far;touch: invalid host name"],
  ["fa\nr:f", "fa\\012r: invalid host name"],
  ["fa r:f", "fa r: invalid host name"],
  ["fa\x1b]0;r:f", "fa\\033]0;r: invalid host name"],
];

for (const [operand, says] of REFUSED) {
  Deno.test(`operands: the operand ${JSON.stringify(operand)} is refused before ssh is run (CVE-2025-61984, CVE-2025-61985, CVE-2026-35386)`, async () => {
    for (
      const args of [
        ["--", operand, "."],
        ["--", "f", operand],
        ["-3", "--", operand, "other:f"],
        ["-R", "--", operand, "other:f"],
      ]
    ) {
      using directory = new TempDirectory();
      const { outcome, argv } = await record(directory.path, args);
      assertEquals(outcome.status, 1, args.join());
      assertStringIncludes(outcome.stderr, says);
      assertEquals(/[^\n\x20-\x7e]/.test(outcome.stderr), false);
      assertEquals(argv, [], args.join());
    }
  });
}

Deno.test("operands: -R refuses a target's user that a remote shell could be misled by (CVE-2006-0225)", async () => {
  for (const user of ["a b", "a'b", 'a"b', "a`b", "a#b", "$(x)", "é"]) {
    using directory = new TempDirectory();
    const args = ["-R", "far:f", `${user}@other:f`];
    const { outcome, argv } = await record(directory.path, args);
    assertEquals(outcome.status, 1);
    assertStringIncludes(outcome.stderr, `${user}: invalid user name`);
    assertEquals(argv, []);
  }
});
