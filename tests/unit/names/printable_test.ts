import { assert, assertEquals, assertMatch } from "@std/assert";
import { encodeName } from "../../../lib/names/name_bytes.ts";
import {
  printable,
  printableLines,
  quotedBytes,
  shortened,
} from "../../../lib/names/printable.ts";

Deno.test("printable(): keeps characters that a terminal only shows", () => {
  for (
    const text of [
      "",
      "a b~!",
      "a\\b",
      "\\033",
      "é",
      "e\u0301",
      "漢字",
      "שלום",
      "👩\u200d🔬",
      "क\u094d\u200cष",
      "\u00a0",
    ]
  ) {
    assertEquals(printable(text), text, JSON.stringify(text));
  }
});

Deno.test("printable(): escapes each byte of the rest as three octal digits", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["a\tb", "a\\011b"],
    ["a\nb", "a\\012b"],
    ["a\rb", "a\\015b"],
    ["\0", "\\000"],
    ["\x07", "\\007"],
    ["\x1b[2K", "\\033[2K"],
    ["\x1b]0;title\x07", "\\033]0;title\\007"],
    ["\x7f", "\\177"],
    // The control sequence introducer of eight bits.
    ["\u009b2J", "\\302\\2332J"],
    // Soft hyphen, zero-width space, byte order mark.
    ["\u00ad", "\\302\\255"],
    ["\u200b", "\\342\\200\\213"],
    ["\ufeff", "\\357\\273\\277"],
    // Right-to-left override, isolates and marks.
    ["exe.\u202egpj", "exe.\\342\\200\\256gpj"],
    ["\u2066\u2069", "\\342\\201\\246\\342\\201\\251"],
    ["\u200e\u200f\u061c", "\\342\\200\\216\\342\\200\\217\\330\\234"],
    // Line and paragraph separators.
    ["\u2028\u2029", "\\342\\200\\250\\342\\200\\251"],
    // Private use, tags, and a code point that is no character.
    ["\ue000", "\\356\\200\\200"],
    ["\u{e0041}", "\\363\\240\\201\\201"],
    ["\uffff", "\\357\\277\\277"],
  ];
  for (const [text, expected] of rows) {
    assertEquals(printable(text), expected, JSON.stringify(text));
  }
});

Deno.test("printable(): shows a byte that is no UTF-8 as itself", () => {
  assertEquals(printable("a\udcffb"), "a\\377b");
  assertEquals(printable("\udc80\udc9b"), "\\200\\233");
});

Deno.test("printable(): shows any other surrogate as the replacement character", () => {
  for (const surrogate of ["\ud800", "\udbff", "\udc00", "\udc7f", "\udfff"]) {
    assertEquals(
      printable(surrogate),
      "\\357\\277\\275",
      JSON.stringify(surrogate),
    );
  }
});

Deno.test("printable(): lets no control, format or separator character through", () => {
  const ranges: readonly (readonly [number, number])[] = [
    [0x00, 0x1f],
    [0x7f, 0x9f],
    [0x200b, 0x200b],
    [0x200e, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x206f],
    [0xd800, 0xdfff],
    [0xfff9, 0xfffb],
    [0xe0000, 0xe007f],
  ];
  for (const [first, last] of ranges) {
    for (let code = first; code <= last; code++) {
      const shown = printable(`a${String.fromCodePoint(code)}b`);
      assertMatch(shown, /^a(\\[0-3][0-7]{2})+b$/, code.toString(16));
    }
  }
});

Deno.test("printable(): stays fast for megabytes that cannot be shown", () => {
  for (const char of ["\udcff", "a\udcff", "\x1b", "\u202e", "\u{e0041}"]) {
    const begin = performance.now();
    assert(printable(char.repeat(300_000)).length >= 1_200_000);
    assert(performance.now() - begin < 5000, JSON.stringify(char));
  }
});

Deno.test("printableLines(): keeps lines and tabs, and escapes the rest", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["", ""],
    ["a\nb\r\n\tc", "a\nb\n\tc"],
    ["50%\r100%\r\n", "50%\\015100%\n"],
    ["a\r\r\n", "a\\015\n"],
    ["\x1b[2J\n\x1b]0;t\x07\n", "\\033[2J\n\\033]0;t\\007\n"],
    ["\u2028\x85\v\f", "\\342\\200\\250\\302\\205\\013\\014"],
    ["caf\udce9\n", "caf\\351\n"],
  ];
  for (const [text, expected] of rows) {
    assertEquals(printableLines(text), expected, JSON.stringify(text));
  }
});

Deno.test("shortened(): cuts text behind 240 code units, and no character", () => {
  for (const length of [0, 239, 240]) {
    assertEquals(shortened("a".repeat(length)), "a".repeat(length));
  }
  assertEquals(shortened("a".repeat(241)), `${"a".repeat(240)}…`);
  assertEquals(shortened("a".repeat(239) + "😀"), `${"a".repeat(239)}…`);
  assertEquals(shortened("a".repeat(238) + "😀b"), `${"a".repeat(238)}😀…`);
  const bytes = "\udcff".repeat(241);
  assertEquals(shortened(bytes), `${bytes.slice(1)}…`);
});

Deno.test("quotedBytes(): quotes the beginning as it would quote all bytes", () => {
  for (const piece of ["a", "é", "漢", "😀", "\udcff", "a\udcf0\udc9f"]) {
    for (const count of [0, 1, 79, 80, 81, 239, 240, 241, 1000]) {
      const text = piece.repeat(count);
      assertEquals(quotedBytes(encodeName(text)), `"${shortened(text)}"`);
    }
  }
});
