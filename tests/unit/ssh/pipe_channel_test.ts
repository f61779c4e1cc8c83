import { assert, assertEquals, assertRejects } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { SessionError } from "../../../lib/errors.ts";
import type { OpenFile } from "../../../lib/filesystem/file_system.ts";
import { PipeChannel } from "../../../lib/ssh/pipe_channel.ts";
import { startProcess } from "../../../lib/ssh/posix_process.ts";
import * as libc from "../../../lib/system/descriptors.ts";
import {
  close,
  makePipe,
  makeSocketPair,
} from "../../../lib/system/descriptors.ts";
import {
  lacksLibrary,
  lacksLinuxLibrary,
  testUnless,
} from "../../support/c_library.ts";
import {
  type ChannelEnds,
  decode,
  encode,
  testChannels,
} from "../../support/channels/suite.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { pattern } from "../../support/fixtures/tree.ts";
import { turn } from "../../support/turn.ts";
import { identityOf } from "../../support/process/descriptors.ts";

/** Zeros that another process says, more of them than are held on the way. */
interface Zeros {
  /** Descriptor that they come out of; to be closed. */
  readonly socket: number;
  /** Resolves when all were said. */
  readonly ended: Promise<unknown>;
}

/** Has so many zero bytes said. */
function sayZeros(count: number): Zeros {
  const { readEnd, writeEnd } = makeSocketPair(4096);
  const input = makePipe(4096);
  const { ended } = startProcess(["head", "-c", `${count}`, "/dev/zero"], {
    input: input.readEnd,
    output: writeEnd,
    error: 2,
  });
  for (const fd of [input.readEnd, input.writeEnd, writeEnd]) close(fd);
  return { socket: readEnd, ended };
}

const PIPE_BYTES = 64 * 1024;

/** Gives a descriptor of the peer's as a resource, which may be closed early. */
function owned(fd: number): Disposable {
  const stack = new DisposableStack();
  stack.adopt(fd, libc.close);
  return stack;
}

/** Tells whether a reader is left: a program just started may hold the pipe. */
function isHeld(writeEnd: number): boolean {
  try {
    libc.write(writeEnd, new Uint8Array(1));
    return true;
  } catch {
    return false;
  }
}

function ends(): ChannelEnds & { readonly channel: PipeChannel } {
  const words = libc.makeSocketPair(PIPE_BYTES);
  const ears = libc.makePipe(PIPE_BYTES);
  libc.setNonBlocking(ears.readEnd);
  const mouth = owned(words.writeEnd);
  const ear = owned(ears.readEnd);
  const channel = new PipeChannel(words.readEnd, ears.writeEnd);
  const block = new Uint8Array(PIPE_BYTES);
  let text = "";
  let isClosed = false;
  const heard = () => {
    let count;
    while ((count = libc.read(ears.readEnd, block))) {
      text += decode(block.subarray(0, count));
    }
    isClosed = count === 0;
    return text;
  };
  return {
    channel,
    say: (text) => {
      libc.write(words.writeEnd, encode(text));
    },
    fallSilent: () => mouth[Symbol.dispose](),
    goDeaf: () => {
      ear[Symbol.dispose]();
      while (isHeld(ears.writeEnd));
    },
    heard,
    heardToEnd: () => {
      // A program just started may hold the pipe.
      for (heard(); !isClosed; heard()) {
        assert(libc.isReadableWithin(ears.readEnd, 10_000), "it is not closed");
      }
      return text;
    },
    [Symbol.dispose]: () => {
      mouth[Symbol.dispose]();
      ear[Symbol.dispose]();
      channel[Symbol.dispose]();
    },
  };
}

testChannels("PipeChannel", ends, lacksLibrary);

/** Two channels, each of which is the other's peer. */
function pair(): readonly [PipeChannel, PipeChannel] {
  const there = libc.makeSocketPair(PIPE_BYTES);
  const back = libc.makeSocketPair(PIPE_BYTES);
  return [
    new PipeChannel(back.readEnd, there.writeEnd),
    new PipeChannel(there.readEnd, back.writeEnd),
  ];
}

async function readAll(channel: PipeChannel, limit: number): Promise<number[]> {
  const all: number[] = [];
  for (;;) {
    const part = await channel.read(limit);
    if (part.length === 0) return all;
    for (const byte of part) all.push(byte);
  }
}

for (const limit of [1000, 1024 * 1024]) {
  testUnless(
    lacksLibrary,
    `PipeChannel: moves more bytes than a pipe holds, read by ${limit}`,
    async () => {
      const [one, other] = pair();
      using _one = one;
      using _other = other;
      const content = pattern(3_000_000);
      const received = readAll(other, limit);
      await one.write(content);
      await one.close();
      assertEquals(Uint8Array.from(await received), content);
    },
  );
}

/** Opens a file for the time of a test. */
async function openedFile(content: Uint8Array): Promise<OpenFile> {
  using directory = new TempDirectory();
  const path = `${directory.path}/f`;
  Deno.writeFileSync(path, content);
  return await new LocalFileSystem().openToRead(path);
}

testUnless(
  lacksLinuxLibrary,
  "PipeChannel: takes more of a file than its pipe holds, behind what was written",
  async () => {
    const content = encode("0123456789".repeat(30_000));
    using file = await openedFile(content);
    using peer = ends();
    const send = async () => {
      await peer.channel.write(encode("first "));
      let at = 100;
      for (let count; (count = await take(at)) > 0;) at += count;
      await peer.channel.write(encode(" last"));
      await peer.channel.close();
      return at;
    };
    const take = async (at: number): Promise<number> =>
      (await peer.channel.writeFrom!(file, at, 65_536))!;
    const sent = send();
    while (peer.heard().length < 299_900) await turn();
    assertEquals(await sent, 300_000);
    assertEquals(
      peer.heardToEnd(),
      `first ${decode(content.subarray(100))} last`,
    );
  },
);

testUnless(
  lacksLinuxLibrary,
  "PipeChannel: takes nothing of what no pipe can hold, or into what is no pipe",
  async () => {
    using file = await openedFile(encode("text"));
    const [one, other] = pair();
    using _one = one;
    using _other = other;
    assertEquals(await one.writeFrom!(file, 0, 4), undefined);
    using peer = ends();
    for (const descriptor of [undefined, libc.CLOSED]) {
      const closed = { descriptor };
      assertEquals(await peer.channel.writeFrom!(closed, 0, 4), undefined);
    }
    assertEquals(await peer.channel.writeFrom!(file, 4, 4), 0);
    await peer.channel.close();
    assertEquals(peer.heardToEnd(), "");
  },
);

testUnless(
  lacksLinuxLibrary,
  "PipeChannel: takes nothing more of a file that is closed while its pipe is full",
  async () => {
    const text = "0123456789".repeat(30_000);
    using file = await openedFile(encode(text));
    const { descriptor } = file;
    using peer = ends();
    const sending = peer.channel.writeFrom!(file, 0, text.length);
    await turn();
    file[Symbol.dispose]();
    // Another file gets its number, unless something else did first.
    using others = new DisposableStack();
    for (let count = 0; count < 20; count++) {
      const other = others.use(await openedFile(encode("x".repeat(300_000))));
      if (other.descriptor === descriptor) break;
    }
    let isDone = false;
    const taken = sending.finally(() => isDone = true);
    for (; !isDone; await turn()) peer.heard();
    const count = await taken ?? 0;
    await peer.channel.close();
    assert(count > 0 && count < text.length, `${count} bytes`);
    assertEquals(peer.heardToEnd(), text.slice(0, count));
  },
);

testUnless(
  lacksLinuxLibrary,
  "PipeChannel: takes nothing for a peer that stopped reading, and is lost",
  async () => {
    using file = await openedFile(encode("text"));
    using peer = ends();
    peer.goDeaf();
    await assertRejects(
      () => peer.channel.writeFrom!(file, 0, 4),
      SessionError,
      "lost connection",
    );
  },
);

testUnless(
  lacksLibrary,
  "PipeChannel: reads bytes in flight together, though no socket holds them",
  async () => {
    const BLOCK = 256 * 1024;
    const ears = libc.makePipe(4096);
    using _ear = owned(ears.readEnd);
    const { socket, ended } = sayZeros(400 * BLOCK);
    using channel = new PipeChannel(socket, ears.writeEnd);
    const lengths: number[] = [];
    for (;;) {
      const { length } = await channel.read(BLOCK, { soon: BLOCK });
      if (length === 0) break;
      lengths.push(length);
    }
    await ended;
    assertEquals(lengths.reduce((sum, length) => sum + length), 400 * BLOCK);
    assertEquals(Math.max(...lengths), BLOCK);
  },
);

testUnless(
  lacksLibrary,
  "PipeChannel: keeps the order of writes that were not awaited",
  async () => {
    const [one, other] = pair();
    using _one = one;
    using _other = other;
    const blocks = ["a", "b", "c"].map((text) => text.repeat(200_000));
    const writes = blocks.map((block) => one.write(encode(block)));
    const received = readAll(other, 100_000);
    await one.close();
    await Promise.all(writes);
    assertEquals(
      decode(Uint8Array.from(await received)),
      blocks.join(""),
    );
  },
);

testUnless(
  lacksLibrary,
  "PipeChannel: lets timers run, with reads that wait or not",
  async () => {
    using peer = ends();
    let isTime = false;
    setTimeout(() => {
      isTime = true;
    }, 30);
    const last = performance.now() + 10_000;
    while (!isTime && performance.now() < last) {
      peer.say("there already");
      await peer.channel.read(100);
    }
    assert(isTime, "nothing else had its turn");

    let ticks = 0;
    const timer = setInterval(() => {
      if (++ticks === 3) peer.say("x");
    }, 10);
    assertEquals(decode(await peer.channel.read(10)), "x");
    clearInterval(timer);
  },
);

testUnless(
  lacksLibrary,
  "PipeChannel: ends a waiting write when the peer has gone",
  async () => {
    using peer = ends();
    const written = peer.channel.write(new Uint8Array(5 * PIPE_BYTES));
    setTimeout(() => peer.goDeaf(), 20);
    const error = await assertRejects(
      () => written,
      SessionError,
      "lost connection",
    );
    assertEquals((error.cause as Error).message, "Broken pipe");
  },
);

testUnless(
  lacksLibrary,
  "PipeChannel: closes each descriptor once",
  async () => {
    const input = libc.makeSocketPair(PIPE_BYTES);
    const output = libc.makePipe(PIPE_BYTES);
    using _said = owned(input.writeEnd);
    using _heard = owned(output.readEnd);
    const channel = new PipeChannel(input.readEnd, output.writeEnd);
    const descriptors = [input.readEnd, output.writeEnd];
    const pipes = descriptors.map(identityOf);
    await channel.close();
    channel[Symbol.dispose]();
    channel[Symbol.dispose]();
    for (const [at, fd] of descriptors.entries()) {
      assert(identityOf(fd) !== pipes[at], "still open");
    }
    await assertRejects(() => channel.read(1), SessionError, "lost connection");
    await assertRejects(
      () => channel.write(new Uint8Array(PIPE_BYTES)),
      SessionError,
      "lost connection",
    );
  },
);

Deno.test("receiveAll(): waits for a full buffer or the end", {
  ignore: lacksLibrary !== undefined,
}, async () => {
  const { socket, ended } = sayZeros(1_000_000);
  libc.setReceiveTime(socket, 60_000);
  const buffer = new Uint8Array(600_000).fill(7);
  try {
    assertEquals(libc.receiveAll(socket, buffer), 600_000);
    assert(buffer.every((byte) => byte === 0));
    assertEquals(libc.receiveAll(socket, buffer), 400_000);
    assertEquals(libc.receiveAll(socket, buffer), 0);
  } finally {
    libc.close(socket);
    await ended;
  }
});
