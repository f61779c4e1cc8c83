import { assertEquals, assertThrows } from "@std/assert";
import {
  danglingPath,
  directoryPath,
  isDirectory,
  linkedPath,
  namesDirectory,
  passable,
  reachablePath,
  writablePath,
} from "../../../lib/disk/deno_path.ts";
import { onWindows } from "../../support/platform.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

Deno.test("namesDirectory(): tells a path that ends in a separator or dots", () => {
  for (const path of ["d/", "d/.", "d/..", "/"]) {
    assertEquals(namesDirectory(path), true, path);
  }
  for (const path of ["d", "..", "d/.h", "d/...", "d."]) {
    assertEquals(namesDirectory(path), false, path);
  }
});

Deno.test("passable(): refuses an empty path, a NUL and a lone surrogate", () => {
  assertEquals(passable("é"), "é");
  assertThrows(() => passable(""), Deno.errors.NotFound);
  assertThrows(() => passable("a\0b"), Error, "Invalid argument");
  assertThrows(() => passable("a\udce9"), Error, "names that are not UTF-8");
});

Deno.test("linkedPath(): begins at the link's directory, or at the root", () => {
  assertEquals(linkedPath("d/link", "to"), "d/to");
  assertEquals(linkedPath("link", "$&"), "$&");
  assertEquals(linkedPath("d/link", "/to"), "/to");
});

Deno.test({
  name: "reachablePath(): leads through links as the system does",
  ignore: onWindows,
  fn: () => {
    using directory = new TempDirectory();
    const root = Deno.realPathSync(directory.path);
    makeTree(root, [{ path: "d/e/" }, { path: "f", content: "" }]);
    Deno.symlinkSync("d/e", `${root}/deep`);
    assertEquals(reachablePath(`${root}/deep/../f`), `${root}/d/e/../f`);
    assertEquals(reachablePath(`${root}/f`), `${root}/f`);
    const { NotADirectory, IsADirectory } = Deno.errors;
    assertThrows(() => reachablePath(`${root}/f/`), NotADirectory);
    assertThrows(() => writablePath(`${root}/f/`), IsADirectory);
    assertEquals(directoryPath(`${root}/new//`), `${root}/new`);
    assertEquals(isDirectory(`${root}/deep`), true);
    assertEquals(isDirectory(`${root}/f`), false);
    assertEquals(isDirectory(`${root}/missing`), false);
  },
});

Deno.test({
  name: "danglingPath(): gives the path behind a link to nothing alone",
  ignore: onWindows,
  fn: () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "f", content: "" }]);
    Deno.symlinkSync("none", `${directory.path}/dangling`);
    Deno.symlinkSync("f", `${directory.path}/link`);
    assertEquals(
      danglingPath(`${directory.path}/dangling`),
      `${directory.path}/none`,
    );
    assertEquals(danglingPath(`${directory.path}/link`), undefined);
    assertEquals(danglingPath(`${directory.path}/f`), undefined);
  },
});
