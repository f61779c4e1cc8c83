/** copyTree() between places that are best at many things at once. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EntryError,
  ProtocolError,
  SessionError,
} from "../../../lib/errors.ts";
import type {
  Attributes,
  FileSystem,
  Listing,
  OpenFile,
  WholeFile,
} from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { TransferOptions } from "../../../lib/tree/options.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { Gate, ORDERS } from "../../support/gate.ts";
import { HeldFileSystem } from "../../support/file_systems/held_file_system.ts";
import { listingOf } from "../../support/fixtures/listed_entries.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { linkTest } from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { turn } from "../../support/turn.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";

/** A directory in which is copied, from a far place to a near one if not told. */
class Bench implements Disposable {
  readonly directory = new TempDirectory();
  readonly path = this.directory.path;
  readonly from = new HeldFileSystem(this.path);
  readonly observer = new RecordingObserver();

  /** Copies these paths to the path `to`. */
  copy(
    sources: readonly string[],
    {
      from = this.from,
      to = new LocalFileSystem(),
      preserve = false,
      ...options
    }:
      & Partial<TransferOptions>
      & { from?: FileSystem; to?: FileSystem; preserve?: boolean } = {},
  ): Promise<void> {
    return copyTree(
      {
        files: from,
        entries: sources.map((path) => ({ path: `${this.path}/${path}` })),
      },
      { files: to, path: `${this.path}/to`, mustBeDirectory: false },
      {
        options: transferOptions({
          store: { preserve, umask: 0o022, modeBits: 0o777 },
          ...options,
        }),
        observer: this.observer,
      },
    );
  }

  /** Failures, with paths from the directory on. */
  get failures(): string[] {
    return this.observer.failures.map((text) =>
      text.replaceAll(`${this.path}/`, "")
    );
  }

  [Symbol.dispose](): void {
    this.directory[Symbol.dispose]();
  }
}

/** A far place whose reads wait until they are let go. */
class GatedFiles extends HeldFileSystem {
  readonly gate = new Gate();

  override async openToRead(path: string): Promise<OpenFile> {
    const file = await super.openToRead(path);
    return withFaults(file, {
      read: async (buffer, at) => {
        await this.gate.pass();
        return await file.read(buffer, at);
      },
    });
  }
}

Deno.test("copyTree(): copies a tree whole that is copied many entries at once", async () => {
  using bench = new Bench();
  const names = Array.from({ length: 30 }, (_, index) => `f${index}`);
  makeTree(bench.path, [
    ...names.map((name, index) => ({
      path: `d/${name}`,
      content: "0123456789".repeat(index % 4),
    })),
    ...names.map((name) => ({ path: `d/${name}-d/e/f`, content: name })),
    { path: "d/empty/" },
  ]);
  await bench.copy(["d"]);
  assertEquals(bench.failures, []);
  assertEquals(
    listing(`${bench.path}/to`),
    listing(`${bench.path}/d`),
  );
});

Deno.test("copyTree(): has as many entries in flight as the faster place is best at", async () => {
  using bench = new Bench();
  const names = ["a", "b", "c", "d", "e", "f"];
  makeTree(bench.path, [
    ...names.map((path) => ({ path, content: path })),
    { path: "to/" },
  ]);
  const holds = names.map((name) => bench.from.hold(`openToRead ${name}`));
  const copying = bench.copy(names);
  const opened = (): number =>
    bench.from.calls.filter((call) => call.startsWith("openToRead")).length;
  for (const [index, { reached, letGo }] of holds.entries()) {
    const most = Math.min(6, index + 4);
    await reached;
    // What takes long gives other work its turn in between.
    for (let turns = 0; turns < 100 && opened() < most; turns++) await turn();
    await turn();
    assertEquals(opened(), most);
    letGo();
  }
  await copying;
  assertEquals(
    listing(`${bench.path}/to`),
    names.map((name) => `${name} = "${name}"`),
  );
});

Deno.test("copyTree(): walks a directory for four of the entries that may be in flight", async () => {
  for (const [mostEntries, atOnce] of [[4, 1], [16, 4]] as const) {
    class Distant extends HeldFileSystem {
      override readonly concurrency = {
        entries: 4,
        mostEntries,
        blocks: 3,
        blockBytes: 4,
      };
    }
    using bench = new Bench();
    const names = Array.from({ length: 8 }, (_, at) => `d/s${at}`);
    makeTree(bench.path, names.map((path) => ({ path: `${path}/` })));
    const from = new Distant(bench.path);
    const holds = names.map((name) => from.hold(`readdir ${name}`));
    const copying = bench.copy(["d"], { from });
    await holds[atOnce - 1]!.reached;
    await turn();
    const listed = from.calls.filter((call) => call.startsWith("readdir d/"));
    assertEquals(listed.length, atOnce);
    for (const { letGo } of holds) letGo();
    await copying;
    assertEquals(listing(`${bench.path}/to`), listing(`${bench.path}/d`));
  }
});

Deno.test("copyTree(): has as many blocks in flight as both places are best at together", async () => {
  for (const toFarPlace of [false, true]) {
    using bench = new Bench();
    const content = "0123456789".repeat(10);
    makeTree(bench.path, [{ path: "f", content }]);
    const from = new GatedFiles(bench.path);
    const to = toFarPlace
      ? new HeldFileSystem(bench.path)
      : new LocalFileSystem();
    const copying = bench.copy(["f"], { from, to });
    await from.gate.open(ORDERS["first come"]);
    await copying;
    assertEquals(from.gate.most, toFarPlace ? 6 : 3);
    assertEquals(Deno.readTextFileSync(`${bench.path}/to`), content);
  }
});

Deno.test("copyTree(): reports what failed in the order in which it was begun", async () => {
  using bench = new Bench();
  makeTree(bench.path, [
    ...["a", "b", "c", "d"].map((path) => ({ path, content: path })),
    { path: "to/a/" },
    { path: "to/b/" },
    { path: "to/d/" },
  ]);
  const first = bench.from.hold("openToRead a");
  const second = bench.from.hold("openToRead b");
  const last = bench.from.hold("openToRead d");
  const copying = bench.copy(["a", "b", "missing", "c", "d"]);
  await Promise.all([first.reached, second.reached]);
  await turn();
  assertEquals(bench.failures, []);
  second.letGo();
  await turn();
  assertEquals(bench.failures, []);
  first.letGo();
  await last.reached;
  last.letGo();
  await copying;
  assertEquals(bench.failures, [
    "to/a: Is a directory",
    "to/b: Is a directory",
    "missing: No such file or directory",
    "to/d: Is a directory",
  ]);
});

Deno.test("copyTree(): reports what failed in a directory before what failed with it", async () => {
  using bench = new Bench();
  makeTree(bench.path, [
    { path: "d/a", content: "a" },
    { path: "d/b", content: "b" },
    { path: "to/d/a/" },
    { path: "to/d/b/" },
  ]);
  class NoTimes extends LocalFileSystem {
    override async setTimes(path: string): Promise<void> {
      throw new EntryError(`${path}: set times: Operation not permitted`);
    }
  }
  const hold = bench.from.hold("openToRead d/a");
  const copying = bench.copy(["d"], { to: new NoTimes(), preserve: true });
  await hold.reached;
  hold.letGo();
  await copying;
  assertEquals(bench.failures, [
    "to/d/a: Is a directory",
    "to/d/b: Is a directory",
    "to/d: set times: Operation not permitted",
  ]);
});

/** Nothing tells which of its entries are the same. */
class NoIdentities extends LocalFileSystem {
  override async find(path: string): Promise<Attributes | undefined> {
    const found = await super.find(path);
    if (found === undefined) return undefined;
    const { identity: _, ...attributes } = found;
    return attributes;
  }

  override async identify(): Promise<undefined> {}

  override async openToWrite(path: string, mode: number): Promise<OpenFile> {
    const file = await super.openToWrite(path, mode);
    return withFaults(file, { identify: async () => undefined });
  }
}

for (
  const [place, makeFiles] of [
    ["a place that tells files apart", () => new LocalFileSystem()],
    ["one that does not", () => new NoIdentities()],
  ] as const
) {
  for (const before of ["nothing", "a file"]) {
    Deno.test(`copyTree(): the later of two files for one name wins, whole: in ${place}, where ${before} was there`, async () => {
      using bench = new Bench();
      makeTree(bench.path, [
        { path: "x/f", content: "1111111111" },
        { path: "y/f", content: "2222222222222222222" },
        { path: "z/f", content: "333" },
        before === "nothing"
          ? { path: "to/" }
          : { path: "to/f", content: "what was there, longer than all others" },
      ]);
      const hold = bench.from.hold("read x/f");
      const look = bench.from.hold("stat y/f");
      const copying = bench.copy(["x/f", "y/f", "z/f"], { to: makeFiles() });
      await Promise.all([hold.reached, look.reached]);
      look.letGo();
      await turn();
      hold.letGo();
      await copying;
      assertEquals(bench.failures, []);
      assertEquals(listing(`${bench.path}/to`), ['f = "333"']);
    });
  }
}

linkTest(
  "copyTree(): the later of two files for one file wins, whole, whatever names lead there",
  async () => {
    using bench = new Bench();
    makeTree(bench.path, [
      { path: "f", content: "1111111111" },
      { path: "link", content: "333" },
      { path: "to/f", content: "old" },
    ]);
    Deno.symlinkSync("f", `${bench.path}/to/link`);
    const hold = bench.from.hold("read f");
    const copying = bench.copy(["f", "link"]);
    await hold.reached;
    await turn();
    hold.letGo();
    await copying;
    assertEquals(bench.failures, []);
    assertEquals(
      listing(`${bench.path}/to`),
      ['f = "333"', "link -> f"],
    );
  },
);

for (const before of ["new", "there"]) {
  for (const held of ["read x/d/f", "entry x/d/f"]) {
    Deno.test(`copyTree(): a file that two directories have is one of the two, whole: in a directory that is ${before}, with a wait at ${held}`, async () => {
      using bench = new Bench();
      const contents = ["1111111111", "2222222222222222222"];
      makeTree(bench.path, [
        { path: "x/d/f", content: contents[0]! },
        { path: "y/d/f", content: contents[1]! },
        { path: before === "new" ? "to/" : "to/d/" },
      ]);
      const hold = bench.from.hold(held);
      const look = bench.from.hold("stat y/d");
      const copying = bench.copy(["x/d", "y/d"]);
      await Promise.all([hold.reached, look.reached]);
      look.letGo();
      await turn();
      hold.letGo();
      await copying;
      assertEquals(bench.failures, []);
      const content = Deno.readTextFileSync(`${bench.path}/to/d/f`);
      assert(contents.includes(content), content);
    });
  }
}

Deno.test("copyTree(): two directories for one name are both copied, whichever is made first", async () => {
  using bench = new Bench();
  makeTree(bench.path, [
    { path: "x/d/a", content: "a" },
    { path: "y/d/b", content: "b" },
    { path: "to/" },
  ]);
  const to = new HeldFileSystem(bench.path);
  const make = to.hold("mkdir to/d");
  const copying = bench.copy(["x/d", "y/d"], { to });
  await make.reached;
  await turn();
  make.letGo();
  await copying;
  assertEquals(bench.failures, []);
  assertEquals(
    listing(`${bench.path}/to`),
    ["d/", 'd/a = "a"', 'd/b = "b"'],
  );
});

Deno.test("copyTree(): a name that is listed twice is stored whole, as the later of the two", async () => {
  using bench = new Bench();
  makeTree(bench.path, [
    { path: "d/f", content: "what is there at first" },
    { path: "to/" },
  ]);
  class Twice extends LocalFileSystem {
    override async readdir(): Promise<Listing> {
      return listingOf((async function* () {
        yield { name: "f" };
        await turn();
        Deno.writeTextFileSync(`${bench.path}/d/f`, "later");
        yield { name: "f" };
      })());
    }
  }
  await bench.copy(["d"], { from: new Twice() });
  assertEquals(bench.failures, []);
  assertEquals(listing(`${bench.path}/to`), ["d/", 'd/f = "later"']);
});

for (const atOnce of [1, 4]) {
  linkTest(
    `copyTree(): nothing is written through a link that was just made, ${atOnce} at once`,
    async () => {
      using bench = new Bench();
      makeTree(bench.path, [
        { path: "x/" },
        { path: "y/l", content: "hostile" },
        { path: "victim", content: "precious" },
        { path: "to/" },
      ]);
      Deno.symlinkSync("../victim", `${bench.path}/x/l`);
      await bench.copy(["x/l", "y/l"], {
        from: new HeldFileSystem(bench.path, atOnce),
        links: new Map(),
      });
      assertEquals(Deno.readTextFileSync(`${bench.path}/victim`), "precious");
      assertEquals(bench.failures, ["y/l: to/l is a link that was just made"]);
      assertEquals(listing(`${bench.path}/to`), ["l -> ../victim"]);
    },
  );
}

Deno.test(
  "copyTree(): a directory gets its mode and its times after all that goes in",
  {
    ignore: Deno.build.os === "windows",
  },
  async () => {
    using bench = new Bench();
    makeTree(bench.path, [
      { path: "d/a", content: "a", modified: 1000 },
      { path: "d/e/f", content: "f", modified: 1000 },
      { path: "d/e/", mode: 0o500, modified: 2000 },
      { path: "d/empty/", mode: 0o500, modified: 3000 },
      { path: "d/", mode: 0o555, modified: 4000 },
    ]);
    const to = new HeldFileSystem(bench.path, 16);
    const first = bench.from.hold("read d/a");
    const inner = bench.from.hold("read d/e/f");
    const copying = bench.copy(["d"], { to, preserve: true });
    await Promise.all([first.reached, inner.reached]);
    await turn();
    const sets = (): string[] =>
      to.calls.filter((call) => /^set(Mode|Times) /.test(call));
    assertEquals(sets().filter((call) => !call.endsWith("/empty")), []);
    inner.letGo();
    await turn();
    assertEquals(
      sets().filter((call) => !call.endsWith("/empty")),
      ["setTimes to/e", "setMode to/e"],
    );
    first.letGo();
    await copying;
    assertEquals(bench.failures, []);
    assertEquals(to.calls.slice(-2), ["setTimes to", "setMode to"]);
    for (
      const [path, mode, modified] of [
        ["to", 0o555, 4000],
        ["to/e", 0o500, 2000],
        ["to/empty", 0o500, 3000],
      ] as const
    ) {
      const info = Deno.statSync(`${bench.path}/${path}`);
      assertEquals(info.mode! & 0o7777, mode, path);
      assertEquals(info.mtime!.getTime(), modified * 1000, path);
    }
  },
);

Deno.test("copyTree(): what is no regular file is written in order, one block at a time", async () => {
  using bench = new Bench();
  const content = "0123456789".repeat(3);
  makeTree(bench.path, [
    { path: "f", content },
    { path: "to", content: "" },
  ]);
  const written: string[] = [];
  class Device extends LocalFileSystem {
    override async find(path: string): Promise<Attributes | undefined> {
      const found = await super.find(path);
      return found && { ...found, kind: "other" };
    }

    override async openToWrite(path: string, mode: number): Promise<OpenFile> {
      const file = await super.openToWrite(path, mode);
      return withFaults(file, {
        write: async (bytes, at) => {
          written.push(`${at} ${new TextDecoder().decode(bytes)}`);
        },
      });
    }
  }
  const from = new GatedFiles(bench.path);
  const copying = bench.copy(["f"], { from, to: new Device() });
  await from.gate.open(ORDERS["last come"]);
  await copying;
  assertEquals(from.gate.most, 1);
  assertEquals(
    written,
    [0, 4, 8, 12, 16, 20, 24, 28].map((at) =>
      `${at} ${content.slice(at, at + 4)}`
    ),
  );
});

Deno.test("copyTree(): tells its observer of each file that moves, if it is watched", async () => {
  for (const isWatched of [true, false]) {
    using bench = new Bench();
    makeTree(bench.path, [
      { path: "d/a", content: "0123456789" },
      { path: "d/b", content: "" },
      { path: "d/c", content: "abc" },
    ]);
    const hold = bench.from.hold("read d/a");
    const copying = bench.copy(["d"], { isWatched });
    await hold.reached;
    hold.letGo();
    await copying;
    assertEquals(
      bench.observer.bodies,
      isWatched ? ["a 10/10", "b 0/0", "c 3/3"] : [],
    );
  }
});

/** A place that breaks with an error at some read. */
class Breaking extends HeldFileSystem {
  readonly #error: Error;

  constructor(root: string, error: Error) {
    super(root);
    this.#error = error;
  }

  override async openToRead(path: string): Promise<OpenFile> {
    const file = await super.openToRead(path);
    return withFaults(file, {
      read: async (buffer, at) => {
        if (at >= 8) throw this.#error;
        return await file.read(buffer, at);
      },
    });
  }
}

for (
  const [error, says] of [
    [
      new SessionError("lost connection"),
      "lost connection after 8 of 10 bytes",
    ],
    [new ProtocolError("nonsense"), "nonsense"],
  ] as const
) {
  Deno.test(`copyTree(): names each file that was in flight when a place broke: ${error.name}`, async () => {
    for (const namedBy of ["source", "target"] as const) {
      using bench = new Bench();
      makeTree(bench.path, [
        ...["a", "b", "e", "f", "g", "h"].map((path) => ({
          path,
          content: "0123456789",
        })),
        { path: "whole", content: "0123456" },
        { path: "to/" },
      ]);
      const thrown = await assertRejects(
        () =>
          bench.copy(["whole", "a", "b", "e", "f", "g", "h"], {
            from: new Breaking(bench.path, error),
            namedBy,
          }),
        error.constructor as new () => Error,
      );
      const nameOf = (name: string): string =>
        namedBy === "source" ? name : `to/${name}`;
      const told = [
        thrown.message.replaceAll(`${bench.path}/`, ""),
        ...bench.failures,
      ];
      // Which one is told first, and how far the others came, is another
      // matter: nothing more is begun.
      assert(told.includes(`${nameOf("a")}: ${says}`), told.join("; "));
      const saysSo = says.replace("8", "\\d");
      for (const name of ["b", "e", "f", "g", "h"]) {
        const cutShort = new RegExp(`^${nameOf(name)}: ${saysSo}$`);
        const isTold = told.some((line) => cutShort.test(line)) ||
          told.includes(`${name}: not sent`);
        assert(isTold, `${name} is missing: ${told.join("; ")}`);
      }
      assert(told.includes("h: not sent"), told.join("; "));
      const stored = listing(`${bench.path}/to`);
      assert(stored.includes('whole = "0123456"'), stored.join("; "));
      for (const line of stored) {
        assert(/ = "(|0123|0123456|01234567)"$/.test(line), line);
      }
    }
  });
}

Deno.test("copyTree(): names each source whose connection was lost before it was looked at", async () => {
  for (const entries of [1, 4]) {
    using bench = new Bench();
    makeTree(bench.path, [{ path: "to/" }]);
    class Lost extends LocalFileSystem {
      override readonly concurrency = { entries, blocks: 1, blockBytes: 4 };

      override stat(): Promise<never> {
        return Promise.reject(new SessionError("lost connection"));
      }
    }
    const names = ["a", "b", "c", "d", "e", "f"];
    await assertRejects(
      () => bench.copy(names, { from: new Lost() }),
      SessionError,
      "lost connection",
    );
    assertEquals(
      bench.failures.slice(-1),
      ["f: not sent"],
      `${entries} at once`,
    );
    for (const name of names.slice(1)) {
      const isNamed = bench.failures.some((text) => text.startsWith(name));
      assert(isNamed, `${name} is not named, ${entries} at once`);
    }
  }
});

Deno.test("copyTree(): an interrupt ends no file whose content is all in flight, and nothing more begins", async () => {
  using bench = new Bench();
  makeTree(bench.path, [
    ...["a", "b"].map((path) => ({ path, content: "0123456789" })),
    ...["c", "d", "e", "f"].map((path) => ({ path, content: path })),
    { path: "to/a", content: "what was there, longer than all others" },
    { path: "to/e", content: "kept" },
  ]);
  const abort = new AbortController();
  const held = ["a", "b", "c", "d"];
  const holds = held.map((name) => bench.from.hold(`read ${name}`));
  const copying = bench.copy([...held, "e", "f"], {
    interrupted: abort.signal,
  });
  await Promise.all(holds.map(({ reached }) => reached));
  await turn();
  abort.abort();
  for (const { letGo } of holds) letGo();
  await copying;
  assertEquals(bench.failures, []);
  assertEquals(listing(`${bench.path}/to`), [
    ...["a", "b"].map((name) => `${name} = "0123456789"`),
    ...['c = "c"', 'd = "d"', 'e = "kept"'],
  ]);
});

Deno.test("copyTree(): an interrupt leaves a true beginning of a file that has more blocks", async () => {
  using bench = new Bench();
  const content = "0123456789".repeat(100_000);
  makeTree(bench.path, [
    { path: "a", content },
    { path: "to/a", content: "x".repeat(content.length + 1) },
  ]);
  const abort = new AbortController();
  class Interrupting extends LocalFileSystem {
    override async openToRead(path: string): Promise<OpenFile> {
      const file = await super.openToRead(path);
      return withFaults(file, {
        read: async (buffer, at) => {
          abort.abort();
          return await file.read(buffer, at);
        },
      });
    }
  }
  await bench.copy(["a"], {
    from: new Interrupting(),
    interrupted: abort.signal,
  });
  const [, size] = /^to\/a: interrupted after (\d+) bytes$/
    .exec(bench.failures.join("; ")) ?? [];
  assert(Number(size) > 0 && Number(size) < content.length, size);
  assertEquals(
    Deno.readTextFileSync(`${bench.path}/to/a`) ===
      content.slice(0, Number(size)),
    true,
  );
});

Deno.test("copyTree(): writes and closes a small new file in one flight where the server keeps order, and finds one that grew", async () => {
  for (
    const [grows, keepsOrder] of [
      [false, "of a file"],
      [true, "of a file"],
      [false, undefined],
    ] as const
  ) {
    using bench = new Bench();
    makeTree(bench.path, [{ path: "f", content: "abc" }]);
    const inFlight: string[][] = [];
    let steps: string[] = [];
    class Noting extends HeldFileSystem {
      readonly keepsOrder = keepsOrder;

      override async createNew(path: string, mode: number): Promise<OpenFile> {
        return this.#noting(await super.createNew(path, mode));
      }

      override async openToWrite(
        path: string,
        mode: number,
      ): Promise<OpenFile> {
        return this.#noting(
          await new LocalFileSystem().openToWrite(path, mode),
        );
      }

      override readonly storeWhole = keepsOrder && (async (
        { path, mode, content }: WholeFile,
        made: () => void,
      ) => {
        const file = await super.createNew(path, mode);
        made();
        inFlight.push(["write", "close"]);
        await file.write(content, 0);
        await file.close();
        return {};
      });

      #noting(file: OpenFile): OpenFile {
        const noted = <A extends readonly unknown[]>(
          name: string,
          call: (...args: A) => Promise<void>,
        ) =>
        async (...args: A) => {
          steps.push(name);
          await turn();
          if (steps.length > 0) inFlight.push(steps);
          steps = [];
          await call(...args);
        };
        return withFaults(file, {
          write: noted(
            "write",
            (bytes: Uint8Array, at: number) => file.write(bytes, at),
          ),
          close: noted("close", () => file.close()),
        });
      }
    }
    class Growing extends LocalFileSystem {
      override async stat(path: string): Promise<Attributes> {
        const attributes = await super.stat(path);
        return { ...attributes, size: grows ? 2 : attributes.size };
      }
    }
    await bench.copy(["f"], {
      from: new Growing(),
      to: new Noting(bench.path),
    });
    assertEquals(bench.failures, []);
    assertEquals(Deno.readTextFileSync(`${bench.path}/to`), "abc");
    const together = keepsOrder !== undefined && !grows;
    assertEquals(inFlight[0], together ? ["write", "close"] : ["write"]);
  }
});
