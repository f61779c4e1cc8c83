import { assertEquals, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { checkStorable, isPlainName } from "../../../lib/names/names.ts";

Deno.test("isPlainName() refuses what leads out of a directory", () => {
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
    assertEquals(isPlainName(name), false, JSON.stringify(name));
  }
});

Deno.test("Ordinary names are plain, and storable on every platform", () => {
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
    assertEquals(isPlainName(name), true, JSON.stringify(name));
    checkStorable(name, `d/${name}`, "posix");
    checkStorable(name, `d/${name}`, "windows");
  }
});

Deno.test("checkStorable() refuses what Windows reads as something else, there alone", () => {
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
      "aux.txt",
      "com1",
      "COM9.log",
      "lpt1",
      "com\u00b9",
      "LPT\u00b3.x",
      "conin$",
      "CONOUT$",
      "CONIN$.txt",
      // Blanks before a device's dot change nothing.
      "nul .txt",
      "CON  .tar.gz",
      "com1 .log",
    ]
  ) {
    assertEquals(isPlainName(name), true, JSON.stringify(name));
    checkStorable(name, `d/${name}`, "posix");
    assertThrows(
      () => checkStorable(name, `d/${name}`, "windows"),
      EntryError,
      `d/${name}: Windows does not allow this name`,
    );
  }
});
