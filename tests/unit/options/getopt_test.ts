import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/errors.ts";
import { getopt, partsOf } from "../../../lib/options/getopt.ts";
import type { TableOption } from "../../../lib/options/option_table.ts";

const TABLE: readonly TableOption[] = [
  { name: "r" },
  { name: "help", summary: "Show help." },
  { name: "p" },
  { name: "P", value: "port", valueKind: "text" },
  { name: "o", value: "ssh_option", valueKind: "text" },
  { name: "shell", value: "name", valueKind: "text", summary: "Take a shell." },
  { name: "secret" },
];

/** Arguments, the options found in them, and the operands. */
const ROWS: readonly (readonly [string[], string[], string[]])[] = [
  [[], [], []],
  [["a", "b"], [], ["a", "b"]],
  [["-r", "a"], ["r"], ["a"]],
  [["-rp", "a"], ["r", "p"], ["a"]],
  [["-r", "-r", "a"], ["r", "r"], ["a"]],
  [["-P22", "a"], ["P=22"], ["a"]],
  [["-P", "22", "a"], ["P=22"], ["a"]],
  [["-rpP22", "a"], ["r", "p", "P=22"], ["a"]],
  [["-rP", "22", "a"], ["r", "P=22"], ["a"]],
  [["-oUser=bob", "a"], ["o=User=bob"], ["a"]],
  [["-o", "User bob", "a"], ["o=User bob"], ["a"]],
  [["-o", "", "a"], ["o="], ["a"]],
  [["-o", "-r", "a"], ["o=-r"], ["a"]],
  [["-o", "--", "a"], ["o=--"], ["a"]],
  [["-o-", "a"], ["o=-"], ["a"]],
  [["-o é", "a"], ["o= é"], ["a"]],
  [["--shell", "zsh", "a"], ["shell=zsh"], ["a"]],
  [["--shell=zsh", "a"], ["shell=zsh"], ["a"]],
  [["--shell=", "a"], ["shell="], ["a"]],
  [["--shell=a=b"], ["shell=a=b"], []],
  [["--shell", "", "a"], ["shell="], ["a"]],
  [["--shell", "--", "a"], ["shell=--"], ["a"]],
  [["--shell", "-r", "-r"], ["shell=-r", "r"], []],
  [["a", "--shell"], [], ["a", "--shell"]],
  [["a", "-r"], [], ["a", "-r"]],
  [["-r", "a", "-p", "b"], ["r"], ["a", "-p", "b"]],
  [["--", "-r"], [], ["-r"]],
  [["-r", "--", "-p", "--"], ["r"], ["-p", "--"]],
  [["--"], [], []],
  [["-", "-r"], [], ["-", "-r"]],
  [["", "-r"], [], ["", "-r"]],
];

Deno.test("getopt(): reads arguments as BSD getopt does", () => {
  for (const [args, options, operands] of ROWS) {
    const found = getopt(args, TABLE);
    assertEquals(
      {
        options: found.given.map(({ option, value }) =>
          option.value === undefined ? option.name : `${option.name}=${value}`
        ),
        operands: found.operands,
      },
      { options, operands },
      JSON.stringify(args),
    );
  }
});

const REFUSED: readonly (readonly [readonly string[], string])[] = [
  [["-z"], "unknown option -- z"],
  [["-rz", "a", "b"], "unknown option -- z"],
  [["-R"], "unknown option -- R"],
  [["--halp"], "unknown option -- halp: did you mean --help? try --help"],
  [["--r"], "unknown option -- r: try --help"],
  [["-h"], "unknown option -- h"],
  [["-r-"], "unknown option -- -"],
  [["-:"], "unknown option -- :"],
  [["-🦕"], "unknown option -- 🦕"],
  [["-P"], "option requires an argument -- P"],
  [["-rP"], "option requires an argument -- P"],
  [["--shell"], "option requires an argument -- shell"],
  [["-r", "--shell"], "option requires an argument -- shell"],
  [["--help=zsh"], "option doesn't take an argument -- help"],
  [["--help="], "option doesn't take an argument -- help"],
  [["--halp=zsh"], "unknown option -- halp: did you mean --help? try --help"],
  [["--=zsh"], "unknown option -- -"],
  [
    ["--shell", "zsh", "--shel"],
    "unknown option -- shel: did you mean --shell? try --help",
  ],
  ...["delete", "del", "delete-after", "delete-excluded"].map((name) =>
    [
      [`--${name}`],
      `unknown option -- ${name}: nothing at a target is ever deleted: ` +
      "try --help",
    ] as const
  ),
  [["--deletes"], "unknown option -- deletes: try --help"],
  [["--secrets"], "unknown option -- secrets: try --help"],
];

Deno.test("getopt(): refuses unknown options and wrong values, with the usage", () => {
  for (const [args, message] of REFUSED) {
    const error = assertThrows(() => getopt(args, TABLE), UsageError);
    assertEquals(
      [error.message, error.status, error.showUsage],
      [message, 1, true],
      JSON.stringify(args),
    );
  }
});

/** Arguments, and their parts in short. */
const PARTS: readonly (readonly [string[], string[]])[] = [
  [[], []],
  [["-rP22", "a", "-p"], ["r", "P=22", "operands a -p"]],
  [["-zr", "--"], ["unknown -z", "r", "operands "]],
  [["--help=x", "-P"], ["needless value help", "missing value P"]],
  [["--shel", "--shell="], ["unknown --shel", "shell="]],
];

Deno.test("partsOf(): goes on behind what getopt refuses", () => {
  for (const [args, expected] of PARTS) {
    const parts = [...partsOf(args, TABLE)].map((part) => {
      switch (part.kind) {
        case "option":
          return part.option.value === undefined
            ? part.option.name
            : `${part.option.name}=${part.value}`;
        case "operands":
          return `operands ${part.operands.join(" ")}`;
        case "unknown":
          return `unknown ${part.typed}`;
        default:
          return `${part.kind} ${part.option.name}`;
      }
    });
    assertEquals(parts, expected, JSON.stringify(args));
  }
});
