/** Quoting for a remote shell, read by every shell that is installed. */

import { assertEquals, assertThrows } from "@std/assert";
import { findProgram } from "../../../scripts/peers.ts";
import { EntryError } from "../../../lib/errors.ts";
import { literalWord, sourceWord } from "../../../lib/names/remote_path.ts";
import { quotedForShell } from "../../../lib/names/shell_quoting.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const LITERAL: readonly (readonly [path: string, quoted: string])[] = [
  ["docs/a-b_c.txt", "docs/a-b_c.txt"],
  ["größe", "größe"],
  ["a b", "'a b'"],
  ["it's", "it\\'s"],
  ["a'b c", "a\\''b c'"],
  ["R&D;x", "'R&D;x'"],
  ["$HOME`id`", "'$HOME`id`'"],
  ["new[1].txt", "'new[1].txt'"],
  ["wow!", "wow\\!"],
  ["a\\b", "a\\\\b"],
  ["{a,b}", "'{a,b}'"],
  ["=ls", "'=ls'"],
  ["%1", "'%1'"],
  // cmd.exe reads a variable between two of them.
  ["a%PATH%", "'a%PATH%'"],
  ["~/a b", "~'/a b'"],
  ["~bob", "~bob"],
  ["~bob/x", "~bob/x"],
  ["~1", "'~1'"],
  ["~+/x", "'~+/x'"],
  ["a=~/x", "'a=~/x'"],
  ["a#b", "'a#b'"],
  ["^a", "'^a'"],
];

Deno.test("quotedForShell(): quotes a literal path only where a shell would read it", () => {
  for (const [path, quoted] of LITERAL) {
    assertEquals(quotedForShell(literalWord(path)), quoted);
  }
});

Deno.test("quotedForShell(): quotes escaped characters of a source, but no pattern", () => {
  const quoted = (path: string) => quotedForShell(sourceWord(path));
  assertEquals(quoted("*.txt"), "*.txt");
  assertEquals(quoted("a b*"), "'a b'*");
  assertEquals(quoted("[!a-c]?"), "[!a-c]?");
  assertEquals(quoted("[^ab]$"), "['^ab']'$'");
  assertEquals(quoted("new\\[1\\].txt"), "'new[1].txt'");
  assertEquals(quoted("a\\*b*"), "'a*b'*");
  assertEquals(quoted("~/*.c"), "~/*.c");
  assertEquals(quoted("\\~"), "'~'");
  assertEquals(quoted("$(id)*"), "'$(id)'*");
  assertEquals(quoted("it's*"), "it\\'s*");
});

Deno.test("quotedForShell(): refuses a name with a line break", () => {
  for (const path of ["a\nb", "a\rb"]) {
    assertThrows(() => quotedForShell(literalWord(path)), EntryError);
  }
});

const ODD = [
  "a b",
  " lead",
  "trail ",
  "it's",
  `say "hi"`,
  "wow!",
  "!!",
  "!$",
  "back\\slash",
  "end\\",
  "\\'",
  "$HOME",
  "`id`",
  "$(id)",
  "a;b",
  "a&b",
  "a|b",
  "a>b",
  "a<b",
  "(x)",
  "{a,b}",
  "{1..3}",
  "[ab]",
  "*",
  "?",
  "a*",
  "#x",
  "a#b",
  "=ls",
  "%1",
  "~root",
  "~",
  "~+",
  "a=~",
  "^x",
  "tab\there",
  "-n",
  "@x",
  "größe",
  "日本",
  "\x1b[31m",
  "'",
  "''",
  "x'y'z",
];

for (const shell of ["sh", "bash", "dash", "zsh", "fish", "tcsh", "rbash"]) {
  const program = findProgram(shell);
  Deno.test({
    name: `quotedForShell(): makes every odd name one literal word of ${shell}`,
    ignore: program === undefined,
    fn: async () => {
      using directory = new TempDirectory();
      // A name that a pattern in it would match, too.
      Deno.writeTextFileSync(`${directory.path}/a`, "");
      for (const name of ODD) {
        const word = [...name].map((char) => ({ char, quoted: true }));
        const { stdout } = await new Deno.Command(program!, {
          args: ["-c", `printf %s, ${quotedForShell(word)} y`],
          cwd: directory.path,
          env: { HOME: directory.path },
        }).output();
        assertEquals(new TextDecoder().decode(stdout), `${name},y,`);
      }
    },
  });
}
