import { assertEquals } from "@std/assert";
import {
  type PathReader,
  readTypedPath,
} from "../../../lib/completion/typed_path.ts";
import { ODD_NAMES } from "../../support/fixtures/odd_names.ts";
import { shellWords } from "../../../lib/names/shell_word.ts";

/** A path, who reads it, the directory, the name's beginning, and a name in it. */
const ROWS: readonly (readonly [
  string,
  PathReader,
  string,
  string,
  string,
  string,
])[] = [
  ["", "shell", "", "", "a b", "a\\ b"],
  ["a", "shell", "", "a", "a'b", "a\\'b"],
  ["d/", "shell", "d/", "", "$(x)", "d/\\$\\(x\\)"],
  ["d\\ e/f", "shell", "d e/", "f", "f`", "d\\ e/f\\`"],
  ["'d e/f", "shell", "d e/", "f", "f'g", "'d e/f'\\''g'"],
  ['"d e/f', "shell", "d e/", "f", 'f"g', '"d e/f\\"g"'],
  ["'d e'/f", "shell", "d e/", "f", "fg", "'d e'/fg"],
  ["a\\", "shell", "", "a", "a b", "a\\ b"],
  ["one two/t", "shell", "two/", "t", "t u", "one two/t\\ u"],
  ["", "shell", "", "", "~x", "\\~x"],
  ["", "shell", "", "", "=x", "\\=x"],
  ["d/", "shell", "d/", "", "=x", "d/=x"],
  ["~/", "shell", "", "", "a", "~/a"],
  ["~//d/a", "shell", "d/", "a", "ab", "~//d/ab"],
  ["\\~/a", "shell", "~/", "a", "ab", "\\~/ab"],
  ["/", "shell", "/", "", "etc", "/etc"],
  ["", "server", "", "", "a b", "a b"],
  ["d e/f", "server", "d e/", "f", "f'g", "d e/f'g"],
  ["d\\ e/f", "server", "d\\ e/", "f", "fg", "d\\ e/fg"],
  ["", "server", "", "", "~x", "./~x"],
  ["d/", "server", "d/", "", "~x", "d/~x"],
  ["~/d/", "server", "d/", "", "a", "~/d/a"],
  ["*/a", "server", "*/", "a", "ab", "*/ab"],
  ["", "pattern", "", "", "a b'$(x)", "a b'$(x)"],
  ["", "pattern", "", "", "[a]*?\\", "\\[a\\]\\*\\?\\\\"],
  ["a\\[", "pattern", "", "a[", "a[b]", "a\\[b\\]"],
  ["a\\", "pattern", "", "a", "a*", "a\\*"],
  ["a\\\\", "pattern", "", "a\\", "a\\b", "a\\\\b"],
  ["d\\*/f", "pattern", "d*/", "f", "fg", "d\\*/fg"],
  ["d*/f", "pattern", "d*/", "f", "fg", "d*/fg"],
  ["C:\\x", "pattern", "", "C:\\x", "C:\\xy", "C:\\xy"],
  ["", "pattern", "", "", "~x", "./~x"],
  ["d/", "pattern", "d/", "", "~x", "d/~x"],
  ["~/d/", "pattern", "d/", "", "a", "~/d/a"],
];

Deno.test("readTypedPath(): gives the directory, and the path with a name typed in it", () => {
  for (const [text, reader, directory, beginning, name, typed] of ROWS) {
    const path = readTypedPath(text, reader)!;
    assertEquals(
      [
        path.directory,
        path.hasTilde,
        path.beginning,
        path.withName(name, "file"),
      ],
      [directory, false, beginning, typed],
      `${reader}: ${text}`,
    );
  }
});

Deno.test("readTypedPath(): has the server expand another user's home", () => {
  for (const reader of ["shell", "pattern", "server"] as const) {
    const { directory, hasTilde } = readTypedPath("~bob/d/a", reader)!;
    assertEquals([directory, hasTilde], ["~bob/d/", true]);
  }
});

Deno.test("readTypedPath(): leaves the quotes open after a directory or an unknown entry", () => {
  const path = readTypedPath("'d/a", "shell")!;
  assertEquals(path.withName("a b", "directory"), "'d/a b/");
  assertEquals(path.withName("a b", "unknown"), "'d/a b");
});

Deno.test("readTypedPath(): gives nothing where only a shell can know the path", () => {
  const texts = ["~", "~bob", "$H/a", "`x`/", "$(x", "a*", "[a]/b", "{a,b}/c"];
  for (const text of texts) {
    assertEquals(readTypedPath(text, "shell"), undefined, text);
  }
  assertEquals(readTypedPath("~bob", "server"), undefined);
  assertEquals(readTypedPath("~bob", "pattern"), undefined);
});

Deno.test("readTypedPath(): makes any name one word of the remote shell", () => {
  for (const name of ODD_NAMES) {
    for (const typed of ["", "d/", "'d/", '"d/', "one "]) {
      const text = readTypedPath(typed, "shell")!.withName(name, "file");
      const word = shellWords(text).at(-1)!;
      const directory = typed.includes("/") ? "d/" : "";
      assertEquals(
        word.map(({ char }) => char).join(""),
        directory + name,
        text,
      );
      const active = word.filter(({ char, quoted }) =>
        !quoted && /[$`*?[{]/.test(char)
      );
      assertEquals(active, [], text);
    }
  }
});
