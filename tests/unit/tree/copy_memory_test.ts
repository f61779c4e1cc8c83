/** Copies that are cut and tried again, with a memory of what arrived. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { SessionError } from "../../../lib/errors.ts";
import type { Scan } from "../../../lib/events/total_count.ts";
import { CopyMemory } from "../../../lib/tree/copy_memory.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import type { TransferOptions } from "../../../lib/tree/options.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";

/** A tree that is copied to `to` over a connection that is lost at a file. */
class Stage {
  readonly from = new MemoryFileSystem();
  readonly to = new MemoryFileSystem();
  readonly memory = new CopyMemory();
  readonly observer = new RecordingObserver();
  /** Files of the source in the order in which they were opened. */
  opened: string[] = [];
  /** File at which the connection is lost. */
  lostAt: string | undefined = "d/b";

  constructor() {
    this.from.addDirectory("d", 0o555);
    this.from.addFile("d/a", "a");
    this.from.addFile("d/b", "bb");
    this.from.addFile("d/c", "ccc");
    const open = this.from.openToRead.bind(this.from);
    this.from.openToRead = async (path) => {
      this.opened.push(path);
      const file = await open(path);
      if (path !== this.lostAt) return file;
      return withFaults(file, {
        read: () => Promise.reject(new SessionError("lost connection")),
      });
    };
  }

  async copy(options: Partial<TransferOptions> = {}): Promise<void> {
    this.opened = [];
    await copyTree(
      { files: this.from, entries: [{ path: "d" }] },
      { files: this.to, path: "to", mustBeDirectory: false },
      {
        options: transferOptions({
          isWatched: true,
          memory: this.memory,
          ...options,
        }),
        observer: this.observer,
      },
    );
  }

  async copyCut(options: Partial<TransferOptions> = {}): Promise<void> {
    await assertRejects(() => this.copy(options), SessionError);
    this.lostAt = undefined;
  }

  async names(directory: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { name } of await this.to.readdir(directory)) {
      names.push(name);
    }
    return names.sort();
  }
}

Deno.test("copyTree(): a new try sends nothing again that has arrived", async () => {
  const stage = new Stage();
  await stage.copyCut();
  assert(stage.opened.includes("d/a"));
  await stage.copy();
  assertEquals(stage.opened.includes("d/a"), false);
  assertEquals(await stage.names("to"), ["a", "b", "c"]);
});

for (const step of ["createNew", "replace", "symlink"] as const) {
  Deno.test(`copyTree(): a new try removes the temporary file whose ${step} was lost with its answer`, async () => {
    const stage = new Stage();
    stage.lostAt = undefined;
    const { from, to } = stage;
    await from.symlink("d/link", "a");
    let isLost = false;
    const lose = (): never => {
      isLost = true;
      throw new SessionError("lost connection");
    };
    const steps = {
      createNew: to.createNew.bind(to),
      replace: to.replace.bind(to),
      symlink: to.symlink.bind(to),
    };
    Object.assign(to, {
      [step]: async (...args: never[]) => {
        if (step !== "replace") await (steps[step] as Step)(...args);
        lose();
      },
      remove: async () => lose(),
    });
    const options = { isAtomic: true, links: new Map() };
    await stage.copyCut(options);
    assert(isLost);
    const left = (await stage.names("to")).filter((name) => name[0] === ".");
    assert(left.length > 0);
    Object.assign(to, {
      [step]: steps[step],
      remove: MemoryFileSystem.prototype.remove,
    });
    await stage.copy(options);
    assertEquals(await stage.names("to"), ["a", "b", "c", "link"]);
  });
}

/** A call of a file system. */
type Step = (...args: readonly never[]) => Promise<unknown>;

Deno.test("copyTree(): a new try fills the directory that the first one made, not one in it", async () => {
  const stage = new Stage();
  await stage.copyCut();
  await stage.copy();
  assertEquals(await stage.names("/"), ["to"]);
  assertEquals((await stage.to.stat("to")).mode, 0o555);
});

Deno.test("copyTree(): a new try gives preserved times and modes to what the first one made", async () => {
  const stage = new Stage();
  const times = { modified: 946_684_800_000, accessed: 946_684_800_000 };
  await stage.from.setTimes("d", times);
  const store = { preserve: true, umask: 0o022, modeBits: 0o777 };
  await stage.copyCut({ store });
  await stage.copy({ store });
  const { mode, modified } = await stage.to.stat("to");
  assertEquals([mode, modified], [0o555, times.modified]);
});

for (
  const existing of [
    { keepsAll: true, keepsSame: false, keepsNewer: false },
    { keepsAll: false, keepsSame: false, keepsNewer: true },
  ]
) {
  const name = existing.keepsAll ? "--no-clobber" : "--update";
  Deno.test(`copyTree(): with ${name}, a new try completes what the first one began`, async () => {
    const stage = new Stage();
    const left = stage.to.remove.bind(stage.to);
    stage.to.remove = () => Promise.reject(new SessionError("lost connection"));
    await stage.copyCut({ existing });
    stage.to.remove = left;
    await stage.copy({ existing });
    assertEquals((await stage.to.stat("to/b")).size, 2);
  });

  Deno.test(`copyTree(): with ${name}, a new try keeps what was there before the copy`, async () => {
    const stage = new Stage();
    stage.to.addDirectory("to");
    stage.to.addDirectory("to/d");
    stage.to.addFile("to/d/c", "older");
    await stage.from.setTimes("d/c", { modified: 0, accessed: 0 });
    await stage.copyCut({ existing });
    await stage.copy({ existing });
    assertEquals((await stage.to.stat("to/d/c")).size, 5);
    assertEquals((await stage.to.stat("to/d/b")).size, 2);
  });
}

Deno.test("copyTree(): with --atomic, a new try removes the temporary file that is left", async () => {
  const stage = new Stage();
  const remove = stage.to.remove.bind(stage.to);
  stage.to.remove = () => Promise.reject(new SessionError("lost connection"));
  await stage.copyCut({ isAtomic: true });
  assert((await stage.names("to")).some((name) => name.startsWith(".b.")));
  stage.to.remove = remove;
  await stage.copy({ isAtomic: true });
  assertEquals(await stage.names("to"), ["a", "b", "c"]);
});

Deno.test("CopyMemory: scans of several tries add what the ones before did not count", () => {
  const counts: number[][] = [];
  const scan: Scan = {
    add: (files, bytes) => void counts.push([files, bytes]),
    end: () => void counts.push([]),
  };
  const memory = new CopyMemory();
  const first = memory.scanFor(scan);
  first.add(1, 10);
  first.add(1, 20);
  const second = memory.scanFor(scan);
  second.add(1, 20);
  second.add(1, 10);
  second.add(1, 5);
  second.end();
  assertEquals(counts, [[1, 10], [1, 20], [1, 5], []]);
});

Deno.test("copyTree(): with --no-clobber, what one source has made is kept from the next one of its name", async () => {
  const { from, to, memory, observer } = new Stage();
  from.addDirectory("e");
  from.addFile("e/a", "other");
  to.addDirectory("to");
  const existing = { keepsAll: true, keepsSame: false, keepsNewer: false };
  for (let tries = 0; tries < 2; tries++) {
    await copyTree(
      { files: from, entries: [{ path: "d/a" }, { path: "e/a" }] },
      { files: to, path: "to", mustBeDirectory: true },
      { options: transferOptions({ memory, existing }), observer },
    );
  }
  assertEquals(to.textOf("to/a"), "a");
});
