import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EntryError,
  NotCutError,
  ProtocolError,
  SessionError,
} from "../../../lib/errors.ts";
import type {
  Attributes,
  FileSystem,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";
import type { StorePolicy } from "../../../lib/filesystem/store.ts";
import { StoredFile } from "../../../lib/filesystem/stored_file.ts";
import { FaultyMemory } from "../../support/file_systems/faulty_memory.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import {
  ModeNotingFileSystem,
  octal,
  PLAIN,
  PRESERVING,
  TIMES,
  UMASK_UNKNOWN,
} from "../../support/file_systems/store_policies.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A disk where no file is made before a look at what is there. */
class LooksFirst extends MemoryFileSystem {
  override async create(): Promise<undefined> {}
}

/** Opens a file that is announced, in place of what is found. */
async function open(
  files: FileSystem,
  mode: number,
  policy: StorePolicy,
  path = "/f",
): Promise<StoredFile> {
  const replaced = await files.find(path);
  return await StoredFile.open(files, { path, mode, replaced }, policy);
}

/** Receives `text` as a whole file. */
async function store(
  files: FileSystem,
  announced: number,
  policy: StorePolicy,
  text = "new",
): Promise<void> {
  using stored = await open(files, announced, policy);
  await stored.file.write(bytes(text), 0);
  assertEquals(await stored.finish(text.length, undefined), undefined);
}

Deno.test("StoredFile.open(): leaves the content and the mode of what is there", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "old content", 0o640);
  for (const policy of [PLAIN, PRESERVING]) {
    using _stored = await open(files, 0o777, policy);
    assertEquals(files.textOf("/f"), "old content");
    assertEquals(octal(files.modeOf("/f")), "0640");
  }
});

Deno.test("StoredFile.open(): fails without a trace", async () => {
  const files = new MemoryFileSystem();
  files.addDirectory("/d", 0o750);
  const rows: readonly (readonly [string, string])[] = [
    ["/d", "Is a directory"],
    ["/missing/f", "No such file or directory"],
  ];
  for (const [path, reason] of rows) {
    const error = await assertRejects(
      () => open(files, 0o644, PRESERVING, path),
      EntryError,
    );
    assertEquals(error.message, `${path}: ${reason}`);
  }
  assertEquals(files.listing(), ["d/"]);
  assertEquals(octal(files.modeOf("/d")), "0750");
});

Deno.test("StoredFile.create(): refuses a directory even where the disk would open it to write, as Windows does", async () => {
  class OpensAll extends MemoryFileSystem {
    override async openToWrite(): Promise<OpenFile> {
      throw new Error("to be opened");
    }
  }
  const files = new OpensAll();
  files.addDirectory("/d");
  const error = await assertRejects(
    () => StoredFile.create(files, { path: "/d", mode: 0o644 }, PLAIN),
    EntryError,
  );
  assertEquals(error.message, "/d: Is a directory");
});

Deno.test("StoredFile.create(): makes a file, or opens what is there as it is", async () => {
  for (const files of [new MemoryFileSystem(), new LooksFirst()]) {
    files.addDirectory("/d");
    files.addFile("/old", "longer");
    await files.symlink("/link", "old");
    await files.symlink("/dangling", "d/far");
    for (const name of ["new", "old", "link", "dangling"]) {
      const place = { path: `/${name}`, mode: 0o644 };
      using stored = await StoredFile.create(files, place, PLAIN);
      await stored.file.write(bytes(name), 0);
      assertEquals(await stored.finish(name.length, undefined), undefined);
      assertEquals(files.textOf(`/${name}`), name);
    }
    const error = await assertRejects(
      () => StoredFile.create(files, { path: "/d", mode: 0o644 }, PLAIN),
      EntryError,
    );
    assertEquals(error.message, "/d: Is a directory");
    assertEquals(
      files.listing(),
      [
        "d/",
        'd/far = "dangling"',
        "dangling -> d/far",
        "link -> old",
        'new = "new"',
        'old = "link"',
      ].toSorted(),
    );
  }
});

Deno.test("StoredFile.createNew(): makes a file where nothing is, and tells that something is there", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "theirs");
  await files.symlink("/dangling", "nowhere");
  for (const path of ["/f", "/dangling"]) {
    const entry = { path, mode: 0o644 };
    assertEquals(await StoredFile.createNew(files, entry, PLAIN), undefined);
  }
  using stored = await StoredFile.createNew(
    files,
    { path: "/new", mode: 0o644 },
    PLAIN,
  );
  await stored!.file.write(bytes("ours"), 0);
  assertEquals(await stored!.finish(4, undefined), undefined);
  assertEquals(files.listing(), [
    "dangling -> nowhere",
    'f = "theirs"',
    'new = "ours"',
  ]);
  await assertRejects(
    () => StoredFile.createNew(files, { path: "/no/f", mode: 0o644 }, PLAIN),
    EntryError,
    "/no/f: No such file or directory",
  );
});

Deno.test("StoredFile.createNew(): leaves nothing of a file that does not arrive whole", async () => {
  const files = new MemoryFileSystem();
  const entry = { path: "/f", mode: 0o644 };
  using stored = await StoredFile.createNew(files, entry, PLAIN);
  await stored!.file.write(bytes("ou"), 0);
  await stored!.abandon(2);
  assertEquals(files.listing(), []);
});

Deno.test("abandon(): gives the path of a file that was to be removed, and is left", async () => {
  const files = new MemoryFileSystem();
  files.remove = () => Promise.reject(new EntryError("/f: no"));
  const entry = { path: "/f", mode: 0o644 };
  using stored = await StoredFile.createNew(files, entry, PLAIN);
  assertEquals(await stored!.abandon(0), "/f");
});

Deno.test("finish(): sets no mode that a new file has already", async () => {
  const set: string[] = [];
  const files = new FaultyMemory({
    setMode: async (mode) => void set.push(octal(mode)),
  });
  files.addFile("/old", "", 0o600);
  for (
    const [path, mode, expected] of [
      ["/a", 0o600, []],
      ["/b", 0o400, ["0400"]],
      ["/c", 0o4600, ["4600"]],
      ["/old", 0o600, ["0600"]],
    ] as const
  ) {
    using stored = await StoredFile.create(files, { path, mode }, PRESERVING);
    assertEquals(await stored.finish(0, undefined), undefined);
    assertEquals(set.splice(0), [...expected], path);
  }
});

Deno.test("finish(): cuts what is there to the length that arrived", async () => {
  const files = new MemoryFileSystem();
  for (const old of ["much longer", "new", "s", ""]) {
    files.addFile("/f", old);
    await store(files, 0o644, PLAIN);
    assertEquals(files.textOf("/f"), "new", old);
  }
  await store(files, 0o644, PLAIN, "");
  assertEquals(files.textOf("/f"), "");
});

Deno.test("finish(): gives a new file its mode, under the umask or preserved", async () => {
  const rows: readonly (readonly [
    announced: number,
    policy: Partial<StorePolicy>,
    expected: number,
  ])[] = [
    [0o644, {}, 0o600],
    [0o755, {}, 0o700],
    [0o444, {}, 0o400],
    [0o555, {}, 0o500],
    [0o000, {}, 0o000],
    [0o066, {}, 0o000],
    [0o4755, {}, 0o700],
    [0o6777, {}, 0o700],
    [0o1644, {}, 0o600],
    [0o4755, { umask: 0o077, modeBits: 0o777 }, 0o700],
    [0o666, { preserve: true }, 0o666],
    [0o444, { preserve: true }, 0o444],
    [0o000, { preserve: true }, 0o000],
    [0o4755, { preserve: true }, 0o4755],
    [0o4755, { preserve: true, modeBits: 0o777 }, 0o755],
    [0o6755, { preserve: true, modeBits: 0o777 }, 0o755],
    [0o7777, { preserve: true, modeBits: 0o777 }, 0o777],
  ];
  for (const [announced, policy, expected] of rows) {
    const files = new MemoryFileSystem();
    await store(files, announced, { ...PLAIN, ...policy });
    const row = `${octal(announced)} ${JSON.stringify(policy)}`;
    assertEquals(octal(files.modeOf("/f")), octal(expected), row);
  }
});

Deno.test("finish(): leaves the mode of what was there unless it is preserved", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "old", 0o640);
  for (const announced of [0o777, 0o444, 0o4755]) {
    await store(files, announced, PLAIN);
    assertEquals(octal(files.modeOf("/f")), "0640", octal(announced));
  }
  await store(files, 0o4711, { ...PRESERVING, modeBits: 0o777 });
  assertEquals(octal(files.modeOf("/f")), "0711");
  await store(files, 0o604, PRESERVING);
  assertEquals(octal(files.modeOf("/f")), "0604");
});

Deno.test("StoredFile: opens a new file to nobody that it was not announced to", async () => {
  for (const announced of [0o600, 0o400, 0o4700, 0o000]) {
    const files = new MemoryFileSystem();
    using _stored = await open(files, announced, PRESERVING);
    assertEquals(octal(files.modeOf("/f") & 0o7077), "0000", octal(announced));
  }
});

Deno.test("finish(): sets the times that it is given, none else", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "old");
  for (const policy of [PLAIN, PRESERVING]) {
    using stored = await open(files, 0o644, policy);
    await stored.file.write(bytes("new"), 0);
    assertEquals(await stored.finish(3, TIMES), undefined);
    const { modified, accessed } = await files.stat("/f");
    assertEquals({ modified, accessed }, TIMES);
  }
  await store(files, 0o644, PRESERVING);
  assert((await files.stat("/f")).modified > TIMES.modified);
});

Deno.test("finish() and abandon(): change nothing of a device but its times", async () => {
  const device: Attributes = {
    kind: "other",
    size: 0,
    mode: 0o666,
    modified: 0,
    accessed: 0,
  };
  for (const policy of [PLAIN, PRESERVING]) {
    const changes: string[] = [];
    const files = new FaultyMemory({
      truncate: async (size) => void changes.push(`truncate ${size}`),
      setMode: async (mode) => void changes.push(`mode ${octal(mode)}`),
      setTimes: async ({ modified }) => void changes.push(`times ${modified}`),
    });
    files.find = async () => device;
    using stored = await open(files, 0o600, policy);
    assertEquals(await stored.finish(3, TIMES), undefined);
    await stored.abandon(1);
    assertEquals(changes, ["times 1000000000000"]);
  }
});

Deno.test("finish(): gives the first failure and takes the other steps all the same", async () => {
  const done: string[] = [];
  const fail = (what: string) => async (): Promise<void> => {
    done.push(what);
    throw new EntryError(`f: ${what}: injected`);
  };
  const files = new FaultyMemory({
    truncate: fail("truncate"),
    setMode: fail("set mode"),
    setTimes: fail("set times"),
  });
  files.addFile("/f", "old");
  using stored = await open(files, 0o644, PRESERVING);
  const failure = await stored.finish(3, TIMES);
  assertEquals(failure?.message, "f: truncate: injected");
  assertEquals(done, ["truncate", "set mode", "set times"]);
});

Deno.test("finish() and abandon(): swallow no fault but an entry's", async () => {
  const files = new FaultyMemory({
    truncate: () => Promise.reject(new RangeError("injected")),
  });
  files.addFile("/f", "old");
  using stored = await open(files, 0o644, PLAIN);
  await assertRejects(() => stored.finish(3, TIMES), RangeError, "injected");
  await assertRejects(() => stored.abandon(1), RangeError, "injected");
});

Deno.test("finish(): closes the file after all else, and gives that failure", async () => {
  const steps: string[] = [];
  const note = (step: string) => async () => void steps.push(step);
  const files = new FaultyMemory({
    truncate: note("truncate"),
    setMode: note("set mode"),
    setTimes: note("set times"),
    close: async () => {
      steps.push("close");
      throw new EntryError("f: close: No space left on device");
    },
  });
  files.addFile("/f", "longer");
  using stored = await open(files, 0o644, PRESERVING);
  assertEquals(steps, []);
  const failure = await stored.finish(3, TIMES);
  assertEquals(failure?.message, "f: close: No space left on device");
  assertEquals(steps, ["truncate", "set mode", "set times", "close"]);
});

Deno.test("finish(): finds out that the file was replaced while it was written", async () => {
  for (const replacement of [undefined, "other"]) {
    const files = new MemoryFileSystem();
    using stored = await open(files, 0o644, PRESERVING);
    await files.remove("/f");
    if (replacement !== undefined) files.addFile("/f", replacement);
    const failure = await stored.finish(0, TIMES);
    assertEquals(
      failure?.message,
      "/f: it was removed or replaced while it was written",
    );
    assertEquals(
      files.listing(),
      replacement === undefined ? [] : ['f = "other"'],
    );
  }
});

Deno.test("abandon(): leaves nothing older behind what arrived", async () => {
  for (const old of ["much longer", "x", undefined]) {
    const files = new MemoryFileSystem();
    if (old !== undefined) files.addFile("/f", old);
    using stored = await open(files, 0o644, PLAIN);
    await stored.file.write(bytes("half"), 0);
    await stored.abandon(4);
    assertEquals(files.textOf("/f"), "half", old);
  }
});

Deno.test("abandon(): empties a file of which nothing arrived", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "old");
  using stored = await open(files, 0o644, PRESERVING);
  await stored.abandon(0);
  assertEquals(files.listing(), ['f = ""']);
});

Deno.test("abandon(): is silent about a file that cannot be cut, or reached", async () => {
  for (const Kind of [EntryError, SessionError, ProtocolError]) {
    const files = new FaultyMemory({
      truncate: () => Promise.reject(new Kind("injected")),
    });
    using stored = await open(files, 0o644, PLAIN);
    await stored.abandon(0);
  }
});

Deno.test("discard(): removes a file that is new, and cuts all else", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/old", "longer");
  await files.symlink("/dangling", "far");
  for (const path of ["/new", "/old", "/dangling"]) {
    const place = { path, mode: 0o644 };
    using stored = await StoredFile.create(files, place, PLAIN);
    await stored.file.write(bytes("ab"), 0);
    await stored.discard(2);
  }
  assertEquals(files.listing(), [
    "dangling -> far",
    'far = "ab"',
    'old = "ab"',
  ]);
});

Deno.test("prepare(): empties a longer file that the server did not cut", async () => {
  /** A server empties what is opened with nothing known to be there. */
  class Emptying extends FaultyMemory {
    override async openToWrite(
      path: string,
      mode: number,
      replaced?: Attributes,
    ): Promise<OpenFile> {
      if (replaced === undefined) this.addFile(path, "");
      return await super.openToWrite(path, mode);
    }
  }
  const asked: number[] = [];
  const files = new Emptying({
    shorten: async (size) => {
      asked.push(size);
      throw new NotCutError("f: it is longer still");
    },
  });
  files.addFile("/f", "longer");
  using stored = await open(files, 0o644, PLAIN);
  await stored.prepare(3);
  assertEquals(asked, [3]);
  assertEquals(files.textOf("/f"), "");
});

Deno.test("prepare(): shortens no new file", async () => {
  const asked: number[] = [];
  const files = new FaultyMemory({
    shorten: async (size) => void asked.push(size),
  });
  using stored = await open(files, 0o644, PLAIN);
  await stored.prepare(3);
  assertEquals(asked, []);
});

Deno.test("prepare(): fails where the server neither cuts nor empties the file", async () => {
  const files = new FaultyMemory({
    shorten: () => Promise.reject(new NotCutError("f: it is longer still")),
  });
  files.addFile("/f", "longer");
  using stored = await open(files, 0o644, PLAIN);
  const error = await assertRejects(() => stored.prepare(3), EntryError);
  assertEquals(
    error.message,
    "/f: truncate: the server neither cuts nor empties it",
  );
});

Deno.test("StoredFile: where the umask is unknown, opens a new file with its mode and sets none", async () => {
  const rows: readonly (readonly [
    announced: number,
    opened: number,
    expected: number,
  ])[] = [
    [0o644, 0o644, 0o600],
    [0o444, 0o444, 0o400],
    [0o066, 0o066, 0o000],
    [0o000, 0o000, 0o000],
    [0o4755, 0o755, 0o700],
    [0o6555, 0o555, 0o500],
    [0o1644, 0o644, 0o600],
  ];
  for (const [announced, opened, expected] of rows) {
    const files = new ModeNotingFileSystem();
    await store(files, announced, UMASK_UNKNOWN);
    assertEquals(files.modes, [`open ${octal(opened)}`], octal(announced));
    assertEquals(octal(files.modeOf("/f")), octal(expected), octal(announced));
    assertEquals(files.listing(), ['f = "new"']);
  }
});

Deno.test("StoredFile: where the umask is unknown, leaves the mode of a file that is there", async () => {
  const files = new ModeNotingFileSystem();
  files.addFile("/f", "longer", 0o640);
  for (const announced of [0o777, 0o444]) {
    await store(files, announced, UMASK_UNKNOWN);
    assertEquals(octal(files.modeOf("/f")), "0640", octal(announced));
  }
  assertEquals(files.modes, ["open 0777", "open 0444"]);
  assertEquals(files.listing(), ['f = "new"']);
});

Deno.test("StoredFile: where the umask is unknown, sets a mode that is preserved whole", async () => {
  for (const announced of [0o644, 0o444, 0o4777]) {
    const files = new ModeNotingFileSystem();
    await store(files, announced, { ...UMASK_UNKNOWN, preserve: true });
    assertEquals(files.modes.at(-1), `set ${octal(announced)}`);
    assertEquals(octal(files.modeOf("/f")), octal(announced));
  }
});
