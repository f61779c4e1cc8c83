import { assertEquals } from "@std/assert";
import { basename as posixBasename } from "@std/path/posix/basename";
import { basename as windowsBasename } from "@std/path/windows/basename";

/** What both give. */
const common: readonly (readonly [string, string])[] = [
  ["", ""],
  ["/", "/"],
  ["//", "/"],
  ["///", "/"],
  ["f", "f"],
  ["d/f", "f"],
  ["/d/f", "f"],
  ["d/f/", "f"],
  ["d/f//", "f"],
  ["//a", "a"],
  ["///a///", "a"],
  [".", "."],
  ["d/..", ".."],
  ["/home/user/Documents/", "Documents"],
  ["/home/user/Documents/image.png", "image.png"],
];

Deno.test("basename() gives the last portion of a POSIX path", () => {
  const rows: readonly (readonly [string, string])[] = [
    ...common,
    ["\\dir\\basename.ext", "\\dir\\basename.ext"],
    ["basename.ext\\", "basename.ext\\"],
    ["C:/", "C:"],
    ["/a/b/Icon\r", "Icon\r"],
  ];
  for (const [path, expected] of rows) {
    assertEquals(posixBasename(path), expected, path);
  }
});

Deno.test("basename() gives the last portion of a Windows path", () => {
  const rows: readonly (readonly [string, string])[] = [
    ...common,
    ["\\", "\\"],
    ["\\dir\\basename.ext", "basename.ext"],
    ["\\basename.ext", "basename.ext"],
    ["basename.ext\\\\", "basename.ext"],
    ["C:", ""],
    ["C:.", "."],
    ["C:\\", "\\"],
    ["C:\\dir\\base.ext", "base.ext"],
    ["C:basename.ext\\", "basename.ext"],
    ["C:\\user\\Documents\\", "Documents"],
    ["C:\\user\\Documents\\image.png", "image.png"],
    ["C:/user\\Documents/", "Documents"],
    ["file:stream", "file:stream"],
  ];
  for (const [path, expected] of rows) {
    assertEquals(windowsBasename(path), expected, path);
  }
});
