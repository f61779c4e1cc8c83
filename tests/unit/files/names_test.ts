import { assertEquals } from "@std/assert";
import { isPlainName } from "../../../lib/files/names.ts";

Deno.test("isPlainName() refuses what leads out of a folder, on every platform", () => {
  for (
    const name of [
      "",
      ".",
      "..",
      "/",
      "/etc/passwd",
      "../x",
      "a/b",
      "a/",
      "a/..",
      "\0",
      "a\0b",
      "a\0/../b",
    ]
  ) {
    assertEquals(isPlainName(name, "posix"), false, JSON.stringify(name));
    assertEquals(isPlainName(name, "windows"), false, JSON.stringify(name));
  }
});

Deno.test("isPlainName() accepts ordinary names on every platform", () => {
  for (
    const name of [
      "a",
      ".bashrc",
      "...a",
      "..a",
      "a..b",
      " a",
      "a b",
      "-rf",
      "~",
      "$HOME",
      "`id`",
      "é漢😀",
      "\udcff",
      "console",
      "com",
      "com10",
      "lpt",
      "nulls",
      "aux-1",
      "xcon",
    ]
  ) {
    assertEquals(isPlainName(name, "posix"), true, JSON.stringify(name));
    assertEquals(isPlainName(name, "windows"), true, JSON.stringify(name));
  }
});

Deno.test("isPlainName() refuses what Windows reads as something else, there alone", () => {
  for (
    const name of [
      // Separators, drives and streams.
      "a\\b",
      "..\\x",
      "\\",
      "C:",
      "C:x",
      "a:b",
      "a::$DATA",
      // What no name may hold.
      "a*",
      "a?",
      "a<b",
      "a>b",
      'a"b',
      "a|b",
      "a\nb",
      "a\x01",
      "a\x1fb",
      // What Windows cuts off.
      "a.",
      "a ",
      "a. .",
      "...",
      ".. ",
      " ",
      // Devices.
      "con",
      "CON",
      "Con.txt",
      "prn",
      "aux",
      "nul",
      "nul.tar.gz",
      "com1",
      "COM9.log",
      "lpt1",
      "com\u00b9",
      "LPT\u00b3.x",
    ]
  ) {
    assertEquals(isPlainName(name, "windows"), false, JSON.stringify(name));
    assertEquals(isPlainName(name, "posix"), true, JSON.stringify(name));
  }
});

Deno.test("isPlainName() refuses the console's devices on Windows", () => {
  for (const name of ["conin$", "CONOUT$", "CONIN$.txt"]) {
    assertEquals(isPlainName(name, "windows"), false, name);
  }
});

Deno.test("isPlainName() refuses a device with blanks before its dot on Windows", () => {
  for (const name of ["nul .txt", "CON  .tar.gz", "com1 .log"]) {
    assertEquals(isPlainName(name, "windows"), false, name);
  }
});
