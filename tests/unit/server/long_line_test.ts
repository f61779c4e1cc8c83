import { assertEquals } from "@std/assert";
import { longLine } from "../../../lib/server/long_line.ts";

const NOW = new Date(2026, 0, 31, 12, 0).getTime();

const STATUS = {
  ...{ size: 12, permissions: 0o100644, user: 1000, group: 100, names: 1 },
  ...{ modified: new Date(2026, 0, 2, 3, 4).getTime(), accessed: 0 },
};

Deno.test("longLine() gives a line as of ls -l, with owners as numbers", () => {
  assertEquals(
    longLine("a b", STATUS, NOW),
    "-rw-r--r--    1 1000     100            12 Jan  2 03:04 a b",
  );
});

Deno.test("longLine() gives the year of a time half a year away, before and after", () => {
  for (const year of [2024, 2027]) {
    const modified = new Date(year, 11, 24).getTime();
    assertEquals(
      longLine("a", { ...STATUS, modified }, NOW),
      `-rw-r--r--    1 1000     100            12 Dec 24  ${year} a`,
    );
  }
});

Deno.test("longLine() gives the letter of each kind, and of special bits", () => {
  const rows: readonly (readonly [number, string])[] = [
    [0o010600, "prw-------"],
    [0o020666, "crw-rw-rw-"],
    [0o041777, "drwxrwxrwt"],
    [0o041776, "drwxrwxrwT"],
    [0o060000, "b---------"],
    [0o104755, "-rwsr-xr-x"],
    [0o104644, "-rwSr--r--"],
    [0o102755, "-rwxr-sr-x"],
    [0o102745, "-rwxr-Sr-x"],
    [0o120777, "lrwxrwxrwx"],
    [0o140111, "s--x--x--x"],
    [0o000000, "?---------"],
  ];
  for (const [permissions, letters] of rows) {
    assertEquals(
      longLine("a", { ...STATUS, permissions }, NOW).split(" ")[0],
      letters,
    );
  }
});

Deno.test("longLine() keeps numbers that are wider than their columns", () => {
  assertEquals(
    longLine("a", { ...STATUS, size: 2 ** 53 - 1, user: 2 ** 32 - 1 }, NOW),
    "-rw-r--r--    1 4294967295 100      9007199254740991 Jan  2 03:04 a",
  );
});
