/**
 * What the executable does with any ssh, on every system: its ssh plays scripts
 * of literal bytes, and serves SFTP from memory.
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, sep } from "node:path";
import { statusAfterCtrlC } from "../support/process/ctrl_c.ts";
import { BUILT_TARGET, builtTest } from "../support/process/executable.ts";
import { messagesOf } from "../support/process/summary.ts";
import { listing } from "../support/fixtures/listing.ts";
import { onWindows } from "../support/platform.ts";
import { SCRIPTED_SSH, ScriptedPlace } from "../support/ssh/scripted_place.ts";
import type {
  ServedEntry,
  SshScript,
  Step,
} from "../support/ssh/ssh_script.ts";
import { FIXED_WORDS } from "../support/ssh/ssh_words.ts";
import type { TreeEntry } from "../support/fixtures/tree.ts";

/** Differences between systems. */
const HERE = onWindows
  ? {
    /** Lines on names that Windows does not allow, and what arrives. */
    oddNames: [
      "seacp: ./t/a:b: Windows does not allow this name",
      "seacp: ./t/con: Windows does not allow this name",
      "seacp: ./t/q?: Windows does not allow this name",
      "seacp: ./t/trail.: Windows does not allow this name",
      "seacp: ./t/a\\b: Windows does not allow this name",
      "seacp: ./t/nul: Windows does not allow this name",
    ],
    oddTree: ["t/", 't/ok = "7"'],
    /** Place of `a` copied to `d\` where a directory `d` is. */
    behindBackslash: 'd/a = "abc"',
    /** Patterns in local sources are expanded, as by Microsoft's scp. */
    expands: true,
    /** Status of a process that was killed; there are no signals. */
    killed: "the remote ended with exit status 1",
    /** Dialogue on an empty file `con`. */
    device: {
      client: "C0644 0 con\n",
      answers: "\0\x01scp: ./con: Windows does not allow this name\n",
      status: 1,
      leaves: [],
    },
  }
  : {
    oddNames: [],
    oddTree: [
      "t/",
      't/a:b = "1"',
      't/a\\b = "5"',
      't/con = "2"',
      "t/nul/",
      't/nul/x = "6"',
      't/ok = "7"',
      't/q? = "3"',
      't/trail. = "4"',
    ],
    behindBackslash: 'd\\ = "abc"',
    expands: false,
    killed: "ssh was ended by SIGKILL",
    device: {
      client: "C0644 0 con\n\0",
      answers: "\0\0\0",
      leaves: ['con = ""'],
    },
  };

function says(text: string): Step {
  return { says: text };
}

function hears(text: string): Step {
  return { hears: text };
}

function warns(text: string): Step {
  return { warns: text };
}

function ends(status: number): Step {
  return { ends: status };
}

function serves(...entries: readonly TreeEntry[]): Step[] {
  return [{ serves: entries }];
}

/** Script of a sink: each message is acknowledged. */
function takes(...messages: readonly string[]): Step[] {
  return [
    says("\0"),
    ...messages.flatMap((message) => [hears(message), says("\0")]),
  ];
}

/** Script of a source: an acknowledgement comes before each message. */
function sends(...messages: readonly string[]): Step[] {
  return [
    ...messages.flatMap((message) => [hears("\0"), says(message)]),
    hears("\0"),
  ];
}

function file(path: string, content: string): TreeEntry {
  return { path, content, mode: 0o644, modified: 1_000_000_000 };
}

function directory(path: string): TreeEntry {
  return { path: `${path}/`, mode: 0o755, modified: 1_000_000_000 };
}

/** One run of the executable, and what comes of it. */
interface Case {
  readonly name: string;
  /** Arguments behind `-S`; `NEAR` stands for the directory and a separator. */
  readonly args: readonly string[];
  readonly near?: readonly TreeEntry[];
  readonly script: SshScript;
  /** @default 0 */
  readonly status?: number;
  /** Lines on standard error without their ends; standard output stays empty. */
  readonly stderr?: readonly string[];
  /** Listing of the directory; absent where the entries stay as they were. */
  readonly leaves?: readonly string[];
  /** Entries on the SFTP server in the end; absent where none is asked. */
  readonly served?: readonly string[];
  /** Last words to each ssh, in the order of their starts. */
  readonly asks: string[];
}

function testCase(
  { name, args, near = [], script, status = 0, stderr = [], ...expected }: Case,
): void {
  builtTest(name, [SCRIPTED_SSH], async () => {
    using place = new ScriptedPlace(near);
    const leaves = expected.leaves ?? near.map(nearLine).toSorted();
    const operands = args.map((arg) => arg.replace("NEAR", place.path + sep));
    const command = ["-S", SCRIPTED_SSH, ...operands];
    const outcome = await place.start(command, { script }).outcome;
    assertEquals({ ...outcome, stderr: messagesOf(outcome.stderr) }, {
      status,
      stdout: "",
      stderr: stderr.map((line) => `${line}\n`).join(""),
    });
    assertEquals(listing(place.path), leaves);
    assertEquals(place.served.map(servedLine), expected.served ?? []);
    const commands = place.calls.map((call) => plain(call.at(-1)!));
    assertEquals(commands, expected.asks);
  });
}

/** Gives a sink's command, where the script that makes directories runs it. */
function plain(command: string): string {
  const [, target, sink] =
    /^sh -c .* seacp-[-\w]+ (\S+) \S+ (scp [^']*)$/.exec(command) ?? [];
  return sink === undefined ? command : `${sink} ${target} by a script`;
}

/** Gives the line of a listing for an entry. */
function nearLine({ path, content }: TreeEntry): string {
  return path.endsWith("/") ? path : `${path} = ${JSON.stringify(content)}`;
}

function servedLine({ path, content, mode, modified }: ServedEntry): string {
  return [
    path,
    mode.toString(8).padStart(4, "0"),
    ...(modified === 0 ? [] : [modified]),
    ...(path.endsWith("/") ? [] : [JSON.stringify(content)]),
  ].join(" ");
}

/** A copy that comes to the same over each protocol, but where told. */
interface Copy
  extends Pick<Case, "name" | "near" | "status" | "stderr" | "leaves"> {
  readonly args: readonly string[];
  /** Session over SCP, and the command that begins it. */
  readonly scp: readonly [command: string, steps: readonly Step[]];
  /** Entries on the SFTP server before. */
  readonly sftp: readonly TreeEntry[];
  /** Entries there after an upload; absent where they stay as they were. */
  readonly served?: readonly string[];
  /** Protocol without an option that names one. */
  readonly byDefault: "scp" | "sftp";
  /** True where, over SCP by default, a script makes directories first. */
  readonly isScripted?: true;
}

/** Gives the cases of a copy: with `-O`, with `-s` and with neither. */
function casesOf(
  { name, args, scp: [command, steps], sftp, byDefault, isScripted, ...rest }:
    Copy,
): Case[] {
  const { served = sftp.map(heldLine), ...expected } = rest;
  const script = { sink: steps, source: steps, sftp: serves(...sftp) };
  const overScp = { ...expected, script, asks: [command] };
  const byScript = { ...overScp, asks: [`${command} by a script`] };
  const overSftp = { ...expected, script, served, asks: ["sftp"] };
  return [
    {
      ...overScp,
      name: `${name}, with -O`,
      args: ["-O", ...args],
      // Messages and statuses are those of scp -O.
      stderr: (rest.stderr ?? []).map((line) => line.replace(/^seacp: /, "")),
    },
    { ...overSftp, name: `${name}, with -s`, args: ["-s", ...args] },
    {
      ...(byDefault === "sftp" ? overSftp : isScripted ? byScript : overScp),
      name: `${name}, over ${byDefault.toUpperCase()} by default`,
      args,
    },
  ];
}

function heldLine({ path, content = "", mode, modified }: TreeEntry): string {
  return servedLine({
    path,
    content: content as string,
    mode: mode!,
    modified: modified!,
  });
}

/**
 * Content that looks like a record: it leaves once its own record is
 * acknowledged, so that bytes come in the same order however fast ssh is.
 */
const TEXT = "Each\n";

const LARGE = "0123456789".repeat(40_000);

const NAME = "it's (1) & 100% ^ $HOME 😀 é.txt";

const UPLOADS: readonly Copy[] = [
  {
    name: "a file goes up",
    args: ["a", "far:"],
    near: [file("a", "abc")],
    scp: ["scp -t .", takes("C0644 3 a\n", "abc\0")],
    sftp: [],
    served: ['a 0644 "abc"'],
    byDefault: "scp",
  },
  {
    name: "a file goes up under another name",
    args: ["a", "far:in/b"],
    near: [file("a", "abc")],
    scp: ["scp -t in/b", takes("C0644 3 a\n", "abc\0")],
    sftp: [directory("in")],
    served: ["in/ 0755 1000000000", 'in/b 0644 "abc"'],
    byDefault: "scp",
  },
  {
    name: "an empty file goes up over one that is there",
    args: ["a", "far:"],
    near: [file("a", "")],
    scp: ["scp -t .", takes("C0644 0 a\n", "\0")],
    sftp: [file("a", "older")],
    served: ['a 0644 1000000000 ""'],
    byDefault: "scp",
  },
  {
    name: "a large file goes up",
    args: ["a", "far:"],
    near: [file("a", LARGE)],
    scp: ["scp -t .", takes("C0644 400000 a\n", `${LARGE}\0`)],
    sftp: [],
    served: [`a 0644 "${LARGE}"`],
    byDefault: "scp",
  },
  {
    name: "files go up into a directory",
    args: ["a", "b", "far:in"],
    near: [file("a", "abc"), file("b", "")],
    scp: [
      "scp -d -t in",
      takes("C0644 3 a\n", "abc\0", "C0644 0 b\n", "\0"),
    ],
    sftp: [directory("in")],
    served: ["in/ 0755 1000000000", 'in/a 0644 "abc"', 'in/b 0644 ""'],
    byDefault: "sftp",
  },
  {
    name: "a tree goes up, its directories as such that can be entered",
    args: ["-r", "tree", "far:"],
    near: [file("tree/sub/f", TEXT), directory("tree/sub"), directory("tree")],
    scp: [
      "scp -r -t .",
      takes(
        "D0755 0 tree\n",
        "D0755 0 sub\n",
        "C0644 5 f\n",
        "Each\n\0",
        "E\n",
        "E\n",
      ),
    ],
    sftp: [],
    served: ["tree/ 0755", "tree/sub/ 0755", 'tree/sub/f 0644 "Each\\n"'],
    byDefault: "sftp",
    isScripted: true,
  },
  {
    name: "a file goes up with its times",
    args: ["-p", "a", "far:"],
    near: [file("a", "abc")],
    scp: [
      "scp -p -t .",
      takes("T1000000000 0 1000000000 0\n", "C0644 3 a\n", "abc\0"),
    ],
    sftp: [],
    served: ['a 0644 1000000000 "abc"'],
    byDefault: "scp",
  },
  {
    name: "a file of an odd name goes up",
    args: [NAME, "far:"],
    near: [file(NAME, "abc")],
    scp: ["scp -t .", takes(`C0644 3 ${NAME}\n`, "abc\0")],
    sftp: [],
    served: [`${NAME} 0644 "abc"`],
    byDefault: "scp",
  },
  {
    name: "a file goes up by its absolute path",
    args: ["NEARa", "far:"],
    near: [file("a", "abc")],
    scp: ["scp -t .", takes("C0644 3 a\n", "abc\0")],
    sftp: [],
    served: ['a 0644 "abc"'],
    byDefault: "scp",
  },
  {
    name: "a file that is missing is told, and the others go up",
    args: ["none", "a", "far:in"],
    near: [file("a", "abc")],
    scp: [
      "scp -d -t in",
      [
        says("\0"),
        hears("\x01scp: none: No such file or directory\n"),
        ...takes("C0644 3 a\n", "abc\0").slice(1),
      ],
    ],
    sftp: [directory("in")],
    served: ["in/ 0755 1000000000", 'in/a 0644 "abc"'],
    status: 1,
    stderr: ["seacp: none: No such file or directory"],
    byDefault: "sftp",
  },
  {
    name: "a directory does not go up without -r",
    args: ["tree", "far:"],
    near: [directory("tree")],
    scp: ["scp -t .", takes()],
    sftp: [],
    status: 1,
    stderr: ["seacp: tree: not a regular file"],
    byDefault: "scp",
  },
  {
    name: "a pattern in a local source is this system's",
    args: ["sub\\*.txt", "far:in"],
    near: [directory("sub"), file("sub/x.txt", "abc")],
    scp: [
      "scp -t in",
      HERE.expands ? takes("C0644 3 x.txt\n", "abc\0") : [
        says("\0"),
        hears("\x01scp: sub\\*.txt: No such file or directory\n"),
      ],
    ],
    sftp: [directory("in")],
    served: [
      "in/ 0755 1000000000",
      ...(HERE.expands ? ['in/x.txt 0644 "abc"'] : []),
    ],
    ...(HERE.expands ? {} : {
      status: 1,
      stderr: ["seacp: sub\\*.txt: No such file or directory"],
    }),
    byDefault: "scp",
  },
];

const TREE = [directory("tree"), file("tree/f", "abc"), directory("tree/sub")];

const DOWNLOADS: readonly Copy[] = [
  {
    name: "a file comes down",
    args: ["far:a", "."],
    scp: ["scp -f a", sends("C0644 3 a\n", "abc\0")],
    sftp: [file("a", "abc")],
    leaves: ['a = "abc"'],
    byDefault: "scp",
  },
  {
    name: "a file comes down over a longer one",
    args: ["far:a", "b"],
    near: [file("b", "longer")],
    scp: ["scp -f a", sends("C0644 3 a\n", "abc\0")],
    sftp: [file("a", "abc")],
    leaves: ['b = "abc"'],
    byDefault: "scp",
  },
  {
    name: "a large file comes down by an absolute path",
    args: ["far:a", "NEARb"],
    scp: ["scp -f a", sends("C0644 400000 a\n", `${LARGE}\0`)],
    sftp: [file("a", LARGE)],
    leaves: [`b = "${LARGE}"`],
    byDefault: "scp",
  },
  {
    name: "a tree comes down",
    args: ["-r", "far:tree", "."],
    scp: [
      "scp -r -f tree",
      sends(
        "D0755 0 tree\n",
        "C0644 3 f\n",
        "abc\0",
        "D0755 0 sub\n",
        "E\n",
        "E\n",
      ),
    ],
    sftp: TREE,
    leaves: ["tree/", 'tree/f = "abc"', "tree/sub/"],
    byDefault: "scp",
  },
  {
    name: "a file whose name is not ASCII comes down",
    args: ["far:名前-é-😀", "."],
    scp: ["scp -f 名前-é-😀", sends("C0644 3 名前-é-😀\n", "abc\0")],
    sftp: [file("名前-é-😀", "abc")],
    leaves: ['名前-é-😀 = "abc"'],
    byDefault: "sftp",
  },
  {
    name: "a pattern in a remote source is the server's",
    args: ["far:*.txt", "."],
    scp: [
      "scp -f *.txt",
      sends("C0644 3 x.txt\n", "abc\0", "C0644 0 y.txt\n", "\0"),
    ],
    sftp: [file("x.txt", "abc"), file("y.txt", ""), file("z", "")],
    leaves: ['x.txt = "abc"', 'y.txt = ""'],
    byDefault: "sftp",
  },
  {
    name: "a backslash ends a directory's name on Windows alone",
    args: ["far:a", "d\\"],
    near: [directory("d")],
    scp: ["scp -f a", sends("C0644 3 a\n", "abc\0")],
    sftp: [file("a", "abc")],
    leaves: ["d/", HERE.behindBackslash],
    byDefault: "scp",
  },
  {
    name: "names that Windows does not allow are told there, the rest arrives",
    args: ["-r", "far:t", "."],
    scp: [
      "scp -r -f t",
      sends(
        "D0755 0 t\n",
        ...["C0644 1 a:b\n", "1\0"],
        ...["C0644 1 con\n", "2\0"],
        ...["C0644 1 q?\n", "3\0"],
        ...["C0644 1 trail.\n", "4\0"],
        ...["C0644 1 a\\b\n", "5\0"],
        ...["D0755 0 nul\n", "C0644 1 x\n", "6\0", "E\n"],
        ...["C0644 1 ok\n", "7\0"],
        "E\n",
      ),
    ],
    sftp: [
      directory("t"),
      file("t/a:b", "1"),
      file("t/con", "2"),
      file("t/q?", "3"),
      file("t/trail.", "4"),
      file("t/a\\b", "5"),
      directory("t/nul"),
      file("t/nul/x", "6"),
      file("t/ok", "7"),
    ],
    status: HERE.oddNames.length === 0 ? 0 : 1,
    stderr: HERE.oddNames,
    leaves: HERE.oddTree,
    byDefault: "scp",
  },
  {
    name: "an empty file does not come down onto a directory",
    args: ["far:a", "."],
    near: [directory("a")],
    scp: ["scp -f a", [
      ...sends("C0644 0 a\n").slice(0, -1),
      hears("\x01scp: ./a: Is a directory\n"),
      ends(1),
    ]],
    sftp: [file("a", "")],
    status: 1,
    stderr: ["seacp: ./a: Is a directory"],
    byDefault: "scp",
  },
];

/** Script in which ssh does the same whatever it is to do. */
function always(...steps: readonly Step[]): SshScript {
  return { sink: steps, source: steps, sftp: steps };
}

const UP = takes("C0644 3 a\n", "abc\0");
const DOWN = sends("C0644 3 a\n", "abc\0");
const NEAR = [file("a", "abc")];

const REFUSED = "ssh: connect to host far port 22: Connection refused\r";
const DENIED = "bob@far: Permission denied (publickey,password).\r";

const SESSIONS: readonly Case[] = [
  {
    name: "a file whose name a shell would read otherwise comes down over SFTP",
    args: [`far:${NAME}`, "."],
    script: { sftp: serves(file(NAME, "abc")) },
    leaves: [`${NAME} = "abc"`],
    served: [`${NAME} 0644 1000000000 "abc"`],
    asks: ["sftp"],
  },
  {
    name: "with -O a source is text for the remote shell",
    args: ["-O", "far:'My Documents/a b.txt'", "."],
    script: { source: sends("C0644 3 a b.txt\n", "abc\0") },
    leaves: ['a b.txt = "abc"'],
    asks: ["scp -f 'My Documents/a b.txt'"],
  },
  {
    name: "a missing source is told in the words of scp -O",
    args: ["-O", "far:none", "."],
    script: {
      source: [
        hears("\0"),
        says("\x01scp: none: No such file or directory\n"),
        ends(1),
      ],
    },
    status: 1,
    stderr: ["scp: none: No such file or directory"],
    asks: ["scp -f none"],
  },
  {
    name: "a missing source is told with its host over SFTP",
    args: ["-s", "far:none", "."],
    script: { sftp: serves() },
    status: 1,
    stderr: ["seacp: far: none: No such file or directory"],
    asks: ["sftp"],
  },
  {
    name: "a tree goes up with its times",
    args: ["-s", "-rp", "tree", "far:"],
    near: [directory("tree"), file("tree/f", "abc")],
    script: { sftp: serves() },
    served: ["tree/ 0755 1000000000", 'tree/f 0644 1000000000 "abc"'],
    asks: ["sftp"],
  },
  {
    name: "from host to host with -O, both by this machine",
    args: ["-O", "one:a", "two:b"],
    script: { source: DOWN, sink: UP },
    asks: ["scp -t b", "scp -f a"],
  },
  {
    name: "from host to host, with -R by the first one",
    args: ["-R", "one:a", "two:b"],
    script: {},
    asks: ["two:b"],
  },
  {
    name: "with -D a server on this machine takes the place of ssh",
    args: ["-D", SCRIPTED_SSH, "a", "far:"],
    near: NEAR,
    script: { sftp: serves() },
    served: ['a 0644 "abc"'],
    asks: ["sftp"],
  },
  ...["-O", "-s"].map((way): Case => ({
    name: `a host that is out of reach is told by ssh itself, with ${way}`,
    args: [way, "a", "far:"],
    near: NEAR,
    script: always(warns(`${REFUSED}\n`), ends(255)),
    status: way === "-O" ? 1 : 255,
    stderr: [
      REFUSED,
      `${
        way === "-O" ? "" : "seacp: "
      }far: lost connection: ssh failed (exit status 255)`,
    ],
    asks: [way === "-O" ? "scp -t ." : "sftp"],
  })),
  {
    name: "a host that is out of reach is asked once",
    args: ["-r", "far:tree", "."],
    script: always(warns(`${REFUSED}\n`), ends(255)),
    status: 255,
    stderr: [
      REFUSED,
      "seacp: far: lost connection: ssh failed (exit status 255)",
    ],
    asks: ["scp -r -f tree"],
  },
  {
    name: "a login that is refused is not tried again",
    args: ["a", "bob@far:"],
    near: NEAR,
    script: always(warns(`${DENIED}\n`), ends(255)),
    status: 255,
    stderr: [
      DENIED,
      "seacp: far: lost connection: ssh failed (exit status 255)",
    ],
    asks: ["scp -t ."],
  },
  {
    name: "a banner is shown, and the file goes up",
    args: ["a", "far:"],
    near: NEAR,
    script: { sink: [warns("Authorised users only\r\n"), ...UP] },
    stderr: ["Authorised users only\r"],
    asks: ["scp -t ."],
  },
  {
    name: "an ssh that fails in the end fails the copy",
    args: ["a", "far:"],
    near: NEAR,
    script: { sink: [...UP, ends(3)] },
    status: 1,
    stderr: ["seacp: far: the remote ended with exit status 3"],
    asks: ["scp -t ."],
  },
  {
    name: "an ssh that is killed in the middle fails the copy",
    args: ["far:a", "."],
    script: {
      source: [...sends("C0644 3 a\n", "ab").slice(0, -1), { dies: true }],
    },
    status: 255,
    stderr: [
      `seacp: far: ./a: lost connection after 2 of 3 bytes: ${HERE.killed}`,
    ],
    leaves: ['a = "ab"'],
    asks: ["scp -f a"],
  },
  {
    name: "where there is no scp the file goes up over SFTP",
    args: ["a", "far:"],
    near: NEAR,
    script: {
      sink: [warns("bash: line 1: scp: command not found\r\n"), ends(127)],
      sftp: serves(),
    },
    stderr: [
      "seacp: warning: far: there is no scp (exit status 127): " +
      "going on over SFTP",
    ],
    served: ['a 0644 "abc"'],
    asks: ["scp -t .", "sftp"],
  },
  {
    name: "where cmd.exe finds no scp the file comes down over SFTP",
    args: ["-q", "far:a", "."],
    script: {
      source: [
        warns(
          "'scp' is not recognized as an internal or external command,\r\n" +
            "operable program or batch file.\r\n",
        ),
        ends(1),
      ],
      sftp: serves(file("a", "abc")),
    },
    leaves: ['a = "abc"'],
    served: ['a 0644 1000000000 "abc"'],
    asks: ["scp -f a", "sftp"],
  },
  {
    name: "where there is no SFTP a tree goes up over SCP",
    args: ["-r", "tree", "a", "far:"],
    near: [directory("tree"), file("tree/f", TEXT), file("a", "abc")],
    script: {
      sftp: [warns("subsystem request failed on channel 0\r\n"), ends(255)],
      sink: takes(
        "D0755 0 tree\n",
        "C0644 5 f\n",
        "Each\n\0",
        "E\n",
        "C0644 3 a\n",
        "abc\0",
      ),
    },
    stderr: [
      "seacp: warning: far: the server refuses it: " +
      "subsystem request failed on channel 0: going on over SCP",
    ],
    asks: ["sftp", "scp -r -d -t ."],
  },
  {
    name: "with -O nothing but SCP is tried",
    args: ["-O", "a", "far:"],
    near: NEAR,
    script: {
      sink: [warns("bash: line 1: scp: command not found\r\n"), ends(127)],
    },
    status: 1,
    stderr: [
      "bash: line 1: scp: command not found\r",
      "far: there is no scp (exit status 127): try -s",
    ],
    asks: ["scp -t ."],
  },
];

[...[...UPLOADS, ...DOWNLOADS].flatMap(casesOf), ...SESSIONS].forEach(testCase);

function scriptedTest(name: string, fn: () => Promise<void>): void {
  builtTest(name, [SCRIPTED_SSH], fn);
}

scriptedTest("ssh gets every argument as it was given", async () => {
  using place = new ScriptedPlace([]);
  const options = [
    ...["-q", "-C", "-4", "-P", "2222", "-i", "my key", "-J", "j"],
    ...["-c", "aes", "-F", "a\\b\\", '-oUser="x y"', "-o", ""],
  ];
  const handed = [
    ...["-q", "-C", "-4", "-i", "my key", "-J", "j", "-c", "aes"],
    ...["-F", "a\\b\\", "-o", 'User="x y"', "-o", ""],
  ];
  const login = ["-oForwardAgent=no", "-p", "2222", "-l", "bob"];
  for (const way of ["-O", "-s"]) {
    const copy = place.start(
      [way, "-S", SCRIPTED_SSH, ...options, "bob@far:a", "."],
      { script: { source: DOWN, sftp: serves(file("a", "abc")) } },
    );
    assertEquals((await copy.outcome).stderr, "");
  }
  assertEquals(place.calls, [
    [...FIXED_WORDS, ...handed, ...login, "--", "far", "scp -f a"],
    [...FIXED_WORDS, ...handed, ...login, "-s", "--", "far", "sftp"],
  ]);
});

scriptedTest("-p keeps the times of what comes down", async () => {
  const script = {
    source: sends("T1000000000 0 946684800 0\n", "C0644 3 a\n", "abc\0"),
    sftp: serves(file("a", "abc")),
  };
  for (const way of ["-O", "-s"]) {
    using place = new ScriptedPlace([]);
    const args = [way, "-p", "-S", SCRIPTED_SSH, "far:a", "."];
    const { stderr } = await place.start(args, { script }).outcome;
    assertEquals(stderr, "");
    const { mtime } = Deno.statSync(`${place.path}/a`);
    assertEquals(mtime!.getTime(), 1_000_000_000_000);
  }
});

scriptedTest("-v tells each step, and ssh is told", async () => {
  using place = new ScriptedPlace([]);
  const args = ["-v", "-S", SCRIPTED_SSH, "far:a", "."];
  assertEquals(await place.start(args, { script: { source: DOWN } }).outcome, {
    status: 0,
    stdout: "",
    stderr: "Protocol for far: SCP: it is the faster one\n" +
      `Executing: program ${SCRIPTED_SSH} host far, user (unspecified), ` +
      "command scp -v -f a\nSink: C0644 3 a\n",
  });
  assertEquals(place.calls[0]!.slice(FIXED_WORDS.length, -3), [
    "-v",
    "-oForwardAgent=no",
  ]);
});

scriptedTest("a shell that talks is told, and the file goes up", async () => {
  using place = new ScriptedPlace(NEAR);
  const args = ["-S", SCRIPTED_SSH, "a", "far:"];
  const script = {
    sink: [says("Welcome!\n"), { echoes: true }, ...UP],
  } as const;
  const { status, stderr } = await place.start(args, { script }).outcome;
  assertStringIncludes(
    stderr,
    'seacp: warning: far: the shell said "Welcome!\\012" before scp began. ' +
      "The copy works without it.",
  );
  assertEquals(status, 0);
  const [plain, marked] = place.calls.map((call) => call.at(-1)!);
  assertEquals(plain, "scp -t .");
  assertMatch(marked!, /^echo seacp-[0-9a-f-]{36}; exec scp -t \.$/);
});

scriptedTest("ssh is found in the PATH and named by --version", async () => {
  using place = new ScriptedPlace(NEAR);
  const script = {
    version: [warns("OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2\r\n")],
    configuration: [says("hostname far\r\n")],
    sink: UP,
    sftp: serves(),
  };
  const env = { PATH: dirname(SCRIPTED_SSH) };
  const told = await place.start(["-v", "--version"], { script, env }).outcome;
  assertEquals([told.status, told.stderr], [0, ""]);
  const [name, , target, , , ssh, version] = told.stdout.split("\n");
  assertMatch(name!, /^seacp \d+\.\d+\.\d+$/);
  assertEquals([target, ssh, version], [
    `target:    ${BUILT_TARGET}`,
    `ssh:       ${SCRIPTED_SSH}`,
    "           OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2",
  ]);
  assertEquals(await place.start(["a", "far:"], { script, env }).outcome, {
    status: 0,
    stdout: "",
    stderr: "",
  });
  assertEquals(place.calls.map(([first]) => first), ["-V", "-G", "-x"]);
});

scriptedTest("an ssh that is not there is told", async () => {
  using place = new ScriptedPlace(NEAR);
  const rows = [
    [["-S", "none"], {}, "seacp: none: No such file or directory\n", 255],
    [["-O", "-S", "none"], {}, "none: No such file or directory\n", 1],
    [
      [],
      { PATH: place.path },
      "seacp: ssh: No such file or directory: is an ssh client installed?\n",
      255,
    ],
  ] as const;
  for (const [options, env, stderr, status] of rows) {
    assertEquals(
      await place.start([...options, "a", "far:"], { env }).outcome,
      { status, stdout: "", stderr },
    );
  }
});

scriptedTest(
  "help is told, and what scp tells of a wrong command line",
  async () => {
    using place = new ScriptedPlace([]);
    const help = await place.start(["--help"]).outcome;
    assertEquals([help.status, help.stderr], [0, ""]);
    assertMatch(help.stdout, /^seacp copies files between hosts, as scp does/);
    for (const args of [[], ["a"], ["-y", "a", "b"]]) {
      const wrong = await place.start(args).outcome;
      assertEquals([wrong.status, wrong.stdout], [1, ""]);
      assertMatch(
        wrong.stderr,
        /^(seacp: .*\n)?usage: scp \[-346ABCOpqRrsTv\]/,
      );
    }
  },
);

/** A run as somebody else's remote side, whose client is a pipe. */
interface Served {
  readonly name: string;
  readonly args: readonly string[];
  readonly near?: readonly TreeEntry[];
  readonly client: string;
  readonly answers: string;
  /** @default 0 */
  readonly status?: number;
  readonly leaves: readonly string[];
}

const SERVED: readonly Served[] = [
  {
    name: "it takes a file as scp -t",
    args: ["-t", "."],
    client: "C0644 3 a\nabc\0",
    answers: "\0\0\0",
    leaves: ['a = "abc"'],
  },
  {
    name: "it takes a tree with times as scp -t",
    args: ["-r", "-p", "-d", "-t", "."],
    client: "T1000000000 0 1000000000 0\nD0755 0 t\nC0600 3 a\nabc\0E\n",
    answers: "\0\0\0\0\0\0",
    leaves: ["t/", 't/a = "abc"'],
  },
  {
    name: "it refuses a target that is no directory as scp -d -t",
    args: ["-d", "-t", "a"],
    near: NEAR,
    client: "",
    answers: "\x01scp: a: Not a directory\n",
    status: 1,
    leaves: ['a = "abc"'],
  },
  {
    name: "it refuses what its disk cannot hold as scp -t",
    args: ["-t", "."],
    ...HERE.device,
  },
  {
    name: "it sends a file as scp -f",
    args: ["-f", "a"],
    near: NEAR,
    client: "\0\0\0\0",
    answers: "C0644 3 a\nabc\0",
    leaves: ['a = "abc"'],
  },
  {
    name: "it sends a file with its times as scp -f",
    args: ["-p", "-f", "a"],
    near: NEAR,
    client: "\0\0\0\0\0",
    answers: "T1000000000 0 1000000000 0\nC0644 3 a\nabc\0",
    leaves: ['a = "abc"'],
  },
  {
    name: "it sends a tree as scp -f",
    args: ["-r", "-f", "t"],
    near: [directory("t"), file("t/a", "abc")],
    client: "\0\0\0\0\0\0",
    answers: "D0755 0 t\nC0644 3 a\nabc\0E\n",
    leaves: ["t/", 't/a = "abc"'],
  },
  {
    name: "it tells what is missing as scp -f",
    args: ["-f", "none"],
    client: "\0\0",
    answers: "\x01scp: none: No such file or directory\n",
    status: 1,
    leaves: [],
  },
];

function testServed(
  { name, args, near = [], client, answers, status = 0, leaves }: Served,
): void {
  builtTest(name, [], async () => {
    using place = new ScriptedPlace(near);
    assertEquals(
      await place.start(args, { input: client }).outcome,
      { status, stdout: answers, stderr: "" },
    );
    assertEquals(listing(place.path), leaves);
  });
}

SERVED.forEach(testServed);

scriptedTest("Ctrl-C ends it with its status", async () => {
  using place = new ScriptedPlace(NEAR);
  const script = { sink: [says("\0"), { waits: true }] } as const;
  const args = ["-S", SCRIPTED_SSH, "a", "far:"];
  const status = await statusAfterCtrlC(
    (wrapper) => place.start(args, { script, wrapper }),
    place.callsFile,
  );
  assertEquals(status, 130);
});
