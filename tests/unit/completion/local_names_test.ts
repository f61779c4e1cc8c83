import { assertEquals } from "@std/assert";
import { localNames, withHome } from "../../../lib/completion/local_names.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

Deno.test("localNames(): gives the entries that begin as typed, behind their directory", () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "ab", content: "" },
    { path: "ad/" },
    { path: "b", content: "" },
    { path: ".c", content: "" },
  ]);
  const at = (name: string) => `${directory.path}/${name}`;
  assertEquals(localNames(at("a")), [
    { name: at("ab"), isDirectory: false },
    { name: at("ad"), isDirectory: true },
  ]);
  assertEquals(localNames(at("")).length, 3);
  assertEquals(localNames(at(".")), [{ name: at(".c"), isDirectory: false }]);
  assertEquals(localNames(at("none/")), []);
});

Deno.test("localNames(): keeps the ~/ of a home directory that it looks in", () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "" }]);
  assertEquals(localNames("~/", directory.path), [
    { name: "~/a", isDirectory: false },
  ]);
});

Deno.test({
  name: "localNames(): takes a link for the kind of its target",
  ignore: Deno.build.os === "windows",
  fn: () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "d/" }]);
    Deno.symlinkSync("d", `${directory.path}/to-d`);
    Deno.symlinkSync("none", `${directory.path}/to-none`);
    assertEquals(
      localNames(`${directory.path}/to`).map(({ isDirectory }) => isDirectory),
      [true, false],
    );
  },
});

Deno.test("withHome(): expands a leading ~/ alone", () => {
  const rows = [
    ["~/a", "/h/a"],
    ["~", "~"],
    ["~bob/a", "~bob/a"],
    ["a/~/b", "a/~/b"],
  ] as const;
  for (const [path, expected] of rows) {
    assertEquals(withHome(path, "/h"), expected);
  }
});
