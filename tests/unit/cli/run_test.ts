import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Build } from "../../../lib/cli/version.ts";
import { run } from "../../../lib/cli/run.ts";
import { helpText } from "../../../lib/options/usage.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { Screen } from "../../support/process/screen.ts";
import { messagesOf } from "../../support/process/summary.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

const USAGE = `\
usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]
           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]
           [-P port] [-S program] [-X sftp_option] source ... target
       seacp --help shows every option
`;

const BUILD = {
  version: "1.2.3",
  compiled: { commit: "0123abc", deno: "2.9.6" },
  target: "x86_64-unknown-linux-gnu",
  os: Deno.build.os,
  deno: "2.9.6",
};

/** Exit status and output of a run. */
interface Ending {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runWith(
  args: readonly string[],
  {
    build = BUILD,
    interrupted = new AbortController().signal,
    columns,
    programName = "seacp",
  }: {
    build?: Build;
    interrupted?: AbortSignal;
    columns?: number;
    programName?: string;
  } = {},
): Promise<Ending> {
  const terminal = new Screen(columns);
  const status = await run(args, {
    terminal,
    build,
    programName,
    interruption: () => interrupted,
  });
  return {
    status,
    stdout: terminal.written.join(""),
    stderr: messagesOf(terminal.said.map((line) => `${line}\n`).join("")),
  };
}

/** Wrong calls, their exit status, and all of standard error. */
const WRONG_CALLS: readonly (readonly [string[], number, string])[] = [
  [[], 1, USAGE],
  [["a"], 1, USAGE],
  [["-r"], 1, USAGE],
  [["-z", "a", "b"], 1, `seacp: unknown option -- z\n${USAGE}`],
  [["-h"], 1, `seacp: unknown option -- h\n${USAGE}`],
  [
    ["-r", "--halp"],
    1,
    "seacp: unknown option -- halp: did you mean --help? try --help\n" + USAGE,
  ],
  [["-P"], 1, `seacp: option requires an argument -- P\n${USAGE}`],
  [["-\x1b", "a", "b"], 1, `seacp: unknown option -- \\033\n${USAGE}`],
  [["-l", "0", "a", "b"], 1, USAGE],
  [["-M", "x", "a", "b"], 1, USAGE],
  [["-P", "0", "a", "b"], 255, 'seacp: bad port "0"\n\n'],
  [["-P", "\x1b[2J", "a", "b"], 255, 'seacp: bad port "\\033[2J"\n\n'],
  [
    ["-1", "a", "b"],
    255,
    "seacp: SSH protocol v.1 is no longer supported\n",
  ],
  [["-X", "x", "a", "b"], 255, "seacp: Invalid -X option\n"],
  [
    ["--completions", "tcsh\x1b"],
    255,
    'seacp: unknown shell "tcsh\\033": it must be bash, zsh, fish or ' +
    "powershell\n",
  ],
];

Deno.test("run(): answers a wrong call with scp's words and status", async () => {
  for (const [args, status, stderr] of WRONG_CALLS) {
    assertEquals(
      await runWith(args),
      { status, stdout: "", stderr },
      JSON.stringify(args),
    );
  }
});

Deno.test("run(): names the program in the usage as it was called", async () => {
  const { stderr } = await runWith([], { programName: "scp" });
  assertEquals(
    stderr.split("\n").at(-2),
    "       scp --help shows every option",
  );
});

Deno.test("run(): prints help on standard output", async () => {
  const { status, stdout, stderr } = await runWith(["-r", "--help"]);
  assertEquals([status, stderr], [0, ""]);
  assertEquals(stdout, `${helpText()}\n`);
});

Deno.test("run(): prints its version, what it was made of, and its ssh", async () => {
  const { status, stdout, stderr } = await runWith(["--version"]);
  assertEquals([status, stderr], [0, ""]);
  assertEquals(stdout.split("\n").slice(0, 5), [
    "seacp 1.2.3",
    "commit:    0123abc",
    "target:    x86_64-unknown-linux-gnu",
    "deno:      2.9.6",
    "protocols: SCP, SFTP 3",
  ]);
  assertStringIncludes(stdout, "\nssh:       ");
});

Deno.test("run(): prints which runtime stands in for the one of a release", async () => {
  for (
    const [compiled, expected] of [
      [{ commit: "0123abc", deno: "2.9.6" }, "2.9.6"],
      [
        { commit: "0123abc", deno: "2.10.0" },
        "2.9.6 in place of 2.10.0: for tests, not a release",
      ],
      [undefined, "2.9.6"],
    ] as const
  ) {
    const build = { ...BUILD, compiled };
    const { stdout } = await runWith(["--version"], { build });
    assertStringIncludes(stdout, `\ndeno:      ${expected}\n`);
  }
});

Deno.test("run(): prints a script for each shell that has completions", async () => {
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    const { status, stdout, stderr } = await runWith(["--completions", shell]);
    assertEquals([status, stderr], [0, ""]);
    assertStringIncludes(stdout, ` --complete ${shell} -- `);
  }
});

Deno.test("run(): answers a completion, and says nothing of what is wrong", async () => {
  const rows: readonly (readonly [string[], string])[] = [
    [["fish", "--", "--lock"], "words\n--lockstep\tWait for each reply"],
    [["zsh", "--", "-X", "b"], "words\nopen\tbuffer=\tbuffer="],
    [["powershell", "--", "=--completions", "=z"], "words\nzsh\n"],
    [["bash", "--", "new", "seacp -rp", "-rp"], "whole\n-rp\n"],
    [["bash", "--", "old", "seacp -rp", "-rp"], "whole\n-rp \n"],
    [["bash", "--", "new", "seacp a/b", "a/b"], "files\n"],
    [["bash", "--", "new", "seacp -i", "-i"], "whole\n-i\n"],
    [["bash"], "files\n"],
    [["fish", "--", "-P", "0", "host:"], ""],
    [["fish", "--", "-host:"], "words\n"],
    [["fish", "--", "scp://h/"], "words\n"],
  ];
  // None of them asks a remote: for that a process gives itself up.
  for (const [args, beginning] of rows) {
    const { status, stdout, stderr } = await runWith(["--complete", ...args]);
    assertEquals([status, stderr], [0, ""], args.join(" "));
    assert(stdout.startsWith(beginning), `${args.join(" ")}: ${stdout}`);
    if (beginning === "") assertEquals(stdout, "", args.join(" "));
  }
});

Deno.test("run(): copies locally without a word", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "abc" }]);
  assertEquals(
    await runWith([`${directory.path}/a`, `${directory.path}/b`]),
    { status: 0, stdout: "", stderr: "" },
  );
  assertEquals(listing(directory.path), ['a = "abc"', 'b = "abc"']);
});

Deno.test("run(): draws no meter for a local copy", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "abc" }]);
  assertEquals(
    await runWith([`${directory.path}/a`, `${directory.path}/b`], {
      columns: 80,
    }),
    { status: 0, stdout: "", stderr: "" },
  );
});

Deno.test("run(): reports failures under the name it was called by, and copies the rest", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "a", content: "abc" },
    { path: "to/" },
  ]);
  const at = (name: string) => `${directory.path}/${name}`;
  const failure = `${at("no\\177")}: No such file or directory\n`;
  for (
    const [options, programName, stderr] of [
      [[], "seacp", `seacp: ${failure}`],
      [["-q"], "seacp", `seacp: ${failure}`],
      [["-s"], "seacp", `seacp: ${failure}`],
      [["-q"], "scp", `scp: ${failure}`],
      [["-O"], "seacp", failure],
      [["-O"], "scp", failure],
    ] as const
  ) {
    assertEquals(
      await runWith([...options, at("no\x7f"), at("a"), at("to")], {
        programName,
      }),
      { status: 1, stdout: "", stderr },
      `${programName} ${options}`,
    );
  }
  assertEquals(listing(directory.path), ['a = "abc"', "to/", 'to/a = "abc"']);
});

Deno.test("run(): copies nothing to a target that must be a directory", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "a", content: "a" },
    { path: "b", content: "b" },
  ]);
  const at = (name: string) => `${directory.path}/${name}`;
  for (
    const [args, message] of [
      [
        [at("a"), at("b"), at("no")],
        `${at("no")}: No such file or directory`,
      ],
      [["-d", at("a"), at("b")], `${at("b")}: Not a directory`],
    ] as const
  ) {
    assertEquals(
      await runWith(args),
      { status: 1, stdout: "", stderr: `seacp: ${message}\n` },
    );
  }
  assertEquals(listing(directory.path), ['a = "a"', 'b = "b"']);
});

Deno.test("run(): reports a source that is no URI and copies the others", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "a" }, { path: "to/" }]);
  const args = ["scp://h:0/x", `${directory.path}/a`, `${directory.path}/to`];
  assertEquals(
    await runWith(args),
    { status: 1, stdout: "", stderr: "seacp: scp://h:0/x: invalid uri\n" },
  );
  assertEquals(listing(`${directory.path}/to`), ['a = "a"']);
});

Deno.test("run(): copies nothing to a target that is no URI", async () => {
  assertEquals(
    await runWith(["a", "scp://h:0/x"]),
    { status: 1, stdout: "", stderr: "seacp: scp://h:0/x: invalid uri\n" },
  );
});

Deno.test("run(): refuses a target's port for a direct copy between two hosts", async () => {
  assertEquals(
    await runWith(["-R", "-S", "/no/ssh", "from:x", "scp://to:2222/y"]),
    {
      status: 255,
      stdout: "",
      stderr: "seacp: target port not supported with two remote hosts and " +
        "the -R option\n",
    },
  );
});

Deno.test("run(): says that ssh could not be run, with 255 but for -O", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "a" }]);
  const program = `${directory.path}/no-ssh`;
  for (
    const [options, status, prefix] of [
      [[], 255, "seacp: "],
      [["-r"], 255, "seacp: "],
      [["-s"], 255, "seacp: "],
      [["-O"], 1, ""],
    ] as const
  ) {
    assertEquals(
      await runWith(
        [...options, "-S", program, `${directory.path}/a`, "host:"],
      ),
      {
        status,
        stdout: "",
        stderr: `${prefix}${program}: No such file or directory\n`,
      },
      `${options}`,
    );
  }
});

Deno.test("run(): gives the status of its interruption, and copies no more", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "abc" }]);
  for (const status of [129, 130, 143]) {
    const ending = await runWith(
      [`${directory.path}/a`, `${directory.path}/b`],
      { interrupted: AbortSignal.abort(status) },
    );
    assertEquals(ending.status, status);
  }
  assertEquals(listing(directory.path), ['a = "abc"']);
});
