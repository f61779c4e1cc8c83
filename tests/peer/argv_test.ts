/** Arguments of ssh, beside those that OpenSSH's own scp gives it. */

import { assertEquals } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { peerTest, writeScript } from "../support/doors.ts";
import { runProgram, seacp } from "../support/process/program.ts";
import { FIXED_WORDS } from "../support/ssh/ssh_words.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";

const AFTER = "-oForwardAgent=no";

const SFTP = ["-s", "--", "far", "sftp"];

interface Row {
  readonly args: readonly string[];
  /** The user's flags, as ssh gets them. */
  readonly flags?: readonly string[];
  /** Port and user, as ssh gets them. */
  readonly login?: readonly string[];
  readonly host?: string;
  /** Command for the remote shell; absent where SFTP is asked for instead. */
  readonly command?: string;
}

const rows: readonly Row[] = [
  { args: ["a", "far:"], command: "scp -t ." },
  { args: ["far:f", "."], command: "scp -f f" },
  { args: ["-rp", "a", "far:b c"], command: "scp -r -p -t b c" },
  {
    args: ["-v", "-pr", "-v", "far:~bob/'x'", "."],
    flags: ["-v", "-v"],
    command: "scp -v -r -p -f ~bob/'x'",
  },
  { args: ["a", "a", "far:d"], command: "scp -d -t d" },
  { args: ["-d", "a", "far:d"], command: "scp -d -t d" },
  { args: ["--", "a", "far:-d"], command: "scp -t -- -d" },
  { args: ["-q", "far:-f", "."], flags: ["-q"], command: "scp -f -- -f" },
  {
    args: ["-P2222", "a", "bob@far:"],
    login: ["-p", "2222", "-l", "bob"],
    command: "scp -t .",
  },
  {
    args: ["-P", "22", "a", "scp://bob@far:2022/x%20y"],
    login: ["-p", "2022", "-l", "bob"],
    command: "scp -t x y",
  },
  {
    args: ["-4", "-6", "-A", "-C", "-B", "a", "far:"],
    flags: ["-4", "-6", "-A", "-C", "-oBatchmode=yes"],
    command: "scp -t .",
  },
  {
    args: [
      "-oUser=bob",
      "-cchacha20-poly1305@openssh.com",
      "-F",
      "none",
      "-J",
      "jump",
      "-ikey",
      "-o",
      "Port 23",
      "a",
      "far:",
    ],
    flags: [
      "-o",
      "User=bob",
      "-c",
      "chacha20-poly1305@openssh.com",
      "-F",
      "none",
      "-J",
      "jump",
      "-i",
      "key",
      "-o",
      "Port 23",
    ],
    command: "scp -t .",
  },
  { args: ["-l", "800", "-T", "far:f", "."], command: "scp -f f" },
  { args: ["a", "[::1]:f"], host: "::1", command: "scp -t f" },
  {
    args: ["a", "u@v@far:f"],
    login: ["-l", "u@v"],
    command: "scp -t f",
  },
];

/** The same over SFTP: no path is said to ssh. */
const sftpRows: readonly Row[] = [
  { args: ["a", "far:"] },
  { args: ["far:f", "."] },
  { args: ["-rp", "a", "far:b c"] },
  { args: ["-v", "-pr", "-v", "far:f", "."], flags: ["-v", "-v"] },
  { args: ["a", "a", "far:d"] },
  { args: ["-q", "far:-f", "."], flags: ["-q"] },
  { args: ["-P2222", "a", "bob@far:"], login: ["-p", "2222", "-l", "bob"] },
  {
    args: ["-P", "22", "a", "scp://bob@far:2022/x%20y"],
    login: ["-p", "2022", "-l", "bob"],
  },
  {
    args: ["-4", "-A", "-C", "-B", "-i", "key", "-J", "jump", "a", "far:"],
    flags: [
      ...["-4", "-A", "-C", "-oBatchmode=yes"],
      ...["-i", "key", "-J", "jump"],
    ],
  },
  { args: ["-X", "nrequests=3", "-l", "800", "far:f", "."] },
  { args: ["a", "[::1]:f"], host: "::1" },
];

/** A program in ssh's place that writes its arguments down and fails. */
function recorder(directory: string): string {
  return writeScript(
    `${directory}/recorder`,
    `printf '%s\\n' "$@" >> "${directory}/argv"\nprintf 'end\\n' >> "${directory}/argv"\nexit 1\n`,
  );
}

function recorded(directory: string): string[] {
  const text = Deno.readTextFileSync(`${directory}/argv`);
  Deno.removeSync(`${directory}/argv`);
  return text.trimEnd().split("\n");
}

for (
  const { args, flags = [], login = [], host = "far", command } of [
    ...rows,
    ...sftpRows,
  ]
) {
  const protocol = command === undefined ? "-s" : "-O";
  const title = [protocol, ...args].join(" ");
  const expected = [
    ...FIXED_WORDS,
    ...flags,
    AFTER,
    ...login,
    ...(command === undefined ? ["-s"] : []),
    "--",
    host,
    command ?? "sftp",
    "end",
  ];

  Deno.test(`ssh is run once, as OpenSSH's scp runs it: ${title}`, async () => {
    using directory = new TempDirectory();
    Deno.writeTextFileSync(`${directory.path}/a`, "a");
    const program = recorder(directory.path);
    await seacp([protocol, "-S", program, ...args], { cwd: directory.path });
    assertEquals(recorded(directory.path), expected);
  });

  peerTest(`the system's scp agrees: ${title}`, ["scp"], async () => {
    using directory = new TempDirectory();
    Deno.writeTextFileSync(`${directory.path}/a`, "a");
    const program = recorder(directory.path);
    await runProgram(["scp", protocol, "-S", program, ...args], {
      cwd: directory.path,
    });
    const theirs = recorded(directory.path);
    assertEquals(withoutNews(expected), withoutNews(theirs));
  });
}

Deno.test("ssh arguments: an SFTP server here is run in ssh's place, and told no more than the host", async () => {
  using directory = new TempDirectory();
  Deno.writeTextFileSync(`${directory.path}/a`, "a");
  const program = recorder(directory.path);
  const args = ["-P", "22", "-C", "-i", "key", "a", "bob@far:"];
  await seacp(["-D", program, ...args], { cwd: directory.path });
  assertEquals(recorded(directory.path), ["--", "far", "sftp", "end"]);
});

/** Calls that begin with one protocol; the commands that are asked for. */
const tried: readonly (readonly [
  args: readonly string[],
  commands: readonly (readonly string[])[],
])[] = [
  [["-p", "a", "far:b"], [["--", "far", "scp -p -t b"], SFTP]],
  [["far:b", "."], [["--", "far", "scp -f b"], SFTP]],
  [["-r", "far:b", "."], [["--", "far", "scp -r -f b"], SFTP]],
  [["-rp", "a", "far:b"], [SFTP, ["--", "far", "scp -r -p -t b"]]],
  [["a", "far:it's"], [SFTP, ["--", "far", "scp -t it\\'s"]]],
  [["far:a b", "."], [SFTP, ["--", "far", "scp -f 'a b'"]]],
  [["far:a*", "."], [SFTP, ["--", "far", "scp -f 'a*'"]]],
  [["-O", "a", "far:it's"], [["--", "far", "scp -t it's"]]],
  [["-s", "a", "far:b"], [SFTP]],
];

for (const [args, commands] of tried) {
  Deno.test(`Each protocol is tried once, in its order: ${args.join(" ")}`, async () => {
    using directory = new TempDirectory();
    Deno.writeTextFileSync(`${directory.path}/a`, "a");
    const program = writeScript(
      `${directory.path}/recorder`,
      `printf '%s\\n' "$@" end >> "${directory.path}/argv"\nexit 127\n`,
    );
    await seacp(["-S", program, ...args], { cwd: directory.path });
    assertEquals(
      recorded(directory.path),
      commands.flatMap((words) => [...FIXED_WORDS, AFTER, ...words, "end"]),
    );
  });
}

peerTest(
  "ssh arguments: each host of a copy over SFTP is logged in to once, the source first",
  ["sftp-server"],
  async () => {
    using directory = new TempDirectory();
    for (const name of ["a", "b", "c"]) {
      Deno.writeTextFileSync(`${directory.path}/${name}`, name);
    }
    const program = writeScript(
      `${directory.path}/ssh`,
      `printf '%s\\n' "$@" end >> "${directory.path}/argv"\n` +
        `exec ${findProgram("sftp-server")}\n`,
    );
    const options = { cwd: directory.path };
    const there = [...FIXED_WORDS, AFTER];
    Deno.mkdirSync(`${directory.path}/to`);
    await seacp([
      ...["-s", "-S", program],
      ...["far:a", "far:b", "bob@far:c", `there:${directory.path}/to`],
    ], options);
    assertEquals(recorded(directory.path), [
      ...[...there, "-s", "--", "far", "sftp", "end"],
      ...[...there, "-s", "--", "there", "sftp", "end"],
      ...[...there, "-l", "bob", "-s", "--", "far", "sftp", "end"],
    ]);
    assertEquals(
      [...Deno.readDirSync(`${directory.path}/to`)].map(({ name }) => name)
        .toSorted(),
      ["a", "b", "c"],
    );
  },
);

/** Copies between two hosts, and what each ssh that is run is given. */
const between: readonly (readonly [readonly string[], string[][]])[] = [
  [["far:a", "there:b"], [
    [...FIXED_WORDS, AFTER, "--", "far", "scp -f a"],
    [...FIXED_WORDS, AFTER, "--", "there", "scp -t b"],
  ]],
  [
    [
      "-rp",
      "-P22",
      "-i",
      "key",
      "-l",
      "800",
      "-R",
      "-3",
      "bob@far:a",
      "you@there:-b",
    ],
    [
      [...FIXED_WORDS, "-i", "key", AFTER, "-p", "22", "-l", "bob", "--", "far"]
        .concat("scp -r -p -f a"),
      [...FIXED_WORDS, "-i", "key", AFTER, "-p", "22", "-l", "you"]
        .concat("--", "there", "scp -r -p -t -- -b"),
    ],
  ],
  [["-R", "far:a b", "there:c"], [
    ["-x", "-oClearAllForwardings=yes", "-n", "--", "far"]
      .concat("scp", "a b", "there:c"),
  ]],
  [
    [
      "-3R",
      "-rvp",
      "-P22",
      "-C",
      "-l",
      "800",
      "-q",
      "scp://bob@far:2022/a",
      "you@there:",
    ],
    [
      ["-x", "-oClearAllForwardings=yes", "-n", "-v", "-C", "-q"]
        .concat("-p", "2022", "-l", "bob", "--", "far")
        .concat("scp -v -r -p", "a", "you@there:."),
    ],
  ],
  [["-R", "far:a", "far:b", "there:c"], [
    ["-x", "-oClearAllForwardings=yes", "-n", "--", "far"]
      .concat("scp -d", "a", "there:c"),
    ["-x", "-oClearAllForwardings=yes", "-n", "--", "far"]
      .concat("scp -d", "b", "there:c"),
  ]],
];

/**
 * The same, a file for each time it is run: two of them run at once. A sink has
 * to answer before its source is started.
 */
function recorderOfEach(directory: string): string {
  return writeScript(
    `${directory}/recorder`,
    `printf '%s\\n' "$@" > "${directory}/argv.$$"\n` +
      `case $* in *" -t "*) printf '\\0' ;; esac\nexit 1\n`,
  );
}

function recordedEach(directory: string): string[][] {
  const paths = [...Deno.readDirSync(directory)]
    .filter(({ name }) => name.startsWith("argv."))
    .map(({ name }) => `${directory}/${name}`);
  const calls = paths.map((path) =>
    withoutNews(Deno.readTextFileSync(path).trimEnd().split("\n"))
  );
  paths.forEach((path) => Deno.removeSync(path));
  return calls.toSorted(byText);
}

/** Arguments that OpenSSH before 10.0 does not give yet are left out. */
function withoutNews(words: readonly string[]): string[] {
  return words.filter((word) => word !== "-oControlMaster=no");
}

function byText(a: readonly string[], b: readonly string[]): number {
  return String(a) < String(b) ? -1 : 1;
}

for (const [args, expected] of between) {
  peerTest(
    `ssh is run for a copy between two hosts as scp runs it: ${args.join(" ")}`,
    ["scp"],
    async () => {
      using directory = new TempDirectory();
      const options = { cwd: directory.path };
      const program = recorderOfEach(directory.path);
      await seacp(["-O", "-S", program, ...args], options);
      const calls = expected.map(withoutNews).toSorted(byText);
      assertEquals(recordedEach(directory.path), calls);
      await runProgram(["scp", "-O", "-S", program, ...args], options);
      // scp lets the second host's ssh ask for nothing; ours may ask.
      const theirs = recordedEach(directory.path).map((words) =>
        words.filter((word) => word !== "-oBatchMode=yes")
      );
      assertEquals(theirs, calls);
    },
  );
}

/** Wrong calls; the exit status and the first line that answers each. */
const refused: readonly (readonly [readonly string[], number, string])[] = [
  [["-z", "a", "far:"], 1, "seacp: unknown option -- z"],
  [["--lock", "a", "far:"], 1, "seacp: unknown option -- lock"],
  [["-P"], 1, "seacp: option requires an argument -- P"],
  [["-P", "99x", "a", "far:"], 255, 'seacp: bad port "99x"'],
  [["-P0", "a", "far:"], 255, 'seacp: bad port "0"'],
  [["-l", "0", "a", "far:"], 1, "usage: scp [-346ABCOpqRrsTv] [-c cipher]"],
  [["a"], 1, "usage: scp [-346ABCOpqRrsTv] [-c cipher]"],
  [["-1", "a", "far:"], 255, "seacp: SSH protocol v.1 is no longer supported"],
  [["-X", "buffer=0", "a", "far:"], 255, 'seacp: Invalid buffer size "0"'],
  [["a", "-far:"], 1, "seacp: -far: invalid host name"],
  [["a", "x;y@far:"], 1, "seacp: x;y: invalid user name"],
  [["--", "-x@far:f", "."], 1, "seacp: -x: invalid user name"],
  [["a b@far:f", "."], 1, "seacp: a b: invalid user name"],
  [["scp://far:0/f", "."], 1, "seacp: scp://far:0/f: invalid uri"],
  [["a", "scp://far/%zz"], 1, "seacp: scp://far/%zz: invalid uri"],
  [["-R", "far:a", "x y@there:b"], 1, "seacp: x y: invalid user name"],
  [["-R", "far:a", "x'y@there:b"], 1, "seacp: x'y: invalid user name"],
  [
    ["-R", "far:a", "scp://there:23/b"],
    255,
    "seacp: target port not supported with two remote hosts and the -R option",
  ],
];

for (const [args, expected, says] of refused) {
  Deno.test(`ssh is not run for a wrong call: ${args.join(" ")}`, async () => {
    using directory = new TempDirectory();
    Deno.writeTextFileSync(`${directory.path}/a`, "a");
    const program = recorder(directory.path);
    const { status, stdout, stderr } = await seacp(
      ["-S", program, ...args],
      { cwd: directory.path },
    );
    assertEquals([status, stdout], [expected, ""]);
    assertEquals(stderr.slice(0, says.length), says);
    const names = [...Deno.readDirSync(directory.path)].map(({ name }) => name);
    assertEquals(names.toSorted(), ["a", "recorder"]);
  });
}
