import { assert, assertEquals, assertRejects } from "@std/assert";
import { EntryError, SessionError } from "../../../lib/errors.ts";
import type {
  Attributes,
  DirectoryEntry,
  FileSystem,
  Listing,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { TransferOptions } from "../../../lib/tree/options.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { FaultyFileSystem } from "../../support/file_systems/faulty_file_system.ts";
import { HeldFileSystem } from "../../support/file_systems/held_file_system.ts";
import { listingOf } from "../../support/fixtures/listed_entries.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { isStorable, linkTest, onWindows } from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";

/** Copies as `cp -r`, or as told; what failed. */
async function copy(
  source: string,
  target: string,
  { recursive = true, preserve = false, files = new LocalFileSystem() }: {
    recursive?: boolean;
    preserve?: boolean;
    files?: LocalFileSystem;
  } = {},
): Promise<string[]> {
  const observer = new RecordingObserver();
  const store = { preserve, umask: 0o022, modeBits: 0o777 };
  const interrupted = new AbortController().signal;
  await copyTree(
    { files, entries: [{ path: source }] },
    { files, path: target, mustBeDirectory: false },
    {
      options: {
        recursive,
        store,
        links: new Map(),
        platform: "posix",
        isWatched: false,
        namedBy: "target",
        interrupted,
      },
      observer,
    },
  );
  return observer.failures;
}

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o7777;
}

function modifiedOf(path: string): number {
  return Deno.statSync(path).mtime!.getTime() / 1000;
}

Deno.test("copyTree(): copies a file under the name of its target", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "abc" }]);
  assertEquals(await copy(`${directory.path}/a`, `${directory.path}/b`), []);
  assertEquals(listing(directory.path), ['a = "abc"', 'b = "abc"']);
});

Deno.test("copyTree(): copies a file whole, whatever its size", async () => {
  for (const size of [0, 1, 262_143, 262_144, 262_145, 600_000]) {
    using directory = new TempDirectory();
    const content = Uint8Array.from({ length: size }, (_, at) => at % 251);
    makeTree(directory.path, [{ path: "a", content }]);
    assertEquals(await copy(`${directory.path}/a`, `${directory.path}/b`), []);
    assertEquals(
      new Uint8Array(Deno.readFileSync(`${directory.path}/b`)),
      content,
      `${size} bytes`,
    );
  }
});

Deno.test("copyTree(): copies into a directory that is there", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "a", content: "abc" },
    { path: "d/f", content: "f" },
    { path: "to/" },
  ]);
  for (const source of ["a", "d"]) {
    assertEquals(
      await copy(`${directory.path}/${source}`, `${directory.path}/to`),
      [],
    );
  }
  assertEquals(
    listing(`${directory.path}/to`),
    ['a = "abc"', "d/", 'd/f = "f"'],
  );
});

Deno.test("copyTree(): copies a directory under the name of a missing target", async () => {
  using directory = new TempDirectory();
  makeTree(
    directory.path,
    [
      { path: "d/f", content: "f" },
      { path: "d/-x y'\"🦕", content: "" },
      { path: "d/e/e/" },
    ].filter(({ path }) => isStorable(path)),
  );
  for (const source of ["d", "d/", "d//"]) {
    using target = new TempDirectory();
    assertEquals(
      await copy(`${directory.path}/${source}`, `${target.path}/new`),
      [],
    );
    assertEquals(
      listing(`${target.path}/new`),
      listing(`${directory.path}/d`),
      source,
    );
  }
});

Deno.test("copyTree(): merges a directory into one of its name", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/f", content: "new" },
    { path: "to/d/f", content: "an older, longer file" },
    { path: "to/d/g", content: "kept" },
  ]);
  assertEquals(await copy(`${directory.path}/d`, `${directory.path}/to`), []);
  assertEquals(
    listing(`${directory.path}/to`),
    ["d/", 'd/f = "new"', 'd/g = "kept"'],
  );
});

linkTest("copyTree(): copies links of a tree as links", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/f", content: "f" }, { path: "d/e/" }]);
  Deno.symlinkSync("f", `${directory.path}/d/file`);
  Deno.symlinkSync("e", `${directory.path}/d/directory`);
  Deno.symlinkSync("../nowhere", `${directory.path}/d/dangling`);
  Deno.symlinkSync(".", `${directory.path}/d/loop`);
  assertEquals(await copy(`${directory.path}/d`, `${directory.path}/to`), []);
  assertEquals(listing(`${directory.path}/to`), [
    "dangling -> ../nowhere",
    "directory -> e",
    "e/",
    'f = "f"',
    "file -> f",
    "loop -> .",
  ]);
});

linkTest(
  "copyTree(): copies a tree with links over an earlier copy of it",
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "d/f", content: "f" }, { path: "to/" }]);
    Deno.symlinkSync("f", `${directory.path}/d/l`);
    for (const time of ["first", "second"]) {
      assertEquals(
        await copy(`${directory.path}/d`, `${directory.path}/to`),
        [],
        time,
      );
      assertEquals(
        listing(`${directory.path}/to`),
        ["d/", 'd/f = "f"', "d/l -> f"],
        time,
      );
    }
  },
);

linkTest(
  "copyTree(): copies what a link names if it is not recursive",
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "f", content: "f" }]);
    Deno.symlinkSync("f", `${directory.path}/l`);
    assertEquals(
      await copy(`${directory.path}/l`, `${directory.path}/to`, {
        recursive: false,
      }),
      [],
    );
    assertEquals(
      listing(directory.path),
      ['f = "f"', "l -> f", 'to = "f"'],
    );
  },
);

linkTest(
  "copyTree(): writes through a link that is the target of a file",
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: "f", content: "f" },
      { path: "real", content: "old" },
    ]);
    Deno.symlinkSync("real", `${directory.path}/l`);
    assertEquals(await copy(`${directory.path}/f`, `${directory.path}/l`), []);
    assertEquals(listing(directory.path), [
      'f = "f"',
      "l -> real",
      'real = "f"',
    ]);
  },
);

linkTest(
  "copyTree(): refuses to copy a file onto itself and leaves it whole",
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "d/f", content: "precious" }]);
    Deno.symlinkSync("f", `${directory.path}/d/link`);
    Deno.linkSync(`${directory.path}/d/f`, `${directory.path}/d/hard`);
    const source = `${directory.path}/d/f`;
    for (
      const [target, named] of [
        [source, source],
        [`${directory.path}/d/../d/f`, `${directory.path}/d/../d/f`],
        [`${directory.path}/d`, source],
        [`${directory.path}/d/link`, `${directory.path}/d/link`],
        [`${directory.path}/d/hard`, `${directory.path}/d/hard`],
      ] as const
    ) {
      assertEquals(
        await copy(source, target),
        [`${source}: ${named} is the same file`],
        target,
      );
    }
    assertEquals(
      listing(`${directory.path}/d`),
      ['f = "precious"', 'hard = "precious"', "link -> f"],
    );
  },
);

Deno.test("copyTree(): leaves a directory that is copied onto itself as it is", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/f", content: "precious" }]);
  const failures = await copy(`${directory.path}/d`, directory.path);
  assertEquals(failures.length, 1);
  assertEquals(listing(directory.path), ["d/", 'd/f = "precious"']);
});

Deno.test("copyTree(): does not copy a directory into itself for ever", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/f", content: "f" }, { path: "d/in/" }]);
  const into = await copy(`${directory.path}/d`, `${directory.path}/d/in`);
  assertEquals(into.length, 1);
  assert(into[0]!.includes("cannot copy a directory into itself"));
  assertEquals(
    listing(`${directory.path}/d`).filter((line) => line.endsWith('"f"')),
    ['f = "f"'],
  );
});

Deno.test("copyTree(): reports a directory that is copied to a new one inside it", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/f", content: "f" }]);
  const failures = await copy(`${directory.path}/d`, `${directory.path}/d/new`);
  assertEquals(failures.length, 1);
  const copies = listing(directory.path).filter((line) =>
    line.endsWith(' = "f"')
  );
  assert(copies.length <= 2, copies.join("\n"));
});

Deno.test("copyTree(): refuses directories unless it is recursive, and devices always", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/f", content: "f" }]);
  for (
    const [source, recursive] of [
      [`${directory.path}/d`, false],
      ...(onWindows
        ? []
        : [["/dev/null", false], ["/dev/null", true]] as const),
    ] as const
  ) {
    assertEquals(
      await copy(source, `${directory.path}/to`, { recursive }),
      [`${source}: not a regular file`],
    );
  }
  assertEquals(listing(directory.path), ["d/", 'd/f = "f"']);
});

Deno.test("copyTree(): reports what is in the way and keeps it", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/x", content: "file" },
    { path: "d/y/f", content: "directory" },
    { path: "d/z", content: "z" },
    { path: "to/d/x/" },
    { path: "to/d/y", content: "old" },
  ]);
  const failures = await copy(`${directory.path}/d`, `${directory.path}/to`);
  assertEquals(failures.toSorted(), [
    `${directory.path}/to/d/x: Is a directory`,
    `${directory.path}/to/d/y: Not a directory`,
  ]);
  assertEquals(
    listing(`${directory.path}/to`),
    ["d/", "d/x/", 'd/y = "old"', 'd/z = "z"'],
  );
});

Deno.test("copyTree(): reports a source or a target that is not there", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "f" }]);
  for (const recursive of [false, true]) {
    assertEquals(
      await copy(`${directory.path}/no`, `${directory.path}/to`, { recursive }),
      [`${directory.path}/no: No such file or directory`],
    );
    assertEquals(
      await copy(`${directory.path}/f`, `${directory.path}/no/to`, {
        recursive,
      }),
      [`${directory.path}/no/to: No such file or directory`],
    );
  }
  assertEquals(listing(directory.path), ['f = "f"']);
});

Deno.test("copyTree(): reports a read that fails, drops the old tail, goes on", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/f", content: "new" },
    { path: "d/e/" },
    { path: "to/d/f", content: "an older, longer file" },
  ]);
  const files = new FaultyFileSystem({
    read: async () => {
      throw new EntryError("f: Input/output error");
    },
  });
  assertEquals(
    await copy(`${directory.path}/d`, `${directory.path}/to`, { files }),
    ["f: Input/output error"],
  );
  assertEquals(listing(`${directory.path}/to`), ["d/", "d/e/", 'd/f = ""']);
});

Deno.test("copyTree(): reports a full disk and goes on", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/f", content: "new" }, { path: "d/e/" }]);
  const files = new FaultyFileSystem({
    write: async () => {
      throw new EntryError("f: No space left on device");
    },
  });
  assertEquals(
    await copy(`${directory.path}/d`, `${directory.path}/to`, { files }),
    ["f: No space left on device"],
  );
  assertEquals(listing(`${directory.path}/to`), ["e/", 'f = ""']);
});

Deno.test({
  name: "copyTree(): takes modes under the umask, and times only to preserve",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    for (
      const [preserve, file, sub] of [
        [false, 0o755, 0o555],
        [true, 0o777, 0o577],
      ] as const
    ) {
      using directory = new TempDirectory();
      makeTree(directory.path, [
        { path: "d/f", content: "f", mode: 0o777, modified: 1000 },
        { path: "d/", mode: 0o577, modified: 2000 },
      ]);
      const umask = Deno.umask(0o022);
      try {
        assertEquals(
          await copy(`${directory.path}/d`, `${directory.path}/to`, {
            preserve,
          }),
          [],
        );
      } finally {
        Deno.umask(umask);
      }
      assertEquals(modeOf(`${directory.path}/to/f`), file);
      assertEquals(modeOf(`${directory.path}/to`), sub);
      assertEquals(modifiedOf(`${directory.path}/to/f`) === 1000, preserve);
      assertEquals(modifiedOf(`${directory.path}/to`) === 2000, preserve);
    }
  },
});

/** Copies entries of one place to another, not recursively; what failed. */
async function copyAll(
  sources: readonly { path: string; attributes?: Attributes }[],
  target: string,
  {
    from = new LocalFileSystem(),
    to = new LocalFileSystem(),
    mustBeDirectory = false,
    observer = new RecordingObserver(),
    ...options
  }: Partial<TransferOptions> & {
    from?: FileSystem;
    to?: FileSystem;
    mustBeDirectory?: boolean;
    observer?: RecordingObserver;
  } = {},
): Promise<string[]> {
  await copyTree(
    { files: from, entries: sources },
    { files: to, path: target, mustBeDirectory },
    {
      options: transferOptions({ recursive: false, ...options }),
      observer,
    },
  );
  return observer.failures;
}

/** A place whose directories hold what it says they do. */
class Listed extends HeldFileSystem {
  readonly #entries: readonly DirectoryEntry[];

  constructor(
    root: string,
    entries: readonly DirectoryEntry[],
    atOnce: number,
  ) {
    super(root, atOnce);
    this.#entries = entries;
  }

  override async readdir(): Promise<Listing> {
    return listingOf(this.#entries);
  }
}

Deno.test("copyTree(): refuses names in a listing that are none, and makes nothing for them", async () => {
  const names = ["..", ".", "", "a/b", "/", "/tmp/x", "../evil", "a\0b", "a/"];
  for (const atOnce of [1, 4]) {
    for (const target of ["new", "there"]) {
      using directory = new TempDirectory();
      makeTree(directory.path, [
        { path: "d/a/b", content: "evil" },
        { path: "d/good", content: "good" },
        { path: "d/last", content: "last" },
        { path: "evil", content: "evil" },
        { path: "to/there/" },
      ]);
      const entries = ["good", ...names, "last"].map((name) => ({ name }));
      assertEquals(
        await copyAll(
          [{ path: `${directory.path}/d` }],
          target === "new"
            ? `${directory.path}/to/new`
            : `${directory.path}/to/there`,
          {
            from: new Listed(directory.path, entries, atOnce),
            recursive: true,
          },
        ),
        names.map((name) => `error: unexpected filename: ${name}`),
      );
      const into = target === "new" ? "new/" : "there/d/";
      assertEquals(
        listing(`${directory.path}/to`).filter((line) => line.includes("=")),
        [`${into}good = "good"`, `${into}last = "last"`],
      );
      assertEquals(
        listing(`${directory.path}/to`).filter((line) => line.endsWith("/")),
        target === "new" ? ["new/", "there/"] : ["there/", "there/d/"],
      );
    }
  }
});

Deno.test("copyTree(): refuses names in a listing that are directories, and lists none of them", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/" }, { path: "to/" }]);
  const attributes: Attributes = {
    kind: "directory",
    size: 0,
    mode: 0o777,
    modified: 0,
    accessed: 0,
  };
  const names = ["..", ".", "a/b"];
  const entries = names.map((name) => ({ name, attributes }));
  const from = new Listed(directory.path, entries, 4);
  assertEquals(
    await copyAll([{ path: `${directory.path}/d` }], `${directory.path}/to`, {
      from,
      recursive: true,
    }),
    names.map((name) => `error: unexpected filename: ${name}`),
  );
  assertEquals(listing(directory.path), ["d/", "to/", "to/d/"]);
});

Deno.test("copyTree(): refuses what is no name where it stores", {
  ignore: Deno.build.os === "windows",
}, async () => {
  using directory = new TempDirectory();
  const names = ["nul", "a:b", "back\\slash", "dot."];
  makeTree(directory.path, [
    ...["good", ...names].map((name) => ({ path: `d/${name}`, content: "x" })),
    { path: "to/" },
  ]);
  const failures = await copyAll(
    [{ path: `${directory.path}/d` }],
    `${directory.path}/to`,
    { recursive: true, platform: "windows" },
  );
  assertEquals(
    failures.toSorted(),
    names.map((name) =>
      `${directory.path}/to/d/${name}: Windows does not allow this name`
    ).toSorted(),
  );
  assertEquals(listing(`${directory.path}/to`), ["d/", 'd/good = "x"']);
});

Deno.test("copyTree(): takes what is told of an entry, and looks only where it is not", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "a", content: "a" },
    { path: "d/told", content: "told" },
    { path: "d/untold", content: "untold" },
    { path: "to/" },
  ]);
  const files = new LocalFileSystem();
  const entries = [
    {
      name: "told",
      attributes: await files.stat(`${directory.path}/d/told`),
    },
    { name: "untold" },
  ];
  const from = new Listed(directory.path, entries, 4);
  assertEquals(
    await copyAll(
      [
        {
          path: `${directory.path}/a`,
          attributes: await files.stat(`${directory.path}/a`),
        },
        { path: `${directory.path}/d` },
      ],
      `${directory.path}/to`,
      { from, recursive: true },
    ),
    [],
  );
  assertEquals(
    from.calls.filter((call) => call.startsWith("stat")),
    ["stat d", "stat d/untold"],
  );
  assertEquals(
    listing(`${directory.path}/to`),
    ['a = "a"', "d/", 'd/told = "told"', 'd/untold = "untold"'],
  );
});

Deno.test("copyTree(): takes no target that has to be a directory and is none", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "a", content: "a" },
    { path: "b", content: "b" },
  ]);
  for (
    const [target, reason] of [
      ["b", "Not a directory"],
      ["missing", "No such file or directory"],
    ] as const
  ) {
    const path = `${directory.path}/${target}`;
    const error = await assertRejects(
      () =>
        copyAll([{ path: `${directory.path}/a` }], path, {
          mustBeDirectory: true,
        }),
      EntryError,
    );
    assertEquals(error.message, `${path}: ${reason}`);
  }
  assertEquals(listing(directory.path), ['a = "a"', 'b = "b"']);
});

Deno.test("copyTree(): has a place for one source alone where the target is no directory", async () => {
  for (const before of ["nothing", "a file"]) {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      ...["a", "b", "c"].map((path) => ({ path, content: path })),
      ...(before === "nothing" ? [] : [{ path: "to", content: "old" }]),
    ]);
    const to = `${directory.path}/to`;
    assertEquals(
      await copyAll(
        ["a", "b", "c"].map((name) => ({ path: `${directory.path}/${name}` })),
        to,
      ),
      [
        `${to}: Not a directory: no place for b`,
        `${to}: Not a directory: no place for c`,
      ],
    );
    assertEquals(Deno.readTextFileSync(to), "a");
  }
});

linkTest(
  "copyTree(): copies what links name if links are followed, and no loop",
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: "d/e/f", content: "f" },
      { path: "file", content: "file" },
    ]);
    Deno.symlinkSync("../file", `${directory.path}/d/l`);
    Deno.symlinkSync("..", `${directory.path}/d/e/up`);
    Deno.symlinkSync("nowhere", `${directory.path}/d/dangling`);
    const failures = await copyAll(
      [{ path: `${directory.path}/d` }],
      `${directory.path}/to`,
      { recursive: true },
    );
    assertEquals(failures.toSorted(), [
      `${directory.path}/d/dangling: No such file or directory`,
      `${directory.path}/d/e/up: Too many levels of symbolic links: ` +
      `it is ${directory.path}/d again`,
    ]);
    assertEquals(
      listing(`${directory.path}/to`),
      ["e/", 'e/f = "f"', 'l = "file"'],
    );
  },
);

/** The local disk, but some files are told to be longer or shorter. */
class Misjudged extends LocalFileSystem {
  readonly #size: number;

  constructor(size: number) {
    super();
    this.#size = size;
  }

  override async stat(path: string): Promise<Attributes> {
    const attributes = await super.stat(path);
    return attributes.kind === "file"
      ? { ...attributes, size: this.#size }
      : attributes;
  }
}

Deno.test("copyTree(): copies a file to its end, whatever length it was told to have", async () => {
  for (const before of ["nothing", "what was there, longer than the new one"]) {
    for (const size of [0, 1, 5, 4096, 600_000]) {
      using directory = new TempDirectory();
      makeTree(directory.path, [
        { path: "a", content: "short" },
        ...(before === "nothing" ? [] : [{ path: "to", content: before }]),
      ]);
      assertEquals(
        await copyAll(
          [{ path: `${directory.path}/a` }],
          `${directory.path}/to`,
          {
            from: new Misjudged(size),
          },
        ),
        [],
      );
      assertEquals(
        Deno.readTextFileSync(`${directory.path}/to`),
        "short",
        `${size} bytes, before it ${before}`,
      );
    }
  }
});

Deno.test("copyTree(): tells of a file that shrinks while it is read", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "a", content: "0123456789" },
    { path: "to", content: "what was there, longer than the new one" },
  ]);
  let reads = 0;
  class Shrinking extends LocalFileSystem {
    override async openToRead(path: string): Promise<OpenFile> {
      const file = await super.openToRead(path);
      return withFaults(file, {
        read: async (buffer, at) => {
          if (reads++ > 0) return 0;
          return await file.read(buffer.subarray(0, 4), at);
        },
        stat: async () => ({ ...await file.stat(), size: 3 }),
      });
    }
  }
  assertEquals(
    await copyAll([{ path: `${directory.path}/a` }], `${directory.path}/to`, {
      from: new Shrinking(),
    }),
    [
      `${directory.path}/a: the file shrank while it was read: ` +
      "4 of 10 bytes were there",
    ],
  );
  assertEquals(Deno.readTextFileSync(`${directory.path}/to`), "0123");
});

/** The local disk, which copies between its files itself. */
class Copying extends Misjudged {
  copied = 0;

  async copyRange(
    from: OpenFile,
    to: OpenFile,
    at: number,
    length: number | "all",
  ): Promise<void> {
    const bytes = new Uint8Array(length === "all" ? 1000 : length);
    const count = await from.read(bytes, at);
    await to.write(bytes.subarray(0, count), at);
    this.copied += count;
  }
}

Deno.test("copyTree(): has a place copy to new files itself, if it can", async () => {
  for (const before of ["nothing", "what was there, longer than the new one"]) {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: "a", content: "short" },
      ...(before === "nothing" ? [] : [{ path: "to", content: before }]),
    ]);
    const files = new Copying(5);
    assertEquals(
      await copyAll([{ path: `${directory.path}/a` }], `${directory.path}/to`, {
        from: files,
        to: files,
      }),
      [],
    );
    assertEquals(files.copied, before === "nothing" ? 5 : 0);
    assertEquals(Deno.readTextFileSync(`${directory.path}/to`), "short");
  }
});

Deno.test("copyTree(): what a place copies itself is whole, whatever length it was told to have", async () => {
  for (const before of ["nothing", "what was there, longer than the new one"]) {
    for (const size of [0, 3, 20]) {
      using directory = new TempDirectory();
      makeTree(directory.path, [
        { path: "a", content: "short" },
        ...(before === "nothing" ? [] : [{ path: "to", content: before }]),
      ]);
      const files = new Copying(size);
      assertEquals(
        await copyAll(
          [{ path: `${directory.path}/a` }],
          `${directory.path}/to`,
          {
            from: files,
            to: files,
          },
        ),
        [],
      );
      assertEquals(
        Deno.readTextFileSync(`${directory.path}/to`),
        "short",
        `${size} bytes, before it ${before}`,
      );
    }
  }
});

Deno.test("copyTree(): ends where a place is lost: what was not begun is named, what was is cut", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    ...["a", "b", "c"].map((path) => ({ path, content: "0123456789" })),
    { path: "to/a", content: "what was there, longer than the new one" },
  ]);
  const from = new FaultyFileSystem({
    read: () => Promise.reject(new SessionError("lost connection")),
  });
  const observer = new RecordingObserver();
  const error = await assertRejects(
    () =>
      copyAll(
        ["a", "b", "c"].map((name) => ({ path: `${directory.path}/${name}` })),
        `${directory.path}/to`,
        { from, observer },
      ),
    SessionError,
  );
  assertEquals(
    error.message,
    `${directory.path}/to/a: lost connection after 0 of 10 bytes`,
  );
  assertEquals(
    observer.failures,
    ["b", "c"].map((name) => `${directory.path}/${name}: not sent`),
  );
  assertEquals(listing(`${directory.path}/to`), ['a = ""']);
});

linkTest(
  "copyTree(): does not wait for itself where a link in the target leads back",
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: "from/d/x/x/f", content: "f" },
      { path: "to/d/" },
    ]);
    Deno.symlinkSync(".", `${directory.path}/to/d/x`);
    assertEquals(
      await copyAll(
        [{ path: `${directory.path}/from/d` }],
        `${directory.path}/to`,
        {
          recursive: true,
        },
      ),
      [],
    );
    assertEquals(listing(`${directory.path}/to`), [
      "d/",
      'd/f = "f"',
      "d/x -> .",
    ]);
  },
);
