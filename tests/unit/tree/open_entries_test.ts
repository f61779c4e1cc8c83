import { assertEquals, assertRejects } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { HashedFileSystem } from "../../../lib/digest/hashed_file_system.ts";
import { TooManyOpenError } from "../../../lib/errors.ts";
import type {
  FileSystem,
  Listing,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import type { VerifiedSides } from "../../../lib/tree/options.ts";
import { OpenEntries } from "../../../lib/tree/open_entries.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { HeldFileSystem } from "../../support/file_systems/held_file_system.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree, type TreeEntry } from "../../support/fixtures/tree.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";

/** A held disk with a limit of files and directories that are open at once. */
class LimitedFileSystem extends HeldFileSystem {
  /** Most files and directories that were open at once. */
  mostOpen = 0;
  readonly #limit: number;
  #open = 0;

  constructor(root: string, limit: number, entries = 8) {
    super(root, entries);
    this.#limit = limit;
  }

  override async readdir(path: string): Promise<Listing> {
    const close = this.#enter(path);
    const listing = await super.readdir(path);
    return {
      async *[Symbol.asyncIterator]() {
        try {
          yield* listing;
        } finally {
          close();
        }
      },
      [Symbol.dispose]: () => {
        listing[Symbol.dispose]();
        close();
      },
    };
  }

  override async openToRead(path: string): Promise<OpenFile> {
    const close = this.#enter(path);
    return closing(await super.openToRead(path), close);
  }

  override async openToWrite(path: string, mode: number): Promise<OpenFile> {
    const close = this.#enter(path);
    return closing(await super.openToWrite(path, mode), close);
  }

  #enter(path: string): () => void {
    if (this.#open >= this.#limit) {
      throw new TooManyOpenError(`${path}: Too many open files`);
    }
    this.#open++;
    this.mostOpen = Math.max(this.mostOpen, this.#open);
    let isOpen = true;
    return () => {
      if (isOpen) this.#open--;
      isOpen = false;
    };
  }
}

function closing(file: OpenFile, close: () => void): OpenFile {
  return withFaults(file, {
    close: async () => {
      close();
      await file.close();
    },
    [Symbol.dispose]: () => {
      close();
      file[Symbol.dispose]();
    },
  });
}

/** Copies `from` to `to`, both in this directory, and gives what failed. */
async function copyFrom(
  root: string,
  { from, to = new LocalFileSystem(), verified }: {
    from: FileSystem;
    to?: FileSystem;
    verified?: VerifiedSides;
  },
): Promise<readonly string[]> {
  const observer = new RecordingObserver();
  await copyTree(
    { files: from, entries: [{ path: `${root}/from` }] },
    { files: to, path: `${root}/to`, mustBeDirectory: false },
    {
      options: transferOptions({ verified }),
      observer,
    },
  );
  return observer.failures.map((text) => text.replaceAll(`${root}/`, ""));
}

const MANY: readonly TreeEntry[] = Array.from({ length: 40 }, (_, index) => ({
  path: `from/d${index % 5}/f${index}`,
  content: `content of ${index}`,
}));

const DEEP: readonly TreeEntry[] = Array.from({ length: 12 }, (_, depth) => ({
  path: `from/${"d/".repeat(depth)}f`,
  content: `at depth ${depth}`,
}));

function assertCopied(root: string, entries: readonly TreeEntry[]): void {
  for (const { path, content } of entries) {
    const copy = `${root}/to/${path.slice("from/".length)}`;
    assertEquals(Deno.readTextFileSync(copy), content);
  }
}

for (
  const [name, entries] of [["many files", MANY], ["depth", DEEP]] as const
) {
  for (const limit of [1, 2, 3, 7, 100]) {
    Deno.test(`OpenEntries: a tree with ${name} arrives whole from a place that has ${limit} open at once`, async () => {
      using directory = new TempDirectory();
      makeTree(directory.path, entries);
      const from = new LimitedFileSystem(directory.path, limit);
      assertEquals(await copyFrom(directory.path, { from }), []);
      assertCopied(directory.path, entries);
    });

    Deno.test(`OpenEntries: a tree with ${name} arrives whole at a place that has ${limit} open at once`, async () => {
      using directory = new TempDirectory();
      makeTree(directory.path, entries);
      const to = new LimitedFileSystem(directory.path, limit);
      assertEquals(
        await copyFrom(directory.path, { from: new LocalFileSystem(), to }),
        [],
      );
      assertCopied(directory.path, entries);
    });
  }
}

for (const limit of [1, 2, 7]) {
  Deno.test(`OpenEntries: files are read back from and at a place that has ${limit} open at once`, async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, MANY);
    const few = () => {
      const files = new LimitedFileSystem(directory.path, limit);
      return Object.assign(files, { digest: undefined });
    };
    const here = () => new HashedFileSystem(new LocalFileSystem());
    const { path } = directory;
    for (
      const copied of [
        { from: few(), to: here(), verified: "source" },
        { from: here(), to: few(), verified: "target" },
      ] as const
    ) {
      assertEquals(await copyFrom(path, copied), []);
      assertCopied(path, MANY);
      Deno.removeSync(`${path}/to`, { recursive: true });
    }
  });
}

Deno.test("OpenEntries: a place that has two open at once is copied within itself", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, MANY);
  const files = new LimitedFileSystem(directory.path, 2);
  assertEquals(await copyFrom(directory.path, { from: files, to: files }), []);
  assertCopied(directory.path, MANY);
});

Deno.test("OpenEntries: where files can be open in a number, that number is made use of", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, MANY);
  const from = new LimitedFileSystem(directory.path, 5);
  assertEquals(await copyFrom(directory.path, { from }), []);
  assertEquals(from.mostOpen, 5);
});

Deno.test("OpenEntries: where nothing else is open, that too many are is the entry's failure", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "from/f", content: "f" }]);
  const from = new LimitedFileSystem(directory.path, 0);
  assertEquals(await copyFrom(directory.path, { from }), [
    "from: Too many open files",
  ]);
  const to = new LimitedFileSystem(directory.path, 0);
  assertEquals(
    await copyFrom(directory.path, { from: new LocalFileSystem(), to }),
    [
      "to/f: Too many open files",
    ],
  );
});

Deno.test("OpenEntries: what can never be opened beside others does not keep the others waiting for ever", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, MANY);
  const to = new LimitedFileSystem(directory.path, 100);
  const failed = new Set(["f3", "f17", "f18"]);
  const from = new LimitedFileSystem(directory.path, 100);
  const { openToRead } = LimitedFileSystem.prototype;
  from.openToRead = async (path) => {
    if (!failed.has(from.nameOf(path))) {
      return await openToRead.call(from, path);
    }
    throw new TooManyOpenError(`${path}: Failure`);
  };
  const failures = await copyFrom(directory.path, { from, to });
  assertEquals(failures.toSorted(), [
    "from/d2/f17: Failure",
    "from/d3/f18: Failure",
    "from/d3/f3: Failure",
  ]);
});

Deno.test("use(): does not begin again once the files are open", async () => {
  let count = 0;
  await assertRejects(
    () =>
      new OpenEntries().use((opened) => {
        count++;
        opened();
        return Promise.reject(new TooManyOpenError("later"));
      }),
    TooManyOpenError,
  );
  assertEquals(count, 1);
});
