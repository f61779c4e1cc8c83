import { assertEquals, assertMatch } from "@std/assert";
import { LostFileError } from "../../../lib/errors.ts";
import type {
  Attributes,
  Concurrency,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import { SPREAD_BYTES } from "../../../lib/tree/file_copier.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";

/** A disk in memory whose files tell a length that they do not have, as in /sys. */
class TellingFileSystem extends MemoryFileSystem {
  readonly #lengths = new Map<string, number>();

  addTelling(path: string, length: number): void {
    this.addFile(path, "new");
    this.#lengths.set(path, length);
  }

  override async stat(path: string): Promise<Attributes> {
    const found = await super.stat(path);
    return { ...found, size: this.#lengths.get(path) ?? found.size };
  }

  override async openToRead(path: string): Promise<OpenFile> {
    const file = await super.openToRead(path);
    return withFaults(file, { stat: () => this.stat(path) });
  }
}

/** A server in memory that has several connections, and notes what is spread. */
class WideFileSystem extends TellingFileSystem {
  override readonly concurrency: Concurrency & { entries: number } = {
    entries: 1,
    blocks: 4,
    blocksOfFile: 2,
    blockBytes: 1024 * 1024,
  };
  /** Paths of the files that are spread. */
  readonly spread: string[] = [];

  override async openToRead(path: string): Promise<OpenFile> {
    return this.#noted(await super.openToRead(path), path);
  }

  override async createNew(
    path: string,
    mode: number,
  ): Promise<OpenFile> {
    return this.#noted(await super.createNew(path, mode), path);
  }

  #noted(file: OpenFile, path: string): OpenFile {
    return withFaults(file, { spread: () => void this.spread.push(path) });
  }
}

async function copy(
  from: MemoryFileSystem,
  to: MemoryFileSystem,
  name = "a",
): Promise<readonly string[]> {
  const observer = new RecordingObserver();
  await copyTree(
    { files: from, entries: [{ path: `/${name}` }] },
    { files: to, path: `/${name}`, mustBeDirectory: false },
    { options: transferOptions(), observer },
  );
  return observer.failures;
}

Deno.test("FileCopier: has all connections carry a large file, and replaces the old one", async () => {
  const from = new WideFileSystem();
  from.addTelling("/a", SPREAD_BYTES);
  from.addTelling("/b", SPREAD_BYTES - 1);
  const to = new WideFileSystem();
  to.addFile("/a", "older");
  assertEquals(await copy(from, to, "a"), []);
  assertEquals(await copy(from, to, "b"), []);
  assertEquals(from.spread, ["/a"]);
  assertEquals(to.spread.length, 1);
  assertMatch(to.spread[0]!, /^\/\.a\.[a-z2-7]{6}$/);
  assertEquals(to.listing(), ['a = "new"', 'b = "new"']);
});

Deno.test("FileCopier: writes a large file in place where one connection carries it, or a link is there", async () => {
  const narrow = new TellingFileSystem();
  const wide = new WideFileSystem();
  const to = new MemoryFileSystem();
  to.addFile("/real", "");
  await to.symlink("/a", "real");
  const identity = await to.identify("/real");
  for (const from of [narrow, wide]) {
    from.addTelling("/a", SPREAD_BYTES);
    assertEquals(await copy(from, to), []);
    assertEquals(await to.identify("/real"), identity);
    assertEquals(await to.readlink("/a"), "real");
  }
  assertEquals(wide.spread, []);
});

Deno.test("FileCopier: copies a file again whose connection was lost, from its start", async () => {
  const from = new MemoryFileSystem();
  from.addFile("/a", "new");
  const to = new class extends MemoryFileSystem {
    attempts = 0;
    override async openToWrite(path: string, mode: number): Promise<OpenFile> {
      this.attempts++;
      const lose = () => Promise.reject(new LostFileError("lost connection"));
      const file = await super.openToWrite(path, mode);
      return this.attempts < 3 ? withFaults(file, { write: lose }) : file;
    }
  }();
  assertEquals(await copy(from, to), []);
  assertEquals(to.attempts, 3);
  assertEquals(to.listing(), ['a = "new"']);
});
