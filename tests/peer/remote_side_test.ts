/**
 * The remote against the system's scp: each dialogue is held with both, in
 * directories that are alike, and what they say, their status and what they leave
 * have to be equal. In all of it, a character is a byte.
 */

import { assertEquals, assertThrows } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { lacksDevices, lacksLinuxLibrary } from "../support/c_library.ts";
import { peerTest } from "../support/doors.ts";
import {
  type Dialogue,
  runServer,
  type Served,
} from "../support/scp/remote_side.ts";
import { lacksRecentRuntime } from "../support/process/old_runtime.ts";
import { UNPRIVILEGED } from "../support/fixtures/place.ts";
import { SEACP } from "../support/process/program.ts";
import {
  lacksRawNames,
  lacksRawOperands,
} from "../support/fixtures/raw_names.ts";

/**
 * Where seacp differs on purpose: why, and what comes of it instead. Entries
 * are not compared where contents are given and they are not.
 */
interface Difference extends
  Partial<
    Pick<Served, "status" | "stdout" | "contents" | "entries">
  > {
  readonly why: string;
}

/** What a row has besides its words. */
interface Extra extends Partial<Pick<Dialogue, "setup" | "umask" | "wrapper">> {
  /** Whether standard error may be written to: `-v` is among the arguments. */
  readonly verbose?: boolean;
  readonly differs?: Difference;
  /** Why it is ignored here; absent where it is not. */
  readonly lacks?: string | undefined;
}

/** A dialogue: its name, the arguments, what is said, and the rest. */
type Row = readonly [
  name: string,
  args: string | readonly string[],
  talk: readonly string[],
  extra?: Extra,
];

/** Rows that begin alike. */
interface Group {
  readonly name: string;
  /** What makes the directory, where a row does not say. */
  readonly setup: string;
  readonly rows: readonly Row[];
  readonly needs?: readonly string[];
}

/** Acknowledgements ahead, and more than enough. */
const OK_AHEAD = ">" + "\0".repeat(40);

/** A line of more bytes than a peer reads at a time. */
const TOO_LONG = "a line longer than 2047 bytes is one line, not two";

const OLDER = "printf 'older and longer' > d/a";

/** Appendix A of `openssh-behaviour.md`, word for word. */
const VECTORS: Group = {
  name: "the wire vectors",
  setup: "mkdir d",
  rows: [
    [
      "1: a file, step by step",
      "-t d",
      ["<\0", ">C0644 3 a\n", "<\0", ">abc\0", "<\0"],
    ],
    [
      "2: two files, glued",
      "-t d",
      ["<\0", ">C0644 3 a\nabc\0C0644 2 b\nxy\0", "<\0\0\0\0"],
    ],
    [
      "3: times, also without -p",
      "-t d",
      ["<\0", ">T1000000000 0 1000000001 0\nC0644 3 t\nabc\0", "<\0\0\0"],
    ],
    [
      "4: a file where a directory is, then another",
      "-t d",
      [
        ...["<\0", ">C0644 3 isdir\n", "<\x01scp: d/isdir: Is a directory\n"],
        ...[">C0644 2 ok\n", "<\0", ">xy\0", "<\0"],
      ],
      { setup: "mkdir -p d/isdir" },
    ],
    [
      "5: the same, its bytes sent anyway",
      "-t d",
      [
        ...["<\0", ">C0644 3 isdir\nabc\0"],
        "<\x01scp: d/isdir: Is a directory\n",
      ],
      { setup: "mkdir -p d/isdir" },
    ],
    [
      "6: a directory where a file is, its child and its E all the same",
      "-rt d",
      [
        ...["<\0", ">D0755 0 f\n", "<\x01scp: d/f: Not a directory\n"],
        ...[">C0644 1 x\n", "<\0", ">x\0", "<\0", ">E\n", "<\0"],
      ],
      { setup: "mkdir d; echo f > d/f" },
    ],
    ["7: an E for no directory", "-rt d", ["<\0", ">E\n", "<\0"]],
    ["8: a warning", "-t d", ["<\0", ">\x01oops\n"]],
    ["8: a source that gives up", "-t d", ["<\0", ">\x02bye\nC0644 0 a\n\0"]],
    [
      "9: a file that its source could not read whole",
      "-pt d",
      [
        ...["<\0", ">T1000000000 0 1000000001 0\n", "<\0", ">C0640 3 e\n"],
        ...["<\0", ">abc\x01scp: e: Input/output error\n", "<\0"],
      ],
    ],
    [
      "10: nonsense after a body",
      "-t d",
      ["<\0", ">C0644 3 e\n", "<\0", ">abcZzz\n"],
    ],
    [
      "11: a full disk",
      "-t /dev/full",
      [
        ...["<\0", ">C0644 3 a\n", "<\0", ">abc\0"],
        "<\x01scp: /dev/full: No space left on device\n",
      ],
      { lacks: lacksDevices },
    ],
    [
      "12: a missing target that has to be a directory",
      "-dt missing",
      ["<\x01scp: missing: No such file or directory\n"],
    ],
    [
      "13: a target in a missing directory",
      "-t d/no/pe",
      [
        ...["<\0", ">C0644 1 a\n"],
        "<\x01scp: d/no/pe: No such file or directory\n",
      ],
    ],
    [
      "14: a missing target with a slash",
      "-t d/nope/",
      ["<\0", ">C0644 1 a\n", "<\x01scp: d/nope/: Is a directory\n"],
    ],
    [
      "15: a directory for a missing target",
      "-rt d/new",
      [
        ...["<\0", ">D0750 0 zz\n", "<\0", ">C0644 1 a\n", "<\0", ">a\0"],
        ...["<\0", ">E\n", "<\0"],
      ],
    ],
    [
      "16: an end inside a directory",
      "-rt d",
      ["<\0", ">D0755 0 dd\n", "<\0"],
    ],
    [
      "17: a file that is refused, then another",
      "-f a b",
      [
        ...[">\0", "<C0644 1 a\n", ">\x01nope\n", "<C0644 4 b\n", ">\0"],
        ...["<data\0", ">\0"],
      ],
      { setup: "printf a > a; printf data > b" },
    ],
    [
      "18: a sink that says something else",
      "-f a",
      [">\0", "<C0644 1 a\n", ">hello\n"],
      { setup: "printf a > a" },
    ],
    [
      "18: a sink that gives up",
      "-f a a",
      [">\0", "<C0644 1 a\n", ">\x02x\n"],
      { setup: "printf a > a" },
    ],
    [
      "19: a directory that is refused",
      "-rf d",
      [">\0", "<D0755 0 d\n", ">\x01nope\n"],
      { setup: "mkdir d; echo a > d/a" },
    ],
    [
      "20: a tree with times before 1970",
      "-prf sub",
      [
        ">" + "\0".repeat(20),
        "<T7 0 7 0\nD0755 0 sub\nT0 0 0 0\nD0700 0 deep\n" +
        "T0 0 0 0\nC0644 1 c\nc\0E\nE\n",
      ],
      {
        setup: "mkdir -m 755 sub; mkdir -m 700 sub/deep; printf c > " +
          "sub/deep/c; touch -d @-1000 sub/deep/c sub/deep; touch -d @7 sub",
        lacks: lacksRecentRuntime,
      },
    ],
    [
      "21: a missing source and the next in one go",
      "-f missing a",
      [
        ...[">\0", "<\x01scp: missing: No such file or directory\nC0644 1 a\n"],
        ...[">\0", "<a\0", ">\0"],
      ],
      { setup: "printf a > a" },
    ],
    ["22: .", "-rf .", [">\0", "<D0700 0 .\n", ">\x01no\n"]],
    ["22: /", "-rf /", [">\0\x01no\n"]],
  ],
};

/** Records that a sink refuses for good, each one the first. */
const BAD_RECORDS = [
  ...["\n", "\nC0644 0 a\n\0", "X\n", "Welcome to far\n", "c0644 1 a\n", " \n"],
  ...["C0644 3", "T", "\x01oo", "\x02oo", "E", "D", "Welcome"],
  ...["C\n", "C644 3 a\n", "C06444 3 a\n", "C0848 3 a\n", "C064\n", "C0644\n"],
  ...["C-644 3 a\n", "C 644 3 a\n", "C0644x3 a\n", "C0x44 3 a\n"],
  ...["C0644 \n", "C0644  3 a\n", "C0644 -3 a\n", "C0644 +3 a\n"],
  ...["C0644 x a\n", "C0644 3x a\n", "C0644 3\n", "C0644 3\ta\n"],
  "C0644 9223372036854775808 a\n",
  "C0644 18446744073709551616 a\n",
  "C0644 99999999999999999999999 a\n",
  ...["T\n", "Tx\n", "T 1 0 1 0\n", "T-1 0 1 0\n", "T1\n", "T1x 0 1 0\n"],
  ...["T1 0\n", "T1 x 1 0\n", "T1 -1 1 0\n", "T1 1000000 1 0\n", "T1 0 \n"],
  ...["T1 0 x 0\n", "T1 0 -1 0\n", "T1 0 1\n", "T1 0 1x 0\n", "T1 0 1 x\n"],
  ...["T1 0 1 -1\n", "T1 0 1 1000000\n", "T1 0 1 0 \n", "T1 0 1 0x\n"],
  ...["C0644 3 .\n", "C0644 3 ..\n", "C0644 3 \n", "C0644 3 /\n"],
  ...["C0644 3 a/b\n", "C0644 3 a/\n", "C0644 3 /etc/x\n", "C0644 3 ./a\n"],
  ...["D0755 0 .\n", "D0755 0 ..\n", "D0755 0 \n", "D0755 0 a/b\n"],
  ...["D\n", "D755 0 a\n", "D0755 x a\n", "Dx\n"],
];

const REFUSED_RECORDS: Group = {
  name: "records that are none",
  setup: "mkdir -m 751 d; echo a > d/was",
  rows: [
    ...BAD_RECORDS.map((record): Row => [
      `first: ${JSON.stringify(record)}`,
      "-rpt d",
      [`>${record}`],
    ]),
    ...[
      "D0755 0 x\n",
      "D0755 0 x\nE\n",
      "C0644 0 x\n\0",
      "C0644 0 was\n\0",
      "T1 0 1 0\n",
      "\x01oops\n",
      "C0644 0 sub\n",
      "D0755 0 was\n",
    ].flatMap((before) =>
      ["X\n", "\n", "C0644 3"].map((record): Row => [
        `after ${JSON.stringify(before)}: ${JSON.stringify(record)}`,
        "-rt d",
        [`>${before}${record}`],
        { setup: "mkdir -p d/sub; echo a > d/was" },
      ])
    ),
    ...["D0755 0 x\n", "D0755 0 ..\n", "D0755 x a\n"].map((record): Row => [
      `without -r: ${JSON.stringify(record)}`,
      "-t d",
      [`>${record}C0644 0 a\n\0`],
    ]),
    ["an end before anything", "-t d", []],
    ["what comes after a violation is not read", "-t d", [
      ">X\nC0644 1 a\na\0",
    ]],
    [
      "a warning that is cut at 2047 bytes",
      "-t d",
      [">\x01" + "w".repeat(2045) + "\nC0644 1 a\na\0"],
    ],
    [
      "a name the disk finds too long",
      "-t d",
      [">C0644 1 " + "n".repeat(1900) + "\nC0644 1 a\na\0"],
    ],
    [
      "a name the disk finds too long, in the longest line",
      "-t d",
      [">C0644 1 " + "n".repeat(2038) + "\nC0644 1 a\na\0"],
      {
        differs: {
          why: "no peer reads more than 2047 bytes of an answer",
          stdout: `\0\x01scp: d/${"n".repeat(2038)}\n\0\0`,
        },
      },
    ],
    [
      "a line of 2048 bytes",
      "-t d",
      [">C0644 1 " + "n".repeat(2039) + "\nC0644 1 a\na\0"],
      {
        differs: {
          why: TOO_LONG,
          contents: ["d/a = a", "d/was = a\n"],
          stdout: `\0\x01scp: d/${"n".repeat(2038)}\n\0\0`,
        },
      },
    ],
    [
      "a line of many bytes",
      "-rt d",
      [">D0755 0 " + "n".repeat(5000) + "E\nC0644 0 a\n\0"],
      {
        differs: {
          why: TOO_LONG,
          contents: ["d/a = ", "d/was = a\n"],
          stdout: `\0\x01scp: d/${"n".repeat(2038)}\n\0\0`,
        },
      },
    ],
    [
      "a warning of many bytes, then a file",
      "-t d",
      [">\x01" + "w".repeat(5000) + "\nC0644 1 a\na\0"],
      {
        differs: {
          why: TOO_LONG,
          contents: ["d/a = a", "d/was = a\n"],
          stdout: "\0\0\0",
        },
      },
    ],
    [
      "a length that cannot be counted",
      "-t d",
      [">C0644 9007199254740992 a\n"],
      {
        differs: {
          why: "numbers are exact up to 2^53 - 1, which is no file's length",
          stdout: "\0\x01scp: protocol error: size out of range\n",
          contents: ["d/was = a\n"],
        },
      },
    ],
    ...["T1  0 1 0", "T1 +0 1 0", "T1 0000000 1 0"].map((record): Row => [
      `a fraction that is written oddly: ${JSON.stringify(record)}`,
      "-t d",
      [`>${record}\nC0644 0 a\n\0`],
      {
        differs: {
          why: "nobody writes it so",
          status: 1,
          stdout: record === "T1  0 1 0"
            ? "\0\x01scp: protocol error: atime.usec not delimited\n"
            : "\0\x01scp: protocol error: mtime.usec not delimited\n",
          contents: ["d/was = a\n"],
        },
      },
    ]),
    ...["C0644 1 a\0b\na\0", "D0755 0 \0\n", "C0644 1 was\0\nb\0"].map(
      (record): Row => [
        `a NUL in a name: ${JSON.stringify(record)}`,
        "-rt d",
        [`>${record}`],
        {
          differs: {
            why: "a name that no disk can hold is refused, not cut",
            status: 1,
            stdout: "\0\x01scp: error: unexpected filename: " +
              `${record.split("\n")[0]!.slice(8)}\n`,
            contents: ["d/was = a\n"],
          },
        },
      ],
    ),
  ],
};

const FILES: Group = {
  name: "files that come",
  setup: "mkdir d",
  rows: [
    ["an empty file", "-t d", ["<\0", ">C0644 0 a\n", "<\0", ">\0", "<\0"]],
    ["a long file", "-t d", [
      ">C0644 300000 a\n" + "0123456789abcdef".repeat(18750) + "\0",
    ]],
    ["a shorter file over a longer one", "-t d", [">C0600 3 a\nnew\0"], {
      setup: `mkdir d; ${OLDER}; chmod 604 d/a`,
    }],
    ["a file into a hard link", "-t d", [">C0600 3 a\nnew\0"], {
      setup: `mkdir d; ${OLDER}; ln d/a d/b`,
    }],
    ["a file through a link", "-t d", [">C0600 3 l\nnew\0"], {
      setup: `mkdir d; ${OLDER}; ln -s a d/l`,
    }],
    ["a file through a dangling link", "-t d", [">C0600 3 l\nnew\0"], {
      setup: "mkdir d; ln -s a d/l",
    }],
    ["a file through a link to nowhere", "-t d", [">C0600 3 l\n"], {
      setup: "mkdir d; ln -s no/a d/l",
    }],
    ["a file twice", "-t d", [">C0600 5 a\nfirst\0C0644 3 a\n2nd\0"]],
    ["a target that is a file", "-t d/a", [">C0600 3 x\nnew\0"], {
      setup: `mkdir d; ${OLDER}`,
    }],
    ["a target that is missing", "-t d/a", [">C0600 3 x\nnew\0"]],
    ["two files for a missing target", "-t d/a", [
      ">C0600 5 x\nfirst\0C0644 3 y\n2nd\0",
    ]],
    ["two files for a target that is a file", "-t d/a", [
      ">C0600 5 x\nfirst\0C0644 3 y\n2nd\0",
    ], { setup: `mkdir d; ${OLDER}` }],
    ["a target with a slash", "-t d/", [">C0644 3 sub\nC0644 1 a\na\0"], {
      setup: "mkdir -p d/sub",
    }],
    ["a target with slashes", "-t d//", [">C0644 3 sub\nC0644 1 a\na\0"], {
      setup: "mkdir -p d/sub",
    }],
    ["a file with a slash for a target", "-t d/a/", [">C0644 1 a\n"], {
      setup: `mkdir d; ${OLDER}`,
      differs: {
        why: "it is a file, whatever opening it so would be told",
        stdout: "\0\x01scp: d/a/: Not a directory\n",
      },
    }],
    ["a target with dots", "-t ./d/../d/.", [">C0644 3 sub\nC0644 1 a\na\0"], {
      setup: "mkdir -p d/sub",
    }],
    ["the root for a target", "-t /", [">C0644 1 tmp\n"]],
    ["this directory for a target", "-t .", [">C0644 1 d\nC0644 1 a\na\0"]],
    ["no name for a target", ["-t", ""], [">C0644 1 a\n"]],
    ["a link to a directory for a target", "-t l", [">C0644 1 a\na\0"], {
      setup: "mkdir d; ln -s d l",
    }],
    ["a loop of links for a target", "-t l", [">C0644 1 a\n"], {
      setup: "ln -s l l",
    }],
    ["a target in a file", "-t f/x", [">C0644 1 a\n"], { setup: "echo f > f" }],
    ["two targets", "-t d e", [">C0644 1 a\na\0"]],
    ["two targets that have to be directories", "-dt d e", []],
    ["no target", "-t", [">C0644 1 a\na\0"]],
    ["a target after --", "-t -- -x", [">C0644 1 a\na\0"]],
    ["-t and -f", "-t -f d/a", [OK_AHEAD], { setup: `mkdir d; ${OLDER}` }],
    ["-d and a directory", "-dt d", [
      "<\0",
      ">C0644 1 a\n",
      "<\0",
      ">a\0",
      "<\0",
    ]],
    ["-d and a link to a directory", "-dt l", [">C0644 1 a\na\0"], {
      setup: "mkdir d; ln -s d l",
    }],
    ["-d and a file", "-dt f", ["<\x01scp: f: Not a directory\n"], {
      setup: "echo f > f",
    }],
    ["-d and a dangling link", "-dt l", [], { setup: "ln -s no l" }],
    ["-d and no name", ["-dt", ""], []],
    ["-d and a directory that comes", "-drt d", [
      ">D0755 0 x\nC0644 1 a\na\0E\n",
    ]],
    ["a name for each letter of ours", "-vrpdt d", [">C0644 1 a\na\0"], {
      verbose: true,
    }],
    ["an end in a body, over nothing", "-t d", [">C0644 5 a\n"]],
    ["an end before the verdict", "-t d", [">C0644 3 a\nabc"]],
    ["an end inside the verdict", "-t d", [">C0644 3 a\nabc\x01oo"]],
    ["an end before the verdict, over a longer file", "-t d", [
      ">C0644 3 a\nabc",
    ], { setup: `mkdir d; ${OLDER}` }],
    ["nonsense for a verdict, over a longer file", "-t d", [
      ">C0600 3 a\nabcZzz\n",
    ], { setup: `mkdir d; ${OLDER}` }],
    ["a source that gives up for a verdict, over a longer file", "-t d", [
      ">C0600 3 a\nabc\x02oo\nC0644 0 b\n\0",
    ], { setup: `mkdir d; ${OLDER}` }],
    ["an end in a body", "-t d", [">C0644 5 a\nab"], {
      differs: { why: "what came is kept", contents: ["d/a = ab"] },
    }],
    ["an end in a body, over a longer file", "-t d", [">C0644 5 a\nab"], {
      setup: `mkdir d; ${OLDER}`,
      differs: {
        why: "what came is kept, and nothing older behind it",
        contents: ["d/a = ab"],
      },
    }],
    ["a verdict of a newline", "-t d", [">C0644 3 a\nabc\nC0644 0 b\n\0"]],
    ["a source's failure, then a file", "-t d", [
      ">C0644 3 a\nabc\x01oops\nC0644 1 b\nb\0",
    ]],
    ["warnings between files", "-t d", [
      ">\x01one\nC0644 1 a\na\0\x01two\n\x01\nC0644 1 b\nb\0",
    ]],
    ["a full disk, then a file", "-t l", [
      ">T1 0 1 0\nC0644 40000 a\n" + "x".repeat(40000) + "\0C0644 0 b\n\0",
    ], { setup: "ln -s /dev/full l", lacks: lacksDevices }],
    ["a device", "-t l", [">C0644 3 a\nabc\0"], { setup: "ln -s /dev/null l" }],
  ],
};

const TIMES: Group = {
  name: "times that come",
  setup: "mkdir d",
  rows: [
    ...["", "p"].flatMap((p): Row[] => [
      [`of a file that is there${p && ", with -p"}`, `-${p}t d`, [
        ">T1000000000 0 1000000001 0\nC0600 1 a\na\0",
      ], { setup: `mkdir d; ${OLDER}` }],
      [`of a directory${p && ", with -p"}`, `-r${p}t d`, [
        ">T1000000000 0 1000000001 0\nD0755 0 x\nT2 0 3 0\nC0644 1 a\na\0" +
        "T4 0 5 0\nD0755 0 y\nE\nE\n",
      ]],
      [`of a directory that is there${p && ", with -p"}`, `-r${p}t d`, [
        ">T1000000000 0 1000000001 0\nD0755 0 x\nC0644 1 a\na\0E\n",
      ], { setup: "mkdir -p -m 700 d/x" }],
    ]),
    ["for one entry alone", "-rt d", [
      ">T1 0 2 0\nC0644 0 a\n\0C0644 0 b\n\0T3 0 4 0\nD0755 0 c\nE\n" +
      "D0755 0 d\nE\n",
    ]],
    ["the last ones of two", "-t d", [">T1 0 2 0\nT3 0 4 0\nC0644 0 a\n\0"]],
    ["before an E", "-rt d", [">D0755 0 x\nT1 0 2 0\nE\nC0644 0 a\n\0"]],
    ["before the end", "-rt d", [">T1 0 2 0\nE\n"]],
    ["through a warning", "-t d", [">T1 0 2 0\n\x01oops\nC0644 0 a\n\0"]],
    ["with microseconds", "-t d", [">T1 250000 2 500000\nC0644 0 a\n\0"]],
    ["of zero", "-t d", [">T0 0 0 0\nC0644 0 a\n\0"]],
    ["with zeros in front", "-t d", [">T007 00 010 000000\nC0644 0 a\n\0"]],
    ["with single microseconds", "-t d", [">T7 5 10 9\nC0644 0 a\n\0"], {
      lacks: lacksLinuxLibrary,
    }],
    ["past this runtime's clock, within the system's", "-t d", [
      ">T8640000000001 0 1 0\nC0644 0 a\n\0",
    ], {
      differs: {
        why: "a time that cannot be told is not set, in part or at all",
        entries: ["d 755 now now d", "f 644 0 now now d/a "],
      },
    }],
    ...["C0644 0 sub\n", "D0755 0 was\n"].map((record): Row => [
      `of an entry that is refused: ${JSON.stringify(record)}`,
      "-rt d",
      [`>T1 0 2 0\n${record}C0644 0 a\n\0`],
      {
        setup: "mkdir -p d/sub; echo a > d/was",
        differs: {
          why: "they are not those of the next one",
          entries: [
            "d 755 now now d",
            "d 755 now now d/sub",
            "f 644 0 now now d/a ",
            "f 644 2 now now d/was ",
          ],
        },
      },
    ]),
    ["with an empty fraction at the end", "-t d", [">T1 0 2 \nC0644 0 a\n\0"]],
    ["past 2038", "-t d", [">T4102444800 0 4102444801 0\nC0644 0 a\n\0"]],
    ["past every clock", "-t d", [
      ">T9223372036854775808 0 1 0\nC0644 0 a\n\0",
    ]],
    ["of a file that its source could not read", "-t d", [
      ">T1 0 2 0\nC0644 1 a\na\x01oops\n",
    ]],
  ],
};

const MODES: Group = {
  name: "modes that come",
  setup: "mkdir d",
  rows: [
    ...["000", "022", "077", "777"].flatMap((umask): Row[] =>
      ["", "p"].map((p) => [
        `new ones under the umask ${umask}${p && ", with -p"}`,
        `-r${p}t d`,
        [
          ">" + [0o444, 0, 0o200, 0o777, 0o640, 0o111]
            .map((mode) => mode.toString(8).padStart(4, "0"))
            .map((mode) =>
              `C${mode} 1 f${mode}\nx\0` +
              `D${mode} 0 d${mode}\nC0644 1 a\na\0E\n`
            ).join(""),
        ],
        { umask },
      ])
    ),
    ...["", "p"].map((p): Row => [
      `of what is there${p && ", with -p"}`,
      `-r${p}t d`,
      [
        ">" +
        ["0755", "4755", "0444", "0000", "2777"].map((mode) =>
          `C${mode} 1 f\nx\0D${mode} 0 s\nC0644 1 a\na\0E\n`
        ).join(""),
      ],
      { setup: "mkdir -p d/s; echo f > d/f; chmod 604 d/f; chmod 705 d/s" },
    ]),
    ...["", "p"].map((p): Row => [
      `with set-id bits${p && ", with -p"}`,
      `-r${p}t d`,
      [
        ">" +
        ["4755", "6777", "2711", "6000"].map((mode) =>
          `C${mode} 1 f${mode}\nx\0` +
          `D${mode} 0 d${mode}\nC${mode} 1 a\na\0E\n`
        ).join(""),
      ],
    ]),
    ["with a sticky bit", "-rt d", [">C1777 1 a\na\0D1777 0 b\nE\n"]],
    ["with a sticky bit and -p", "-prt d", [
      ">C1777 1 a\na\0D1777 0 b\nE\n",
    ]],
    ["of a directory that is the target", "-prt d/new", [">D0750 0 x\nE\n"]],
  ],
};

const DIRECTORIES: Group = {
  name: "directories that come",
  setup: "mkdir d",
  rows: [
    ["a tree, step by step", "-rt d", [
      ...["<\0", ">D0755 0 x\n", "<\0", ">C0644 1 a\n", "<\0", ">a\0", "<\0"],
      ...[">D0700 0 y\n", "<\0", ">E\n", "<\0", ">E\n", "<\0"],
    ]],
    ["a length, which is nothing", "-rt d", [">D0755 99 x\nE\n"]],
    ["an E with something after it", "-rt d", [
      ">D0755 0 x\nEnd\nC0644 0 a\n\0",
    ]],
    ["one over one that is there", "-rt d", [">D0755 0 x\nC0644 1 a\na\0E\n"], {
      setup: "mkdir -p d/x; echo was > d/x/b",
    }],
    ["one through a link", "-rt d", [">D0755 0 l\nC0644 1 a\na\0E\n"], {
      setup: "mkdir -p d/x; ln -s x d/l",
    }],
    ["one where a dangling link is", "-rt d", [">D0755 0 l\n"], {
      setup: "mkdir -p d; ln -s x d/l",
    }],
    ["one where a file is, then one beside it", "-rt d", [
      ">D0755 0 f\nD0755 0 g\nC0644 1 a\na\0E\nE\nC0644 1 b\nb\0",
    ], { setup: "mkdir d; echo f > d/f" }],
    ["two for a missing target", "-rt d/new", [
      ">D0755 0 x\nC0644 1 a\na\0E\nD0700 0 y\nC0644 1 b\nb\0E\n",
    ]],
    ["one and a file for a missing target", "-rt d/new", [
      ">D0755 0 x\nE\nC0644 1 b\n",
    ]],
    ["a file and one for a missing target", "-rt d/new", [
      ">C0644 1 b\nb\0D0755 0 x\n",
    ]],
    ["one for a target that is a file", "-rt d/f", [">D0755 0 x\n"], {
      setup: "mkdir d; echo f > d/f",
    }],
    ["one for a target in a missing directory", "-rt d/no/pe", [
      ">D0755 0 x\n",
    ]],
    ["an end inside two", "-rt d", [">D0755 0 x\nD0755 0 y\nC0644 1 a\na\0"]],
    ["an end inside two that are read-only", "-rt d", [
      ">D0555 0 x\nD0000 0 y\n",
    ]],
    ["more after the E of the target", "-rt d", [
      ">D0755 0 x\nE\nE\nC0644 1 a\na\0",
    ]],
    ["a file where one is, inside another", "-rt d", [
      ">D0755 0 x\nC0644 1 sub\nC0644 1 a\na\0E\n",
    ], { setup: "mkdir -p d/x/sub" }],
  ],
};

/** Says a file of each name, and a directory with one in it. */
function taken(names: readonly string[]): string {
  const records = names.map((name) =>
    `C0644 1 ${name}\na\0D0755 0 ${name}x\nC0644 1 ${name}\nb\0E\n`
  );
  return `>${records.join("")}`;
}

const NAMES: Group = {
  name: "names that come",
  setup: "mkdir d",
  rows: [
    ["odd ones", "-rt d", [
      taken([
        ...[" ", " a b ", "\t", "a\rb", "\x1b[2J", "\x01", "E", "...", "..a"],
        ...["-rf", "~", "$(id)", "`id`", "a\\b", "a\\^Jb", "'\"", "*?[x]"],
        ...["caf\xc3\xa9", "\xef\xbf\xbd", "C:x", "n".repeat(254)],
      ]),
    ]],
    ["odd bytes", "-rt d", [taken(["caf\xe9", "\xff\xfe"])], {
      lacks: lacksRawNames,
    }],
    ["a name too long", "-t d", [
      `>C0644 1 ${"n".repeat(256)}\nC0644 1 a\na\0`,
    ]],
    ["bytes in what is refused", "-rt d", [
      ">C0644 1 caf\xe9\nD0755 0 caf\xea\n",
    ], {
      setup: "mkdir d d/$(printf 'caf\\351'); : > d/$(printf 'caf\\352')",
      lacks: lacksRawNames,
    }],
    ["bytes in an unknown record", "-rt d", [">caf\xe9\x1b\n"]],
    ["bytes in a refused name", "-rt d", [">C0644 1 caf\xe9/\x1b\n"]],
    ["bytes in a target", ["-t", "caf\xe9"], [">C0644 1 a\na\0"]],
    ["bytes in a missing target", ["-t", "caf\xe9/x"], [">C0644 1 a\na\0"]],
    ["bytes in a target that has to be a directory", ["-dt", "caf\xe9"], []],
  ],
};

const LOCKED: Group = {
  name: "what may not be written",
  needs: UNPRIVILEGED.slice(0, 1),
  setup: "mkdir -m 555 d; echo f > f; chmod 444 f",
  rows: ([
    ["a file in a read-only directory", "-t d", [">C0644 1 a\n"]],
    ["a directory in a read-only directory", "-rt d", [">D0755 0 a\n"]],
    ["a read-only file", "-t f", [">C0644 1 f\n"]],
    ["a read-only file, with -p", "-pt f", [">T1 0 1 0\nC0644 1 f\n"]],
    ["a file in a locked directory", "-t d", [">C0644 1 a\n"], {
      setup: "mkdir -m 0 d",
    }],
    ["a target in a locked directory", "-t d/x", [">C0644 1 a\n"], {
      setup: "mkdir -m 0 d",
    }],
    ["-d in a locked directory", "-dt d/x", [], { setup: "mkdir -m 0 d" }],
    ["-d and a locked directory", "-dt d", [">C0644 1 a\n"], {
      setup: "mkdir -m 0 d",
    }],
    ["a read-only directory that comes", "-rt .", [
      ">D0555 0 new\nC0644 1 a\na\0D0000 0 sub\nC0644 1 b\nb\0E\nE\n",
    ]],
    ["a read-only directory that comes to where one is, with -p", "-prt .", [
      ">D0555 0 e\nC0644 1 a\na\0E\n",
    ], {
      setup: "mkdir e",
      differs: {
        why: "a directory is open to its owner until all has come",
        status: 0,
        stdout: "\0\0\0\0\0",
        contents: ["e/a = a"],
      },
    }],
    ["a directory through a locked one", "-rt .", [
      ">D0755 0 d\nC0644 1 a\nD0755 0 e\nE\n",
    ]],
  ] as readonly Row[]).map(([name, args, talk, extra]) => [
    name,
    args,
    talk,
    { wrapper: UNPRIVILEGED, ...extra },
  ]),
};

const MAKE_SOURCES = `
printf alpha > a; printf data > b; : > empty; chmod 640 b
mkdir -m 750 sub; printf c > sub/c; chmod 600 sub/c
touch -d @1000000000.75 a; touch -d @-5.5 b; touch -d @9999999999 sub/c
touch -d @7 sub; touch -a -d @4102444800 sub`;

/** Its length is said to be a page; what is in it is a line. */
const SYSFS_FILE = "/sys/devices/system/cpu/online";
const SYSFS_CONTENT = textAt(SYSFS_FILE);

/** A file that says that it is empty. */
const PROC_CONTENT = textAt("/proc/version");

/** Text of a file; none where there is no such file. */
function textAt(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

const SOURCES: Group = {
  name: "what is sent",
  setup: MAKE_SOURCES,
  rows: [
    ["a file", "-f a", [OK_AHEAD]],
    ["an empty file, step by step", "-f empty", [
      ...[">\0", "<C0644 0 empty\n", ">\0", "<\0", ">\0"],
    ]],
    ["files with times", "-pf a b empty", [OK_AHEAD], {
      setup: MAKE_SOURCES + "; touch -d @3 empty",
      lacks: lacksRecentRuntime,
    }],
    ["a directory", "-rf sub", [OK_AHEAD]],
    ["a directory with times", "-prf sub", [OK_AHEAD]],
    ["a file with -r", "-rf a", [OK_AHEAD]],
    ["a file with -d", "-df a b", [OK_AHEAD]],
    ["a file with every letter", "-vrpdf a", [OK_AHEAD], { verbose: true }],
    ["a file twice", "-f a a", [OK_AHEAD]],
    ["directories and files", "-rf sub a sub", [OK_AHEAD]],
    ["an empty directory", "-rf e", [OK_AHEAD], { setup: "mkdir e" }],
    ["directories in directories", "-prf e", [OK_AHEAD], {
      setup: "mkdir -p e/f/g; touch -d @9 e/f/g e/f; touch -d @8 e",
    }],
    ["no path", "-f", [OK_AHEAD]],
    ["no path, nobody there", "-f", []],
    ["an empty path", ["-f", ""], [OK_AHEAD]],
    ["a path in a directory", "-f ./sub/../sub/c", [OK_AHEAD]],
    ["a file with slashes", "-f a// a", [OK_AHEAD]],
    ["a directory with slashes", "-rf sub///", [OK_AHEAD]],
    ["a directory's dot", "-rf sub/.", [OK_AHEAD]],
    ["a directory's dot with a slash", "-rf sub/./", [OK_AHEAD]],
    ["a directory's directory", "-rf sub/e/..", [OK_AHEAD], {
      setup: "mkdir -p sub/e",
    }],
    ["the directory above", "-rf ..", [">\0\x01no\n"]],
    ["the root with slashes", "-rf ///", [">\0\x01no\n"]],
    ["the root without -r", "-f /", [OK_AHEAD]],
    ["a path after --", "-f -- -x", [OK_AHEAD], { setup: "printf x > -x" }],
    ["a pattern", "-f *", [OK_AHEAD]],
    ["a pattern that is a name", ["-f", "[a]"], [OK_AHEAD], {
      setup: "printf x > '[a]'",
    }],
    ["a directory without -r, then a file", "-f sub a", [OK_AHEAD]],
    ["a missing file in a missing directory", "-f no/pe a", [OK_AHEAD]],
    ["a path through a file", "-f a/x a", [OK_AHEAD]],
    ["a link to a file and one to a directory", "-rf l m", [OK_AHEAD], {
      setup: MAKE_SOURCES + "; ln -s a l; ln -s sub m",
    }],
    ["a dangling link, then a file", "-f l a", [OK_AHEAD], {
      setup: MAKE_SOURCES + "; ln -s no l",
    }],
    ["a loop of links", "-f l", [OK_AHEAD], { setup: "ln -s l l" }],
    ["a dangling link in a directory", "-rf e", [OK_AHEAD], {
      setup: "mkdir e; ln -s no e/l",
    }],
    ["links in a directory", "-rf e", [OK_AHEAD], {
      setup: "mkdir e f; printf x > f/x; ln -s ../f e/l",
    }],
    ["a FIFO, then a file", "-f p a", [OK_AHEAD], {
      setup: MAKE_SOURCES + "; mkfifo p",
    }],
    ["a FIFO in a directory", "-rf e", [OK_AHEAD], {
      setup: "mkdir e; mkfifo e/p",
    }],
    ["a device", "-rf /dev/null", [OK_AHEAD]],
    ["a file without a length", "-f /proc/version", [OK_AHEAD], {
      lacks: lacksDevices,
      differs: {
        why: "it is what can be read",
        stdout: `C0444 ${PROC_CONTENT.length} version\n${PROC_CONTENT}\0`,
      },
    }],
    ["a long file", "-f long", [OK_AHEAD], {
      setup: "seq 60000 > long",
    }],
    ...["4755", "6777", "0000", "1644", "7777"].map((mode): Row => [
      `the mode ${mode}`,
      "-rf f e",
      [OK_AHEAD],
      { setup: `: > f; mkdir e; chmod ${mode} f e` },
    ]),
    ["an early refusal", "-f a b", [">\x01no\n\0\0\0\0\0\0"]],
    ["an early end", "-f a", []],
    ["an early giving up", "-f a", [">\x02no\n"]],
    ["an early banner", "-f a", [">Welcome\n\0\0\0\0"]],
    ["an early newline", "-f a", [">\n\0\0\0\0"]],
    ["an end inside a refusal", "-f a", [">\0\x01no"]],
    ["an end after a record", "-f a b", [">\0"]],
    ["an end after a body", "-f a b", [">\0\0"]],
    ["a giving up after a body", "-f a b", [">\0\0\x02no\n\0\0\0"]],
    ["a failure after a body", "-f a b", [">\0\0\x01no\n\0\0"]],
    ["refused times", "-pf a b", [">\0\x01no\n\0\0\0\0"], {
      lacks: lacksRecentRuntime,
    }],
    ["refused times of a directory", "-prf sub a", [">\0\x01no\n\0\0\0\0"]],
    ["refused entries of a directory", "-prf sub a", [
      ">\0\0\0\0\x01no\n\0\x01no\n\0\0\0\0",
    ]],
    ["a refusal longer than a line", "-f a b", [
      `>\0\x01${"x".repeat(3000)}\n\0\0\0\0\0`,
    ], {
      differs: {
        why: TOO_LONG,
        stdout: "C0644 5 a\nC0640 4 b\ndata\0",
      },
    }],
    ["a file that is shorter than its length", `-f ${SYSFS_FILE} a`, [
      OK_AHEAD,
    ], {
      lacks: lacksDevices,
      differs: {
        why: "it is what can be read",
        status: 0,
        stdout: `C0444 ${SYSFS_CONTENT.length} online\n${SYSFS_CONTENT}\0` +
          "C0644 5 a\nalpha\0",
      },
    }],
    ["a link to the directory it is in", "-rf e", [OK_AHEAD + OK_AHEAD], {
      setup: "mkdir e; ln -s . e/l",
      differs: {
        why: "it would be sent forty levels deep",
        stdout: "D0755 0 e\n\x01scp: e/l: Too many levels of symbolic " +
          "links: it is e again\nE\n",
      },
    }],
  ],
};

/** Sets times of an entry that reading it does not change. */
const DATED = "touch -m -a -d @4102444800";

/** Tells whether the bytes of a name, a character each, are UTF-8. */
function isText(name: string): boolean {
  const bytes = Uint8Array.from(name, (char) => char.charCodeAt(0));
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** A shell's words for a name: a file of it, and that name in a variable. */
function naming(name: string): string {
  const octal = Array.from(
    name,
    (char) => "\\" + char.charCodeAt(0).toString(8).padStart(3, "0"),
  ).join("");
  return `n=$(printf '${octal}.'); n=\${n%.}`;
}

const ODD_NAMES = [
  ...["with blanks and  two", 'it\'s "quoted"', "-x", "*[a]?", "back\\sl"],
  ...["$HOME `id` ;&|", ".hidden", "tab\there", "a\rb", "\x1b[2J", "a:b"],
  ...["caf\xc3\xa9", "caf\xe9", "\xff", "\xef\xbf\xbd", "n".repeat(255)],
];

/** Names with newlines, and how they are encoded. */
const NEWLINE_NAMES = [
  ["a\nb", "a\\^Jb"],
  ["a\\\n\x1b\x7f \t", "a\\\\\\^J\\^[\\^? \t"],
  ["\ncaf\xc3\xa9\xff\xa0", "\\^Jcaf\\M-C\\M-)\\M^?\\240"],
] as const;

const SENT_NAMES: Group = {
  name: "names that are sent",
  setup: "mkdir d; " + [...ODD_NAMES, ...NEWLINE_NAMES.map(([name]) => name)]
    .map((name) =>
      `${
        naming(name)
      }; mkdir -- "$n"; printf x > "d/$n"; ${DATED} "d/$n"; mkfifo "d/f$n" || :`
    ).join("; "),
  rows: [
    ...[...ODD_NAMES, ...NEWLINE_NAMES.map(([name]) => name)].map(
      (name): Row => [`${JSON.stringify(name)} in a directory`, "-rf d", [
        OK_AHEAD,
      ], {
        setup: `${naming(name)}; mkdir d; printf x > "d/$n"`,
        lacks: isText(name) ? undefined : lacksRawNames,
      }],
    ),
    ["odd ones by themselves", [
      "-pf",
      ...ODD_NAMES.map((name) => `d/${name}`),
    ], [OK_AHEAD + "\0".repeat(40)]],
    ["odd ones for directories", ["-rf", "--", ...ODD_NAMES], [OK_AHEAD]],
    ["odd ones that are missing", [
      "-f",
      ...ODD_NAMES.map((name) => `d/no${name}`),
    ], [OK_AHEAD]],
    ["odd ones that are no files", [
      "-f",
      ...ODD_NAMES.map((name) => `d/f${name}`),
    ], [OK_AHEAD]],
    ...NEWLINE_NAMES.flatMap(([name, encoded]): Row[] => [
      [`${JSON.stringify(name)} by itself`, ["-f", `d/${name}`], [OK_AHEAD]],
      [`${JSON.stringify(name)} that is no file`, ["-f", `d/f${name}`], [
        OK_AHEAD,
      ]],
      [`${JSON.stringify(name)} for a directory`, ["-rf", name], [OK_AHEAD], {
        differs: {
          why: "the directory is there, if not under its encoded name",
          status: 0,
          stdout: `D0755 0 ${encoded}\nE\n`,
        },
      }],
      [`${JSON.stringify(name)} that is missing`, ["-f", `d/no${name}`], [
        OK_AHEAD,
      ], {
        differs: {
          why: "a newline in a message would end it",
          stdout: `\x01scp: d/no${encoded}: No such file or directory\n`,
        },
      }],
    ]),
  ],
};

const UNREADABLE: Group = {
  name: "what may not be read",
  needs: UNPRIVILEGED.slice(0, 1),
  setup: "printf a > a; printf s > s; chmod 0 s; mkdir -m 0 l",
  rows: ([
    ["a file, then another", "-f s a", [OK_AHEAD]],
    ["a file with times", "-pf s", [OK_AHEAD]],
    ["a directory, then a file", "-rf l a", [OK_AHEAD]],
    ["a directory without -r", "-f l a", [OK_AHEAD], {
      differs: {
        why: "that it is no file is why it is not sent",
        stdout: "\x01scp: l: not a regular file\nC0644 1 a\na\0",
      },
    }],
    ["a path through a directory", "-rf l/x a", [OK_AHEAD]],
    ["a file in a directory", "-rf d a", [OK_AHEAD], {
      setup: "mkdir d; printf s > d/s; chmod 0 d/s; printf a > a",
    }],
    ["a directory in a directory", "-prf d a", [OK_AHEAD], {
      setup: `mkdir -p d/l; chmod 0 d/l; printf a > a; ${DATED} d a`,
    }],
    ["a directory that can be listed alone", "-rf d a", [OK_AHEAD], {
      setup: "mkdir d; printf x > d/x; chmod 444 d; printf a > a",
    }],
    ["a directory that can be entered alone", "-rf d a", [OK_AHEAD], {
      setup: "mkdir d; printf x > d/x; chmod 111 d; printf a > a",
    }],
  ] as readonly Row[]).map(([name, args, talk, extra]) => [
    name,
    args,
    talk,
    { wrapper: UNPRIVILEGED, ...extra },
  ]),
};

const GROUPS = [
  VECTORS,
  REFUSED_RECORDS,
  FILES,
  TIMES,
  MODES,
  DIRECTORIES,
  NAMES,
  LOCKED,
  SOURCES,
  SENT_NAMES,
  UNREADABLE,
];

/** How many rows are played at a time. */
const AT_A_TIME = 4;

for (const { name, setup, rows, needs = [] } of GROUPS) {
  peerTest(
    `The remote is the system's scp's equal: ${name}`,
    ["scp", "/dev/full", "/proc/version", SYSFS_FILE, ...needs],
    async (context) => {
      const waiting = rows.values();
      const players = Array.from({ length: AT_A_TIME }, async () => {
        for (const row of waiting) {
          const lacks = row[3]?.lacks ??
            (hasBytes(row) ? lacksRawOperands : undefined);
          await context.step({
            name: lacks === undefined ? row[0] : `${row[0]} (${lacks})`,
            ignore: lacks !== undefined,
            // Steps that are played at the same time cannot have these.
            sanitizeOps: false,
            sanitizeResources: false,
            sanitizeExit: false,
            fn: () => play(row, setup),
          });
        }
      });
      await Promise.all(players);
    },
  );
}

/** Whether there is anything but ASCII among the arguments. */
function hasBytes([, args]: Row): boolean {
  return [args].flat().some((word) => /[^\0-\x7f]/.test(word));
}

async function play(
  [_, args, talk, { verbose = false, differs, lacks: _lacks, ...extra } = {}]:
    Row,
  setup: string,
): Promise<void> {
  const dialogue: Dialogue = {
    args: typeof args === "string" ? args.split(" ") : args,
    talk,
    setup,
    ...extra,
  };
  const { stderr: _theirs, ...theirs } = comparable(
    await runServer([findProgram("scp")!], dialogue),
    dialogue,
  );
  const { stderr, ...ours } = comparable(
    await runServer(SEACP, dialogue),
    dialogue,
  );
  assertEquals(stderr !== "", verbose, stderr);
  const script = talk.filter((words) => words.startsWith("<"))
    .map((words) => words.slice(1)).join("");
  assertEquals(theirs.stdout.slice(0, script.length), script);
  if (differs === undefined) assertEquals(ours, theirs);
  else assertDiffers(ours, theirs, differs);
}

/**
 * Leaves out when files of a source were read: ours reads small ones before it
 * announces them, since only that tells how long those of /proc are.
 */
function comparable(served: Served, { args }: Dialogue): Served {
  if (!/^-[a-z]*f/.test(args[0] ?? "")) return served;
  const entries = served.entries.map((line) =>
    line.replace(/^(f \S+ \S+ \S+) \S+/, "$1")
  );
  return { ...served, entries };
}

type Compared = Omit<Served, "stderr">;

function assertDiffers(
  ours: Compared,
  theirs: Compared,
  { why, ...expected }: Difference,
): void {
  const isLeftOut = expected.contents !== undefined &&
    expected.entries === undefined;
  const { entries } = isLeftOut ? theirs : ours;
  assertEquals({ ...ours, entries }, { ...theirs, ...expected }, why);
  assertThrows(() => assertEquals(ours, theirs), Error);
}
