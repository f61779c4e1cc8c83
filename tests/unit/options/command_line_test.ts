import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  asksForJson,
  type CopyRequest,
  parseCommandLine,
  type ServeCommand,
} from "../../../lib/options/command_line.ts";
import type { CopyOptions } from "../../../lib/options/copy_options.ts";
import { UsageError } from "../../../lib/errors.ts";
import type { SshSettings } from "../../../lib/options/copy_options.ts";

const RULES = {
  servicePort: (name: string) => name === "ssh" ? 22 : undefined,
};

function parse(text: string): CopyRequest {
  const command = parseCommandLine(text.split(" "), RULES);
  assert(command.kind === "copy");
  return command;
}

function parseServe(text: string): ServeCommand {
  const command = parseCommandLine(text.split(" "), RULES);
  assert(command.kind === "serve", text);
  return command;
}

const SSH: SshSettings = { program: "ssh", flags: [] };

const PLAIN: CopyOptions = {
  recursive: false,
  preserve: false,
  checkNames: true,
  targetIsDirectory: false,
  throughHere: true,
  verbose: false,
  lockstep: false,
  jobs: 1,
  share: false,
  sftpTuning: {},
  ssh: SSH,
};

/** Options, and what they make of a copy besides its two operands. */
const ROWS: readonly (readonly [
  string,
  Partial<CopyOptions>,
  Partial<SshSettings>?,
])[] = [
  ["-O", { protocol: "scp" }],
  ["-s", { protocol: "sftp" }],
  ["-Os", { protocol: "sftp" }],
  ["-s -O", { protocol: "scp" }],
  ["-D /x/sftp-server", { protocol: "sftp", sftpServer: "/x/sftp-server" }],
  ["-D a -D b -s", { protocol: "sftp", sftpServer: "b" }],
  ["-D a -O", { protocol: "scp", sftpServer: "a" }],
  ["-r", { recursive: true }],
  ["-p", { preserve: true }],
  ["-rp", { recursive: true, preserve: true }],
  ["--include b -r --exclude a --exclude-from=f --exclude b", {
    recursive: true,
    filters: [
      { kind: "include", value: "b" },
      { kind: "exclude", value: "a" },
      { kind: "exclude-from", value: "f" },
      { kind: "exclude", value: "b" },
    ],
  }],
  ["--no-clobber", {
    existing: { keepsAll: true, keepsSame: false, keepsNewer: false },
  }],
  ["--skip-unchanged --update", {
    existing: { keepsAll: false, keepsSame: true, keepsNewer: true },
  }],
  ["--checksum", {
    existing: {
      keepsAll: false,
      keepsSame: false,
      keepsNewer: false,
      comparesContent: true,
    },
  }],
  ["--verify", { verifies: true }],
  ["--mkdir", { targetIsDirectory: true, makesTarget: true }],
  ["--chmod F644", { modes: { file: 0o644 } }],
  ["-r --chmod D0755,F600 --chmod F640", {
    recursive: true,
    modes: { directory: 0o755, file: 0o640 },
  }],
  ["--atomic", { isAtomic: true }],
  ["-r --links", { recursive: true, keepsLinks: true }],
  ["--dry-run", { isDry: true }],
  ["-T", { checkNames: false }],
  ["-d", { targetIsDirectory: true }],
  ["-v", { verbose: true }, { flags: ["-v"] }],
  ["--lockstep", { lockstep: true }, {}],
  ["--jobs 64", { jobs: 64 }],
  ["--jobs=8 --share", { jobs: 8, share: true }],
  ["--jobs 8 --jobs 2", { jobs: 2 }],
  ["-vvv", { verbose: true }, { flags: ["-v", "-v", "-v"] }],
  ["-2", {}],
  ["-3", { throughHere: true }],
  ["-R", { throughHere: false }],
  ["-3R", { throughHere: false }],
  ["-R -3", { throughHere: true }],
  ["-R -3 -R", { throughHere: false }],
  ["-R -r", { throughHere: false, recursive: true }],
  ["-l 1", { bitsPerSecond: 1024 }],
  ["-l 8000", { bitsPerSecond: 8_192_000 }],
  ["-l 104857600", { bitsPerSecond: 104_857_600 * 1024 }],
  ["-l 5 -l 7", { bitsPerSecond: 7 * 1024 }],
  ["-X nrequests=1", { sftpTuning: { requests: 1 } }],
  ["-X nrequests=262144", { sftpTuning: { requests: 262144 } }],
  ["-X buffer=1", { sftpTuning: { bufferBytes: 1 } }],
  ["-X buffer=262144", { sftpTuning: { bufferBytes: 262144 } }],
  ["-X buffer=256K", { sftpTuning: { bufferBytes: 262144 } }],
  ["-X buffer=1k", { sftpTuning: { bufferBytes: 1024 } }],
  [
    "-X buffer=1 -X nrequests=2 -X buffer=3",
    { sftpTuning: { bufferBytes: 3, requests: 2 } },
  ],
  ["-P 2222", {}, { port: 2222 }],
  ["-P2222", {}, { port: 2222 }],
  ["-P 1 -P 65535", {}, { port: 65535 }],
  ["-P ssh", {}, { port: 22 }],
  ["-S /opt/ssh", {}, { program: "/opt/ssh" }],
  ["-q", {}, { flags: ["-q"] }],
  ["-B", {}, { flags: ["-oBatchmode=yes"] }],
  ["-46AC", {}, { flags: ["-4", "-6", "-A", "-C"] }],
  [
    "-c aes -F cfg -i key -J jump -o User=bob",
    {},
    {
      flags: [
        ...["-c", "aes", "-F", "cfg", "-i", "key", "-J", "jump"],
        ...["-o", "User=bob"],
      ],
    },
  ],
  [
    "-oA=b -C -rq -J jump -oC=d -4B",
    { recursive: true },
    {
      flags: [
        ...["-o", "A=b", "-C", "-q", "-J", "jump", "-o", "C=d", "-4"],
        "-oBatchmode=yes",
      ],
    },
  ],
];

Deno.test("parseCommandLine(): reads every option", () => {
  for (const [text, options, ssh] of ROWS) {
    assertEquals(
      parse(`${text} a b`).options,
      { ...PLAIN, ...options, ssh: { ...SSH, ...ssh } },
      text,
    );
  }
});

Deno.test("parseCommandLine(): takes the last operand for the target", () => {
  for (
    const [text, sources, target, targetIsDirectory] of [
      ["a b", ["a"], "b", false],
      ["a b c", ["a", "b"], "c", true],
      ["a h:b -r", ["a", "h:b"], "-r", true],
      ["-- -a -b", ["-a"], "-b", false],
      ["- .", ["-"], ".", false],
    ] as const
  ) {
    const line = parse(text);
    assertEquals(line.sources, sources, text);
    assertEquals(line.target, target, text);
    assertEquals(line.options.targetIsDirectory, targetIsDirectory, text);
  }
});

Deno.test("parseCommandLine(): reads -q for the program itself", () => {
  assertEquals(parse("-q a b").quiet, true);
  assertEquals(parse("-v a b").quiet, false);
});

Deno.test("parseCommandLine(): reads what is to be told of a copy", () => {
  const plain = parse("a b");
  assertEquals([plain.progress, plain.summary, plain.json], [
    false,
    false,
    false,
  ]);
  assertEquals(parse("-q --json a b").json, true);
  assertEquals(parse("--summary a b").summary, true);
  assertEquals(parse("--progress a b").progress, true);
  assertEquals(parse("--progress -R -3 a b").progress, true);
});

/** Arguments of a remote, and its request without the defaults. */
const SERVED: readonly (readonly [string, Partial<ServeCommand>])[] = [
  ["-t d", { role: "sink", paths: ["d"] }],
  ["-f a", { role: "source", paths: ["a"] }],
  ["-f a b c", { role: "source", paths: ["a", "b", "c"] }],
  ["-f", { role: "source", paths: [] }],
  ["-t", { role: "sink", paths: [] }],
  ["-t a b", { role: "sink", paths: ["a", "b"] }],
  ["-t -f a", { role: "source", paths: ["a"] }],
  ["-f -t a", { role: "source", paths: ["a"] }],
  ["-ft a", { role: "source", paths: ["a"] }],
  ["-t -- -f", { role: "sink", paths: ["-f"] }],
  ["-t d -f", { role: "sink", paths: ["d", "-f"] }],
  ["-r -t d", { role: "sink", paths: ["d"], recursive: true }],
  ["-p -t d", { role: "sink", paths: ["d"], preserve: true }],
  ["-d -t d", { role: "sink", paths: ["d"], targetIsDirectory: true }],
  ["-d -f d", { role: "source", paths: ["d"], targetIsDirectory: true }],
  ["-v -t d", { role: "sink", paths: ["d"], verbose: true }],
  [
    "-vrpdt d",
    {
      role: "sink",
      paths: ["d"],
      verbose: true,
      recursive: true,
      preserve: true,
      targetIsDirectory: true,
    },
  ],
];

Deno.test("parseCommandLine(): reads a remote's part, however many paths", () => {
  for (const [text, expected] of SERVED) {
    const { role, paths, ...rest } = parseServe(text);
    const { recursive, preserve, targetIsDirectory, verbose } = rest;
    assertEquals(
      { role, paths, recursive, preserve, targetIsDirectory, verbose },
      {
        role: "sink",
        paths: [],
        recursive: false,
        preserve: false,
        targetIsDirectory: false,
        verbose: false,
        ...expected,
      },
      text,
    );
  }
});

Deno.test("parseCommandLine(): refuses a remote's wrong options as a client's", () => {
  for (const text of ["-t -z d", "-t -P 0 d", "-f -l 0 a", "-t -P"]) {
    assertThrows(() => parseServe(text), UsageError);
  }
});

/** Calls that scp refuses, its message and status, true where usage follows. */
const REFUSED: readonly (readonly [string, string, 1 | 255, boolean])[] = [
  ["", "", 1, true],
  ["a", "", 1, true],
  ["-r a", "", 1, true],
  ["-z a b", "unknown option -- z", 1, true],
  ["-h", "unknown option -- h", 1, true],
  ["-V", "unknown option -- V", 1, true],
  ["-P", "option requires an argument -- P", 1, true],
  ["-M x a b", "", 1, true],
  ["-1 a b", "SSH protocol v.1 is no longer supported", 255, false],
  ["-l 0 a b", "", 1, true],
  ["-l -1 a b", "", 1, true],
  ["-l 1k a b", "", 1, true],
  ["-l 104857601 a b", "", 1, true],
  ["-l 1.5 a b", "", 1, true],
  ["-l x -l 5 a b", "", 1, true],
  ["-P 0 a b", 'bad port "0"\n', 255, false],
  ["-P 65536 a b", 'bad port "65536"\n', 255, false],
  ["-P -1 a b", 'bad port "-1"\n', 255, false],
  ["-P nosuch a b", 'bad port "nosuch"\n', 255, false],
  ["-P nosuch -P 22 a b", 'bad port "nosuch"\n', 255, false],
  ["-P nosuch", 'bad port "nosuch"\n', 255, false],
  ["-X a b", "Invalid -X option", 255, false],
  [
    "--include x a b",
    "--include needs -r: it chooses among what is in directories",
    255,
    false,
  ],
  [
    "--chmod D755 a b",
    "--chmod D needs -r: it is for the modes of directories",
    255,
    false,
  ],
  [
    "--atomic --no-clobber a b",
    "--atomic replaces what is there, and --no-clobber does not: choose one",
    255,
    false,
  ],
  [
    "--resume --no-clobber a b",
    "--resume completes what is there, and --no-clobber may leave it: choose one",
    255,
    false,
  ],
  [
    "--resume --update a b",
    "--resume completes what is there, and --update may leave it: choose one",
    255,
    false,
  ],
  [
    "--resume --atomic a b",
    "--resume completes what is there, and --atomic replaces it: choose one",
    255,
    false,
  ],
  ["-t --resume d", "--resume is for clients, not for -t and -f", 255, false],
  [
    "--retries often a b",
    'Invalid number of retries "often": it must be from 0 to 10000',
    255,
    false,
  ],
  [
    "--links a b",
    "--links needs -r: it is for links in directories",
    255,
    false,
  ],
  ["-t --atomic d", "--atomic is for clients, not for -t and -f", 255, false],
  ["-r --exclude x --exclude= a b", "--exclude is empty", 255, false],
  ["-X buffers=1 a b", "Invalid -X option", 255, false],
  ["-X nrequests a b", "Invalid -X option", 255, false],
  [
    "-q --progress a b",
    "--progress cannot be used with -q: -q is to be quiet",
    1,
    false,
  ],
  [
    "--json --summary -q a b",
    "--summary cannot be used with -q: -q is to be quiet",
    1,
    false,
  ],
  [
    "--json -f d",
    "--json cannot be used with -f: -f is the remote side",
    1,
    false,
  ],
  [
    "--progress -3 -R a b",
    "--progress cannot be used with -R: -R leaves the copy to another scp",
    1,
    false,
  ],
  [
    "--progress -t d",
    "--progress cannot be used with -t: -t is the remote side",
    1,
    false,
  ],
];

for (const value of ["", "0", "262145", "x", "1K", "-1", "1.5"]) {
  Deno.test(`parseCommandLine(): refuses -X nrequests=${value}`, () => {
    const error = assertThrows(
      () => parse(`-X nrequests=${value} a b`),
      UsageError,
      `Invalid number of requests "${value}": `,
    );
    assertEquals([error.status, error.showUsage], [255, false]);
  });
}

for (const value of ["", "0", "262145", "257K", "1M", "1G", "K", "1X", "-1"]) {
  Deno.test(`parseCommandLine(): refuses -X buffer=${value}`, () => {
    const error = assertThrows(
      () => parse(`-X buffer=${value} a b`),
      UsageError,
      `Invalid buffer size "${value}": `,
    );
    assertEquals([error.status, error.showUsage], [255, false]);
  });
}

for (
  const value of [
    "",
    "644",
    "F",
    "F64",
    "F888",
    "F2755",
    "D755,",
    "f644",
    "a=r",
  ]
) {
  Deno.test(`parseCommandLine(): refuses --chmod=${value}`, () => {
    const error = assertThrows(
      () => parse(`-r --chmod=${value} a b`),
      UsageError,
      `Invalid modes "${value}": `,
    );
    assertEquals([error.status, error.showUsage], [255, false]);
  });
}

Deno.test("parseCommandLine(): tells that --chmod gives no set-id and no sticky bit", () => {
  for (const value of ["F4755", "D1777,F644"]) {
    const { message } = assertThrows(
      () => parse(`-r --chmod ${value} a b`),
      UsageError,
    );
    assertEquals(
      message,
      `Invalid modes "${value}": set-id and sticky bits cannot be given: ` +
        "three digits, as in F755",
    );
  }
});

for (const value of ["", "0", "65", "x", "1K", "-1", "1.5"]) {
  Deno.test(`parseCommandLine(): refuses --jobs=${value}`, () => {
    const error = assertThrows(
      () => parse(`--jobs=${value} a b`),
      UsageError,
      `Invalid number of jobs "${value}": `,
    );
    assertEquals([error.status, error.showUsage], [255, false]);
  });
}

Deno.test("parseCommandLine(): refuses what scp refuses, with its status", () => {
  for (const [text, ...expected] of REFUSED) {
    const args = text === "" ? [] : text.split(" ");
    const error = assertThrows(
      () => parseCommandLine(args, RULES),
      UsageError,
    );
    assertEquals(
      [error.message, error.status, error.showUsage],
      expected,
      text,
    );
  }
});

Deno.test("parseCommandLine(): knows --help and --version among the options only", () => {
  const kind = (text: string) => parseCommandLine(text.split(" "), RULES).kind;
  assertEquals(kind("--help"), "help");
  assertEquals(kind("-r --version"), "version");
  assertEquals(kind("-rP 22 --help a b"), "help");
  assertEquals(kind("a --help"), "copy");
  assertEquals(kind("-- --version --help"), "copy");
});

Deno.test("asksForJson(): finds --json among the options of a wrong call, and nowhere else", () => {
  const asks = (text: string) => asksForJson(text.split(" "));
  assertEquals(asks("--json"), true);
  assertEquals(asks("-z --nonsense --json"), true);
  assertEquals(asks("a b --json"), false);
  assertEquals(asks("-o --json a"), false);
});
