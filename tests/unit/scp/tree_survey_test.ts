import { assertEquals } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { surveyTree } from "../../../lib/scp/tree_survey.ts";
import { SortedFileSystem } from "../../support/file_systems/sorted_file_system.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree, type TreeEntry } from "../../support/fixtures/tree.ts";
import { linkTest } from "../../support/platform.ts";

/** Gives the planned directories of `top`, each as `group path mode`. */
async function planned(
  tree: readonly TreeEntry[],
  change: (top: string) => void = () => {},
  modeBits = 0o777,
): Promise<readonly string[]> {
  using directory = new TempDirectory();
  makeTree(directory.path, tree);
  const top = `${directory.path}/top`;
  change(top);
  const { directories } = await surveyTree(new SortedFileSystem(), top, {
    name: "top",
    modeBits,
  });
  return directories.map(({ group, path, mode }) =>
    `${group} ${path} ${mode.toString(8)}`
  );
}

Deno.test("surveyTree(): gives each directory behind the one above it, in groups without equal names", async () => {
  const plan = await planned([
    { path: "top/", mode: 0o755 },
    { path: "top/a/a/a/f", content: "f" },
    { path: "top/b/a/", mode: 0o700 },
    { path: "top/b/", mode: 0o755 },
  ]);
  assertEquals(plan[0], "0  755");
  const rest = plan.slice(1).map((line) => line.split(" "));
  for (const [at, [group, path]] of rest.entries()) {
    const above = path!.slice(0, path!.lastIndexOf("/"));
    const place = rest.findIndex(([, other]) => other === above);
    assertEquals(above === "" || (place >= 0 && place < at), true, path);
    const twins = rest.filter(([other, twin]) =>
      other === group && twin!.split("/").at(-1) === path!.split("/").at(-1)
    );
    assertEquals(twins.length, 1, path);
  }
  assertEquals(
    rest.map(([, path]) => path).toSorted(),
    ["/a", "/a/a", "/a/a/a", "/b", "/b/a"],
  );
});

Deno.test("surveyTree(): takes names that a disk may take for the same into several groups", async () => {
  const plan = await planned([
    { path: "top/x/lib/", mode: 0o755 },
    { path: "top/y/LIB/", mode: 0o755 },
  ]);
  const groups = plan.filter((line) => /lib/i.test(line))
    .map((line) => line.split(" ")[0]);
  assertEquals(groups.toSorted(), ["1", "2"]);
});

Deno.test("surveyTree(): leaves out what its owner may not fill, and what is in it", async () => {
  assertEquals(
    await planned([
      { path: "top/closed/in/", mode: 0o755 },
      { path: "top/closed/", mode: 0o555 },
      { path: "top/open/", mode: 0o711 },
      { path: "top/", mode: 0o755 },
    ]),
    ["0  755", "1 /open 711"],
  );
});

linkTest("surveyTree(): follows links, but in no circle", async () => {
  assertEquals(
    await planned([{ path: "top/d/", mode: 0o755 }, {
      path: "top/",
      mode: 0o755,
    }], (top) => {
      Deno.symlinkSync("..", `${top}/d/up`);
      Deno.symlinkSync("d", `${top}/link`);
    }),
    ["0  755", "1 /d 755", "1 /link 755"],
  );
});

Deno.test("surveyTree(): plans nothing where there is no directory", async () => {
  const options = { name: "x", modeBits: 0o777 };
  const files = new LocalFileSystem();
  for (const path of ["/nowhere/x", Deno.execPath()]) {
    assertEquals(await surveyTree(files, path, options), {
      name: "x",
      directories: [],
    });
  }
});

Deno.test("surveyTree(): leaves out a directory with a set-id bit that is sent, and what is in it", async () => {
  const tree = [
    { path: "top/set/inside/f", content: "f" },
    { path: "top/set/", mode: 0o2755 },
    { path: "top/", mode: 0o755 },
  ];
  assertEquals(await planned(tree, undefined, 0o7777), ["0  755"]);
  assertEquals((await planned(tree)).length, 3);
});
