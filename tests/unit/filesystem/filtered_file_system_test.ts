import { assertEquals } from "@std/assert";
import {
  type FileSystem,
  isSamePlace,
  type Listing,
} from "../../../lib/filesystem/file_system.ts";
import { FileSystemView } from "../../../lib/filesystem/file_system_view.ts";
import { FilteredFileSystem } from "../../../lib/filesystem/filtered_file_system.ts";
import {
  type FilterRule,
  FilterRules,
  ruleOfOption,
} from "../../../lib/names/filter_rules.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

function disk(paths: readonly string[]): MemoryFileSystem {
  const files = new MemoryFileSystem();
  for (const path of paths) {
    if (path.endsWith("/")) files.addDirectory(path.slice(0, -1));
    else files.addFile(path, path);
  }
  return files;
}

interface Settings {
  readonly excluded?: string[];
  readonly roots?: readonly string[];
  readonly keepsLinks?: boolean;
}

function view(
  files: FileSystem,
  rules: readonly FilterRule[],
  { excluded, roots = ["top"], keepsLinks = false }: Settings = {},
): FilteredFileSystem {
  const isInclusive = rules[0]!.pattern.startsWith("!");
  return new FilteredFileSystem(files, {
    rules: new FilterRules(rules, { isInclusive }),
    roots,
    keepsLinks,
    ...(excluded === undefined ? {} : {
      onExcluded: (path: string, reason: string) =>
        excluded.push(`${path}: ${reason}`),
    }),
  });
}

/** Gives the paths that a copy of a directory walks. */
async function walked(files: FileSystem, top: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name } of await files.readdir(top)) {
    const path = files.join(top, name);
    paths.push(path);
    const found = await files.find(path);
    if (found?.kind === "directory") paths.push(...await walked(files, path));
  }
  return paths.toSorted();
}

const exclude = (pattern: string) => ruleOfOption("exclude", pattern);
const include = (pattern: string) => ruleOfOption("include", pattern);

Deno.test("FilteredFileSystem: leaves out what is excluded, and tells each with its rule", async () => {
  const files = disk([
    "top/",
    "top/a.o",
    "top/a.c",
    "top/build/",
    "top/build/x",
    "top/deep/",
    "top/deep/b.o",
  ]);
  const excluded: string[] = [];
  const filtered = view(files, [exclude("*.o"), exclude("build/")], {
    excluded,
  });
  assertEquals(await walked(filtered, "top"), ["top/a.c", "top/deep"]);
  assertEquals(excluded.toSorted(), [
    "top/a.o: --exclude *.o",
    "top/build: --exclude build/",
    "top/deep/b.o: --exclude *.o",
  ]);
});

Deno.test("FilteredFileSystem: never excludes a directory that is copied, by whatever path", async () => {
  for (const root of ["top", "./top", "/top"]) {
    const files = disk(["top/", "top/top", "top/a"]);
    const filtered = view(files, [exclude("top")], { roots: [root] });
    assertEquals(await walked(filtered, root), [`${root}/a`]);
  }
});

Deno.test("FilteredFileSystem: anchors a pattern in each directory that is copied", async () => {
  const files = disk(["a/", "a/x", "a/b/", "a/b/x", "c/", "c/x"]);
  const roots = ["a", "c"];
  const filtered = view(files, [exclude("/x")], { roots });
  assertEquals(await walked(filtered, "a"), ["a/b", "a/b/x"]);
  assertEquals(await walked(filtered, "c"), []);
});

Deno.test("FilteredFileSystem: shows the root of a disk and the current directory", async () => {
  for (const root of ["/", "."]) {
    const files = disk(["a", "b/", "b/a"]);
    const filtered = view(files, [exclude("/a")], { roots: [root] });
    const names: string[] = [];
    for await (const { name } of await filtered.readdir(root)) names.push(name);
    assertEquals(names, ["b"]);
  }
});

Deno.test("FilteredFileSystem: leaves out directories without an included entry, where only those are wanted", async () => {
  const files = disk([
    "top/",
    "top/a/",
    "top/a/b/",
    "top/a/b/x.txt",
    "top/a/b/x.c",
    "top/c/",
    "top/c/d/",
    "top/c/d/x.c",
    "top/e/",
  ]);
  const excluded: string[] = [];
  const filtered = view(files, [include("*.txt")], { excluded });
  assertEquals(
    await walked(filtered, "top"),
    ["top/a", "top/a/b", "top/a/b/x.txt"],
  );
  assertEquals(excluded.toSorted(), [
    "top/a/b/x.c: not included",
    "top/c: nothing in it is included",
    "top/e: nothing in it is included",
  ]);
});

Deno.test("FilteredFileSystem: keeps an empty directory that is included itself", async () => {
  const files = disk(["top/", "top/a/", "top/b/"]);
  assertEquals(await walked(view(files, [include("a/")]), "top"), ["top/a"]);
});

Deno.test("FilteredFileSystem: ends its search where directories lead back to themselves", async () => {
  const files = disk(["top/", "top/a/"]);
  await files.symlink("top/a/loop", "..");
  const names: string[] = [];
  const filtered = view(files, [include("*.txt")]);
  for await (const { name } of await filtered.readdir("top")) names.push(name);
  // The copy enters it, and reports the loop.
  assertEquals(names, ["a"]);
});

Deno.test("FilteredFileSystem: takes a link to a directory for one only where links are followed", async () => {
  for (const keepsLinks of [false, true]) {
    const files = disk(["top/", "dir/"]);
    await files.symlink("top/link", "../dir");
    const filtered = view(files, [exclude("link/")], { keepsLinks });
    assertEquals(
      await walked(filtered, "top"),
      keepsLinks ? ["top/link"] : [],
    );
  }
});

Deno.test("FilteredFileSystem: passes on a link that leads nowhere", async () => {
  const files = disk(["top/"]);
  await files.symlink("top/link", "nowhere");
  assertEquals(
    await walked(view(files, [exclude("dir/")]), "top"),
    ["top/link"],
  );
});

Deno.test("isSamePlace(): sees through views", () => {
  const files = new MemoryFileSystem();
  const filtered = view(files, [exclude("a")]);
  const again = view(filtered, [exclude("b")]);
  assertEquals(isSamePlace(files, filtered), true);
  assertEquals(isSamePlace(again, filtered), true);
  assertEquals(isSamePlace(filtered, view(files, [exclude("a")])), true);
  assertEquals(isSamePlace(filtered, new MemoryFileSystem()), false);
});

Deno.test("FilteredFileSystem: judges only the entries that whoever lists looks at", async () => {
  const files = disk(["top/", "top/a.o", "top/b.o", "top/build/"]);
  const excluded: string[] = [];
  const rules = new FilterRules([exclude("*.o"), exclude("build/")], {
    isInclusive: false,
  });
  const filtered = new FilteredFileSystem(files, {
    rules,
    roots: ["top"],
    keepsLinks: false,
    concerns: ({ name }) => name !== "b.o",
    onExcluded: (path) => excluded.push(path),
  });
  assertEquals(await walked(filtered, "top"), ["top/b.o"]);
  assertEquals(excluded.toSorted(), ["top/a.o", "top/build"]);
});

Deno.test("FilteredFileSystem: closes a listing that is left before its end", async () => {
  let closed = 0;
  class Closing extends FileSystemView {
    override async readdir(): Promise<Listing> {
      return {
        async *[Symbol.asyncIterator]() {
          try {
            yield { name: "a", kind: "file" } as const;
            yield { name: "b", kind: "file" } as const;
          } finally {
            closed++;
          }
        },
        [Symbol.dispose]() {},
      };
    }
  }
  const filtered = view(new Closing(disk(["top/"])), [exclude("c")]);
  for await (const _ of await filtered.readdir("top")) break;
  assertEquals(closed, 1);
});
