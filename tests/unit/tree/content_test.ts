import { assert, assertEquals } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { OpenFile } from "../../../lib/filesystem/file_system.ts";
import { BufferPool } from "../../../lib/tree/buffer_pool.ts";
import { copyContent } from "../../../lib/tree/content.ts";
import { Gate, type Order, ORDERS } from "../../support/gate.ts";
import { MemoryFile } from "../../support/file_systems/memory_file.ts";

/** The length of a block, in bytes. */
const BLOCK = 4;

/** Faults of a file. */
interface Faults {
  /** The most bytes that a read gives. */
  readonly grain?: number;
  /** Offsets at which reads and writes fail. */
  readonly reads?: readonly number[];
  readonly writes?: readonly number[];
}

/** An open file whose reads and writes wait at a gate. */
class GatedFile extends MemoryFile {
  /** Each read, as `at+length`. */
  readonly reads: string[] = [];
  readonly #gate: Gate;
  readonly #faults: Faults;

  constructor(gate: Gate, faults: Faults, content?: Uint8Array) {
    super(content);
    this.#gate = gate;
    this.#faults = faults;
  }

  override async read(buffer: Uint8Array, at: number): Promise<number> {
    this.reads.push(`${at}+${buffer.length}`);
    await this.#gate.pass();
    if (this.#faults.reads?.includes(at)) throw failure("read", at);
    return await super.read(buffer.subarray(0, this.#faults.grain), at);
  }

  override async write(bytes: Uint8Array, at: number): Promise<void> {
    await this.#gate.pass();
    if (this.#faults.writes?.includes(at)) throw failure("write", at);
    await super.write(bytes, at);
  }
}

/** One that hands on what is read of it, in parts. */
class StraightFile extends GatedFile {
  async readTo(to: OpenFile, at: number, length: number): Promise<number> {
    const PART = 3;
    const buffer = new Uint8Array(length);
    const count = await this.read(buffer, at);
    for (let done = 0; done < count; done += PART) {
      const part = buffer.subarray(done, Math.min(done + PART, count));
      await to.write(part, at + done);
    }
    return count;
  }
}

/** One that takes what is handed on. */
class WritingFile extends GatedFile {
  readonly writesAtOnce = true;
}

/** One that has a descriptor. */
class DescribedFile extends GatedFile {
  readonly descriptor = 7;
}

/** One that takes what it is to hold from such a file itself. */
class TakingFile extends GatedFile {
  async writeFrom(
    from: Pick<OpenFile, "descriptor" | "read">,
    at: number,
    length: number,
  ): Promise<number> {
    assertEquals(from.descriptor, 7);
    const bytes = new Uint8Array(length);
    let count = 0;
    while (count < length) {
      const got = await from.read(bytes.subarray(count), at + count);
      if (got === 0) break;
      count += got;
    }
    await this.write(bytes, at);
    return count;
  }
}

/** Ways of a block, and the two files of a copy that goes that way. */
const WAYS = {
  "by buffers": [GatedFile, WritingFile],
  straight: [StraightFile, WritingFile],
  unseen: [DescribedFile, TakingFile],
} as const;

type Way = keyof typeof WAYS;

function failure(what: string, at: number): EntryError {
  return new EntryError(`f: ${what} at ${at}`);
}

interface Setting extends Faults {
  readonly start?: number;
  readonly expected?: number;
  readonly atOnce?: number;
  readonly blocks?: BufferPool;
  readonly gate?: Gate;
  readonly order?: Order;
  /** @default {"by buffers"} */
  readonly way?: Way;
  checkpoint?(isEnd: boolean): Promise<void>;
}

interface Outcome {
  readonly size: number;
  /** Its message. */
  readonly failure: string | undefined;
  /** Content of the other file up to that size. */
  readonly content: Uint8Array;
  readonly moved: number;
  readonly reads: readonly string[];
}

/** Bytes none of which is zero. */
function bytes(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => at % 255 + 1);
}

async function copy(
  content: Uint8Array,
  {
    expected = content.length,
    start = 0,
    atOnce = 3,
    blocks = new BufferPool(8, BLOCK),
    gate = new Gate(),
    order = () => 0,
    way = "by buffers",
    checkpoint = async () => {},
    ...faults
  }: Setting = {},
): Promise<Outcome> {
  const [From, To] = WAYS[way];
  const from = new From(gate, faults, content);
  await from.setTimes({ modified: 0, accessed: 0 });
  const to = new To(gate, faults);
  let moved = 0;
  const copying = copyContent(from, to, {
    expected,
    start,
    blocks,
    atOnce,
    mayPad: true,
    moved: (bytes) => moved += bytes,
    checkpoint,
  });
  await gate.open(order);
  const { size, failure } = await copying;
  return {
    size,
    failure: failure instanceof Error ? failure.message : undefined,
    content: to.content.subarray(0, size),
    moved,
    reads: from.reads,
  };
}

/**
 * Whichever call is done first, however many blocks are in flight, and whichever way
 * they go.
 */
function* settings(): Iterable<
  { row: string; order: Order; atOnce: number; way: Way }
> {
  for (const [name, order] of Object.entries(ORDERS)) {
    for (const atOnce of [1, 2, 5]) {
      for (const way of Object.keys(WAYS) as Way[]) {
        yield { row: `${name}, ${atOnce} at once, ${way}`, order, atOnce, way };
      }
    }
  }
}

Deno.test("copyContent(): copies a file whole, in whatever order its blocks are done", async () => {
  for (const { row, ...setting } of settings()) {
    for (const size of [0, 1, 3, 4, 5, 7, 8, 9, 20, 23]) {
      const { reads: _, ...outcome } = await copy(bytes(size), setting);
      assertEquals(
        outcome,
        { size, failure: undefined, content: bytes(size), moved: size },
        `${size} bytes, ${row}`,
      );
    }
  }
});

Deno.test("copyContent(): asks again for what a read did not give", async () => {
  for (const grain of [1, 2, 3]) {
    for (const size of [1, 4, 5, 8, 11]) {
      const { reads: _, ...outcome } = await copy(bytes(size), {
        grain,
        order: ORDERS["last come"],
      });
      assertEquals(
        outcome,
        { size, failure: undefined, content: bytes(size), moved: size },
        `${size} bytes, ${grain} at a time`,
      );
    }
  }
});

Deno.test("copyContent(): sees that a file is as long as expected without a read for it", async () => {
  const rows: readonly (readonly [number, readonly string[]])[] = [
    [1, ["0+2"]],
    [3, ["0+4"]],
    [5, ["0+4", "4+2"]],
    [11, ["0+4", "4+4", "8+4"]],
    // What ends with a block leaves no room to ask for more.
    [0, ["0+4"]],
    [4, ["0+4", "4+4"]],
    [8, ["0+4", "4+4", "8+4"]],
  ];
  for (const [size, expected] of rows) {
    for (const atOnce of [1, 3]) {
      const { reads } = await copy(bytes(size), { atOnce });
      assertEquals(reads, expected, `${size} bytes, ${atOnce} at once`);
    }
  }
});

Deno.test("copyContent(): reads nothing itself of a file that goes by itself, but what ends it", async () => {
  const rows: readonly (readonly [number, readonly string[]])[] = [
    [0, ["0+4"]],
    [1, ["0+1", "1+4"]],
    [4, ["0+4", "4+4"]],
    [9, ["0+4", "4+4", "8+1", "9+4"]],
  ];
  for (const [size, expected] of rows) {
    const { reads } = await copy(bytes(size), { way: "unseen", atOnce: 1 });
    assertEquals(reads, expected, `${size} bytes`);
  }
});

/** Copies 9 bytes from a file with a descriptor to one that takes them itself. */
async function copyUnseen(
  from: DescribedFile,
  to: TakingFile,
  { mayPad = true, atOnce = 1 } = {},
): Promise<void> {
  const outcome = await copyContent(from, to, {
    expected: 9,
    start: 0,
    blocks: new BufferPool(3, BLOCK),
    atOnce,
    mayPad,
    moved: () => {},
    checkpoint: async () => {},
  });
  assertEquals(outcome, { size: 9 });
}

async function quietFile(gate: Gate): Promise<DescribedFile> {
  const file = new DescribedFile(gate, {}, bytes(9));
  await file.setTimes({ modified: 0, accessed: 0 });
  return file;
}

Deno.test("copyContent(): copies what went unseen again by reads where the file changed meanwhile", async () => {
  for (const atOnce of [1, 3]) {
    const gate = new Gate();
    const from = await quietFile(gate);
    class ZeroedFile extends TakingFile {
      /** Takes zeros, as from a file that was cut and grew again. */
      override async writeFrom(
        _from: unknown,
        at: number,
        length: number,
      ): Promise<number> {
        await this.write(new Uint8Array(length), at);
        await from.write(from.content.subarray(0, 1), 0);
        return length;
      }
    }
    const to = new ZeroedFile(gate, {});
    const copying = copyUnseen(from, to, { atOnce });
    await gate.open(() => 0);
    await copying;
    assertEquals(to.content, bytes(9));
  }
});

Deno.test("copyContent(): reads a file that was written to a moment ago, and what goes where nothing can be cut", async () => {
  for (const isQuiet of [true, false]) {
    const gate = new Gate();
    const from = await quietFile(gate);
    if (!isQuiet) await from.setTimes({ modified: Date.now(), accessed: 0 });
    class RefusingFile extends TakingFile {
      override writeFrom(): Promise<number> {
        throw new Error("it is not to be used");
      }
    }
    const to = new RefusingFile(gate, {});
    const copying = copyUnseen(from, to, { mayPad: !isQuiet });
    await gate.open(() => 0);
    await copying;
    assertEquals(to.content, bytes(9));
  }
});

Deno.test("copyContent(): reads the end of a file that is less than a quarter of a block", async () => {
  const QUARTER = 16;
  for (const [size, last] of [[79, "64+16"], [80, "64+16"]] as const) {
    const { reads } = await copy(bytes(size), {
      way: "unseen",
      atOnce: 1,
      blocks: new BufferPool(1, 4 * QUARTER),
    });
    assertEquals(reads.slice(0, 2), [`0+64`, last]);
    assertEquals(reads.length, size < 80 ? 2 : 3);
  }
});

Deno.test("copyContent(): copies a file that is longer than expected to its end", async () => {
  for (const { row, ...setting } of settings()) {
    const rows = [[0, 1], [0, 9], [3, 4], [4, 12], [5, 23]] as const;
    for (const [expected, size] of rows) {
      const { reads: _, ...outcome } = await copy(bytes(size), {
        ...setting,
        expected,
      });
      assertEquals(
        outcome,
        { size, failure: undefined, content: bytes(size), moved: size },
        `${size} for ${expected} bytes, ${row}`,
      );
    }
  }
});

Deno.test("copyContent(): ends early where the file does", async () => {
  for (const { row, ...setting } of settings()) {
    const rows = [[1, 0], [9, 0], [9, 4], [9, 5], [30, 8]] as const;
    for (const [expected, size] of rows) {
      const { reads: _, ...outcome } = await copy(bytes(size), {
        ...setting,
        expected,
      });
      assertEquals(
        outcome,
        { size, failure: undefined, content: bytes(size), moved: size },
        `${size} for ${expected} bytes, ${row}`,
      );
    }
  }
});

Deno.test("copyContent(): tells how much is whole before what failed first in the file", async () => {
  const rows: readonly (readonly [Faults, size: number, failure: string])[] = [
    [{ reads: [0] }, 0, "f: read at 0"],
    [{ reads: [8] }, 8, "f: read at 8"],
    [{ reads: [20] }, 20, "f: read at 20"],
    [{ writes: [0] }, 0, "f: write at 0"],
    [{ writes: [12] }, 12, "f: write at 12"],
    [{ writes: [20] }, 20, "f: write at 20"],
    [{ reads: [4, 8, 12] }, 4, "f: read at 4"],
    [{ reads: [8], writes: [4] }, 4, "f: write at 4"],
    [{ reads: [4], writes: [8] }, 4, "f: read at 4"],
    // The second of two reads that a block takes.
    [{ reads: [6], grain: 2 }, 4, "f: read at 6"],
  ];
  for (const { row, ...setting } of settings()) {
    for (const [faults, size, failure] of rows) {
      const outcome = await copy(bytes(23), { ...setting, ...faults });
      const what = `${JSON.stringify(faults)}, ${row}`;
      assertEquals(outcome.failure, failure, what);
      assertEquals(outcome.size, size, what);
      assertEquals(outcome.content, bytes(size), what);
    }
  }
});

Deno.test("copyContent(): counts nothing past the end of the file where a read past it fails", async () => {
  for (const { row, ...setting } of settings()) {
    const { size, content } = await copy(bytes(6), {
      ...setting,
      expected: 20,
      reads: [12, 16],
    });
    assertEquals(size, 6, row);
    assertEquals(content, bytes(6), row);
  }
});

Deno.test("copyContent(): begins nothing more once something failed", async () => {
  for (const faults of [{ reads: [4] }, { writes: [4] }]) {
    const { reads } = await copy(bytes(40), { ...faults, atOnce: 1 });
    assertEquals(reads, ["0+4", "4+4"]);
  }
  const { reads } = await copy(bytes(40), { reads: [0], atOnce: 3 });
  assertEquals(reads, ["0+4", "4+4", "8+4"]);
});

Deno.test("copyContent(): takes no buffer for what is handed straight on", async () => {
  const blocks = new BufferPool(3, BLOCK);
  const buffers: Uint8Array[] = [];
  const acquire = blocks.acquire.bind(blocks);
  blocks.acquire = async (bytes) => {
    const block = await acquire(bytes);
    return {
      length: block.length,
      get bytes() {
        buffers.push(block.bytes);
        return block.bytes;
      },
      [Symbol.dispose]: () => block[Symbol.dispose](),
    };
  };
  const { content } = await copy(bytes(23), { blocks, way: "straight" });
  assertEquals(content, bytes(23));
  assertEquals(buffers, []);
});

Deno.test("copyContent(): hands on whatever failed as it is", async () => {
  const error = new TypeError("a bug");
  const from = new MemoryFile(bytes(3));
  from.read = () => Promise.reject(error);
  const { size, failure } = await copyContent(from, new MemoryFile(), {
    expected: 3,
    start: 0,
    blocks: new BufferPool(1, BLOCK),
    atOnce: 1,
    mayPad: true,
    moved: () => {},
    checkpoint: async () => {},
  });
  assertEquals(size, 0);
  assert(failure === error);
});

Deno.test("copyContent(): has as many blocks in flight at once as it may, and no more", async () => {
  for (const [name, order] of Object.entries(ORDERS)) {
    for (const atOnce of [1, 2, 4]) {
      const gate = new Gate();
      await copy(bytes(60), { gate, order, atOnce });
      assertEquals(gate.most, atOnce, name);
    }
    const gate = new Gate();
    await copy(bytes(60), { gate, order, blocks: new BufferPool(2, BLOCK) });
    assertEquals(gate.most, 2, name);
  }
});

Deno.test("copyContent(): begins no more for a short file than it has blocks", async () => {
  const gate = new Gate();
  await copy(bytes(6), { gate, atOnce: 8 });
  assertEquals(gate.most, 2);
});

Deno.test("copyContent(): copies that share blocks have as many in flight as there are", async () => {
  for (const [name, order] of Object.entries(ORDERS)) {
    const gate = new Gate();
    const shared = { gate, order, blocks: new BufferPool(4, BLOCK) };
    const outcomes = await Promise.all([
      copy(bytes(41), { ...shared, atOnce: 4 }),
      copy(bytes(30), { ...shared, atOnce: 4 }),
      copy(bytes(3), { ...shared, atOnce: 4 }),
    ]);
    assertEquals(
      outcomes.map(({ content }) => content),
      [bytes(41), bytes(30), bytes(3)],
      name,
    );
    assertEquals(gate.most, 4, name);
  }
});

Deno.test("copyContent(): gives its blocks back, whatever became of it", async () => {
  for (const faults of [{}, { reads: [4] }, { writes: [0] }]) {
    const blocks = new BufferPool(3, BLOCK);
    await copy(bytes(30), { ...faults, blocks });
    const taken = await Promise.all([
      blocks.acquire(BLOCK),
      blocks.acquire(BLOCK),
      blocks.acquire(BLOCK),
    ]);
    assertEquals(new Set(taken.map(({ bytes }) => bytes)).size, 3);
  }
});

Deno.test("copyContent(): looks up after each block, and ends where that throws", async () => {
  let looks = 0;
  const checkpoint = async (): Promise<void> => {
    if (++looks === 3) throw new EntryError("interrupted");
  };
  const { failure, size, content, reads } = await copy(bytes(40), {
    checkpoint,
    atOnce: 1,
  });
  assertEquals(failure, "interrupted");
  assertEquals(looks, 3);
  assertEquals(reads, ["0+4", "4+4", "8+4"]);
  assertEquals(content, bytes(size));
});

Deno.test("copyContent(): begins at a byte, and reads nothing before it", async () => {
  for (const { row, ...setting } of settings()) {
    for (const start of [4, 6, 22, 23]) {
      const outcome = await copy(bytes(23), { ...setting, start });
      assertEquals([outcome.size, outcome.moved], [23, 23 - start], row);
      assertEquals(
        outcome.content.subarray(start),
        bytes(23).subarray(start),
        row,
      );
      const first = Math.min(
        ...outcome.reads.map((read) => Number(read.split("+")[0])),
      );
      assertEquals(first, start, row);
    }
  }
});

Deno.test("copyContent(): tells which look is behind the last block", async () => {
  const ends: boolean[] = [];
  await copy(bytes(8), {
    checkpoint: async (isEnd) => {
      ends.push(isEnd);
    },
    atOnce: 1,
  });
  assertEquals(ends, [false, false, true]);
});
