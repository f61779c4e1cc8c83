import { assertEquals } from "@std/assert";
import type {
  Attributes,
  Listing,
} from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import { listingOf } from "../../support/fixtures/listed_entries.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";

/** A disk whose directories are listed late: what was just made is seen. */
class LateFiles extends LocalFileSystem {
  override async readdir(path: string): Promise<Listing> {
    return listingOf(namesIn(path));
  }
}

async function* namesIn(path: string): AsyncIterable<{ name: string }> {
  const names = Array.from(Deno.readDirSync(path), ({ name }) => name);
  for (const name of names.toSorted()) yield { name };
}

/** The same as a server shows it: paths are identities, births are unknown. */
class ServedFiles extends LateFiles {
  override async identify(path: string): Promise<string | undefined> {
    return Deno.realPathSync(path);
  }

  override async stat(path: string): Promise<Attributes> {
    return served(await super.stat(path));
  }
}

function served(
  { born: _born, identity: _identity, ...told }: Attributes,
): Attributes {
  const seconds = (time: number): number => Math.floor(time / 1000) * 1000;
  return { ...told, modified: seconds(told.modified) };
}

/** The same as a target. */
class ServedTarget extends LateFiles {
  override async identify(path: string): Promise<string | undefined> {
    return Deno.realPathSync(path);
  }
}

/** A disk on which all was made a minute ago. */
class OlderFiles extends LateFiles {
  override async stat(path: string): Promise<Attributes> {
    const { born = Date.now(), ...told } = await super.stat(path);
    return { ...told, born: born - 60_000 };
  }
}

/** A server on another machine, whose `root` is a directory of this one. */
class OtherMachine extends ServedFiles {
  readonly #root: string;
  readonly #seen: string;

  constructor(root: string, seen: string) {
    super();
    this.#root = root;
    this.#seen = seen;
  }

  #real(path: string): string {
    return path.replace(this.#seen, this.#root);
  }

  override async identify(path: string): Promise<string | undefined> {
    return path;
  }

  override async stat(path: string): Promise<Attributes> {
    return await super.stat(this.#real(path));
  }

  override async readdir(path: string): Promise<Listing> {
    return await super.readdir(this.#real(path));
  }

  override async openToRead(path: string) {
    return await super.openToRead(this.#real(path));
  }
}

async function copy(
  [from, source]: readonly [LocalFileSystem, string],
  [to, target]: readonly [LocalFileSystem, string],
): Promise<readonly string[]> {
  const observer = new RecordingObserver();
  await copyTree(
    { files: from, entries: [{ path: source }] },
    { files: to, path: target, mustBeDirectory: false },
    {
      options: transferOptions(),
      observer,
    },
  );
  return observer.failures;
}

const PLACES = [
  ["up", () => new LateFiles(), () => new ServedTarget()],
  ["down", () => new ServedFiles(), () => new LocalFileSystem()],
  ["between two hosts", () => new ServedFiles(), () => new ServedTarget()],
] as const;

const ROWS: readonly (readonly [
  source: string,
  target: string,
  refused: string,
  left: readonly string[],
])[] = [
  ["d", "d", "d/d", ["d/", "d/d/", 'd/d/a = "a"', 'd/d/z = "z"']],
  ["d", "d/sub", "d/sub", ["d/", "d/sub/", 'd/sub/a = "a"', 'd/sub/z = "z"']],
  ["d/.", "d/x", "d/x", ["d/", "d/x/", 'd/x/a = "a"', 'd/x/z = "z"']],
];

for (const [way, from, to] of PLACES) {
  for (const [source, target, refused, left] of ROWS) {
    Deno.test(
      `copyTree(): a directory that is copied into itself by way of a server is refused: ${way}, ${source} to ${target}`,
      async () => {
        using directory = new TempDirectory();
        const { path } = directory;
        makeTree(path, [
          { path: "d/a", content: "a" },
          { path: "d/z", content: "z" },
        ]);
        const failures = await copy([from(), `${path}/${source}`], [
          to(),
          `${path}/${target}`,
        ]);
        assertEquals(failures.map((text) => text.replace("/./", "/")), [
          `${path}/${refused}: cannot copy a directory into itself`,
        ]);
        assertEquals(
          listing(path),
          [...left, 'd/a = "a"', 'd/z = "z"'].toSorted(),
        );
      },
    );
  }
}

for (const [way, from, to] of PLACES) {
  Deno.test(
    `copyTree(): a directory that is copied into one of its name inside itself ends: ${way}`,
    async () => {
      using directory = new TempDirectory();
      const { path } = directory;
      makeTree(path, [{ path: "d/a", content: "a" }, { path: "d/d/" }]);
      const failures = await copy([from(), `${path}/d`], [to(), `${path}/d`]);
      assertEquals(failures.length, 1);
      const made = listing(path);
      assertEquals(made.includes('d/d/a = "a"'), true);
      assertEquals(made.includes("d/d/d/d/"), false);
    },
  );
}

Deno.test("copyTree(): a directory of the target's name that was there before is copied", async () => {
  using directory = new TempDirectory();
  const { path } = directory;
  makeTree(path, [
    { path: "d/d/d/f", content: "f" },
    { path: "to/" },
  ]);
  for (const from of [new OlderFiles(), new ServedFiles()]) {
    const to = new ServedTarget();
    assertEquals(await copy([from, `${path}/d`], [to, `${path}/to`]), []);
    assertEquals(
      listing(`${path}/to`),
      ["d/", "d/d/", "d/d/d/", 'd/d/d/f = "f"'],
    );
    Deno.removeSync(`${path}/to/d`, { recursive: true });
  }
});

Deno.test(
  "copyTree(): a directory on another machine is copied, though this one has the same path",
  async () => {
    using here = new TempDirectory();
    using there = new TempDirectory();
    makeTree(there.path, [
      { path: "d/d/f", content: "f" },
      { path: "d/d/", modified: 1_000_000_000 },
    ]);
    Deno.mkdirSync(`${here.path}/d`);
    const other = new OtherMachine(there.path, here.path);
    const failures = await copy([other, `${here.path}/d`], [
      new LocalFileSystem(),
      `${here.path}/d`,
    ]);
    assertEquals(failures, []);
    assertEquals(
      listing(here.path),
      ["d/", "d/d/", "d/d/d/", 'd/d/d/f = "f"'],
    );
  },
);
