import { assertEquals } from "@std/assert";
import { dirname } from "@std/path/dirname";
import { isAbsolute } from "@std/path/is-absolute";
import { basename as posixBasename } from "@std/path/posix/basename";
import { dirname as posixDirname } from "@std/path/posix/dirname";
import { basename as windowsBasename } from "@std/path/windows/basename";

/** Paths of both kinds of system, and the last portion of each. */
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

Deno.test("basename(): gives the last portion of a POSIX path", () => {
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

Deno.test("basename(): gives the last portion of a Windows path", () => {
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

/** Paths of both kinds of system, and the directory of each. */
const directories: readonly (readonly [string, string])[] = [
  ["", "."],
  ["f", "."],
  [".", "."],
  ["d/f", "d"],
  ["d/f/", "d"],
  ["d/f//", "d"],
  ["d//f", "d"],
  ["/", "/"],
  ["//", "/"],
  ["///", "/"],
  ["/d", "/"],
  ["//d", "/"],
  ["//d//", "/"],
  ["/d/f", "/d"],
  ["///d///", "/"],
  ["///d//f/", "///d"],
  ["/home/user/image.png", "/home/user"],
];

Deno.test("dirname(): gives the directory of a POSIX path", () => {
  const rows: readonly (readonly [string, string])[] = [
    ...directories,
    ["\\d/f", "\\d"],
    ["\\d\\f", "."],
    ["/d/f\\g/h", "/d/f\\g"],
    ["C:/", "."],
    ["d\n/f", "d\n"],
  ];
  for (const [path, expected] of rows) {
    assertEquals(posixDirname(path), expected, path);
  }
});

Deno.test("dirname(): gives the directory of a path of this system", () => {
  const onWindows: readonly (readonly [string, string])[] = [
    ["C:", "C:"],
    ["C:\\", "C:\\"],
    ["C:\\d", "C:\\"],
    ["C:\\d\\f", "C:\\d"],
    ["C:d\\f", "C:d"],
    ["d\\f", "d"],
    ["\\\\server\\share\\f", "\\\\server\\share\\"],
  ];
  const rows = Deno.build.os === "windows"
    ? [...directories, ...onWindows]
    : directories;
  for (const [path, expected] of rows) {
    assertEquals(dirname(path), expected, path);
  }
});

Deno.test("isAbsolute(): knows the roots of this system", () => {
  const onWindows = Deno.build.os === "windows";
  const rows: readonly (readonly [string, boolean])[] = [
    ["", false],
    ["f", false],
    ["./f", false],
    ["/", true],
    ["/d/f", true],
    ["\\d", onWindows],
    ["C:\\d", onWindows],
    ["c:/", onWindows],
    ["C:", false],
    ["C:d", false],
  ];
  for (const [path, expected] of rows) {
    assertEquals(isAbsolute(path), expected, path);
  }
});
