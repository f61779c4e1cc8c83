/**
 * Tests of the remote side against the system's scp: records that a sink
 * refuses.
 */

import {
  compareWithScp,
  type Group,
  type Row,
  TOO_LONG,
} from "../support/scp/compared_dialogues.ts";

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

compareWithScp([REFUSED_RECORDS]);
