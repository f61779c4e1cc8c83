import { assertEquals } from "@std/assert";
import { mayLeadOut } from "../../../lib/names/link_text.ts";

Deno.test("mayLeadOut(): takes links that stay in the directory", () => {
  for (
    const [text, depth] of [
      ["f", 0],
      ["a/b", 0],
      ["./f", 0],
      [".", 0],
      ["../f", 1],
      ["../../a/b", 2],
      [".././../a", 2],
      ["..", 1],
      ["...", 0],
      ["a//b/", 0],
      ["a\\..\\..\\b", 0],
      ["C:x", 0],
    ] as const
  ) assertEquals(mayLeadOut(text, depth, "posix"), false, text);
});

Deno.test("mayLeadOut(): refuses links that lead out of it, or may do so by other links", () => {
  for (
    const [text, depth] of [
      ["", 1],
      ["/", 9],
      ["/etc/passwd", 9],
      ["..", 0],
      ["./..", 0],
      ["../../f", 1],
      ["a/..", 0],
      ["a/../b", 5],
      ["../a/../..", 5],
      ["..//../f", 1],
    ] as const
  ) assertEquals(mayLeadOut(text, depth, "posix"), true, text);
});

Deno.test("mayLeadOut(): reads separators and drives where the disk is that of Windows", () => {
  for (const text of ["\\x", "\\\\host\\x", "C:\\x", "c:x", "a\\..\\b"]) {
    assertEquals(mayLeadOut(text, 1, "windows"), true, text);
  }
  assertEquals(mayLeadOut("..\\a\\b", 1, "windows"), false);
  assertEquals(mayLeadOut("..\\a\\b", 0, "windows"), true);
});
