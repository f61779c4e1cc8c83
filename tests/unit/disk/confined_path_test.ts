import { assertEquals } from "@std/assert";
import { confinedPath } from "../../../lib/disk/confined_path.ts";

Deno.test("confinedPath() gives each path one form, which never leaves the root", () => {
  const rows: readonly (readonly [string, readonly string[], boolean])[] = [
    ["a/b", ["a", "b"], false],
    ["/a/b", ["a", "b"], false],
    ["//a//./b", ["a", "b"], false],
    ["a/b/", ["a", "b"], true],
    ["a/.", ["a"], true],
    ["", [], true],
    [".", [], true],
    ["/", [], true],
    ["..", [], true],
    ["../../etc/passwd", ["etc", "passwd"], false],
    ["a/../../../etc", ["etc"], false],
    ["a/b/..", ["a"], true],
    ["...", ["..."], false],
    ["..a", ["..a"], false],
    ["a\\..\\b", ["a\\..\\b"], false],
  ];
  for (const [path, names, namesDirectory] of rows) {
    assertEquals(confinedPath(path), { names, namesDirectory }, path);
  }
});
