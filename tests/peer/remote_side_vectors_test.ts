/**
 * Tests of the remote side against the system's scp: the wire vectors of
 * `openssh-behaviour.md`.
 */

import { lacksDevices } from "../support/c_library.ts";
import { lacksRecentRuntime } from "../support/process/old_runtime.ts";
import {
  compareWithScp,
  type Group,
} from "../support/scp/compared_dialogues.ts";

/** Appendix A of `openssh-behaviour.md`, word for word. */
const VECTORS: Group = {
  name: "the wire vectors",
  needs: ["/dev/full"],
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

compareWithScp([VECTORS]);
