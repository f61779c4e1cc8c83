import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  EntryError,
  LostFileError,
  SessionError,
  TooManyOpenError,
} from "../../../lib/errors.ts";
import { ReplacedFile } from "../../../lib/filesystem/replaced_file.ts";
import type { OpenFile } from "../../../lib/filesystem/file_system.ts";
import { FileSystemView } from "../../../lib/filesystem/file_system_view.ts";
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

interface Opening {
  readonly mode?: number;
  readonly policy?: StorePolicy;
  readonly path?: string;
}

async function open(
  files: MemoryFileSystem,
  opening: Opening = {},
): Promise<ReplacedFile> {
  const opened = await attempt(files, opening);
  assert(opened instanceof ReplacedFile, String(opened));
  return opened;
}

async function attempt(
  files: MemoryFileSystem,
  { mode = 0o644, policy = PLAIN, path = "/f" }: Opening = {},
): Promise<ReplacedFile | EntryError> {
  const replaced = await files.find(path);
  return await ReplacedFile.open(files, { path, mode, replaced }, policy);
}

Deno.test("ReplacedFile: leaves the old file as it is until the new one is whole", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "old", 0o640);
  using received = await open(files);
  await received.file.write(NEW, 0);
  const [temporary, old] = files.listing();
  assertMatch(temporary!, /^\.f\.seacp-[a-z2-7]{6} = "new"$/);
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
    using received = await open(files, { mode, policy });
    assertEquals(await received.finish(0, undefined), undefined);
    assertEquals(octal(files.modeOf("/f")), octal(expected));
  }
});

Deno.test("ReplacedFile: sets times", async () => {
  const files = new MemoryFileSystem();
  using received = await open(files, { policy: PRESERVING });
  assertEquals(await received.finish(0, TIMES), undefined);
  assertEquals((await files.stat("/f")).modified, TIMES.modified);
});

Deno.test("ReplacedFile: removes what did not arrive whole", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "old");
  using received = await open(files);
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
  using received = await open(files);
  const left = await received.abandon();
  assertMatch(left!, /^\/\.f\.seacp-[a-z2-7]{6}$/);
});

for (
  const step of [
    "createNew",
    "readlink",
    "setTimes",
    "close",
    "replace",
  ] as const
) {
  Deno.test(`ReplacedFile: notes the temporary file where the connection is lost with ${step}`, async () => {
    const lost = () => Promise.reject(new SessionError("lost connection"));
    const files = step === "setTimes" || step === "close"
      ? new FaultyMemory({ [step]: lost })
      : Object.assign(new MemoryFileSystem(), { [step]: lost });
    files.addFile("/f", "old");
    const replaced = await files.find("/f");
    const entry = { path: "/f", mode: 0o644, replaced };
    const left: string[] = [];
    const receive = async () => {
      const received = await ReplacedFile.open(
        files,
        entry,
        PLAIN,
        (temporary) => left.push(temporary),
      );
      assert(received instanceof ReplacedFile);
      using file = received;
      assertEquals(left, []);
      await file.finish(0, TIMES);
    };
    await assertRejects(receive, SessionError);
    assertEquals(left.length, 1);
    assertMatch(left[0]!, /^\/\.f\.seacp-[a-z2-7]{6}$/);
  });
}

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
    using received = await open(files);
    const failure = await received.finish(0, undefined);
    assertEquals(failure?.message, "no space");
    assertEquals(files.listing(), ['f = "old"']);
  }
});

Deno.test("ReplacedFile: puts a file in place whose times cannot be set, and gives the failure", async () => {
  const files = new FaultyMemory({
    setTimes: () => Promise.reject(new EntryError("no times")),
  });
  using received = await open(files);
  const failure = await received.finish(0, TIMES);
  assertEquals(failure?.message, "no times");
  assertEquals(files.listing(), ['f = ""']);
});

Deno.test("ReplacedFile.open(): replaces the file that links lead to, and keeps the links", async () => {
  for (
    const [path, links] of [
      ["/link", { "/link": "real" }],
      ["/link", { "/link": "/dir/second", "/dir/second": "../real" }],
      ["/dir/link", { "/dir/link": "./../real" }],
    ] as const
  ) {
    for (const isThere of [true, false]) {
      const files = new MemoryFileSystem();
      files.addDirectory("/dir");
      if (isThere) files.addFile("/real", "old", 0o604);
      for (const [link, says] of Object.entries(links)) {
        await files.symlink(link, says);
      }
      const before = files.listing().length;
      using received = await open(files, { path });
      assertEquals(received.path, path);
      await received.file.write(NEW, 0);
      assertEquals(await received.finish(3, undefined), undefined);
      assertEquals(files.textOf("/real"), "new");
      assertEquals(typeof await files.readlink(path), "string");
      assertEquals(files.listing().length, before + (isThere ? 0 : 1));
    }
  }
});

Deno.test("ReplacedFile.open(): gives the reason why a file cannot be replaced in one step", async () => {
  const files = new MemoryFileSystem();
  files.addDirectory("/d");
  for (
    const [path, reason] of [
      ["/d", "/d: Is a directory"],
      ["/d/", "/d/: Is a directory"],
      ["/new/", "/new/: Not a directory"],
      ["/missing/f", "No such file or directory"],
    ] as const
  ) {
    const refused = await attempt(files, { path });
    assert(refused instanceof EntryError);
    assertEquals(refused.message.endsWith(reason), true, refused.message);
  }
  assertEquals(files.listing(), ["d/"]);
  const refusing = new class extends MemoryFileSystem {
    override async createNew(): Promise<never> {
      throw new EntryError("Permission denied");
    }
  }();
  assert(await attempt(refusing) instanceof EntryError);
});

Deno.test("ReplacedFile: has its own name in messages, not the temporary one", async () => {
  const names: (string | undefined)[] = [];
  const files = new class extends MemoryFileSystem {
    override async createNew(
      path: string,
      mode: number,
      name?: string,
    ): Promise<OpenFile> {
      names.push(name);
      return await super.createNew(path, mode);
    }
  }();
  files.addDirectory("/d");
  files.addFile("/d/real", "old");
  await files.symlink("/f", "d/real");
  using _received = await open(files);
  assertEquals(names, ["/f", "/f"]);
});

Deno.test("ReplacedFile.finish(): tells the temporary file that it could not remove", async () => {
  const files = new class extends MemoryFileSystem {
    override async remove(): Promise<never> {
      throw new EntryError("no");
    }
    override async replace(_from: string, path: string): Promise<never> {
      throw new EntryError(`${path}: Permission denied`);
    }
  }();
  using received = await open(files);
  const flaw = await received.finish(0, undefined);
  assertMatch(
    String(flaw?.message),
    /^\/f: Permission denied; \/\.f\.seacp-[a-z2-7]{6} is left$/,
  );
});

Deno.test("ReplacedFile.finish(): notes the temporary file of one that begins again, which it could not remove", async () => {
  const files = Object.assign(
    new FaultyMemory({
      close: () => Promise.reject(new LostFileError("lost connection")),
    }),
    { remove: () => Promise.reject(new SessionError("lost connection")) },
  );
  const left: string[] = [];
  const received = await ReplacedFile.open(
    files,
    { path: "/f", mode: 0o644, replaced: undefined },
    PLAIN,
    (temporary) => left.push(temporary),
  );
  assert(received instanceof ReplacedFile);
  using file = received;
  assert(await file.finish(0, undefined) instanceof LostFileError);
  assertEquals(files.listing(), [`${left[0]?.slice(1)} = ""`]);
});

Deno.test("ReplacedFile.open(): refuses what is no regular file, and a server that cannot rename", async () => {
  const files = new MemoryFileSystem();
  const there = { size: 0, mode: 0o600, modified: 0, accessed: 0 };
  for (
    const [kind, reason] of [
      ["other", "no regular file is there, which alone can be replaced"],
      ["unknown", "the server does not tell what is there"],
    ] as const
  ) {
    const replaced = { ...there, kind };
    const entry = { path: "/f", mode: 0o644, replaced };
    const refused = await ReplacedFile.open(files, entry, PLAIN);
    assert(refused instanceof EntryError);
    assert(refused.message.startsWith(`/f: ${reason}`), refused.message);
  }
  const view = new FileSystemView(files);
  Object.defineProperty(view, "replace", { value: undefined });
  const entry = { path: "/f", mode: 0o644, replaced: undefined };
  const refused = await ReplacedFile.open(view, entry, PLAIN);
  assert(refused instanceof EntryError);
  assertEquals(
    refused.message,
    "/f: the server cannot replace files in one step (no posix-rename)",
  );
});

Deno.test("ReplacedFile.open(): gives up on links that lead to each other, and leaves nothing", async () => {
  const files = new MemoryFileSystem();
  await files.symlink("/one", "two");
  await files.symlink("/two", "one");
  const entry = { path: "/one", mode: 0o644, replaced: undefined };
  const refused = await ReplacedFile.open(files, entry, PLAIN);
  assert(refused instanceof EntryError);
  assertEquals(refused.message, "/one: Too many levels of symbolic links");
  assertEquals(files.listing(), ["one -> two", "two -> one"]);
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
    using received = await open(files, { path: `/${name}` });
    const [line] = files.listing();
    const temporary = line!.split(" ")[0]!;
    const { length } = new TextEncoder().encode(temporary);
    assert(length <= 255 && length > 250, temporary);
    assert(temporary.isWellFormed());
    await received.abandon();
  }
});

Deno.test("ReplacedFile: keeps the old file where the new one does not pass a check", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "old");
  using received = await open(files);
  await received.file.write(NEW, 0);
  const flaw = new EntryError("f: damaged");
  let checked = "";
  const failure = await received.finish(3, undefined, async (path) => {
    checked = path;
    return flaw;
  });
  assertEquals(failure, flaw);
  assertMatch(checked, /^\/\.f\.seacp-/);
  assertEquals(await files.find(checked), undefined);
  assertEquals((await files.stat("/f")).size, 3);
});

Deno.test("ReplacedFile: goes on with a file that was suspended, and takes its place as it would have", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "old", 0o640);
  const received = await open(files);
  await received.file.write(NEW.subarray(0, 2), 0);
  const suspended = received.suspend();
  const { temporary } = suspended;
  assertEquals((await files.find(temporary))!.size, 2);
  using again = await ReplacedFile.reopen(
    files,
    suspended,
    (await files.find(temporary))!,
  );
  assertEquals(again.path, "/f");
  await again.file.write(NEW.subarray(2), 2);
  assertEquals(await again.finish(3, undefined), undefined);
  assertEquals(files.listing(), ['f = "new"']);
  assertEquals(files.modeOf("/f"), 0o640);
});
