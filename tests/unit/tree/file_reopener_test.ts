/** Temporary files that a try left, with which the next one goes on. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { SessionError } from "../../../lib/errors.ts";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import { CopyMemory } from "../../../lib/tree/copy_memory.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import type { TransferOptions } from "../../../lib/tree/options.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { HashingMemory } from "../../support/file_systems/hashing_memory.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";

/** Byte from which on nothing is read in the first try. */
const CUT = 600_000;

/** Lines of which no two are the same. */
const CONTENT = Array.from({ length: 150_000 }, (_, at) => `${at}\n`).join("");

/** A file that is replaced in one step over a connection that is lost in it. */
class Stage {
  readonly from = new HashingMemory();
  readonly to = new HashingMemory();
  readonly memory = new CopyMemory();
  readonly events: CopyEvent[] = [];
  isCut = true;
  /** Called where the connection is lost. */
  onCut: () => void = () => {};

  constructor() {
    this.from.addFile("f", CONTENT);
    this.to.addFile("g", "old");
    const open = this.from.openToRead.bind(this.from);
    this.from.openToRead = async (path) => {
      const file = await open(path);
      if (!this.isCut) return file;
      return withFaults(file, {
        read: async (buffer, at) => {
          if (at + buffer.length <= CUT) return await file.read(buffer, at);
          this.onCut();
          throw new SessionError("lost connection");
        },
      });
    };
  }

  async copy(options: Partial<TransferOptions> = {}): Promise<void> {
    await copyTree(
      { files: this.from, entries: [{ path: "f" }] },
      { files: this.to, path: "g", mustBeDirectory: false },
      {
        options: transferOptions({
          isAtomic: true,
          memory: this.memory,
          ...options,
        }),
        observer: { report: (event) => this.events.push(event) },
      },
    );
  }

  async copyCut(options: Partial<TransferOptions> = {}): Promise<string> {
    const error = await assertRejects(() => this.copy(options), SessionError);
    this.isCut = false;
    return error.message;
  }

  /** Name of the temporary file; absent where there is none. */
  get temporary(): string | undefined {
    return this.names.find((name) => name.startsWith(".g.seacp-"));
  }

  get names(): string[] {
    return this.to.listing().map((line) => line.replace(/ = .*/s, ""));
  }

  /** Byte from which on the last try went on. */
  get resumedAt(): number | undefined {
    const event = this.events.findLast(({ kind }) => kind === "resumed");
    return event?.kind === "resumed" ? event.at : undefined;
  }

  async assertWhole(content: string): Promise<void> {
    assertEquals(this.names, ["g"]);
    using file = await this.to.openToRead("g");
    const there = new Uint8Array(content.length + 1);
    let length = 0;
    for (let count; (count = await file.read(there, length)) > 0;) {
      const text = new TextDecoder().decode(there.subarray(0, count));
      assert(content.startsWith(text, length));
      length += count;
    }
    assertEquals(length, content.length);
  }
}

Deno.test("copyTree(): a new try goes on with the temporary file of the one before", async () => {
  const stage = new Stage();
  await stage.copyCut();
  assert(stage.temporary);
  await stage.copy();
  assert(stage.resumedAt! > CUT / 2 && stage.resumedAt! <= CUT);
  await stage.assertWhole(CONTENT);
});

Deno.test("copyTree(): a temporary file on a host that stays is named, one here is not", async () => {
  const far = new Stage();
  const said = await far.copyCut({ namedBy: "source" });
  assert(said.includes(far.temporary!), said);
  const here = new Stage();
  assertEquals((await here.copyCut()).includes(".seacp-"), false);
});

Deno.test("copyTree(): a temporary file whose content is another one is not believed", async () => {
  const stage = new Stage();
  await stage.copyCut();
  using file = await stage.to.openToWrite(stage.temporary!, 0o600);
  await file.write(new Uint8Array(9), 1000);
  await stage.copy();
  assertEquals(stage.resumedAt, undefined);
  await stage.assertWhole(CONTENT);
});

Deno.test("copyTree(): a temporary file whose source has changed is removed", async () => {
  const stage = new Stage();
  await stage.copyCut();
  const other = `${CONTENT.slice(0, 650_000)}other`;
  stage.from.addFile("f", other);
  await stage.copy();
  assertEquals(stage.resumedAt, undefined);
  await stage.assertWhole(other);
});

Deno.test("copyTree(): a temporary file that is gone, or shorter, is made anew", async () => {
  for (const isGone of [true, false]) {
    const stage = new Stage();
    await stage.copyCut();
    if (isGone) await stage.to.remove(stage.temporary!);
    else {
      using file = await stage.to.openToWrite(stage.temporary!, 0o600);
      await file.truncate(9);
    }
    await stage.copy();
    assertEquals(stage.resumedAt, undefined);
    await stage.assertWhole(CONTENT);
  }
});

Deno.test("copyTree(): a temporary file that is lost again goes on from where it came to", async () => {
  const stage = new Stage();
  await stage.copyCut();
  stage.isCut = true;
  await stage.copyCut();
  await stage.copy();
  assert(stage.resumedAt! <= CUT);
  await stage.assertWhole(CONTENT);
});

Deno.test("copyTree(): an interrupt leaves no temporary file to go on with", async () => {
  const stage = new Stage();
  const interrupt = new AbortController();
  stage.onCut = () => interrupt.abort(130);
  await stage.copyCut({ interrupted: interrupt.signal });
  assertEquals(stage.names, ["g"]);
});

Deno.test("CopyMemory: removes the temporary files with which no try went on", async () => {
  const stage = new Stage();
  await stage.copyCut();
  await stage.memory.removeSuspended(stage.to);
  assertEquals(stage.names, ["g"]);
  await stage.copy();
  await stage.assertWhole(CONTENT);
});
