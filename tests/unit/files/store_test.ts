import { assert, assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { Attributes, OpenFile } from "../../../lib/files/files.ts";
import { LocalFiles } from "../../../lib/files/local_files.ts";
import {
  StoredFile,
  StoredFolder,
  type StorePolicy,
} from "../../../lib/files/store.ts";
import { FaultyFiles } from "../../support/faulty_files.ts";
import { listing } from "../../support/listing.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { makeTree } from "../../support/tree.ts";

const files = new LocalFiles();
const onWindows = Deno.build.os === "windows";

/** Under a umask as strict as any this process may have. */
const plain: StorePolicy = { preserve: false, umask: 0o077, modeBits: 0o7777 };
const preserving: StorePolicy = { ...plain, preserve: true };
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

/** Receives `text` as a whole file. */
async function store(
  path: string,
  announced: number,
  policy: StorePolicy,
  text = "new",
): Promise<void> {
  using stored = await StoredFile.open(files, path, announced, policy);
  await stored.file.write(bytes(text));
  assertEquals(await stored.finish(text.length, undefined), undefined);
}

/** A place whose one entry is `found`, and that notes each change to it. */
class NotingFiles extends FaultyFiles {
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
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "f", content: "old content", mode: 0o640 }]);
  const path = `${folder.path}/f`;
  for (const policy of [plain, preserving]) {
    using _stored = await StoredFile.open(files, path, 0o777, policy);
    assertEquals(Deno.readTextFileSync(path), "old content");
    if (!onWindows) assertEquals(modeOf(path), 0o640);
  }
});

Deno.test("StoredFile.open() fails without a trace", {
  ignore: onWindows,
}, async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "d/", mode: 0o750 }]);
  const rows: readonly (readonly [string, string])[] = [
    ["d", "Is a directory"],
    ["missing/f", "No such file or directory"],
  ];
  for (const [name, reason] of rows) {
    const path = `${folder.path}/${name}`;
    const error = await assertRejects(
      () => StoredFile.open(files, path, 0o644, preserving),
      EntryError,
    );
    assertEquals(error.message, `${path}: ${reason}`);
  }
  assertEquals(listing(folder.path), ["d/"]);
  assertEquals(modeOf(`${folder.path}/d`), 0o750);
});

Deno.test("finish() cuts what is there to the length that arrived", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/f`;
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
    using folder = new TempFolder();
    const path = `${folder.path}/f`;
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
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "f", content: "old", mode: 0o640 }]);
  const path = `${folder.path}/f`;
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
    using folder = new TempFolder();
    const path = `${folder.path}/f`;
    using _stored = await StoredFile.open(files, path, announced, preserving);
    assertEquals(octal(modeOf(path) & 0o7077), "0000", octal(announced));
  }
});

Deno.test("finish() sets the times it is given, none else", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "f", content: "old", modified: 5 }]);
  const path = `${folder.path}/f`;
  for (const policy of [plain, preserving]) {
    using stored = await StoredFile.open(files, path, 0o644, policy);
    await stored.file.write(bytes("new"));
    assertEquals(await stored.finish(3, times), undefined);
    const { mtime, atime } = Deno.statSync(path);
    assertEquals(mtime?.getTime(), times.modified);
    assertEquals(atime?.getTime(), times.accessed);
  }
  await store(path, 0o644, preserving);
  assert(Deno.statSync(path).mtime!.getTime() > times.modified);
});

Deno.test("finish() and abandon() touch nothing of a device but its times", async () => {
  using folder = new TempFolder();
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
    const path = `${folder.path}/f`;
    using stored = await StoredFile.open(noting, path, 0o600, policy);
    assertEquals(await stored.finish(3, times), undefined);
    await stored.abandon(1);
    assertEquals(changes, ["times 1000000000000"]);
  }
});

Deno.test("a copy into /dev/null succeeds", { ignore: onWindows }, async () => {
  const before = await files.attributes("/dev/null");
  for (const policy of [plain, preserving]) {
    // The mode it has already: a mistake here would harm the machine.
    await store("/dev/null", before.mode, policy);
  }
  const after = await files.attributes("/dev/null");
  assertEquals([after.kind, after.mode], ["other", before.mode]);
});

Deno.test("finish() gives the first failure and does the rest all the same", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "f", content: "old" }]);
  const done: string[] = [];
  const fail = (what: string) => async (): Promise<void> => {
    done.push(what);
    throw new EntryError(`f: ${what}: injected`);
  };
  const faulty = new FaultyFiles({
    truncate: fail("truncate"),
    setMode: fail("set mode"),
    setTimes: fail("set times"),
  });
  const path = `${folder.path}/f`;
  using stored = await StoredFile.open(faulty, path, 0o644, preserving);
  const failure = await stored.finish(3, times);
  assertEquals(failure?.message, "f: truncate: injected");
  assertEquals(done, ["truncate", "set mode", "set times"]);
});

Deno.test("finish() and abandon() do not swallow what is no entry's fault", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "f", content: "old" }]);
  const truncate: OpenFile["truncate"] = () =>
    Promise.reject(new RangeError("injected"));
  const faulty = new FaultyFiles({ truncate });
  const path = `${folder.path}/f`;
  using stored = await StoredFile.open(faulty, path, 0o644, plain);
  await assertRejects(() => stored.finish(3, times), RangeError, "injected");
  await assertRejects(() => stored.abandon(1), RangeError, "injected");
});

Deno.test("abandon() leaves nothing older behind what arrived", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/f`;
  for (const old of ["much longer", "x", undefined]) {
    if (old === undefined) Deno.removeSync(path);
    else Deno.writeTextFileSync(path, old);
    using stored = await StoredFile.open(files, path, 0o644, plain);
    await stored.file.write(bytes("half"));
    await stored.abandon(4);
    assertEquals(Deno.readTextFileSync(path), "half", old);
  }
});

Deno.test("abandon() empties a file of which nothing arrived", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "f", content: "old" }]);
  using stored = await StoredFile.open(
    files,
    `${folder.path}/f`,
    0o644,
    preserving,
  );
  await stored.abandon(0);
  assertEquals(listing(folder.path), ['f = ""']);
});

Deno.test("abandon() is silent about a file that cannot be cut", async () => {
  using folder = new TempFolder();
  const faulty = new FaultyFiles({
    truncate: () => Promise.reject(new EntryError("f: truncate: injected")),
  });
  const path = `${folder.path}/f`;
  using stored = await StoredFile.open(faulty, path, 0o644, plain);
  await stored.abandon(0);
});

Deno.test(
  "StoredFolder keeps a new folder open to its owner until it is left",
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
      using folder = new TempFolder();
      const path = `${folder.path}/d`;
      const row = `${octal(announced)} ${JSON.stringify(policy)}`;
      const stored = await StoredFolder.enter(files, path, announced, {
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

Deno.test("StoredFolder is never open to more than it was announced with", {
  ignore: onWindows,
}, async () => {
  for (const policy of [plain, preserving]) {
    using folder = new TempFolder();
    const path = `${folder.path}/d`;
    await StoredFolder.enter(files, path, 0o700, policy);
    assertEquals(octal(modeOf(path)), "0700");
    await StoredFolder.enter(files, path, 0o500, policy);
    assertEquals(octal(modeOf(path)), "0700");
  }
});

Deno.test("StoredFolder leaves the mode of a folder that was there", {
  ignore: onWindows,
}, async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "d/old", content: "" }]);
  const path = `${folder.path}/d`;
  Deno.chmodSync(path, 0o751);
  for (const announced of [0o777, 0o500, 0o2755]) {
    const stored = await StoredFolder.enter(files, path, announced, plain);
    assertEquals(octal(modeOf(path)), "0751", octal(announced));
    await stored.leave(undefined);
    assertEquals(octal(modeOf(path)), "0751", octal(announced));
  }
  assertEquals(listing(folder.path), ["d/", 'd/old = ""']);
});

Deno.test(
  "StoredFolder fills a read-only folder that was there if modes are preserved",
  {
    ignore: onWindows,
  },
  async () => {
    using folder = new TempFolder();
    makeTree(folder.path, [{ path: "d/", mode: 0o555 }]);
    const path = `${folder.path}/d`;
    const stored = await StoredFolder.enter(files, path, 0o555, preserving);
    assertEquals(octal(modeOf(path)), "0755");
    await store(`${path}/f`, 0o644, preserving);
    await stored.leave(times);
    assertEquals(octal(modeOf(path)), "0555");
    assertEquals(listing(folder.path), ["d/", 'd/f = "new"']);
    assertEquals(Deno.statSync(path).mtime?.getTime(), times.modified);
  },
);

Deno.test("StoredFolder sets the times it is given when it is left", async () => {
  using folder = new TempFolder();
  for (const [name, policy] of [["a", plain], ["b", preserving]] as const) {
    const path = `${folder.path}/${name}`;
    const stored = await StoredFolder.enter(files, path, 0o755, policy);
    await store(`${path}/f`, 0o644, policy);
    await stored.leave(times);
    assertEquals(Deno.statSync(path).mtime?.getTime(), times.modified, name);
  }
});

Deno.test("StoredFolder.enter() refuses where something else is", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "f", content: "kept", mode: 0o640 }]);
  const path = `${folder.path}/f`;
  for (const policy of [plain, preserving]) {
    const error = await assertRejects(
      () => StoredFolder.enter(files, path, 0o777, policy),
      EntryError,
    );
    assertEquals(error.message, `${path}: Not a directory`);
  }
  assertEquals(listing(folder.path), ['f = "kept"']);
  if (!onWindows) assertEquals(octal(modeOf(path)), "0640");
});

Deno.test("StoredFolder.enter() makes no folder on the way", {
  ignore: onWindows,
}, async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/missing/d`;
  const error = await assertRejects(
    () => StoredFolder.enter(files, path, 0o755, plain),
    EntryError,
  );
  assertEquals(error.message, `${path}: No such file or directory`);
  assertEquals(listing(folder.path), []);
});
