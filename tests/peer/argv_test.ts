/** What ssh is given, beside what OpenSSH's own scp gives it. */

import { assertEquals } from "@std/assert";
import { peerTest, writeScript } from "../support/doors.ts";
import { runProgram, seacp } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";

const BEFORE = [
  "-x",
  "-oPermitLocalCommand=no",
  "-oClearAllForwardings=yes",
  "-oRemoteCommand=none",
  "-oRequestTTY=no",
  "-oControlMaster=no",
];

const AFTER = "-oForwardAgent=no";

interface Row {
  readonly args: readonly string[];
  /** The user's flags, as ssh gets them. */
  readonly flags?: readonly string[];
  /** Port and user, as ssh gets them. */
  readonly login?: readonly string[];
  readonly host?: string;
  readonly command: string;
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

/** A program in ssh's place that writes its arguments down and fails. */
function recorder(folder: string): string {
  return writeScript(
    `${folder}/recorder`,
    `printf '%s\\n' "$@" >> "${folder}/argv"\nprintf 'end\\n' >> "${folder}/argv"\nexit 1\n`,
  );
}

function recorded(folder: string): string[] {
  const text = Deno.readTextFileSync(`${folder}/argv`);
  Deno.removeSync(`${folder}/argv`);
  return text.trimEnd().split("\n");
}

for (const { args, flags = [], login = [], host = "far", command } of rows) {
  const title = args.join(" ");
  const expected = [
    ...BEFORE,
    ...flags,
    AFTER,
    ...login,
    "--",
    host,
    command,
    "end",
  ];

  Deno.test(`ssh is run once, as OpenSSH's scp runs it: ${title}`, async () => {
    using folder = new TempFolder();
    Deno.writeTextFileSync(`${folder.path}/a`, "a");
    const program = recorder(folder.path);
    await seacp(["-O", "-S", program, ...args], { cwd: folder.path });
    assertEquals(recorded(folder.path), expected);
  });

  peerTest(`the system's scp agrees: ${title}`, ["scp"], async () => {
    using folder = new TempFolder();
    Deno.writeTextFileSync(`${folder.path}/a`, "a");
    const program = recorder(folder.path);
    await runProgram(["scp", "-O", "-S", program, ...args], {
      cwd: folder.path,
    });
    const theirs = recorded(folder.path);
    // OpenSSH before 10.0 does not say this one yet.
    const ours = theirs.includes("-oControlMaster=no")
      ? expected
      : expected.filter((word) => word !== "-oControlMaster=no");
    assertEquals(ours, theirs);
  });
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
  [["-s", "a", "far:"], 1, "seacp: -s is not built yet"],
  [["a", "-far:"], 1, "-far: invalid host name"],
  [["a", "x;y@far:"], 1, "x;y: invalid user name"],
  [["--", "-x@far:f", "."], 1, "-x: invalid user name"],
  [["a b@far:f", "."], 1, "a b: invalid user name"],
  [["scp://far:0/f", "."], 1, "scp://far:0/f: invalid uri"],
  [["a", "scp://far/%zz"], 1, "scp://far/%zz: invalid uri"],
  [["far:a", "there:b"], 1, "far: copies between two remote hosts"],
];

for (const [args, expected, says] of refused) {
  Deno.test(`ssh is not run for a wrong call: ${args.join(" ")}`, async () => {
    using folder = new TempFolder();
    Deno.writeTextFileSync(`${folder.path}/a`, "a");
    const program = recorder(folder.path);
    const { status, stdout, stderr } = await seacp(
      ["-S", program, ...args],
      { cwd: folder.path },
    );
    assertEquals([status, stdout], [expected, ""]);
    assertEquals(stderr.slice(0, says.length), says);
    const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
    assertEquals(names.toSorted(), ["a", "recorder"]);
  });
}
