import { assert, assertEquals, assertMatch } from "@std/assert";
import { EntryError, LostFileError } from "../../../lib/errors.ts";
import type {
  Attributes,
  Concurrency,
  FileSystem,
  OpenFile,
  WholeFile,
} from "../../../lib/filesystem/file_system.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import { SPREAD_BYTES } from "../../../lib/tree/target_opener.ts";
import type { TransferOptions } from "../../../lib/tree/options.ts";
import { FaultyMemory } from "../../support/file_systems/faulty_memory.ts";
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
  options: Partial<TransferOptions> = {},
): Promise<readonly string[]> {
  const observer = new RecordingObserver();
  await copyTree(
    { files: from, entries: [{ path: `/${name}` }] },
    { files: to, path: `/${name}`, mustBeDirectory: false },
    { options: transferOptions(options), observer },
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
  assertMatch(to.spread[0]!, /^\/\.a\.seacp-[a-z2-7]{6}$/);
  assertEquals(to.listing(), ['a = "new"', 'b = "new"']);
});

Deno.test("FileCopier: writes a large file in place where one connection carries it", async () => {
  const from = new TellingFileSystem();
  from.addTelling("/a", SPREAD_BYTES);
  const to = new MemoryFileSystem();
  to.addFile("/a", "");
  const identity = await to.identify("/a");
  assertEquals(await copy(from, to), []);
  assertEquals(await to.identify("/a"), identity);
});

Deno.test("FileCopier: replaces each file at last where that is asked for, behind a link too", async () => {
  const from = new MemoryFileSystem();
  from.addFile("/a", "new");
  const to = new MemoryFileSystem();
  to.addFile("/real", "older");
  await to.symlink("/a", "real");
  const identity = await to.identify("/real");
  assertEquals(await copy(from, to, "a", { isAtomic: true }), []);
  assertEquals(to.listing(), ["a -> real", 'real = "new"']);
  assert(await to.identify("/real") !== identity);
});

Deno.test("FileCopier: leaves the old file where a copy that replaces it fails", async () => {
  const from = new MemoryFileSystem();
  from.addFile("/a", "new");
  const to = new FaultyMemory({
    write: () => Promise.reject(new EntryError("/a: No space left on device")),
  });
  to.addFile("/a", "older");
  assertEquals(await copy(from, to, "a", { isAtomic: true }), [
    "/a: No space left on device",
  ]);
  assertEquals(to.listing(), ['a = "older"']);
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

/** A server of several connections, the first of which is lost with a small file. */
class LosingServer extends MemoryFileSystem {
  override keepsOrder: FileSystem["keepsOrder"] = "of a file";
  #isLost = false;

  readonly readWhole = async (path: string, buffer: Uint8Array) => {
    this.#lose();
    using file = await this.openToRead(path);
    return await file.read(buffer, 0);
  };

  readonly storeWhole = async (file: WholeFile, made: () => void) => {
    using stored = await this.createNew(file.path, file.mode);
    made();
    this.#lose();
    await stored.write(file.content, 0);
    return {};
  };

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    throw new LostFileError("lost connection");
  }
}

for (const side of ["source", "target"]) {
  Deno.test(`FileCopier: copies a small file in a new directory again whose connection of the ${side} was lost`, async () => {
    const from = side === "source"
      ? new LosingServer()
      : new MemoryFileSystem();
    const to = side === "target" ? new LosingServer() : new MemoryFileSystem();
    from.addDirectory("/a", 0o755);
    from.addFile("/a/f", "new");
    from.addFile("/a/g", "other");
    assertEquals(await copy(from, to), []);
    assertEquals(to.listing(), ["a/", 'a/f = "new"', 'a/g = "other"']);
  });
}
