import { assertEquals, assertRejects } from "@std/assert";
import { receiveBody, sendBody, sendPart } from "../../../lib/channel/body.ts";
import type { Channel } from "../../../lib/channel/channel.ts";
import { EntryError, SessionError } from "../../../lib/errors.ts";
import type { OpenFile } from "../../../lib/filesystem/file_system.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { MemoryFile } from "../../support/file_systems/memory_file.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

/** Size of the parts that a file is moved in, in bytes. */
const BLOCK = 256 * 1024;

/** Bytes none of which is zero. */
function content(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => at % 255 + 1);
}

/** Gives a file with a descriptor that nobody has written to since 1970. */
async function quietFile(bytes: Uint8Array): Promise<MemoryFile> {
  const file = Object.assign(new MemoryFile(bytes), { descriptor: 7 });
  await file.setTimes({ modified: 0, accessed: 0 });
  return file;
}

/** Sends a body that was announced with `size`, as the bytes of the script. */
async function send(
  file: OpenFile,
  size: number,
  expected: Uint8Array,
): Promise<{ failure: string | undefined; moved: number }> {
  const peer = new ScriptedPeer().weSay(expected);
  let moved = 0;
  const failure = await sendBody(peer, file, {
    path: "f",
    size,
    moved: (bytes) => moved += bytes,
  });
  peer.assertDone();
  return { failure: failure?.message, moved };
}

Deno.test("sendBody(): sends exactly the file, whatever its size", async () => {
  for (const size of [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK]) {
    const bytes = content(size);
    assertEquals(
      await send(new MemoryFile(bytes), size, bytes),
      { failure: undefined, moved: size },
      `${size} bytes`,
    );
  }
});

Deno.test("sendBody(): has a channel take from the file what it can, and sends the rest", async () => {
  const bytes = content(BLOCK + 100);
  const file = await quietFile(bytes);
  for (const refusal of [0, undefined]) {
    const peer = new ScriptedPeer().weSay(bytes);
    const asked: number[][] = [];
    const moved: number[] = [];
    const failure = await sendBody(
      {
        blockBytes: BLOCK,
        write: (part) => peer.write(part),
        writeFrom: async ({ descriptor = 0 }, at, length) => {
          asked.push([descriptor, at, length]);
          if (at >= 90) return refusal;
          await peer.write(bytes.subarray(at, at + 45));
          return 45;
        },
      },
      file,
      { path: "f", size: bytes.length, moved: (count) => moved.push(count) },
    );
    peer.assertDone();
    assertEquals(failure, undefined);
    assertEquals(asked, [
      [7, 0, BLOCK],
      [7, 45, BLOCK],
      [7, 90, BLOCK],
    ]);
    assertEquals(moved, [45, 45, BLOCK, 10]);
  }
});

/**
 * Sends a body over a channel that takes it from the file itself, 10 bytes at a time,
 * all but what is within 100 bytes of the end.
 *
 * @param meanwhile Called after each part that was taken, and before the last byte.
 */
async function sendUnseen(
  file: MemoryFile,
  size: number,
  meanwhile: (taken: number) => Promise<void> = async () => {},
): Promise<{ failure: string | undefined; taken: number; said: Uint8Array }> {
  const said = new Uint8Array(size);
  let at = 0;
  let taken = 0;
  const failure = await sendBody(
    {
      blockBytes: 10,
      unseenBytes: 100,
      write: async (part) => {
        said.set(part, at);
        at += part.length;
        if (at === size) await meanwhile(at);
      },
      writeFrom: async (_file, start, length) => {
        assertEquals(start, at);
        at += await file.read(said.subarray(at, at + length), start);
        await meanwhile(taken = at);
        return at - start;
      },
    },
    file,
    { path: "f", size, moved: () => {} },
  );
  assertEquals(at, size);
  return { failure: failure?.message, taken, said };
}

Deno.test("sendBody(): reads the end of what goes unseen itself, as much as may be on the way", async () => {
  for (const [size, taken] of [[0, 0], [100, 0], [101, 1], [1000, 900]]) {
    const bytes = content(size!);
    assertEquals(
      await sendUnseen(await quietFile(bytes), size!),
      { failure: undefined, taken: taken!, said: bytes },
    );
  }
});

Deno.test("sendBody(): reads all of a file that was written to a moment ago, or cannot be looked at", async () => {
  const bytes = content(200);
  const fresh = Object.assign(new MemoryFile(bytes), { descriptor: 7 });
  await fresh.write(bytes.subarray(0, 1), 0);
  const lost = withFaults(await quietFile(bytes), {
    stat: () => Promise.reject(new EntryError("f: Stale file handle")),
  });
  for (const file of [fresh, lost as MemoryFile]) {
    assertEquals(
      await sendUnseen(file, 200),
      { failure: undefined, taken: 0, said: bytes },
    );
  }
});

Deno.test("sendBody(): reads what is left of a file that changes while it goes unseen, and tells", async () => {
  const SHRANK = "f: the file shrank while it was read: 60 of 200 bytes were " +
    "there, zeros were sent for the rest";
  const CHANGED = "f: the file changed while it was read";
  const rows: readonly (readonly [
    change: (file: MemoryFile) => Promise<void>,
    failure: string | undefined,
  ])[] = [
    [(file) => file.truncate(60), SHRANK],
    [(file) => file.write(Uint8Array.of(1), 0), CHANGED],
    [async (file) => {
      await file.truncate(60);
      await file.write(new Uint8Array(140), 60);
    }, CHANGED],
    // Whoever asks for its length tells.
    [(file) => file.write(Uint8Array.of(1), 200), undefined],
  ];
  for (const [change, failure] of rows) {
    for (const [after, taken] of [[50, 50], [200, 100]] as const) {
      const file = await quietFile(content(200));
      const outcome = await sendUnseen(file, 200, async (sent) => {
        if (sent === after) await change(file);
      });
      assertEquals([outcome.failure, outcome.taken], [failure, taken]);
    }
  }
});

Deno.test("sendBody(): sends no more than was announced of a file that grew", async () => {
  assertEquals(
    await send(new MemoryFile(content(9)), 4, content(4)),
    { failure: undefined, moved: 4 },
  );
});

Deno.test("sendBody(): puts zeros for what a file that shrank lacks", async () => {
  for (const size of [0, 1, 7, BLOCK + 3]) {
    const expected = new Uint8Array(BLOCK + 10);
    expected.set(content(size));
    assertEquals(
      await send(new MemoryFile(content(size)), BLOCK + 10, expected),
      {
        failure: "f: the file shrank while it was read: " +
          `${size} of ${BLOCK + 10} bytes were there, ` +
          "zeros were sent for the rest",
        moved: size,
      },
      `${size} bytes`,
    );
  }
});

Deno.test("sendBody(): puts zeros, and nothing read before, after a failed read", async () => {
  const whole = new MemoryFile(content(8));
  let reads = 0;
  const file = withFaults(whole, {
    read: async (buffer, at) => {
      if (++reads === 1) return await whole.read(buffer.subarray(0, 3), at);
      buffer.set(content(4));
      throw new EntryError("f: Input/output error");
    },
  });
  assertEquals(
    await send(file, 8, Uint8Array.of(1, 2, 3, 0, 0, 0, 0, 0)),
    { failure: "f: Input/output error", moved: 3 },
  );
  assertEquals(reads, 2, "a file is not read again once it failed");
});

Deno.test("sendBody(): lets an error that is no EntryError through", async () => {
  const file = withFaults(new MemoryFile(), {
    read: () => Promise.reject(new TypeError("a bug")),
  });
  const zero = new Uint8Array(1);
  await assertRejects(() => send(file, 1, zero), TypeError, "a bug");
});

Deno.test("sendPart(): sends exactly a part of the file, and zeros for what it lacks", async () => {
  const file = new MemoryFile(content(9));
  for (
    const [start, length, sent, expected] of [
      [0, 0, 0, []],
      [0, 2, 2, [1, 2]],
      [7, 2, 2, [8, 9]],
      [7, 4, 2, [8, 9, 0, 0]],
      [9, 1, 0, [0]],
      [20, 2, 0, [0, 0]],
    ] as const
  ) {
    const peer = new ScriptedPeer().weSay(Uint8Array.from(expected));
    const moved: number[] = [];
    const result = await sendPart(peer, file, {
      start,
      length,
      moved: (bytes) => moved.push(bytes),
    });
    peer.assertDone();
    assertEquals(result, { sent });
    assertEquals(moved, sent === 0 ? [] : [sent]);
  }
});

Deno.test("sendPart(): gives whatever a read throws, and sends zeros from there on", async () => {
  const whole = new MemoryFile(content(8));
  const failure = new TypeError("a bug");
  const file = withFaults(whole, {
    read: async (buffer, at) => {
      if (at === 5) throw failure;
      return await whole.read(buffer.subarray(0, 3), at);
    },
  });
  const peer = new ScriptedPeer().weSay(Uint8Array.of(3, 4, 5, 0, 0, 0));
  const result = await sendPart(peer, file, { start: 2, length: 6 });
  peer.assertDone();
  assertEquals(result, { sent: 3, failure });
});

Deno.test("sendBody(): throws a SessionError if the connection is lost", async () => {
  const channel: Channel = {
    blockBytes: BLOCK,
    read: () => Promise.reject(new SessionError("lost connection")),
    write: () => Promise.reject(new SessionError("lost connection")),
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  await assertRejects(
    () =>
      sendBody(channel, new MemoryFile(content(1)), {
        path: "f",
        size: 1,
        moved: () => {},
      }),
    SessionError,
    "lost connection",
  );
});

/** Receives a body of `size` bytes from a peer that says `words`. */
async function receive(
  file: OpenFile,
  size: number,
  words: Uint8Array,
  grain = Infinity,
): Promise<
  {
    received: number;
    written: number;
    failure: string | undefined;
    moved: number;
    left: number;
  }
> {
  const peer = new ScriptedPeer(grain).peerSays(words);
  let moved = 0;
  const body = await receiveBody(peer, file, {
    size,
    moved: (bytes) => moved += bytes,
  });
  const left = await peer.read(1);
  return {
    received: body.received,
    written: body.written,
    failure: body.failure?.message,
    moved,
    left: left.length,
  };
}

Deno.test("receiveBody(): takes exactly the announced bytes, however they come", async () => {
  for (const size of [0, 1, 20, BLOCK - 1, BLOCK, BLOCK + 1]) {
    for (const grain of size > 20 ? [BLOCK] : [1, 7, BLOCK]) {
      const file = new MemoryFile();
      const words = new Uint8Array(size + 1);
      words.set(content(size));
      assertEquals(
        await receive(file, size, words, grain),
        {
          received: size,
          written: size,
          failure: undefined,
          moved: size,
          left: 1,
        },
        `${size} bytes, ${grain} at a time`,
      );
      assertEquals(file.content, content(size));
    }
  }
});

Deno.test("receiveBody(): tells the channel that the rest of a block comes soon", async () => {
  const soon: unknown[] = [];
  const peer = new ScriptedPeer(100_000).peerSays(content(BLOCK + 1));
  const channel: Channel = {
    blockBytes: BLOCK,
    read: (limit, options) => {
      soon.push(options?.soon);
      return peer.read(limit);
    },
    write: (bytes) => peer.write(bytes),
    flush: () => peer.flush(),
    close: () => peer.close(),
  };
  await receiveBody(channel, new MemoryFile(), {
    size: BLOCK + 1,
    moved: () => {},
  });
  assertEquals(soon, [BLOCK, BLOCK + 1 - 100_000, BLOCK + 1 - 200_000]);
});

Deno.test("receiveBody(): tells how much came before the stream ended", async () => {
  const file = new MemoryFile();
  assertEquals(
    await receive(file, 10, content(4)),
    { received: 4, written: 4, failure: undefined, moved: 4, left: 0 },
  );
  assertEquals(file.content, content(4));
});

Deno.test("receiveBody(): reads and drops the rest after a failed write", async () => {
  const whole = new MemoryFile();
  let writes = 0;
  const file = withFaults(whole, {
    write: async (bytes, at) => {
      if (++writes > 2) throw new EntryError("f: No space left on device");
      await whole.write(bytes, at);
    },
  });
  const words = Uint8Array.of(...content(10), 0);
  assertEquals(
    await receive(file, 10, words, 2),
    {
      received: 10,
      written: 4,
      failure: "f: No space left on device",
      moved: 10,
      left: 1,
    },
  );
  assertEquals(writes, 3, "a file is not written again once it failed");
  assertEquals(whole.content, content(4));
});

Deno.test("receiveBody(): lets an error that is no EntryError through", async () => {
  const file = withFaults(new MemoryFile(), {
    write: () => Promise.reject(new TypeError("a bug")),
  });
  await assertRejects(() => receive(file, 1, content(1)), TypeError, "a bug");
});

Deno.test("sendBody(): tells of each block as it goes, of the channel's size", async () => {
  const peer = new ScriptedPeer().weSay("abcdefg");
  const channel: Channel = {
    blockBytes: 3,
    read: (limit) => peer.read(limit),
    write: (bytes) => peer.write(bytes),
    flush: () => peer.flush(),
    close: () => peer.close(),
  };
  const moved: number[] = [];
  await sendBody(channel, new MemoryFile(new TextEncoder().encode("abcdefg")), {
    path: "f",
    size: 7,
    moved: (bytes) => moved.push(bytes),
  });
  assertEquals(moved, [3, 3, 1]);
});
