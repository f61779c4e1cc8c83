import { assert, assertEquals } from "@std/assert";
import { EntryError, TooManyOpenError } from "../../../lib/errors.ts";
import type {
  FileSystem,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";
import { OpenEntries } from "../../../lib/tree/open_entries.ts";
import { SmallFileCopier } from "../../../lib/tree/small_file_copier.ts";
import type { TransferOptions } from "../../../lib/tree/options.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { FaultyMemory } from "../../support/file_systems/faulty_memory.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { turn } from "../../support/turn.ts";

/** A server that keeps order, whose answers to reads are held back. */
class HeldServer extends MemoryFileSystem {
  override keepsOrder: FileSystem["keepsOrder"] = "of all";
  readonly steps: string[] = [];
  readonly answered = Promise.withResolvers<void>();

  override async openToRead(path: string): Promise<OpenFile> {
    const file = await super.openToRead(path);
    return Object.assign(
      withFaults(file, {
        read: async (buffer, at) => {
          this.steps.push("read");
          const count = await file.read(buffer, at);
          await this.answered.promise;
          return count;
        },
      }),
      { [Symbol.dispose]: () => void this.steps.push("close") },
    );
  }
}

function copierOf(
  from: FileSystem,
  to: FileSystem,
  options: Partial<TransferOptions> = {},
  open = new OpenEntries(),
): SmallFileCopier {
  return new SmallFileCopier(from, to, transferOptions(options), {
    observer: new RecordingObserver(),
    open,
    verifier: undefined,
  });
}

async function sourceIn(files: FileSystem, path: string) {
  return { path, attributes: await files.stat(path) };
}

Deno.test("SmallFileCopier: reads and closes a server's file in one flight, and leaves its room then", async () => {
  const from = new HeldServer();
  from.addFile("/f", "abc");
  const to = new MemoryFileSystem();
  const source = await sourceIn(from, "/f");
  let hasLeft = false;
  const copying = copierOf(from, to).copy(source, "/g", () => hasLeft = true);
  await turn();
  assertEquals(from.steps.slice(0, 2), ["read", "close"]);
  assert(hasLeft);
  assertEquals(to.listing(), []);
  from.answered.resolve();
  assert(await copying);
  assertEquals(to.listing(), ['g = "abc"']);
});

Deno.test("SmallFileCopier: a directory that cannot be opened beside its files waits for them", async () => {
  const from = new HeldServer();
  from.addFile("/f", "abc");
  const source = await sourceIn(from, "/f");
  const open = new OpenEntries();
  const to = new MemoryFileSystem();
  const copying = copierOf(from, to, {}, open).copy(source, "/g", () => {});
  await turn();
  let isFull = true;
  const listing = open.list("/d", async () => {
    if (isFull) throw new TooManyOpenError("/d: Failure");
    return await from.readdir("/");
  });
  await turn();
  isFull = false;
  from.answered.resolve();
  assert(await copying);
  using _opened = await listing;
});

Deno.test("SmallFileCopier: makes nothing of a file that has another length by now", async () => {
  for (const content of ["ab", "abcd"]) {
    const from = new MemoryFileSystem();
    from.keepsOrder = "of all";
    from.addFile("/f", "abc");
    const source = await sourceIn(from, "/f");
    from.addFile("/f", content);
    const to = new MemoryFileSystem();
    assert(!await copierOf(from, to).copy(source, "/g", () => {}));
    assertEquals(to.listing(), []);
  }
});

Deno.test("SmallFileCopier: leaves alone what is there", async () => {
  const from = new MemoryFileSystem();
  from.addFile("/f", "abc");
  const to = new MemoryFileSystem();
  to.keepsOrder = "of all";
  to.addFile("/g", "old");
  const source = await sourceIn(from, "/f");
  assert(!await copierOf(from, to).copy(source, "/g", () => {}));
  assertEquals(to.listing(), ['g = "old"']);
});

Deno.test("SmallFileCopier: leaves an empty file where the disk is full, and tells so", async () => {
  const from = new MemoryFileSystem();
  from.addFile("/f", "abc");
  const to = new FaultyMemory({
    write: () => Promise.reject(new EntryError("/g: No space left on device")),
  });
  to.keepsOrder = "of all";
  const source = await sourceIn(from, "/f");
  const failure = await copierOf(from, to).copy(source, "/g", () => {})
    .catch((error) => error.message);
  assertEquals(failure, "/g: No space left on device");
  assertEquals(to.listing(), ['g = ""']);
});

Deno.test("SmallFileCopier: takes no file that has to be replaced in one step, is only planned or is larger than a block", async () => {
  const from = new MemoryFileSystem();
  from.addFile("/f", "abc");
  const to = new MemoryFileSystem();
  const source = await sourceIn(from, "/f");
  assert(!copierOf(from, to).takes(source));
  to.keepsOrder = "of a file";
  assert(copierOf(from, to).takes(source));
  assert(!copierOf(from, to, { isAtomic: true }).takes(source));
  assert(!copierOf(from, to, { dryRun: "seen" }).takes(source));
  const large = { ...source.attributes, size: 2 ** 30 };
  assert(!copierOf(from, to).takes({ path: "/f", attributes: large }));
});
