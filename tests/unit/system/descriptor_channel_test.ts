import { assert, assertEquals, assertRejects } from "@std/assert";
import { Turns } from "../../../lib/channel/turns.ts";
import { SessionError } from "../../../lib/errors.ts";
import * as libc from "../../../lib/system/descriptors.ts";
import { DescriptorChannel } from "../../../lib/system/descriptor_channel.ts";
import {
  pipeInput,
  socketInput,
} from "../../../lib/system/standard_streams.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";
import { pattern } from "../../support/fixtures/tree.ts";

/** Bytes that a pipe holds: the least that Linux takes. */
const PIPE_BYTES = 4096;

/**
 * Reads what is there, at once, in a turn that has time left: on a busy machine some
 * have none.
 */
async function readInTurn(
  channel: DescriptorChannel,
  most: number,
): Promise<Uint8Array | undefined> {
  const turns = new Turns();
  for (let tries = 0; tries < 100; tries++) {
    await turns.give();
    const part = channel.readNow(most);
    if (part !== undefined) return part;
  }
  return undefined;
}

/** Channel between two pipes, whose other ends the test holds. */
class PipedChannel implements Disposable {
  readonly channel: DescriptorChannel;
  readonly #input = libc.makePipe(PIPE_BYTES);
  readonly #output = libc.makePipe(PIPE_BYTES);
  #isInputOpen = true;
  #isHearing = true;

  constructor() {
    const { writeEnd } = this.#output;
    libc.setNonBlocking(writeEnd);
    this.channel = new DescriptorChannel(pipeInput(this.#input.readEnd), {
      descriptor: writeEnd,
      write: (bytes) => libc.write(writeEnd, bytes),
    });
  }

  /** Sends bytes to the channel, no more than a pipe holds. */
  say(bytes: Uint8Array): void {
    assertEquals(libc.write(this.#input.writeEnd, bytes), bytes.length);
  }

  endInput(): void {
    if (this.#isInputOpen) libc.close(this.#input.writeEnd);
    this.#isInputOpen = false;
  }

  /** Gives bytes that the channel sent, none at its end. */
  hear(): Uint8Array {
    const buffer = new Uint8Array(64 * 1024);
    return buffer.subarray(0, libc.read(this.#output.readEnd, buffer));
  }

  /** Closes the end that hears the channel. */
  endHearing(): void {
    if (this.#isHearing) libc.close(this.#output.readEnd);
    this.#isHearing = false;
  }

  get hasAnswer(): boolean {
    return libc.isReadableWithin(this.#output.readEnd, 0);
  }

  async readable(): Promise<void> {
    await libc.readable(this.#output.readEnd);
  }

  [Symbol.dispose](): void {
    this.channel[Symbol.dispose]();
    this.endInput();
    this.endHearing();
    libc.close(this.#input.readEnd);
  }
}

testUnless(
  lacksLinuxLibrary,
  "DescriptorChannel reads what comes, then its end, again and again",
  async () => {
    using pipes = new PipedChannel();
    pipes.say(Uint8Array.of(1, 2, 3));
    assertEquals(await pipes.channel.read(2), Uint8Array.of(1, 2));
    assertEquals(await pipes.channel.read(9), Uint8Array.of(3));
    pipes.endInput();
    assertEquals((await pipes.channel.read(9)).length, 0);
    assertEquals((await pipes.channel.read(9)).length, 0);
  },
);

testUnless(
  lacksLinuxLibrary,
  "DescriptorChannel sends what was written once a read waits, and ends its output",
  async () => {
    using pipes = new PipedChannel();
    await pipes.channel.write(Uint8Array.of(7));
    pipes.endInput();
    await pipes.channel.read(1);
    await pipes.channel.flush();
    assertEquals(pipes.hear(), Uint8Array.of(7));
    await pipes.channel.close();
    assertEquals(pipes.hear().length, 0);
  },
);

testUnless(
  lacksLinuxLibrary,
  "DescriptorChannel ends a read that waits as if the peer had ended",
  async () => {
    using pipes = new PipedChannel();
    const read = pipes.channel.read(1);
    pipes.channel.endInput();
    assertEquals((await read).length, 0);
  },
);

testUnless(
  lacksLinuxLibrary,
  "DescriptorChannel waits for a peer that does not read, and loses nothing",
  async () => {
    using pipes = new PipedChannel();
    const bytes = pattern(40 * 1024);
    let isSent = false;
    const sent = (async () => {
      await pipes.channel.write(bytes);
      await pipes.channel.flush();
      isSent = true;
    })();
    const heard = new Uint8Array(bytes.length);
    for (let at = 0; at < heard.length;) {
      await pipes.readable();
      assert(!isSent || heard.length - at <= PIPE_BYTES);
      const part = pipes.hear();
      heard.set(part, at);
      at += part.length;
    }
    await sent;
    assertEquals(heard, bytes);
    assert(!pipes.hasAnswer);
  },
);

testUnless(
  lacksLinuxLibrary,
  "DescriptorChannel answers at once, and reads at once what has come",
  async () => {
    using pipes = new PipedChannel();
    pipes.say(Uint8Array.of(1, 2, 3));
    assertEquals(pipes.channel.writeNow(Uint8Array.of(7)), true);
    assertEquals(pipes.channel.writeNow(Uint8Array.of(8)), true);
    assertEquals(pipes.hasAnswer, false);
    assertEquals(await readInTurn(pipes.channel, 2), Uint8Array.of(1, 2));
    assertEquals(pipes.hear(), Uint8Array.of(7, 8));
    assertEquals(await readInTurn(pipes.channel, 2), Uint8Array.of(3));
  },
);

testUnless(
  lacksLinuxLibrary,
  "DescriptorChannel leaves the end, and a peer that is silent, to a read that waits",
  async () => {
    using pipes = new PipedChannel();
    assertEquals(pipes.channel.readNow(9), undefined);
    pipes.say(Uint8Array.of(1));
    assertEquals(await pipes.channel.read(9), Uint8Array.of(1));
    pipes.endInput();
    assertEquals(pipes.channel.readNow(9), undefined);
    assertEquals((await pipes.channel.read(9)).length, 0);
    assertEquals(pipes.channel.readNow(9), undefined);
  },
);

testUnless(
  lacksLinuxLibrary,
  "DescriptorChannel gives the event loop a turn, however much there is to read",
  async () => {
    using pipes = new PipedChannel();
    pipes.say(Uint8Array.of(1));
    for (const due = performance.now() + 20; performance.now() < due;);
    assertEquals(pipes.channel.readNow(9), undefined);
    let turns = 0;
    setImmediate(() => turns++);
    assertEquals(await pipes.channel.read(9), Uint8Array.of(1));
    assertEquals(turns, 1);
  },
);

testUnless(
  lacksLinuxLibrary,
  "DescriptorChannel holds what its peer has no room for, and loses nothing",
  async () => {
    using pipes = new PipedChannel();
    const bytes = pattern(15 * 1024);
    assertEquals(pipes.channel.writeNow(bytes), true);
    assertEquals(pipes.channel.writeNow(bytes), false);
    pipes.say(Uint8Array.of(1));
    // What leaves at once fills the pipe.
    assertEquals(pipes.channel.readNow(9), undefined);
    const first = pipes.hear();
    assertEquals(first, bytes.subarray(0, PIPE_BYTES));
    assertEquals(pipes.channel.writeNow(Uint8Array.of(9)), true);
    const read = pipes.channel.read(9);
    const rest = new Uint8Array(bytes.length - first.length + 1);
    for (let at = 0; at < rest.length;) {
      await pipes.readable();
      const part = pipes.hear();
      rest.set(part, at);
      at += part.length;
    }
    assertEquals(rest, Uint8Array.of(...bytes.subarray(first.length), 9));
    assertEquals(await read, Uint8Array.of(1));
  },
);

testUnless(
  lacksLinuxLibrary,
  "DescriptorChannel reads what a peer said last that no longer listens",
  async () => {
    using pipes = new PipedChannel();
    pipes.say(Uint8Array.of(1));
    pipes.endHearing();
    assertEquals(pipes.channel.writeNow(Uint8Array.of(7)), true);
    assertEquals(pipes.channel.readNow(9), undefined);
    assertEquals(await pipes.channel.read(9), Uint8Array.of(1));
    await pipes.channel.write(Uint8Array.of(8));
    await assertRejects(() => pipes.channel.flush(), SessionError);
  },
);

testUnless(
  lacksLinuxLibrary,
  "DescriptorChannel reads a socket to its end, and waits a moment at a time",
  async () => {
    const { readEnd, writeEnd } = libc.makeSocketPair(PIPE_BYTES);
    const input = socketInput(readEnd);
    const output = { descriptor: readEnd, write: () => undefined };
    using channel = new DescriptorChannel(input, output);
    libc.send(writeEnd, Uint8Array.of(1, 2, 3));
    assertEquals(await readInTurn(channel, 2), Uint8Array.of(1, 2));
    assertEquals(await channel.read(9), Uint8Array.of(3));
    libc.send(writeEnd, Uint8Array.of(4));
    assertEquals(await channel.read(9), Uint8Array.of(4));
    const before = performance.now();
    assertEquals(input.read(new Uint8Array(1)), undefined);
    assert(performance.now() - before >= 10);
    libc.close(writeEnd);
    assertEquals(channel.readNow(9), undefined);
    assertEquals((await channel.read(9)).length, 0);
  },
);
