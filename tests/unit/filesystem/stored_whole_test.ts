import { assertEquals, assertRejects } from "@std/assert";
import { EntryError, SessionError } from "../../../lib/errors.ts";
import type {
  StoredWhole,
  WholeFile,
} from "../../../lib/filesystem/file_system.ts";
import type { StorePolicy } from "../../../lib/filesystem/store.ts";
import {
  type MadeWhole,
  storeWhole,
} from "../../../lib/filesystem/stored_whole.ts";
import { turn } from "../../support/turn.ts";
import { FaultyMemory } from "../../support/file_systems/faulty_memory.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import {
  PLAIN,
  PRESERVING,
  TIMES,
} from "../../support/file_systems/store_policies.ts";

const CONTENT = new TextEncoder().encode("new");

/** Stores a file, and gives what became of it and how often it was made. */
async function store(
  files: MemoryFileSystem,
  {
    mode = 0o644,
    policy = PLAIN,
    times = undefined as typeof TIMES | undefined,
  },
): Promise<{ stored: MadeWhole | undefined; made: number }> {
  let made = 0;
  const stored = await storeWhole(files, { path: "/f", mode }, policy, {
    content: CONTENT,
    times,
    made: () => made++,
  });
  return { stored, made };
}

/** File system that takes a whole file at once. */
class TakesWhole extends MemoryFileSystem {
  readonly taken: WholeFile[] = [];

  async storeWhole(file: WholeFile, made: () => void): Promise<StoredWhole> {
    this.taken.push(file);
    made();
    return {};
  }
}

Deno.test("storeWhole(): leaves all to a file system that takes whole files, with the mode that is missing", async () => {
  const files = new TakesWhole();
  const cases: [number, StorePolicy, typeof TIMES | undefined][] = [
    [0o400, PLAIN, TIMES],
    [0o600, PLAIN, undefined],
    [0o4755, PRESERVING, undefined],
  ];
  for (const [mode, policy, times] of cases) {
    const { stored, made } = await store(files, { mode, policy, times });
    assertEquals([stored, made], [{}, 1]);
  }
  assertEquals(
    files.taken.map(({ path, mode, content, attributes }) => [
      path,
      mode,
      content,
      attributes,
    ]),
    [
      ["/f", 0o400, CONTENT, { mode: undefined, times: TIMES }],
      ["/f", 0o600, CONTENT, { mode: undefined, times: undefined }],
      ["/f", 0o755, CONTENT, { mode: 0o4755, times: undefined }],
    ],
  );
  assertEquals(files.listing(), []);
});

Deno.test("storeWhole(): makes nothing where something is there, or cannot be made", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "theirs", 0o644);
  assertEquals(await store(files, {}), { stored: undefined, made: 0 });
  assertEquals(files.listing(), ['f = "theirs"']);
});

Deno.test("storeWhole(): closes a file only once it is written, where no order is kept", async () => {
  const steps: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const files = new FaultyMemory({
    write: async () => {
      await promise;
      steps.push("write");
    },
    close: async () => void steps.push("close"),
  });
  const done = store(files, {});
  await turn();
  assertEquals(steps, []);
  resolve();
  assertEquals(await done, { stored: { hash: undefined }, made: 1 });
  assertEquals(steps, ["write", "close"]);
});

Deno.test("storeWhole(): gives the failure to write before all others, and cuts the file", async () => {
  const cut: number[] = [];
  const failure = new EntryError("/f: No space left on device");
  const files = new FaultyMemory({
    write: () => Promise.reject(failure),
    truncate: async (size) => void cut.push(size),
    close: () => Promise.reject(new EntryError("/f: close: too late")),
  });
  assertEquals(await store(files, {}), { stored: { failure }, made: 1 });
  assertEquals(cut, [0]);
});

Deno.test("storeWhole(): gives a flaw of a file that was written, and throws a lost connection", async () => {
  const flaw = new EntryError("/f: close: no");
  for (const error of [flaw, new SessionError("lost connection")]) {
    const files = new FaultyMemory({ close: () => Promise.reject(error) });
    const done = store(files, {});
    if (error !== flaw) await assertRejects(() => done, SessionError);
    else {
      const stored = { flaw, hash: undefined };
      assertEquals(await done, { stored, made: 1 });
    }
  }
});

Deno.test("storeWhole(): tells the hash of what was written, where the file system does", async () => {
  const files = new FaultyMemory({ hashOfPassed: (size) => `hash of ${size}` });
  const { stored } = await store(files, {});
  assertEquals(stored, { hash: "hash of 3" });
});
