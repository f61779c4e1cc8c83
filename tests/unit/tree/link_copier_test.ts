import { assertEquals } from "@std/assert";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import type { SettledLinks } from "../../../lib/tree/options.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import { FoldingFileSystem } from "../../support/file_systems/folding_file_system.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { linkTest } from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { SortedFileSystem } from "../../support/file_systems/sorted_file_system.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";

/** A link: the path, and what it says. */
type Link = readonly [path: string, says: string];

interface Row {
  readonly about: string;
  /** Links and directories in the target before. */
  readonly before: readonly Link[];
  readonly first: readonly Link[];
  /** A file of the second source that leads outside through what was made. */
  readonly evil: string;
  /** The source and the target in the message. */
  readonly refused: readonly [source: string, target: string];
}

const ROWS: readonly Row[] = [
  {
    about: "by its own path",
    before: [],
    first: [["x", "../../outside"]],
    evil: "x/evil",
    refused: ["x", "x"],
  },
  {
    about: "through a link to the directory it is in",
    before: [["l", "."]],
    first: [["x", "../../outside"]],
    evil: "l/x/evil",
    refused: ["l/x", "l/x"],
  },
  {
    about: "through a link to the directory above",
    before: [["l", "../t"]],
    first: [["x", "../../outside"]],
    evil: "l/x/evil",
    refused: ["l/x", "l/x"],
  },
  {
    about: "through two such links",
    before: [["l", "."], ["m", "l"]],
    first: [["x", "../../outside"]],
    evil: "m/l/x/evil",
    refused: ["m/l/x", "m/l/x"],
  },
  {
    about: "through a link to another directory of the target",
    before: [["l", "sub"]],
    first: [["sub/x", "../../../outside"]],
    evil: "l/x/evil",
    refused: ["l/x", "l/x"],
  },
  {
    about: "through a link that was made before it, to the directory it is in",
    before: [],
    first: [["a", "."], ["x", "../../outside"]],
    evil: "a/x/evil",
    refused: ["a", "a"],
  },
  {
    about: "as a file that leads outside",
    before: [["l", "."]],
    first: [["x", "../../outside/evil"]],
    evil: "l/x",
    refused: ["l/x", "l/x"],
  },
];

for (const { about, before, first, evil, refused } of ROWS) {
  linkTest(
    `copyTree(): nothing is written through a link that another source just made: ${about}`,
    async () => {
      using directory = new TempDirectory();
      const { path } = directory;
      makeTree(path, [
        { path: "outside/" },
        { path: "dst/t/sub/" },
        { path: "p/t/sub/" },
        { path: `q/t/${evil}`, content: "evil" },
        { path: "q/t/z", content: "z" },
      ]);
      for (const [link, says] of before) {
        Deno.symlinkSync(says, `${path}/dst/t/${link}`);
      }
      for (const [link, says] of first) {
        Deno.symlinkSync(says, `${path}/p/t/${link}`);
      }
      const failures = await copyBoth(path, ["p/t", "q/t"]);
      const [source, target] = refused;
      assertEquals(failures, [
        `${path}/q/t/${source}: ${path}/dst/t/${target} is a link that was ` +
        "just made",
      ]);
      assertEquals(listing(`${path}/outside`), []);
      assertEquals(Deno.readTextFileSync(`${path}/dst/t/z`), "z");
    },
  );
}

linkTest(
  "copyTree(): links that lead to each other are copied as links, and replaced as links",
  async () => {
    using directory = new TempDirectory();
    const { path } = directory;
    makeTree(path, [{ path: "p/t/" }, { path: "q/t/" }, { path: "dst/" }]);
    for (const source of ["p", "q"]) {
      Deno.symlinkSync("two", `${path}/${source}/t/one`);
      Deno.symlinkSync("one", `${path}/${source}/t/two`);
    }
    assertEquals(await copyBoth(path, ["p/t", "q/t"]), []);
    assertEquals(listing(`${path}/dst/t`), ["one -> two", "two -> one"]);
  },
);

Deno.test(
  "copyTree(): a file whose name differs by case from a link just made is copied",
  {
    ignore: Deno.build.os !== "linux",
  },
  async () => {
    using directory = new TempDirectory();
    const { path } = directory;
    makeTree(path, [
      { path: "p/t/" },
      { path: "q/t/L", content: "kept apart" },
      { path: "dst/" },
    ]);
    Deno.symlinkSync("nowhere", `${path}/p/t/l`);
    assertEquals(await copyBoth(path, ["p/t", "q/t"]), []);
    assertEquals(listing(`${path}/dst/t`), [
      'L = "kept apart"',
      "l -> nowhere",
    ]);
  },
);

linkTest(
  "copyTree(): nothing is written through a link just made whose name differs by case, where the target ignores that",
  async () => {
    using directory = new TempDirectory();
    const { path } = directory;
    makeTree(path, [
      { path: "outside/" },
      { path: "p/t/" },
      { path: "q/t/X/evil", content: "evil" },
      { path: "dst/" },
    ]);
    Deno.symlinkSync("../../outside", `${path}/p/t/x`);
    const to = new FoldingFileSystem(path, (name) => name.toLowerCase());
    assertEquals(await copyBoth(path, ["p/t", "q/t"], to), [
      `${path}/q/t/X: ${path}/dst/t/X is a link that was just made`,
    ]);
    assertEquals(listing(`${path}/outside`), []);
  },
);

/** Copies as `cp -r` does, a copyTree for each source; gives what failed. */
async function copyBoth(
  root: string,
  sources: readonly string[],
  to: FileSystem = new SortedFileSystem(),
): Promise<readonly string[]> {
  const observer = new RecordingObserver();
  const files = new SortedFileSystem();
  const links: SettledLinks = new Map();
  for (const source of sources) {
    await copyTree(
      { files, entries: [{ path: `${root}/${source}` }] },
      { files: to, path: `${root}/dst`, mustBeDirectory: true },
      {
        options: transferOptions({ links }),
        observer,
      },
    );
  }
  return observer.failures;
}
