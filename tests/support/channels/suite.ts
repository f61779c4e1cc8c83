/** Tests that every channel to another process has to pass. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { BufferedChannel } from "../../../lib/channel/buffered_channel.ts";
import { SessionError } from "../../../lib/errors.ts";
import { testUnless } from "../c_library.ts";

/** Most bytes that are gathered before they are sent. */
export const GATHERED = 16 * 1024;

/** A channel, and the peer at its other end. */
export interface ChannelEnds extends Disposable {
  readonly channel: BufferedChannel;
  /** Has the peer send a text. */
  say(text: string): void;
  /** Ends the peer's output. */
  fallSilent(): void;
  /** Has every further write to the peer fail. */
  goDeaf(): void;
  /** Gives all that the peer received so far. */
  heard(): string;
  /** Gives all that the peer received up to the end, which the channel has sent. */
  heardToEnd(): string;
}

/** Encodes a text as UTF-8. */
export function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Decodes a text. */
export function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

async function readText(
  channel: BufferedChannel,
  limit = 100,
): Promise<string> {
  return decode(await channel.read(limit));
}

/**
 * Registers the tests for one kind of channel.
 *
 * @param lacks Reason that it cannot be tested here; absent if it can.
 */
export function testChannels(
  name: string,
  open: () => ChannelEnds,
  lacks?: string,
): void {
  for (const [title, test] of Object.entries(tests)) {
    testUnless(lacks, `${name}: ${title}`, async () => {
      using ends = open();
      await test(ends);
    });
  }
}

const tests: Record<string, (ends: ChannelEnds) => Promise<void>> = {
  "read() gives what came, at most the limit, and keeps the rest": async (
    { channel, say },
  ) => {
    say("abcde");
    assertEquals(await readText(channel, 2), "ab");
    assertEquals(await readText(channel, 2), "cd");
    assertEquals(await readText(channel, 2), "e");
    say("fg");
    assertEquals(await readText(channel, 2), "fg");
  },

  "arrived is what waits to be read, and stays until it is skipped": async (
    { channel, say, fallSilent },
  ) => {
    const arrived = () => decode(channel.arrived);
    assertEquals(arrived(), "");
    say("abc");
    await channel.awaitInput();
    assertEquals([arrived(), arrived()], ["abc", "abc"]);
    assertEquals(await readText(channel, 1), "a");
    assertEquals(arrived(), "bc");
    channel.skip(1);
    assertEquals(await readText(channel), "c");
    assertEquals(arrived(), "");
    fallSilent();
    await channel.awaitInput();
    assertEquals(arrived(), "");
    assertEquals(await readText(channel), "");
  },

  "read() gives nothing behind the last byte that is asked for": async (
    { channel, say },
  ) => {
    say("ab\n\ncd\n");
    const lines: string[] = [];
    for (const limit of [100, 100, 2, 100]) {
      lines.push(decode(await channel.read(limit, { last: 0x0a })));
    }
    assertEquals(lines, ["ab\n", "\n", "cd", "\n"]);
    say("e");
    assertEquals(decode(await channel.read(100, { last: 0x0a })), "e");
  },

  "read() gives what came, however much is said to come soon": async (
    { channel, say, fallSilent },
  ) => {
    const read = async (soon: number): Promise<string> =>
      decode(await channel.read(1000, { soon }));
    for (const soon of [1, 3, 100_000, 10_000_000]) {
      say("abc");
      assertEquals(await read(soon), "abc");
    }
    say("de");
    assertEquals(decode(await channel.read(1, { soon: 100_000 })), "d");
    assertEquals(await read(100_000), "e");
    const late = read(100_000);
    setTimeout(() => say("late"), 20);
    assertEquals(await late, "late");
    fallSilent();
    assertEquals(await read(100_000), "");
  },

  "read() waits for what has yet to come": async ({ channel, say }) => {
    const text = readText(channel);
    setTimeout(() => say("late"), 20);
    assertEquals(await text, "late");
  },

  "awaitInput() sends what was held, waits, and reads nothing": async (
    { channel, say, heard },
  ) => {
    await channel.write(encode("a"));
    const waiting = channel.awaitInput();
    setTimeout(() => say("late"), 20);
    await waiting;
    assertEquals(heard(), "a");
    await channel.awaitInput();
    assertEquals(channel.hasReceived, true);
    assertEquals(await readText(channel), "late");
  },

  "awaitInput() waits together with a read": async (
    { channel, say, fallSilent },
  ) => {
    for (const isReadFirst of [true, false, true, false]) {
      const first = isReadFirst ? readText(channel) : channel.awaitInput();
      const second = isReadFirst ? channel.awaitInput() : readText(channel);
      say("x");
      assertEquals(
        await Promise.all([first, second]),
        isReadFirst ? ["x", undefined] : [undefined, "x"],
      );
    }
    fallSilent();
    await channel.awaitInput();
    assertEquals(await readText(channel), "");
    await channel.awaitInput();
  },

  "read() from a buffer lets timers have their turn": async (
    { channel, say },
  ) => {
    let isTime = false;
    setTimeout(() => isTime = true, 1);
    const last = performance.now() + 10_000;
    let left = 0;
    while (!isTime && performance.now() < last) {
      if (left === 0) {
        say("x".repeat(30_000));
        left = 30_000;
      }
      left -= (await channel.read(1)).length;
      const busy = performance.now() + 0.1;
      while (performance.now() < busy);
    }
    assert(isTime, "nothing else had its turn");
    assert(left > 0);
  },

  "read() gives nothing at the end of the stream, again and again": async (
    { channel, say, fallSilent },
  ) => {
    say("a");
    fallSilent();
    assertEquals(await readText(channel), "a");
    assertEquals(await readText(channel), "");
    assertEquals(await readText(channel), "");
  },

  "read() gives bytes that are valid until the read after the next one": async (
    { channel, say },
  ) => {
    say("a");
    const first = await channel.read(100);
    say("b");
    const second = await channel.read(100);
    assertEquals([decode(first), decode(second)], ["a", "b"]);
  },

  "write() holds bytes back until a read has to wait": async (
    { channel, say, heard },
  ) => {
    say("xy");
    await readText(channel, 1);
    await channel.write(encode("a"));
    await channel.write(encode("b"));
    await readText(channel, 1);
    assertEquals(heard(), "", "a read that need not wait sends nothing");
    say("z");
    await readText(channel, 1);
    assertEquals(heard(), "ab");
  },

  "flush() sends what was held": async ({ channel, heard }) => {
    await channel.write(encode("a"));
    await channel.flush();
    assertEquals(heard(), "a");
  },

  "write() gathers no more than its buffer holds": async (
    { channel, heard, heardToEnd },
  ) => {
    const whole = "a".repeat(GATHERED);
    await channel.write(encode(whole));
    assertEquals(heard(), "");
    await channel.write(encode("b"));
    assertEquals(heard(), whole);
    await channel.close();
    assertEquals(heardToEnd(), `${whole}b`);
  },

  "write() sends a large block at once, after what was held": async (
    { channel, heard },
  ) => {
    const block = "b".repeat(GATHERED + 1);
    await channel.write(encode("a"));
    await channel.write(encode(block));
    assertEquals(heard(), `a${block}`);
  },

  "write() has taken the bytes, which may change afterwards": async (
    { channel, heardToEnd },
  ) => {
    let expected = "";
    for (const size of [1, GATHERED, GATHERED + 1]) {
      const block = new Uint8Array(size).fill(0x61);
      await channel.write(block);
      block.fill(0x7a);
      await channel.write(block.subarray(0, 1));
      expected += "a".repeat(size) + "z";
    }
    await channel.close();
    assertEquals(heardToEnd(), expected);
  },

  "write() keeps the order and the bytes of small writes while another reads":
    async (
      ends,
    ) => {
      const pieces = Array.from({ length: 600 }, (_, at) => `${at};`);
      await writeWhileReading(ends, pieces);
    },

  "write() keeps the order and the bytes of any writes while another reads":
    async (ends) => {
      const sizes = [1, 7, 999, GATHERED - 1, GATHERED, GATHERED + 1, 40];
      const pieces = Array.from({ length: 300 }, (_, at) => {
        const size = sizes[at % sizes.length]!;
        return `${at};`.padEnd(size, "abcdefg");
      });
      await writeWhileReading(ends, pieces);
    },

  "write() and flush() keep the order while another reads": async (ends) => {
    const pieces = Array.from({ length: 600 }, (_, at) => `${at};`);
    await writeWhileReading(ends, pieces, () => ends.channel.flush());
  },

  "write() throws a SessionError if the peer does not listen": async (
    { channel, goDeaf },
  ) => {
    goDeaf();
    for (let count = 0; count < 2; count++) {
      await assertRejects(
        () => channel.write(new Uint8Array(GATHERED + 1)),
        SessionError,
        "lost connection",
      );
    }
  },

  "read() gives the last words of a peer that does not listen": async (
    { channel, say, fallSilent, goDeaf },
  ) => {
    say("scp: no space");
    fallSilent();
    goDeaf();
    await channel.write(encode("held back"));
    assertEquals(await readText(channel), "scp: no space");
    assertEquals(await readText(channel), "");
  },

  "close() sends what was held and ends the stream": async (
    { channel, say, heardToEnd },
  ) => {
    say("last");
    await channel.write(encode("a"));
    await channel.close();
    assertEquals(heardToEnd(), "a");
    assertEquals(await readText(channel), "last");
  },

  "close() waits for bytes in flight": async ({ channel, heardToEnd }) => {
    const block = "b".repeat(GATHERED + 1);
    const written = channel.write(encode(block));
    await channel.close();
    assertEquals(heardToEnd(), block);
    await written;
  },

  "close() does not mind a peer that has gone": async (
    { channel, goDeaf },
  ) => {
    await channel.write(encode("held back"));
    goDeaf();
    await channel.close();
  },

  "close() does not mind a second call": async (
    { channel, heardToEnd },
  ) => {
    await channel.close();
    await channel.close();
    assertEquals(heardToEnd(), "");
  },
};

/**
 * Writes one piece after the other while what the peer says is read. It says
 * something after every few of them; and whoever has read that reads on, which
 * sends what is held, just when more is written. Expects that all arrives, both
 * ways.
 *
 * @param written Step that follows each write.
 */
async function writeWhileReading(
  { channel, say, fallSilent, heard, heardToEnd }: ChannelEnds,
  pieces: readonly string[],
  written: () => Promise<void> = async () => {},
): Promise<void> {
  let said = "";
  let read = "";
  let next = Promise.withResolvers<void>();
  const reading = (async () => {
    for (let text; (text = await readText(channel)) !== "";) {
      read += text;
      next.resolve();
    }
  })();
  for (const [at, piece] of pieces.entries()) {
    await channel.write(encode(piece));
    await written();
    if (at % 3 > 0) continue;
    next = Promise.withResolvers();
    const words = `${at}!`;
    said += words;
    say(words);
    await next.promise;
    // Taking the bytes makes room for more.
    heard();
  }
  fallSilent();
  await reading;
  await channel.close();
  assertEquals(read, said);
  assertEquals(heardToEnd(), pieces.join(""));
}
