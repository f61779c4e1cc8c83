import { assertEquals, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import {
  checkStorable,
  isDotName,
  isPlainName,
  keyOf,
  nameKeyOf,
  withoutTrailingSlashes,
} from "../../../lib/names/names.ts";

Deno.test("isPlainName(): refuses names that lead out of a directory", () => {
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

Deno.test("isPlainName() and checkStorable(): accept ordinary names on every platform", () => {
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

Deno.test("checkStorable(): refuses names that Windows reads otherwise, there alone", () => {
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
      // Characters that no name may hold.
      "a*",
      "a?",
      "a<b",
      "a>b",
      'a"b',
      "a|b",
      "a\nb",
      "a\x01",
      "a\x1fb",
      // Ends that Windows removes.
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

Deno.test("keyOf(): gives one key for paths that some disk takes for the same", () => {
  for (
    const [one, other] of [
      ["D/Caf\u00e9", "d/cafe\u0301"],
      ["\u00c4", "a\u0308"],
      ["Stra\u00dfe", "STRASSE"],
      ["\u03a3\u03a3", "\u03c3\u03c2"],
      ["a\u017f", "as"],
      ["x\u200by\u00ad", "xy"],
    ] as const
  ) {
    assertEquals(keyOf(one), keyOf(other));
  }
});

Deno.test("keyOf(): gives every other path a key of its own", () => {
  const keys = ["d/a", "d/b", "d", "d/", "e/a", "d/\udce9", "d/\udcea", "d/a."];
  assertEquals(new Set(keys.map(keyOf)).size, keys.length);
});

Deno.test("nameKeyOf(): passes over the dots and blanks at a name's end", () => {
  for (const name of ["A", "a.", "a ", "a. ."]) {
    assertEquals(nameKeyOf(name), "a");
  }
  const keys = [".", "..", "...", ".a", "a.b", " a", " "].map(nameKeyOf);
  assertEquals(new Set(keys).size, keys.length);
});

Deno.test("isDotName(): tells names that no copy can have", () => {
  for (const name of ["", ".", "..", "/"]) assertEquals(isDotName(name), true);
  for (const name of ["...", ".a", "a.", "a", "//", " ", "./"]) {
    assertEquals(isDotName(name), false, name);
  }
});

Deno.test("withoutTrailingSlashes(): leaves a lone slash", () => {
  const rows = [
    ["", ""],
    ["/", "/"],
    ["///", "/"],
    ["a", "a"],
    ["a/", "a"],
    ["/a//", "/a"],
    ["a//b", "a//b"],
  ] as const;
  for (const [path, expected] of rows) {
    assertEquals(withoutTrailingSlashes(path), expected, path);
  }
});
