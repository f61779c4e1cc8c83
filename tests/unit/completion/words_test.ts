import { assertEquals } from "@std/assert";
import { OPTIONS } from "../../../lib/options/option_table.ts";
import { situationOf, type Wanted } from "../../../lib/completion/words.ts";

/** The words, what is wanted, and the options before it. */
const ROWS: readonly (readonly [string[], string, string])[] = [
  [[], "operand ", ""],
  [[""], "operand ", ""],
  [["ho"], "operand ho", ""],
  [["-"], "option -", ""],
  [["--"], "option --", ""],
  [["--lo"], "option --lo", ""],
  [["-rp"], "option -rp", ""],
  [["-rz"], "option -rz", ""],
  [["-P"], "option -P", ""],
  [["-rP"], "option -rP", ""],
  [["-P", ""], "value P||", ""],
  [["-rP", "2"], "value P||2", "r"],
  [["-P2"], "value P|-P|2", ""],
  [["-rpoUser"], "value o|-rpo|User", ""],
  [["-oUser=b", "h"], "operand h", "o=User=b"],
  [["-o", "User b", "h"], "operand h", "o=User b"],
  [["-o", "--", "h"], "operand h", "o=--"],
  [["-F", "a", "-J", "j"], "value J||j", "F=a"],
  [["-r", "--", "-P"], "operand -P", "r"],
  [["-r", "--", "a", "h"], "next operand h", "r"],
  [["--", "--", "h"], "next operand h", ""],
  [["a", "-P"], "next operand -P", ""],
  [["-", "-P"], "next operand -P", ""],
  [["", "-P"], "next operand -P", ""],
  [["-z", "--what", "h"], "operand h", ""],
  [["-zr", "h"], "operand h", "r"],
  [["--completions"], "option --completions", ""],
  [["--completions", "b"], "value completions||b", ""],
  [["--completions="], "value completions|--completions=|", ""],
  [["--completions=z"], "value completions|--completions=|z", ""],
  [["--completions=", "h"], "operand h", "completions"],
  [["--help=z"], "option --help=z", ""],
  [["-o="], "value o|-o|=", ""],
  [["-é", "h"], "operand h", ""],
];

function isNext(wanted: Wanted): boolean {
  return wanted.kind === "operand" && !wanted.isFirst;
}

Deno.test("situationOf(): tells what is typed, as getopt would read it", () => {
  for (const [words, expected, expectedOptions] of ROWS) {
    const { wanted, given } = situationOf(words, OPTIONS);
    const told = wanted.kind === "value"
      ? `value ${wanted.option.name}|${wanted.before}|${wanted.typed}`
      : `${isNext(wanted) ? "next " : ""}${wanted.kind} ${wanted.typed}`;
    const options = given.map(({ option, value }) =>
      value === "" ? option.name : `${option.name}=${value}`
    );
    assertEquals(
      [told, options.join(" ")],
      [expected, expectedOptions],
      JSON.stringify(words),
    );
  }
});
