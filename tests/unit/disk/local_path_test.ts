import { assertEquals } from "@std/assert";
import { joinPath, nameOfPath } from "../../../lib/disk/local_path.ts";
import { onWindows } from "../../support/platform.ts";

Deno.test("joinPath(): puts one slash between, and none behind the root", () => {
  assertEquals(joinPath("d", "f"), "d/f");
  assertEquals(joinPath("/", "f"), "/f");
  assertEquals(joinPath("d/", "f"), "d//f");
  assertEquals(joinPath("d\\", "f"), onWindows ? "d\\f" : "d\\/f");
});

Deno.test("nameOfPath(): gives the last component by this system's separators", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["d/f//", "f", "f"],
    ["/", "/", "/"],
    ["d\\f", "d\\f", "f"],
    ["C:\\", "C:\\", "/"],
    ["..", "..", ".."],
  ];
  for (const [path, posix, windows] of rows) {
    assertEquals(nameOfPath(path), onWindows ? windows : posix, path);
  }
});
