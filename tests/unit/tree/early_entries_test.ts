/** copyTree() to a server that carries out one request after the other. */

import { assertEquals } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { EntryError } from "../../../lib/errors.ts";
import type { OpenFile } from "../../../lib/filesystem/file_system.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import { HeldFileSystem } from "../../support/file_systems/held_file_system.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { turn } from "../../support/turn.ts";

/**
 * A disk that makes directories at once, in the order of the calls, and answers only
 * when it is told to.
 */
class OrderedFiles extends LocalFileSystem {
  readonly keepsOrder = "of all";
  /** Files are made in steps, each of which is noted. */
  override readonly storeWhole = undefined;
  override readonly concurrency = {
    entries: 64,
    blocks: 4,
    blockBytes: 1024,
  };
  readonly calls: string[] = [];
  /** Directories that are refused, by their last names. */
  readonly refused = new Set<string>();
  readonly #root: string;
  readonly #answers: (() => void)[] = [];

  constructor(root: string) {
    super();
    this.#root = root;
  }

  /** Answers all that was asked, and what is asked because of it. */
  async answer(): Promise<void> {
    for (await turn(); this.#answers.length > 0; await turn()) {
      for (const answer of this.#answers.splice(0)) answer();
    }
  }

  override async mkdir(path: string, mode: number): Promise<void> {
    this.#note("mkdir", path);
    const failure = this.#make(path, mode);
    await new Promise<void>((answer) => this.#answers.push(answer));
    if (failure !== undefined) throw failure;
  }

  #make(path: string, mode: number): EntryError | undefined {
    if (this.refused.has(this.nameOf(path))) {
      return new EntryError(`${path}: No space left on device`);
    }
    try {
      Deno.mkdirSync(path, { mode });
      return undefined;
    } catch (error) {
      return new EntryError(`${path}: ${(error as Error).message}`);
    }
  }

  override async createNew(path: string, mode: number): Promise<OpenFile> {
    this.#note("createNew", path);
    return await super.createNew(path, mode);
  }

  override async openToWrite(
    ...call: Parameters<LocalFileSystem["openToWrite"]>
  ): Promise<OpenFile> {
    this.#note("openToWrite", call[0]);
    return await super.openToWrite(...call);
  }

  #note(name: string, path: string): void {
    this.calls.push(`${name} ${path.slice(this.#root.length + 1)}`);
  }
}

/** A directory `d`, which is copied to `to`. */
class Bench implements Disposable {
  readonly directory = new TempDirectory();
  readonly path = this.directory.path;
  readonly to = new OrderedFiles(this.path);
  readonly observer = new RecordingObserver();

  constructor(tree: Parameters<typeof makeTree>[1]) {
    makeTree(this.path, tree);
  }

  async copy(): Promise<void> {
    const copying = copyTree(
      {
        files: new HeldFileSystem(this.path),
        entries: [{ path: `${this.path}/d` }],
      },
      { files: this.to, path: `${this.path}/to`, mustBeDirectory: false },
      { options: transferOptions({}), observer: this.observer },
    );
    let isOver = false;
    const over = copying.finally(() => isOver = true);
    while (!isOver) await this.to.answer();
    await over;
  }

  get failures(): string[] {
    return this.observer.failures.map((text) =>
      text.replaceAll(`${this.path}/`, "")
    );
  }

  [Symbol.dispose](): void {
    this.directory[Symbol.dispose]();
  }
}

const DEEP = [
  { path: "d/a/b/c/deep", content: "abc" },
  { path: "d/file", content: "f" },
];

Deno.test("copyTree(): what is in a new directory is made before the server answers", async () => {
  using bench = new Bench(DEEP);
  const { to } = bench;
  const copying = bench.copy();
  await turn();
  await copying;
  const beforeFirstAnswer = to.calls.slice(0, 6).toSorted();
  assertEquals(beforeFirstAnswer, [
    "createNew to/a/b/c/deep",
    "createNew to/file",
    "mkdir to",
    "mkdir to/a",
    "mkdir to/a/b",
    "mkdir to/a/b/c",
  ]);
  assertEquals(bench.failures, []);
  assertEquals(
    listing(`${bench.path}/to`),
    listing(`${bench.path}/d`),
  );
});

Deno.test("copyTree(): of a directory that is refused nothing else is told, and the rest arrives", async () => {
  using bench = new Bench([
    ...DEEP,
    { path: "d/a/more/f", content: "more" },
    { path: "d/z/f", content: "z" },
  ]);
  bench.to.refused.add("a");
  await bench.copy();
  assertEquals(bench.failures, ["to/a: No space left on device"]);
  assertEquals(listing(`${bench.path}/to`), [
    'file = "f"',
    "z/",
    'z/f = "z"',
  ]);
});

Deno.test("copyTree(): a file that cannot be read in a refused directory is not told", async () => {
  using bench = new Bench([{ path: "d/a/f", content: "f" }]);
  bench.to.refused.add("a");
  Deno.removeSync(`${bench.path}/d/a/f`);
  Deno.symlinkSync("nowhere", `${bench.path}/d/a/f`);
  await bench.copy();
  assertEquals(bench.failures, ["to/a: No space left on device"]);
});

Deno.test("copyTree(): what somebody put into a directory meanwhile is replaced as ever", async () => {
  using bench = new Bench(DEEP);
  const { to } = bench;
  const mkdir = to.mkdir.bind(to);
  to.mkdir = async (path, mode) => {
    if (path.endsWith("/to/a")) {
      makeTree(bench.path, [{ path: "to/a/b/c/deep", content: "not so new" }]);
    }
    await mkdir(path, mode);
  };
  await bench.copy();
  assertEquals(bench.failures, []);
  assertEquals(
    listing(`${bench.path}/to`),
    listing(`${bench.path}/d`),
  );
  assertEquals(
    to.calls.filter((call) => call.endsWith("deep")),
    ["createNew to/a/b/c/deep", "openToWrite to/a/b/c/deep"],
  );
});

Deno.test("copyTree(): a server that takes two names for one loses no file of the first", async () => {
  using bench = new Bench([
    { path: "d/LONGNAME/f", content: "1st" },
    { path: "d/LONGNA~1/f", content: "2nd" },
    { path: "d/LONGNA~1/sub/g", content: "2nd" },
  ]);
  const { to } = bench;
  // As on Windows, where each long name has a short one.
  const same = (path: string) => path.replaceAll("LONGNA~1", "LONGNAME");
  const { mkdir, createNew, find } = to;
  to.mkdir = (path, mode) => mkdir.call(to, same(path), mode);
  to.createNew = (path, mode) => createNew.call(to, same(path), mode);
  to.find = (path) => find.call(to, same(path));
  await bench.copy();
  assertEquals(bench.failures, [
    "to/LONGNA~1: not copied: the target takes its name for that of another " +
    "entry, which was copied before",
  ]);
  assertEquals(listing(`${bench.path}/to`).slice(0, 2), [
    "LONGNAME/",
    'LONGNAME/f = "1st"',
  ]);
});
