import { assert, assertEquals } from "@std/assert";
import type { Channel, ReadOptions } from "../../../lib/channel/channel.ts";
import {
  PacedChannel,
  Pacer,
  type PacerClock,
} from "../../../lib/channel/paced_channel.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

/** A clock that only sleeping moves, and that wakes `late` milliseconds late. */
class FakeClock implements PacerClock {
  time = 1000;
  readonly #late: number;

  constructor(late = 0) {
    this.#late = late;
  }

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds + this.#late;
  }
}

/** An endless peer that takes and gives whatever it is asked for. */
class Endless implements Channel {
  readonly blockBytes = 65_536;
  readonly written: number[] = [];
  readonly asked: number[] = [];
  readonly soon: number[] = [];
  isClosed = false;

  async read(
    limit: number,
    { soon = 0 }: ReadOptions = {},
  ): Promise<Uint8Array> {
    this.asked.push(limit);
    this.soon.push(soon);
    return new Uint8Array(limit);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.written.push(bytes.length);
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function assertWithin(
  actual: number,
  expected: number,
  share: number,
  message: string,
): void {
  assert(
    Math.abs(actual - expected) <= expected * share,
    `${message}: ${actual} is not ${expected} within ${100 * share} %`,
  );
}

/** Ten seconds' worth of bytes at a rate. */
function tenSeconds(bitsPerSecond: number): number {
  return 10 * bitsPerSecond / 8;
}

const rows = [
  { limit: 1, block: 16, late: 0 },
  { limit: 8, block: 1, late: 0 },
  { limit: 100, block: 1000, late: 15 },
  { limit: 8000, block: 100, late: 0 },
  { limit: 8000, block: 4096, late: 30 },
  { limit: 8000, block: 262144, late: 0 },
  { limit: 1_000_000, block: 262144, late: 0 },
  { limit: 1_000_000, block: 262144, late: 15 },
];

for (const { limit, block, late } of rows) {
  const row = `-l ${limit}, ${block} bytes at a time, woken ${late} ms late`;

  Deno.test(`PacedChannel: writes at its rate over ten seconds: ${row}`, async () => {
    const clock = new FakeClock(late);
    const inner = new Endless();
    const channel = new PacedChannel(inner, new Pacer(limit * 1024, clock));
    const start = clock.time;
    const total = tenSeconds(limit * 1024);
    for (let left = total; left > 0; left -= block) {
      await channel.write(new Uint8Array(Math.min(left, block)));
    }
    assertEquals(inner.written.reduce((sum, bytes) => sum + bytes), total);
    assertWithin(clock.time - start, 10_000, 0.01, row);
  });

  Deno.test(`PacedChannel: reads at its rate over ten seconds: ${row}`, async () => {
    const clock = new FakeClock(late);
    const pacer = new Pacer(limit * 1024, clock);
    const channel = new PacedChannel(new Endless(), pacer);
    const start = clock.time;
    for (let left = tenSeconds(limit * 1024); left > 0;) {
      const part = await channel.read(Math.min(left, block));
      assert(part.length > 0);
      left -= part.length;
    }
    assertWithin(clock.time - start, 10_000, 0.01, row);
  });
}

Deno.test("PacedChannel: does not save idle time up", async () => {
  const clock = new FakeClock();
  const channel = new PacedChannel(new Endless(), new Pacer(8000, clock));
  await channel.write(new Uint8Array(1000));
  clock.time += 60_000;
  const start = clock.time;
  await channel.write(new Uint8Array(10_000));
  assertWithin(clock.time - start, 10_000, 0.02, "after a minute's rest");
});

Deno.test("PacedChannel: does not save up the time before its first byte", async () => {
  const clock = new FakeClock();
  const channel = new PacedChannel(new Endless(), new Pacer(8000, clock));
  clock.time += 60_000;
  const start = clock.time;
  await channel.write(new Uint8Array(10_000));
  assertWithin(clock.time - start, 10_000, 0.02, "a minute after the start");
});

Deno.test("Pacer: channels share its rate, whichever way bytes go", async () => {
  const clock = new FakeClock();
  const pacer = new Pacer(8000, clock);
  const one = new PacedChannel(new Endless(), pacer);
  const other = new PacedChannel(new Endless(), pacer);
  const start = clock.time;
  for (let count = 0; count < 50; count++) {
    await one.write(new Uint8Array(100));
    await other.read(100);
  }
  assertWithin(clock.time - start, 10_000, 0.01, "two channels");
});

Deno.test("PacedChannel: moves no more than a tenth of a second at a time", async () => {
  const clock = new FakeClock();
  const inner = new Endless();
  const channel = new PacedChannel(inner, new Pacer(800_000, clock));
  await channel.write(new Uint8Array(25_000));
  assertEquals(inner.written, [10_000, 10_000, 5_000]);
  assertEquals((await channel.read(25_000)).length, 10_000);
  assertEquals((await channel.read(1)).length, 1);
  assertEquals(inner.asked, [10_000, 1]);
});

Deno.test("PacedChannel: gives nothing behind the last byte that is asked for", async () => {
  const inner = new ScriptedPeer().peerSays("ab\ncd\n");
  const channel = new PacedChannel(inner, new Pacer(8000, new FakeClock()));
  for (const line of ["ab\n", "cd\n"]) {
    assertEquals(
      await channel.read(10, { last: 0x0a }),
      new TextEncoder().encode(line),
    );
  }
});

Deno.test("PacedChannel: hands on how much comes soon", async () => {
  const inner = new Endless();
  const channel = new PacedChannel(inner, new Pacer(800_000, new FakeClock()));
  await channel.read(5, { soon: 3 });
  assertEquals(inner.soon, [3]);
});

Deno.test("PacedChannel: gives the end of the stream and closes it", async () => {
  const clock = new FakeClock();
  const inner = new Endless();
  inner.read = () => Promise.resolve(new Uint8Array());
  const channel = new PacedChannel(inner, new Pacer(8000, clock));
  assertEquals(await channel.read(10), new Uint8Array());
  await channel.close();
  assert(inner.isClosed);
  assertEquals(clock.time, 1000);
});

Deno.test("Pacer: lets everything pass at once after its release", async () => {
  const clock = new FakeClock();
  const pacer = new Pacer(8000, clock);
  pacer.release();
  await pacer.pass(1_000_000);
  assertEquals(clock.time, 1000);
});
