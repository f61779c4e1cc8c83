import { assertEquals } from "@std/assert";
import { unicodeWidth } from "@std/cli/unicode-width";

Deno.test("unicodeWidth(): counts the columns a terminal takes", () => {
  const rows: readonly (readonly [string, number])[] = [
    ["", 0],
    ["hello world", 11],
    ["天地玄黃宇宙洪荒", 16],
    ["ｆｕｌｌｗｉｄｔｈ", 18],
    ["голубой", 7],
    ["紅色", 4],
    ["🦕", 2],
    ["👩", 2],
    ["👩🔬", 4],
    ["한글", 4],
    ["ｱ", 1],
    ["𝐀", 1],
    ["é", 1],
    ["e\u0301", 1],
    ["a\u200db", 2],
    ["\ud800", 1],
    ["\udcff", 1],
  ];
  for (const [text, expected] of rows) {
    assertEquals(unicodeWidth(text), expected, JSON.stringify(text));
  }
});

Deno.test("unicodeWidth(): counts no column for a control character", () => {
  for (let code = 0; code < 0x20; code++) {
    assertEquals(unicodeWidth(String.fromCharCode(code)), 0, `${code}`);
  }
  for (let code = 0x7f; code < 0xa0; code++) {
    assertEquals(unicodeWidth(String.fromCharCode(code)), 0, `${code}`);
  }
});

Deno.test("unicodeWidth(): counts one column for a character of ambiguous width", () => {
  for (const char of ["±", "α", "①", "▲", "㉈", "㉏"]) {
    assertEquals(unicodeWidth(char), 1, char);
  }
});
