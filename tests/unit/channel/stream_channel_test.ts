import { assert, assertEquals, assertRejects } from "@std/assert";
import { StreamChannel } from "../../../lib/channel/stream_channel.ts";
import { SessionError } from "../../../lib/errors.ts";
import { byteStream } from "../../support/byte_stream.ts";

/** What is gathered at most before it is sent, in bytes. */
const GATHERED = 16 * 1024;

/** A channel whose peer says these chunks, and the chunks it was sent. */
function channelTo(...chunks: string[]): {
  channel: StreamChannel;
  sent: string[];
} {
  const sent: string[] = [];
  const writable = new WritableStream<Uint8Array>({
    write: (chunk) => {
      sent.push(decode(chunk));
    },
    close: () => {
      sent.push("(closed)");
    },
  });
  return { channel: new StreamChannel(saying(...chunks), writable), sent };
}

function saying(...chunks: string[]): ReadableStream<Uint8Array> {
  return byteStream(ReadableStream.from(chunks.map(encode)));
}

/** A channel whose peer does not listen any more. */
function channelToDeaf(...chunks: string[]): StreamChannel {
  const writable = new WritableStream<Uint8Array>({
    write: () => {
      throw new Error("Broken pipe");
    },
  });
  return new StreamChannel(saying(...chunks), writable);
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

async function readText(channel: StreamChannel, limit = 100): Promise<string> {
  return decode(await channel.read(limit));
}

Deno.test("read() gives what came, at most the limit, and keeps the rest", async () => {
  const { channel } = channelTo("abcde", "fg");
  assertEquals(await readText(channel, 2), "ab");
  assertEquals(await readText(channel, 2), "cd");
  assertEquals(await readText(channel, 2), "e");
  assertEquals(await readText(channel, 2), "fg");
});

Deno.test("read() gives nothing at the end of the stream, again and again", async () => {
  const { channel } = channelTo("a");
  assertEquals(await readText(channel), "a");
  assertEquals(await readText(channel), "");
  assertEquals(await readText(channel), "");
});

Deno.test("read() throws a SessionError if the stream breaks", async () => {
  const cause = new Error("Connection reset by peer");
  const readable = new ReadableStream({
    type: "bytes",
    pull: () => {
      throw cause;
    },
  });
  const channel = new StreamChannel(readable, new WritableStream());
  const error = await assertRejects(
    () => channel.read(1),
    SessionError,
    "lost connection",
  );
  assertEquals(error.cause, cause);
});

Deno.test("write() holds bytes back until a read has to wait", async () => {
  const { channel, sent } = channelTo("xy", "z");
  await readText(channel, 1);
  await channel.write(encode("a"));
  await channel.write(encode("b"));
  await readText(channel, 1);
  assertEquals(sent, [], "a read that need not wait sends nothing");
  await readText(channel, 1);
  assertEquals(sent, ["ab"]);
});

Deno.test("write() gathers no more than its buffer holds", async () => {
  const { channel, sent } = channelTo();
  await channel.write(encode("a".repeat(GATHERED)));
  assertEquals(sent, []);
  await channel.write(encode("b"));
  assertEquals(sent, ["a".repeat(GATHERED)]);
  await channel.close();
  assertEquals(sent.slice(1), ["b", "(closed)"]);
});

Deno.test("write() sends a large block at once, after what was held", async () => {
  const { channel, sent } = channelTo();
  const block = "b".repeat(GATHERED + 1);
  await channel.write(encode("a"));
  await channel.write(encode(block));
  assertEquals(sent, ["a", block]);
});

for (const size of [1, GATHERED, GATHERED + 1]) {
  Deno.test(`write() has taken ${size} bytes, which may change afterwards`, async () => {
    const { channel, sent } = channelTo();
    const block = new Uint8Array(size).fill(0x61);
    await channel.write(block);
    block.fill(0x7a);
    await channel.write(block.subarray(0, 1));
    await channel.close();
    assertEquals(sent.join(""), "a".repeat(size) + "z(closed)");
  });
}

Deno.test("write() throws a SessionError if the peer does not listen", async () => {
  const channel = channelToDeaf();
  await assertRejects(
    () => channel.write(new Uint8Array(GATHERED + 1)),
    SessionError,
    "lost connection",
  );
  await assertRejects(
    () => channel.write(new Uint8Array(GATHERED + 1)),
    SessionError,
  );
});

Deno.test("read() gives the last words of a peer that does not listen", async () => {
  const channel = channelToDeaf("scp: no space");
  await channel.write(encode("held back"));
  assertEquals(await readText(channel), "scp: no space");
  assertEquals(await readText(channel), "");
});

Deno.test("close() sends what was held and ends the stream", async () => {
  const { channel, sent } = channelTo("last");
  await channel.write(encode("a"));
  await channel.close();
  assertEquals(sent, ["a", "(closed)"]);
  assertEquals(await readText(channel), "last");
});

Deno.test("close() does not mind a peer that has gone, nor a second call", async () => {
  const deaf = channelToDeaf();
  await deaf.write(encode("held back"));
  await deaf.close();
  const { channel, sent } = channelTo();
  await channel.close();
  await channel.close();
  assert(sent.length === 1);
});
