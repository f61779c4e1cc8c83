import { assert, assertEquals } from "@std/assert";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { NameCollisions } from "../../../lib/filesystem/name_collisions.ts";
import type { SettledLinks } from "../../../lib/tree/options.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import { FoldingFileSystem } from "../../support/file_systems/folding_file_system.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { linkTest } from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { SortedFileSystem } from "../../support/file_systems/sorted_file_system.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree, type TreeEntry } from "../../support/fixtures/tree.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";

const ignoresCase = (name: string): string => name.toLowerCase();
const normalises = (name: string): string => name.normalize("NFC");
const dropsDots = (name: string): string => name.replace(/\.+$/, "");
const foldsAll = (name: string): string => name.toUpperCase();
const exact = (name: string): string => name;

/** Copies entries into the directory `to` of another one, which folds names. */
async function copyInto(
  sources: { files?: FileSystem; paths: readonly string[] },
  to: FoldingFileSystem,
  { path, among, links = "followed" }: {
    path: string;
    among?: NameCollisions;
    links?: "followed" | SettledLinks;
  },
): Promise<string[]> {
  const observer = new RecordingObserver();
  const { files = new SortedFileSystem(), paths } = sources;
  await copyTree(
    { files, entries: paths.map((each) => ({ path: each })) },
    {
      files: to,
      path,
      mustBeDirectory: false,
      ...(among === undefined ? {} : { among }),
    },
    {
      options: transferOptions({ links }),
      observer,
    },
  );
  return observer.failures;
}

function refused(path: string): string {
  return `${path}: not copied: the target takes its name for that of another ` +
    "entry, which was copied before";
}

interface Row {
  readonly about: string;
  readonly fold: (name: string) => string;
  readonly source: readonly TreeEntry[];
  /** The name that has to be refused, below the tree. */
  readonly second: string;
  /** Expected content of the copy, whatever was there before. */
  readonly left: readonly string[];
  /** Either may be first where both are in flight; absent if it may not. */
  readonly isRace?: true;
}

const ROWS: readonly Row[] = [
  {
    about: "files that differ by case",
    fold: ignoresCase,
    source: [
      { path: "README", content: "first" },
      { path: "readme", content: "the second, longer" },
      { path: "z", content: "z" },
    ],
    second: "readme",
    left: ['README = "first"', 'z = "z"'],
  },
  {
    about: "files that differ by how a letter is composed",
    fold: normalises,
    source: [
      { path: "cafe\u0301", content: "first" },
      { path: "caf\u00e9", content: "the second, longer" },
    ],
    second: "caf\u00e9",
    left: ['cafe\u0301 = "first"'],
  },
  {
    about: "files that differ by a dot at the end",
    fold: dropsDots,
    source: [
      { path: "a", content: "first" },
      { path: "a.", content: "the second, longer" },
    ],
    second: "a.",
    left: ['a = "first"'],
  },
  {
    about: "files that differ by a letter with two capitals",
    fold: foldsAll,
    source: [
      { path: "Strasse", content: "first" },
      { path: "Stra\u00dfe", content: "the second, longer" },
    ],
    second: "Stra\u00dfe",
    left: ['Strasse = "first"'],
  },
  {
    about: "directories",
    fold: ignoresCase,
    source: [
      { path: "Docs/a", content: "first" },
      { path: "docs/a", content: "the second, longer" },
      { path: "docs/b", content: "b" },
    ],
    second: "docs",
    left: ["Docs/", 'Docs/a = "first"'],
  },
  {
    about: "a directory and a file",
    fold: ignoresCase,
    source: [
      { path: "Docs/a", content: "first" },
      { path: "docs", content: "the second" },
    ],
    second: "docs",
    left: ["Docs/", 'Docs/a = "first"'],
    isRace: true,
  },
];

for (const { about, fold, source, second, left, isRace } of ROWS) {
  for (const before of ["missing", "empty"] as const) {
    for (const atOnce of isRace ? [1] : [1, 8]) {
      Deno.test(
        `copyTree(): of ${about} that a target takes for one, the second is refused: into a directory that is ${before}, ${atOnce} at once`,
        {
          ignore: Deno.build.os === "windows",
        },
        async () => {
          using from = new TempDirectory();
          using to = new TempDirectory();
          makeTree(
            from.path,
            source.map((entry) => ({
              ...entry,
              path: `t/${entry.path}`,
            })),
          );
          if (before === "empty") Deno.mkdirSync(`${to.path}/t`);
          const files = new FoldingFileSystem(to.path, fold, atOnce);
          const paths = [`${from.path}/t`];
          assertEquals(
            await copyInto({ paths }, files, { path: to.path }),
            [refused(`${to.path}/t/${second}`)],
          );
          assertEquals(listing(`${to.path}/t`), left);
        },
      );
    }
  }
}

Deno.test("copyTree(): sources that a target takes for one: the second is refused, in the next copy of the job too", async () => {
  using from = new TempDirectory();
  using to = new TempDirectory();
  makeTree(from.path, [
    { path: "a/README", content: "first" },
    { path: "b/readme", content: "second" },
    { path: "c/ReadMe", content: "third" },
    { path: "d/README", content: "the last of that very name" },
  ]);
  const files = new FoldingFileSystem(to.path, ignoresCase);
  const among = new NameCollisions(files, to.path);
  const copy = (...paths: string[]) =>
    copyInto({ paths: paths.map((each) => `${from.path}/${each}`) }, files, {
      path: to.path,
      among,
    });
  assertEquals(await copy("a/README", "b/readme"), [
    refused(`${to.path}/readme`),
  ]);
  assertEquals(await copy("c/ReadMe"), [refused(`${to.path}/ReadMe`)]);
  assertEquals(await copy("d/README"), []);
  assertEquals(listing(to.path), ['README = "the last of that very name"']);
});

linkTest(
  "copyTree(): a link is not replaced by one whose name the target takes for the same",
  async () => {
    using from = new TempDirectory();
    using to = new TempDirectory();
    makeTree(from.path, [{ path: "t/" }]);
    Deno.symlinkSync("nowhere", `${from.path}/t/L`);
    Deno.symlinkSync("elsewhere", `${from.path}/t/l`);
    const files = new FoldingFileSystem(to.path, ignoresCase);
    const failures = await copyInto({ paths: [`${from.path}/t`] }, files, {
      path: to.path,
      links: new Map(),
    });
    assertEquals(failures, [refused(`${to.path}/t/l`)]);
    assertEquals(Deno.readLinkSync(`${to.path}/t/L`), "nowhere");
  },
);

Deno.test("copyTree(): an older entry of a like name is overwritten, and keeps its own", async () => {
  using from = new TempDirectory();
  using to = new TempDirectory();
  makeTree(from.path, [{ path: "t/readme", content: "new" }]);
  makeTree(to.path, [{ path: "t/README", content: "the old content" }]);
  const files = new FoldingFileSystem(to.path, ignoresCase);
  const paths = [`${from.path}/t`];
  assertEquals(await copyInto({ paths }, files, { path: to.path }), []);
  assertEquals(listing(`${to.path}/t`), ['README = "new"']);
});

Deno.test(
  "copyTree(): names that differ by case alone are all copied to a target that tells them apart, again too",
  {
    ignore: Deno.build.os !== "linux",
  },
  async () => {
    using from = new TempDirectory();
    using to = new TempDirectory();
    makeTree(from.path, [
      { path: "t/README", content: "1" },
      { path: "t/readme", content: "2" },
      { path: "t/D/f", content: "3" },
      { path: "t/d/f", content: "4" },
    ]);
    Deno.symlinkSync("D", `${from.path}/t/l`);
    Deno.symlinkSync("d", `${from.path}/t/L`);
    for (const atOnce of [1, 8]) {
      const files = new FoldingFileSystem(to.path, exact, atOnce);
      for (let round = 0; round < 2; round++) {
        const failures = await copyInto({ paths: [`${from.path}/t`] }, files, {
          path: to.path,
          links: new Map(),
        });
        assertEquals(failures, []);
        assertEquals(listing(`${to.path}/t`), listing(`${from.path}/t`));
      }
    }
  },
);

Deno.test("copyTree(): a target is listed for names in doubt alone, and once", async () => {
  using from = new TempDirectory();
  using to = new TempDirectory();
  makeTree(from.path, [
    ...["A", "a", "B", "b", "c"].map((name) => ({
      path: `t/${name}`,
      content: name,
    })),
    { path: "u/x", content: "x" },
  ]);
  const lists: string[] = [];
  class Counted extends LocalFileSystem {
    override async readdir(path: string) {
      lists.push(path);
      return await super.readdir(path);
    }
  }
  const observer = new RecordingObserver();
  for (let round = 0; round < 2; round++) {
    const files = new Counted();
    await copyTree(
      {
        files: new SortedFileSystem(),
        entries: ["t", "u"].map((name) => ({ path: `${from.path}/${name}` })),
      },
      { files, path: to.path, mustBeDirectory: true },
      {
        options: transferOptions(),
        observer,
      },
    );
    assert(lists.length <= round, lists.join());
  }
});

Deno.test("copyTree(): asks for no identity where nothing can be yet", async () => {
  using from = new TempDirectory();
  using to = new TempDirectory();
  makeTree(from.path, [{ path: "t/d/e/f", content: "f" }, { path: "t/g/" }]);
  makeTree(to.path, [{ path: "t/" }]);
  const asked: string[] = [];
  class Counted extends LocalFileSystem {
    override async identify(path: string) {
      asked.push(path.replace(to.path, ""));
      return await super.identify(path);
    }
  }
  const options = transferOptions({ links: "followed" });
  await copyTree(
    {
      files: new LocalFileSystem(),
      entries: [{ path: `${from.path}/t` }],
    },
    { files: new Counted(), path: to.path, mustBeDirectory: true },
    { options, observer: new RecordingObserver() },
  );
  // Where something may be, it is asked for before the directory is made, too.
  const once = ["/t", "/t/d", "/t/d", "/t/d/e", "/t/g", "/t/g"];
  assertEquals(asked.filter((path) => path !== "").toSorted(), once);
  assertEquals(listing(to.path), [
    "t/",
    "t/d/",
    "t/d/e/",
    't/d/e/f = "f"',
    "t/g/",
  ]);
});
