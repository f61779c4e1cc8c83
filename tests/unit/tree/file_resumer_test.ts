/** Files that go on where an earlier copy was cut. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { TooManyOpenError } from "../../../lib/errors.ts";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import { FileResumer } from "../../../lib/tree/file_resumer.ts";
import type { ResumePoint } from "../../../lib/tree/resume_point.ts";
import type { TransferOptions } from "../../../lib/tree/options.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { HashingMemory } from "../../support/file_systems/hashing_memory.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";

const MIB = 1024 * 1024;

/** Gives text of some length, in which no two stretches are the same. */
function text(length: number): string {
  let made = "";
  for (let at = 0; made.length < length; at++) made += `${at} `;
  return made.slice(0, length);
}

/** Finds the point for a file `f`, and what was said of it. */
async function find(
  content: string,
  there: string,
  { from = new HashingMemory(), to = new HashingMemory() }: {
    from?: MemoryFileSystem;
    to?: MemoryFileSystem;
  } = {},
): Promise<{ point: ResumePoint; said: string[] }> {
  from.addFile("f", content);
  to.addFile("g", there);
  const said: string[] = [];
  const resumer = new FileResumer(from, to, {
    report: (event) => {
      if (event.kind === "warning") said.push(event.message);
    },
  });
  const point = await resumer.find(
    { path: "f", attributes: await from.stat("f") },
    { path: "g", attributes: await to.stat("g") },
  );
  return { point, said };
}

Deno.test("FileResumer: goes on behind a beginning", async () => {
  const { point } = await find("abcdef", "abc");
  assertEquals(point, { kind: "at", at: 3 });
});

Deno.test("FileResumer: finds a file that is all there", async () => {
  const { point } = await find("abcdef", "abcdef");
  assertEquals(point, { kind: "same" });
});

Deno.test("FileResumer: does not believe an equal length", async () => {
  const { point } = await find("abcdef", "abcdeF");
  assertEquals(point, {
    kind: "whole",
    reason: "what is there has another content",
  });
});

Deno.test("FileResumer: does not believe a shorter length", async () => {
  const { point } = await find("abcdef", "aXc");
  assertEquals(point, {
    kind: "whole",
    reason: "what is there is not its beginning",
  });
});

Deno.test("FileResumer: hashes nothing of a file that is longer", async () => {
  const from = new HashingMemory();
  const { point } = await find("abc", "abcdef", { from });
  assertEquals(point, { kind: "whole", reason: "what is there is longer" });
  assertEquals(from.hashed, []);
});

for (
  const [name, spoil] of [
    [
      "a hole",
      (there: string) =>
        there.slice(0, -2 * MIB) + "\0".repeat(MIB) + there.slice(-MIB),
    ],
    ["an old tail", (there: string) => there.slice(0, -100) + "x".repeat(100)],
  ] as const
) {
  Deno.test(`FileResumer: goes on 16 MiB before the end where ${name} is behind that`, async () => {
    const content = text(20 * MIB);
    const there = spoil(content.slice(0, 18 * MIB));
    const { point } = await find(content, there);
    assertEquals(point, { kind: "at", at: 2 * MIB });
  });
}

Deno.test("FileResumer: copies a file whole whose hole is further from its end", async () => {
  const content = text(20 * MIB);
  const { point } = await find(content, "\0" + content.slice(1, 18 * MIB));
  assertEquals(point.kind, "whole");
});

Deno.test("FileResumer: copies whole where nobody hashes the source, and says why", async () => {
  const from = new HashingMemory("the server runs no commands");
  const { point } = await find("abcdef", "abc", { from });
  assertEquals(point, {
    kind: "whole",
    reason: "nobody hashes the source: the server runs no commands",
  });
});

Deno.test("FileResumer: reads back what is there where nobody hashes it, and says so", async () => {
  const to = new HashingMemory("the server runs no commands");
  const { point, said } = await find("abcdef", "abc", { to });
  assertEquals(point, { kind: "at", at: 3 });
  assertEquals(said, [
    "files are read back to be compared: the server runs no commands",
  ]);
});

Deno.test("FileResumer: does not believe a hash of another file than is served", async () => {
  const to = new HashingMemory();
  const elsewhere = new HashingMemory();
  elsewhere.addFile("g", "abc");
  to.digest = (path, options) => elsewhere.digest(path, options);
  const { point } = await find("abcdef", "xyz", { to });
  assertEquals(point.kind, "whole");
});

Deno.test("FileResumer: leaves a file that cannot be opened beside others to another try", async () => {
  for (const reason of [undefined, "the server runs no commands"]) {
    const to = new HashingMemory(reason);
    to.openToRead = () => Promise.reject(new TooManyOpenError("g: Failure"));
    await assertRejects(
      () => find("abcdef", "abc", { to }),
      TooManyOpenError,
    );
  }
});

/** Copy of `f` to `g`, with what is written and said. */
class Copy {
  readonly from = new HashingMemory();
  readonly to = new HashingMemory();
  readonly events: CopyEvent[] = [];
  /** Places of the bytes that were written. */
  readonly written: number[] = [];

  constructor(content: string, there?: string) {
    this.from.addFile("f", content);
    if (there !== undefined) this.to.addFile("g", there);
    const open = this.to.openToWrite.bind(this.to);
    this.to.openToWrite = async (path, mode) => {
      const file = await open(path, mode);
      return withFaults(file, {
        write: async (bytes, at) => {
          this.written.push(at, bytes.length);
          await file.write(bytes, at);
        },
      });
    };
  }

  async run(
    options: Partial<TransferOptions> = {},
    from: FileSystem = this.from,
  ): Promise<void> {
    await copyTree(
      { files: from, entries: [{ path: "f" }] },
      { files: this.to, path: "g", mustBeDirectory: false },
      {
        options: transferOptions({ resumes: true, ...options }),
        observer: { report: (event) => void this.events.push(event) },
      },
    );
  }

  /** Kinds of what was told that matter here. */
  get told(): unknown[] {
    return this.events.flatMap((event): unknown[] => {
      switch (event.kind) {
        case "resumed":
          return [["resumed", event.path, event.at, event.size]];
        case "skipped":
          return [["skipped", event.reason, event.bytes]];
        case "warning":
          return [event.message];
        case "settled":
          return [[event.outcome, event.file.resumedAt]];
        default:
          return [];
      }
    });
  }
}

Deno.test("copyTree(): a resumed file gets the bytes that it lacks alone", async () => {
  const copy = new Copy("abcdef", "abc");
  await copy.run();
  assertEquals(copy.to.textOf("g"), "abcdef");
  assertEquals(copy.written, [3, 3]);
  assertEquals(copy.told, [["resumed", "g", 3, 6], ["copied", 3]]);
});

Deno.test("copyTree(): a file that is all there is skipped", async () => {
  const copy = new Copy("abcdef", "abcdef");
  await copy.run();
  assertEquals(copy.written, []);
  assertEquals(copy.told, [["skipped", "same content", 6]]);
});

Deno.test("copyTree(): a file that is all there gets the times that it lacks", async () => {
  const copy = new Copy("abcdef", "abcdef");
  const times = { modified: 946_684_800_000, accessed: 946_684_800_000 };
  await copy.from.setTimes("f", times);
  const store = { preserve: true, umask: 0o022, modeBits: 0o777 };
  await copy.run({ store });
  assertEquals(copy.written, []);
  assertEquals((await copy.to.stat("g")).modified, times.modified);
});

Deno.test("copyTree(): a file that cannot be resumed is copied whole, and one line says why", async () => {
  const copy = new Copy("abcdef", "abcdefgh");
  await copy.run();
  assertEquals(copy.to.textOf("g"), "abcdef");
  assertEquals(copy.told, [
    "g: copied whole: what is there is longer",
    ["copied", undefined],
  ]);
});

Deno.test("copyTree(): a file that is not there, or empty, is copied without a word", async () => {
  for (const there of [undefined, ""]) {
    const copy = new Copy("abcdef", there);
    await copy.run();
    assertEquals(copy.to.textOf("g"), "abcdef");
    assertEquals(copy.told, [["copied", undefined]]);
    assertEquals(copy.from.hashed, []);
  }
});

Deno.test("copyTree(): a source that changed after it was hashed is copied whole", async () => {
  const copy = new Copy("abcdef", "abc");
  const digest = copy.from.digest.bind(copy.from);
  copy.from.digest = async (path, options) => {
    const told = await digest(path, options);
    if (options?.length === 3) copy.from.addFile("f", "ABCDEF");
    return told;
  };
  const { modified } = await copy.from.stat("f");
  const open = copy.from.openToRead.bind(copy.from);
  copy.from.openToRead = async (path) => {
    const file = await open(path);
    return withFaults(file, {
      stat: async () => {
        const found = await file.stat();
        const isNew = copy.from.textOf("f") === "ABCDEF";
        return isNew ? { ...found, modified: modified + 1 } : found;
      },
    });
  };
  await copy.run();
  assertEquals(copy.to.textOf("g"), "ABCDEF");
  const isTold = copy.told.some((said) =>
    typeof said === "string" && said.startsWith("g: copied whole: ")
  );
  assert(isTold, JSON.stringify(copy.told));
});

Deno.test("copyTree(): nothing is hashed where nobody asks to resume", async () => {
  const copy = new Copy("abcdef", "abc");
  await copy.run({ resumes: undefined });
  assertEquals(copy.to.textOf("g"), "abcdef");
  assertEquals([copy.from.hashed, copy.written], [[], [0, 6]]);
});

Deno.test("copyTree(): an interrupt while a file is hashed leaves what is there", async () => {
  const copy = new Copy("abcdef", "abc");
  const interruption = new AbortController();
  const digest = copy.from.digest.bind(copy.from);
  copy.from.digest = async (path, options) => {
    interruption.abort(130);
    return await digest(path, options);
  };
  await copy.run({ interrupted: interruption.signal });
  assertEquals(copy.to.textOf("g"), "abc");
  assertEquals(copy.told, []);
});
