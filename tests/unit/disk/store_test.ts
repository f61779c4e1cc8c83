import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EntryError,
  ProtocolError,
  SessionError,
} from "../../../lib/errors.ts";
import type {
  Attributes,
  FileSystem,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { StorePolicy } from "../../../lib/filesystem/store.ts";
import { StoredFile } from "../../../lib/filesystem/stored_file.ts";
import { StoredDirectory } from "../../../lib/filesystem/stored_directory.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { FaultyFileSystem } from "../../support/file_systems/faulty_file_system.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { LooksFirst } from "../../support/file_systems/looks_first.ts";
import { keptMode, onWindows } from "../../support/platform.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

const files = new LocalFileSystem();
/** Under a umask as strict as any this process may have. */
const plain: StorePolicy = { preserve: false, umask: 0o077, modeBits: 0o7777 };
const preserving: StorePolicy = { ...plain, preserve: true };

/** Modes pass under a umask of the system that stores. */
const unknown: StorePolicy = { preserve: false, modeBits: 0o7777 };

const times = { modified: 1_000_000_000_000, accessed: 1_000_000_001_000 };

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o7777;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** Opens a file for what is announced, in place of what is found. */
async function openFile(
  path: string,
  mode: number,
  policy: StorePolicy,
  disk: FileSystem = files,
): Promise<StoredFile> {
  const replaced = await disk.find(path);
  return await StoredFile.open(disk, { path, mode, replaced }, policy);
}

/** The same for a directory. */
async function enterDirectory(
  path: string,
  mode: number,
  policy: StorePolicy,
  disk: FileSystem = files,
): Promise<StoredDirectory> {
  const replaced = await disk.find(path);
  return await StoredDirectory.enter(disk, { path, mode, replaced }, policy);
}

/** Receives `text` as a whole file. */
async function store(
  path: string,
  announced: number,
  policy: StorePolicy,
  text = "new",
): Promise<void> {
  using stored = await openFile(path, announced, policy);
  await stored.file.write(bytes(text), 0);
  assertEquals(await stored.finish(text.length, undefined), undefined);
}

/** A place whose one entry is `found`, and that notes each change to it. */
class NotingFiles extends FaultyFileSystem {
  readonly #found: Attributes;

  constructor(found: Attributes, changes: string[]) {
    super({
      truncate: async (size) => void changes.push(`truncate ${size}`),
      setMode: async (mode) => void changes.push(`mode ${octal(mode)}`),
      setTimes: async ({ modified }) => void changes.push(`times ${modified}`),
    });
    this.#found = found;
  }

  override async find(): Promise<Attributes | undefined> {
    return this.#found;
  }
}

Deno.test("StoredFile.open() leaves the content of what is there", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{
    path: "f",
    content: "old content",
    mode: 0o640,
  }]);
  const path = `${directory.path}/f`;
  for (const policy of [plain, preserving]) {
    using _stored = await openFile(path, 0o777, policy);
    assertEquals(Deno.readTextFileSync(path), "old content");
    assertEquals(modeOf(path), keptMode(0o640));
  }
});

Deno.test("StoredFile.open() fails without a trace", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/", mode: 0o750 }]);
  const rows: readonly (readonly [string, string])[] = [
    ["d", "Is a directory"],
    ["missing/f", "No such file or directory"],
  ];
  for (const [name, reason] of rows) {
    const path = `${directory.path}/${name}`;
    const error = await assertRejects(
      () => openFile(path, 0o644, preserving),
      EntryError,
    );
    assertEquals(error.message, `${path}: ${reason}`);
  }
  assertEquals(listing(directory.path), ["d/"]);
  assertEquals(modeOf(`${directory.path}/d`), keptMode(0o750));
});

Deno.test("StoredFile.create() takes no directory for a file where the disk opens it to write, as Windows does", async () => {
  class OpensAll extends LocalFileSystem {
    override async openToWrite(): Promise<OpenFile> {
      throw new Error("to be opened");
    }
  }
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/" }]);
  const path = `${directory.path}/d`;
  const error = await assertRejects(
    () => StoredFile.create(new OpensAll(), { path, mode: 0o644 }, plain),
    EntryError,
  );
  assertEquals(error.message, `${path}: Is a directory`);
});

Deno.test("StoredFile.create() makes a file, or opens what is there as it is", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "old", content: "longer" }, {
    path: "d/",
  }]);
  const names = ["new", "old"];
  if (!onWindows) {
    Deno.symlinkSync("old", `${directory.path}/link`);
    Deno.symlinkSync("d/far", `${directory.path}/dangling`);
    names.push("link", "dangling");
  }
  for (const disk of [files, new LooksFirst()]) {
    for (const name of names) {
      const path = `${directory.path}/${name}`;
      using stored = await StoredFile.create(
        disk,
        { path, mode: 0o644 },
        plain,
      );
      await stored.file.write(bytes(name), 0);
      assertEquals(await stored.finish(name.length, undefined), undefined);
      assertEquals(Deno.readTextFileSync(path), name);
    }
    const path = `${directory.path}/d`;
    const error = await assertRejects(
      () => StoredFile.create(disk, { path, mode: 0o644 }, plain),
      EntryError,
    );
    assertEquals(error.message, `${path}: Is a directory`);
    Deno.removeSync(`${directory.path}/new`);
  }
  const left = ["d/", "old"];
  if (!onWindows) left.push("dangling -> d/far", "link -> old");
  assertEquals(
    listing(directory.path).map((line) => line.replace(/ = .*/, "")),
    onWindows ? left : ["d/", "d/far", ...left.slice(1)].toSorted(),
  );
});

Deno.test("finish() sets no mode that a new file has already", {
  ignore: onWindows,
}, async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "old", content: "", mode: 0o600 }]);
  const set: string[] = [];
  const noting = new FaultyFileSystem({
    setMode: async (mode) => void set.push(octal(mode)),
  });
  for (
    const [name, mode, expected] of [
      ["a", 0o600, []],
      ["b", 0o400, ["0400"]],
      ["c", 0o4600, ["4600"]],
      ["old", 0o600, ["0600"]],
    ] as const
  ) {
    const path = `${directory.path}/${name}`;
    using stored = await StoredFile.create(noting, { path, mode }, preserving);
    assertEquals(await stored.finish(0, undefined), undefined);
    assertEquals(set.splice(0), [...expected], name);
  }
});

Deno.test("finish() cuts what is there to the length that arrived", async () => {
  using directory = new TempDirectory();
  const path = `${directory.path}/f`;
  for (const old of ["much longer", "new", "s", ""]) {
    Deno.writeTextFileSync(path, old);
    await store(path, 0o644, plain);
    assertEquals(Deno.readTextFileSync(path), "new", old);
  }
  await store(path, 0o644, plain, "");
  assertEquals(Deno.readTextFileSync(path), "");
});

Deno.test("finish() gives a new file its mode, under the umask or preserved", {
  ignore: onWindows,
}, async () => {
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
    using directory = new TempDirectory();
    const path = `${directory.path}/f`;
    await store(path, announced, { ...plain, ...policy });
    assertEquals(
      octal(modeOf(path)),
      octal(expected),
      `${octal(announced)} ${JSON.stringify(policy)}`,
    );
  }
});

Deno.test("finish() leaves the mode of what was there unless it is preserved", {
  ignore: onWindows,
}, async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "old", mode: 0o640 }]);
  const path = `${directory.path}/f`;
  for (const announced of [0o777, 0o444, 0o4755]) {
    await store(path, announced, plain);
    assertEquals(octal(modeOf(path)), "0640", octal(announced));
  }
  await store(path, 0o4711, { ...preserving, modeBits: 0o777 });
  assertEquals(octal(modeOf(path)), "0711");
  await store(path, 0o604, preserving);
  assertEquals(octal(modeOf(path)), "0604");
});

Deno.test("a new file is never open to more than it was announced with", {
  ignore: onWindows,
}, async () => {
  for (const announced of [0o600, 0o400, 0o4700, 0o000]) {
    using directory = new TempDirectory();
    const path = `${directory.path}/f`;
    using _stored = await openFile(path, announced, preserving);
    assertEquals(octal(modeOf(path) & 0o7077), "0000", octal(announced));
  }
});

Deno.test("finish() sets the times it is given, none else", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "old", modified: 5 }]);
  const path = `${directory.path}/f`;
  for (const policy of [plain, preserving]) {
    using stored = await openFile(path, 0o644, policy);
    await stored.file.write(bytes("new"), 0);
    assertEquals(await stored.finish(3, times), undefined);
    const { mtime, atime } = Deno.statSync(path);
    assertEquals(mtime?.getTime(), times.modified);
    assertEquals(atime?.getTime(), times.accessed);
  }
  await store(path, 0o644, preserving);
  assert(Deno.statSync(path).mtime!.getTime() > times.modified);
});

Deno.test("finish() and abandon() touch nothing of a device but its times", async () => {
  using directory = new TempDirectory();
  const device: Attributes = {
    kind: "other",
    size: 0,
    mode: 0o666,
    modified: 0,
    accessed: 0,
  };
  for (const policy of [plain, preserving]) {
    const changes: string[] = [];
    const noting = new NotingFiles(device, changes);
    const path = `${directory.path}/f`;
    using stored = await openFile(path, 0o600, policy, noting);
    assertEquals(await stored.finish(3, times), undefined);
    await stored.abandon(1);
    assertEquals(changes, ["times 1000000000000"]);
  }
});

Deno.test("a copy into /dev/null succeeds", { ignore: onWindows }, async () => {
  const before = await files.stat("/dev/null");
  for (const policy of [plain, preserving]) {
    // The mode it has already: a mistake here would harm the machine.
    await store("/dev/null", before.mode, policy);
  }
  const after = await files.stat("/dev/null");
  assertEquals([after.kind, after.mode], ["other", before.mode]);
});

Deno.test("finish() gives the first failure and does the rest all the same", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "old" }]);
  const done: string[] = [];
  const fail = (what: string) => async (): Promise<void> => {
    done.push(what);
    throw new EntryError(`f: ${what}: injected`);
  };
  const faulty = new FaultyFileSystem({
    truncate: fail("truncate"),
    setMode: fail("set mode"),
    setTimes: fail("set times"),
  });
  const path = `${directory.path}/f`;
  using stored = await openFile(path, 0o644, preserving, faulty);
  const failure = await stored.finish(3, times);
  assertEquals(failure?.message, "f: truncate: injected");
  assertEquals(done, ["truncate", "set mode", "set times"]);
});

Deno.test("finish() and abandon() do not swallow what is no entry's fault", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "old" }]);
  const truncate: OpenFile["truncate"] = () =>
    Promise.reject(new RangeError("injected"));
  const faulty = new FaultyFileSystem({ truncate });
  const path = `${directory.path}/f`;
  using stored = await openFile(path, 0o644, plain, faulty);
  await assertRejects(() => stored.finish(3, times), RangeError, "injected");
  await assertRejects(() => stored.abandon(1), RangeError, "injected");
});

Deno.test("abandon() leaves nothing older behind what arrived", async () => {
  using directory = new TempDirectory();
  const path = `${directory.path}/f`;
  for (const old of ["much longer", "x", undefined]) {
    if (old === undefined) Deno.removeSync(path);
    else Deno.writeTextFileSync(path, old);
    using stored = await openFile(path, 0o644, plain);
    await stored.file.write(bytes("half"), 0);
    await stored.abandon(4);
    assertEquals(Deno.readTextFileSync(path), "half", old);
  }
});

Deno.test("abandon() empties a file of which nothing arrived", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "old" }]);
  using stored = await openFile(`${directory.path}/f`, 0o644, preserving);
  await stored.abandon(0);
  assertEquals(listing(directory.path), ['f = ""']);
});

Deno.test("abandon() is silent about a file that cannot be cut", async () => {
  using directory = new TempDirectory();
  const faulty = new FaultyFileSystem({
    truncate: () => Promise.reject(new EntryError("f: truncate: injected")),
  });
  const path = `${directory.path}/f`;
  using stored = await openFile(path, 0o644, plain, faulty);
  await stored.abandon(0);
});

Deno.test("abandon() is silent about a file that is out of reach", async () => {
  using directory = new TempDirectory();
  for (const Kind of [SessionError, ProtocolError]) {
    const faulty = new FaultyFileSystem({
      truncate: () => Promise.reject(new Kind("lost connection")),
    });
    const path = `${directory.path}/f`;
    using stored = await openFile(path, 0o644, plain, faulty);
    await stored.abandon(0);
  }
});

Deno.test(
  "StoredDirectory keeps a new directory open to its owner until it is left",
  {
    ignore: onWindows,
  },
  async () => {
    const rows: readonly (readonly [
      announced: number,
      policy: Partial<StorePolicy>,
      whileOpen: number,
      afterwards: number,
    ])[] = [
      [0o755, {}, 0o700, 0o700],
      [0o555, {}, 0o700, 0o500],
      [0o000, {}, 0o700, 0o000],
      [0o2755, {}, 0o700, 0o700],
      [0o4755, {}, 0o700, 0o700],
      [0o555, { preserve: true }, 0o700, 0o555],
      [0o500, { preserve: true }, 0o700, 0o500],
      [0o2755, { preserve: true, modeBits: 0o777 }, 0o700, 0o755],
      [0o4555, { preserve: true, modeBits: 0o777 }, 0o700, 0o555],
    ];
    for (const [announced, policy, whileOpen, afterwards] of rows) {
      using directory = new TempDirectory();
      const path = `${directory.path}/d`;
      const row = `${octal(announced)} ${JSON.stringify(policy)}`;
      const stored = await enterDirectory(path, announced, {
        ...plain,
        ...policy,
      });
      assertEquals(octal(modeOf(path) & 0o7700), octal(whileOpen), row);
      await store(`${path}/f`, 0o644, plain);
      await stored.leave(undefined);
      assertEquals(octal(modeOf(path)), octal(afterwards), row);
    }
  },
);

Deno.test("StoredDirectory is never open to more than it was announced with", {
  ignore: onWindows,
}, async () => {
  for (const policy of [plain, preserving]) {
    using directory = new TempDirectory();
    const path = `${directory.path}/d`;
    await enterDirectory(path, 0o700, policy);
    assertEquals(octal(modeOf(path)), "0700");
    await enterDirectory(path, 0o500, policy);
    assertEquals(octal(modeOf(path)), "0700");
  }
});

Deno.test("StoredDirectory leaves the mode of a directory that was there", {
  ignore: onWindows,
}, async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/old", content: "" }]);
  const path = `${directory.path}/d`;
  Deno.chmodSync(path, 0o751);
  for (const announced of [0o777, 0o500, 0o2755]) {
    const stored = await enterDirectory(path, announced, plain);
    assertEquals(octal(modeOf(path)), "0751", octal(announced));
    await stored.leave(undefined);
    assertEquals(octal(modeOf(path)), "0751", octal(announced));
  }
  assertEquals(listing(directory.path), ["d/", 'd/old = ""']);
});

Deno.test(
  "StoredDirectory fills a read-only directory that was there if modes are preserved",
  {
    ignore: onWindows,
  },
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "d/", mode: 0o555 }]);
    const path = `${directory.path}/d`;
    const stored = await enterDirectory(path, 0o555, preserving);
    assertEquals(octal(modeOf(path)), "0755");
    await store(`${path}/f`, 0o644, preserving);
    await stored.leave(times);
    assertEquals(octal(modeOf(path)), "0555");
    assertEquals(listing(directory.path), ["d/", 'd/f = "new"']);
    assertEquals(Deno.statSync(path).mtime?.getTime(), times.modified);
  },
);

Deno.test(
  "StoredDirectory keeps the set-group-ID bit that a new directory inherits",
  {
    ignore: Deno.build.os !== "linux",
  },
  async () => {
    const rows: readonly (readonly [
      announced: number,
      policy: StorePolicy,
      expected: number,
    ])[] = [
      [0o755, plain, 0o2700],
      [0o555, plain, 0o2500],
      [0o1777, plain, 0o3700],
      [0o755, preserving, 0o2755],
      [0o555, preserving, 0o2555],
      [0o755, unknown, 0o2755],
      [0o555, unknown, 0o2555],
      [0o755, { ...unknown, preserve: true }, 0o2755],
    ];
    for (const [announced, policy, expected] of rows) {
      using directory = new TempDirectory();
      Deno.chmodSync(directory.path, 0o2775);
      const path = `${directory.path}/d`;
      const row = `${octal(announced)} ${JSON.stringify(policy)}`;
      const stored = await enterDirectory(path, announced, policy);
      assertEquals(await stored.leave(times), undefined, row);
      assertEquals(octal(modeOf(path)), octal(expected), row);
    }
  },
);

Deno.test(
  "StoredDirectory looks at no directory and sets no mode that is right as it was made",
  {
    ignore: onWindows,
  },
  async () => {
    using directory = new TempDirectory();
    const disk = new UmaskedFiles();
    let looks = 0;
    disk.stat = (path) => {
      looks++;
      return files.stat(path);
    };
    for (const [name, policy] of [["a", plain], ["b", unknown]] as const) {
      const stored = await StoredDirectory.enter(disk, {
        path: `${directory.path}/${name}`,
        mode: 0o755,
        replaced: undefined,
      }, policy);
      assertEquals(await stored.leave(undefined), undefined);
    }
    assertEquals(disk.modes, ["make 0700", "make 0755"]);
    assertEquals(looks, 0);
  },
);

Deno.test("StoredDirectory sets the times it is given when it is left", async () => {
  using directory = new TempDirectory();
  for (const [name, policy] of [["a", plain], ["b", preserving]] as const) {
    const path = `${directory.path}/${name}`;
    const stored = await enterDirectory(path, 0o755, policy);
    await store(`${path}/f`, 0o644, policy);
    await stored.leave(times);
    assertEquals(Deno.statSync(path).mtime?.getTime(), times.modified, name);
  }
});

Deno.test("StoredDirectory.enter() refuses where something else is", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "kept", mode: 0o640 }]);
  const path = `${directory.path}/f`;
  for (const policy of [plain, preserving]) {
    const error = await assertRejects(
      () => enterDirectory(path, 0o777, policy),
      EntryError,
    );
    assertEquals(error.message, `${path}: Not a directory`);
  }
  assertEquals(listing(directory.path), ['f = "kept"']);
  assertEquals(modeOf(path), keptMode(0o640));
});

Deno.test("StoredDirectory.enter() makes no directory on the way", async () => {
  using directory = new TempDirectory();
  const path = `${directory.path}/missing/d`;
  const error = await assertRejects(
    () => enterDirectory(path, 0o755, plain),
    EntryError,
  );
  assertEquals(error.message, `${path}: No such file or directory`);
  assertEquals(listing(directory.path), []);
});

/** A system with a umask of its own, 0o077; notes the modes it is told. */
class UmaskedFiles extends LocalFileSystem {
  readonly modes: string[] = [];

  override async openToWrite(path: string, mode: number): Promise<OpenFile> {
    this.modes.push(`open ${octal(mode)}`);
    const file = await super.openToWrite(path, mode & ~0o077);
    return withFaults(file, {
      setMode: async (mode) => {
        this.modes.push(`set ${octal(mode)}`);
        await file.setMode(mode);
      },
    });
  }

  override async mkdir(path: string, mode: number): Promise<void> {
    this.modes.push(`make ${octal(mode)}`);
    await super.mkdir(path, mode & ~0o077);
  }

  override async setMode(path: string, mode: number): Promise<void> {
    this.modes.push(`set ${octal(mode)}`);
    await super.setMode(path, mode);
  }
}

Deno.test(
  "Where nobody knows the umask, a new file is opened with its mode, and that is all",
  {
    ignore: onWindows,
  },
  async () => {
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
      using directory = new TempDirectory();
      const path = `${directory.path}/f`;
      const disk = new UmaskedFiles();
      using stored = await openFile(path, announced, unknown, disk);
      await stored.file.write(bytes("new"), 0);
      assertEquals(await stored.finish(3, undefined), undefined);
      assertEquals(disk.modes, [`open ${octal(opened)}`], octal(announced));
      assertEquals(octal(modeOf(path)), octal(expected), octal(announced));
      if ((expected & 0o400) !== 0) {
        assertEquals(listing(directory.path), ['f = "new"']);
      }
    }
  },
);

Deno.test("Where nobody knows the umask, a file that is there keeps its mode", {
  ignore: onWindows,
}, async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "longer", mode: 0o640 }]);
  const path = `${directory.path}/f`;
  const disk = new UmaskedFiles();
  for (const announced of [0o777, 0o444]) {
    using stored = await openFile(path, announced, unknown, disk);
    await stored.file.write(bytes("new"), 0);
    assertEquals(await stored.finish(3, undefined), undefined);
    assertEquals(octal(modeOf(path)), "0640", octal(announced));
  }
  assertEquals(disk.modes, ["open 0777", "open 0444"]);
  assertEquals(listing(directory.path), ['f = "new"']);
});

Deno.test(
  "Where nobody knows the umask, a mode that is preserved is set whole",
  {
    ignore: onWindows,
  },
  async () => {
    for (const announced of [0o644, 0o444, 0o4777]) {
      using directory = new TempDirectory();
      const path = `${directory.path}/f`;
      const disk = new UmaskedFiles();
      const policy = { ...unknown, preserve: true };
      using stored = await openFile(path, announced, policy, disk);
      assertEquals(await stored.finish(0, undefined), undefined);
      const isSet = disk.modes.at(-1) === `set ${octal(announced)}`;
      assert(isSet, disk.modes.join(", "));
      assertEquals(octal(modeOf(path)), octal(announced));
    }
  },
);

Deno.test(
  "Where nobody knows the umask, a new directory loses at last the bits that only filled it",
  { ignore: onWindows },
  async () => {
    const rows: readonly (readonly [
      announced: number,
      made: number,
      set: number | undefined,
      expected: number,
    ])[] = [
      [0o755, 0o755, undefined, 0o700],
      [0o700, 0o700, undefined, 0o700],
      [0o2777, 0o777, undefined, 0o700],
      [0o555, 0o755, 0o500, 0o500],
      [0o055, 0o755, 0o000, 0o000],
      [0o500, 0o700, 0o500, 0o500],
      [0o677, 0o777, 0o600, 0o600],
      [0o000, 0o700, 0o000, 0o000],
    ];
    for (const [announced, made, set, expected] of rows) {
      using directory = new TempDirectory();
      const path = `${directory.path}/d`;
      const disk = new UmaskedFiles();
      const stored = await enterDirectory(path, announced, unknown, disk);
      assertEquals(disk.modes, [`make ${octal(made)}`], octal(announced));
      Deno.writeTextFileSync(`${path}/f`, "f");
      assertEquals(await stored.leave(times), undefined);
      assertEquals(
        disk.modes.slice(1),
        set === undefined ? [] : [`set ${octal(set)}`],
        octal(announced),
      );
      assertEquals(octal(modeOf(path)), octal(expected), octal(announced));
      assertEquals(Deno.statSync(path).mtime?.getTime(), times.modified);
    }
  },
);

Deno.test(
  "Where nobody knows the umask, a directory that is there keeps its mode",
  {
    ignore: onWindows,
  },
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "d/", mode: 0o751 }]);
    const path = `${directory.path}/d`;
    const disk = new UmaskedFiles();
    for (const announced of [0o777, 0o500, 0o000]) {
      const stored = await enterDirectory(path, announced, unknown, disk);
      assertEquals(await stored.leave(undefined), undefined);
    }
    assertEquals(disk.modes, []);
    assertEquals(octal(modeOf(path)), "0751");
  },
);

Deno.test("finish() closes the file, after all else, and tells if that fails", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "longer" }]);
  const steps: string[] = [];
  const note = (step: string) => async () => void steps.push(step);
  const faulty = new FaultyFileSystem({
    truncate: note("truncate"),
    setMode: note("set mode"),
    setTimes: note("set times"),
    close: async () => {
      steps.push("close");
      throw new EntryError("f: close: No space left on device");
    },
  });
  using stored = await openFile(
    `${directory.path}/f`,
    0o644,
    preserving,
    faulty,
  );
  assertEquals(steps, []);
  const failure = await stored.finish(3, times);
  assertEquals(failure?.message, "f: close: No space left on device");
  assertEquals(steps, ["truncate", "set mode", "set times", "close"]);
});

Deno.test(
  "finish() finds out that the file was replaced while it was written",
  {
    ignore: onWindows, // No name is free there while its file is open.
  },
  async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/f`;
    using stored = await openFile(path, 0o644, preserving);
    Deno.removeSync(path);
    Deno.writeTextFileSync(path, "other");
    const failure = await stored.finish(0, times);
    assertEquals(
      failure?.message,
      `${path}: it was removed or replaced while it was written`,
    );
    assertEquals(listing(directory.path), ['f = "other"']);
    assert(Deno.statSync(path).mtime!.getTime() > times.modified);
  },
);
