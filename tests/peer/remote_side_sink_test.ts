/**
 * Tests of the remote side against the system's scp: entries that it
 * receives.
 */

import { lacksDevices, lacksLinuxLibrary } from "../support/c_library.ts";
import { UNPRIVILEGED } from "../support/fixtures/place.ts";
import { lacksRawNames } from "../support/fixtures/raw_names.ts";
import {
  compareWithScp,
  type Group,
  OK_AHEAD,
  OLDER,
  type Row,
} from "../support/scp/compared_dialogues.ts";

const FILES: Group = {
  name: "files that come",
  needs: ["/dev/full"],
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

compareWithScp([FILES, TIMES, MODES, DIRECTORIES, NAMES, LOCKED]);
