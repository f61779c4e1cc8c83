import { assertEquals } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type {
  FileSystem,
  Listing,
} from "../../../lib/filesystem/file_system.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import type { TransferOptions } from "../../../lib/tree/options.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";
import { listingOf } from "../../support/fixtures/listed_entries.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { turn } from "../../support/turn.ts";

/** Entries by their paths: a directory ends in a slash, a link begins with `->`. */
type Tree = Readonly<Record<string, string>>;

async function diskOf(
  tree: Tree,
  files: MemoryFileSystem = new MemoryFileSystem(),
): Promise<MemoryFileSystem> {
  for (const [path, content] of Object.entries(tree)) {
    if (path.endsWith("/")) files.addDirectory(path.slice(0, -1));
    else if (content.startsWith("->")) {
      await files.symlink(path, content.slice(2));
    } else files.addFile(path, content);
  }
  return files;
}

/** Copies `s` to `t`, links confined; gives what failed. */
async function copy(
  from: FileSystem,
  to: FileSystem,
  options: Partial<TransferOptions> = {},
  source = "s",
): Promise<readonly string[]> {
  const observer = new RecordingObserver();
  await copyTree(
    { files: from, entries: [{ path: source }] },
    { files: to, path: "t", mustBeDirectory: false },
    {
      options: transferOptions({
        links: new Map(),
        confinesLinks: true,
        ...options,
      }),
      observer,
    },
  );
  return observer.failures;
}

const UP: Tree = {
  "s/": "",
  "s/a/": "",
  "s/a/b/": "",
  "s/a/b/L": "->../..",
};

const THROUGH: Tree = {
  "s/": "",
  "s/a/": "",
  "s/a/b/": "",
  "s/a/b/L/": "",
  "s/a/b/L/evil": "->../../victim",
  "s/a/b/L/new": "new",
};

Deno.test("copyTree(): no copy enters a directory through a link that the last one made", async () => {
  const to = await diskOf({ "victim/": "", "t/": "" });
  assertEquals(await copy(await diskOf(UP), to), []);
  const before = to.listing();
  for (const isAtomic of [false, true]) {
    assertEquals(await copy(await diskOf(THROUGH), to, { isAtomic }), [
      "t/s/a/b/L: a link is there: nothing is copied through it",
    ]);
    assertEquals(to.listing(), before);
  }
});

Deno.test("copyTree(): a dry run tells of a link that nothing is copied through", async () => {
  const to = await diskOf({ "t/": "" });
  await copy(await diskOf(UP), to);
  assertEquals(await copy(await diskOf(THROUGH), to, { dryRun: "seen" }), [
    "t/s/a/b/L: a link is there: nothing is copied through it",
  ]);
});

Deno.test("copyTree(): no file is written through a link below the target", async () => {
  const from = await diskOf({ "s/": "", "s/f": "f", "s/g": "g", "s/h": "h" });
  for (const isAtomic of [false, true]) {
    const to = await diskOf({
      "t/": "",
      "t/s/": "",
      "t/s/f": "->../../kept",
      "t/s/g": "->../../missing",
      "kept": "kept",
    });
    assertEquals(await copy(from, to, { isAtomic }), [
      "t/s/f: a link is there: nothing is copied through it",
      "t/s/g: a link is there: nothing is copied through it",
    ]);
    assertEquals(to.listing(), [
      'kept = "kept"',
      "t/",
      "t/s/",
      "t/s/f -> ../../kept",
      "t/s/g -> ../../missing",
      't/s/h = "h"',
    ]);
  }
});

Deno.test("copyTree(): a link that is there is left where nothing is replaced", async () => {
  const from = await diskOf({ "s/": "", "s/f": "f", "s/g": "g" });
  const to = await diskOf({
    "t/": "",
    "t/s/": "",
    "t/s/f": "->../../kept",
    "t/s/g": "->../../missing",
    "kept": "kept",
  });
  const before = to.listing();
  const existing = { keepsAll: true, keepsSame: false, keepsNewer: false };
  assertEquals(await copy(from, to, { existing }), []);
  assertEquals(to.listing(), before);
});

Deno.test("copyTree(): the target itself may be a link", async () => {
  const from = await diskOf({ "s/": "", "s/f": "f" });
  const to = await diskOf({ "real/": "", "t": "->real", "u": "->real" });
  assertEquals(await copy(from, to), []);
  assertEquals(await copy(from, to, {}, "s/."), []);
  assertEquals(to.textOf("real/s/f"), "f");
  assertEquals(to.textOf("real/f"), "f");
});

Deno.test("copyTree(): where links may lead anywhere, those that are there are followed", async () => {
  const from = await diskOf({ "s/": "", "s/d/": "", "s/d/f": "f" });
  for (const links of ["followed", new Map()] as const) {
    const to = await diskOf({
      "out/": "",
      "t/": "",
      "t/s/": "",
      "t/s/d": "->../../out",
    });
    assertEquals(await copy(from, to, { links, confinesLinks: false }), []);
    assertEquals(to.textOf("out/f"), "f");
  }
});

Deno.test("copyTree(): where nothing tells whether a link is there, nothing is copied", async () => {
  const to = await diskOf({ "t/": "", "t/s/": "" });
  to.readlink = async (path) => {
    throw new EntryError(`${path}: Permission denied`);
  };
  const from = await diskOf({ "s/": "", "s/f": "f" });
  assertEquals(await copy(from, to), ["t/s: Permission denied"]);
  assertEquals(to.listing(), ["t/", "t/s/"]);
});

/** Disk whose listings name `x` twice: first it is a link, then a directory. */
class TwoFaced extends MemoryFileSystem {
  override readonly concurrency = { entries: 4, blocks: 0, blockBytes: 1024 };
  #asked = 0;

  override async readdir(path: string): Promise<Listing> {
    return path === "s"
      ? listingOf([{ name: "x" }, { name: "x" }])
      : await super.readdir(path);
  }

  override async readlink(path: string): Promise<string | undefined> {
    return path === "s/x" && this.#asked++ === 0 ? "../out" : undefined;
  }
}

Deno.test("copyTree(): a name that comes twice at once, as a link and as a directory, leads nowhere", async () => {
  const to = await diskOf({ "t/": "", "t/out/": "" });
  const { symlink } = MemoryFileSystem.prototype;
  to.symlink = async (...call) => {
    for (let turns = 0; turns < 10; turns++) await turn();
    await symlink.apply(to, call);
  };
  const from = await diskOf(
    { "s/": "", "s/x/": "", "s/x/f": "f" },
    new TwoFaced(),
  );
  assertEquals(await copy(from, to), [
    "s/x: t/s/x is a link that was just made",
  ]);
  assertEquals(to.listing(), ["t/", "t/out/", "t/s/", "t/s/x -> ../out"]);
});
