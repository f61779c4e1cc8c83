import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertRejects } from "@std/assert";
import {
  EntryError,
  SessionError,
  TooManyOpenError,
} from "../../../lib/errors.ts";
import { ReplacedFile } from "../../../lib/filesystem/replaced_file.ts";
import type { StorePolicy } from "../../../lib/filesystem/store.ts";
import { FaultyMemory } from "../../support/file_systems/faulty_memory.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import {
  octal,
  PLAIN,
  PRESERVING,
  TIMES,
  UMASK_UNKNOWN,
} from "../../support/file_systems/store_policies.ts";

const NEW = new TextEncoder().encode("new");

async function open(
  files: MemoryFileSystem,
  { mode = 0o644, policy = PLAIN, path = "/f" }: {
    mode?: number;
    policy?: StorePolicy;
    path?: string;
  } = {},
): Promise<ReplacedFile | undefined> {
  const replaced = await files.find(path);
  return await ReplacedFile.open(files, { path, mode, replaced }, policy);
}

Deno.test("ReplacedFile: leaves the old file as it is until the new one is whole", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "old", 0o640);
  using received = (await open(files))!;
  await received.file.write(NEW, 0);
  const [temporary, old] = files.listing();
  assertMatch(temporary!, /^\.f\.[a-z2-7]{6} = "new"$/);
  assertEquals(old, 'f = "old"');
  assertEquals(files.modeOf(`/${temporary!.split(" ")[0]}`), 0o600);
  assertEquals(await received.finish(3, undefined), undefined);
  assertEquals(files.listing(), ['f = "new"']);
  assertEquals(files.modeOf("/f"), 0o640);
});

/** Old mode or none, policy, announced mode, and the mode at last; umask 022. */
const MODES: readonly (readonly [
  number | undefined,
  StorePolicy,
  number,
  number,
])[] = [
  [0o604, PLAIN, 0o755, 0o604],
  [0o4604, PLAIN, 0o755, 0o604],
  [0o444, UMASK_UNKNOWN, 0o755, 0o444],
  [0o604, PRESERVING, 0o755, 0o755],
  [undefined, PLAIN, 0o755, 0o700],
  [undefined, PLAIN, 0o455, 0o400],
  [undefined, PRESERVING, 0o466, 0o466],
  [undefined, UMASK_UNKNOWN, 0o666, 0o644],
];

Deno.test("ReplacedFile: keeps the old mode, or takes the announced one as any file does", async () => {
  for (const [old, policy, mode, expected] of MODES) {
    const files = new MemoryFileSystem();
    if (old !== undefined) files.addFile("/f", "old", old);
    using received = (await open(files, { mode, policy }))!;
    assertEquals(await received.finish(0, undefined), undefined);
    assertEquals(octal(files.modeOf("/f")), octal(expected));
  }
});

Deno.test("ReplacedFile: sets times", async () => {
  const files = new MemoryFileSystem();
  using received = (await open(files, { policy: PRESERVING }))!;
  assertEquals(await received.finish(0, TIMES), undefined);
  assertEquals((await files.stat("/f")).modified, TIMES.modified);
});

Deno.test("ReplacedFile: removes what did not arrive whole", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "old");
  using received = (await open(files))!;
  await received.file.write(NEW, 0);
  assertEquals(await received.abandon(), undefined);
  assertEquals(files.listing(), ['f = "old"']);
});

Deno.test("ReplacedFile: gives the path of a file that is out of reach", async () => {
  const files = new class extends MemoryFileSystem {
    override async remove(): Promise<never> {
      throw new SessionError("lost connection");
    }
  }();
  using received = (await open(files))!;
  const left = await received.abandon();
  assertMatch(left!, /^\/\.f\.[a-z2-7]{6}$/);
});

Deno.test("ReplacedFile: keeps the old file where the new one cannot be closed or put in place", async () => {
  const unclosable = new FaultyMemory({
    close: () => Promise.reject(new EntryError("no space")),
  });
  const unmovable = new class extends MemoryFileSystem {
    override async replace(): Promise<never> {
      throw new EntryError("no space");
    }
  }();
  for (const files of [unclosable, unmovable]) {
    files.addFile("/f", "old");
    using received = (await open(files))!;
    const failure = await received.finish(0, undefined);
    assertEquals(failure?.message, "no space");
    assertEquals(files.listing(), ['f = "old"']);
  }
});

Deno.test("ReplacedFile: puts a file in place whose times cannot be set, and gives the failure", async () => {
  const files = new FaultyMemory({
    setTimes: () => Promise.reject(new EntryError("no times")),
  });
  using received = (await open(files))!;
  const failure = await received.finish(0, TIMES);
  assertEquals(failure?.message, "no times");
  assertEquals(files.listing(), ['f = ""']);
});

Deno.test("ReplacedFile.open(): gives nothing where a file has to be written in place", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/real", "old");
  await files.symlink("/link", "real");
  await files.symlink("/dangling", "nothing");
  files.addDirectory("/d");
  for (const path of ["/link", "/dangling", "/d", "/d/", "/missing/f", "/"]) {
    assertEquals(await open(files, { path }), undefined, path);
  }
  const refusing = new class extends MemoryFileSystem {
    override async createNew(): Promise<never> {
      throw new EntryError("Permission denied");
    }
  }();
  assertEquals(await open(refusing), undefined);
});

Deno.test("ReplacedFile.open(): throws where too many files are open", async () => {
  const files = new class extends MemoryFileSystem {
    override async createNew(): Promise<never> {
      throw new TooManyOpenError("too many");
    }
  }();
  await assertRejects(() => open(files), TooManyOpenError);
});

Deno.test("ReplacedFile.open(): cuts a long name between characters", async () => {
  const files = new MemoryFileSystem();
  for (const name of ["x".repeat(255), "é".repeat(127), "😀".repeat(63)]) {
    using received = (await open(files, { path: `/${name}` }))!;
    const [line] = files.listing();
    const temporary = line!.split(" ")[0]!;
    const { length } = new TextEncoder().encode(temporary);
    assert(length <= 255 && length > 250, temporary);
    assert(temporary.isWellFormed());
    await received.abandon();
  }
});
