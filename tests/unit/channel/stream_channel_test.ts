import { assert, assertEquals, assertRejects } from "@std/assert";
import { StreamChannel } from "../../../lib/channel/stream_channel.ts";
import { SessionError } from "../../../lib/errors.ts";
import { byteStream } from "../../support/channels/byte_stream.ts";
import {
  type ChannelEnds,
  decode,
  encode,
  testChannels,
} from "../../support/channels/suite.ts";

function open(): ChannelEnds {
  let isDeaf = false;
  let heard = "";
  let isClosed = false;
  let words!: ReadableStreamDefaultController<Uint8Array>;
  const readable = new ReadableStream<Uint8Array>({
    start: (controller) => {
      words = controller;
    },
  });
  const writable = new WritableStream<Uint8Array>({
    write: (chunk) => {
      if (isDeaf) throw new Error("Broken pipe");
      heard += decode(chunk);
    },
    close: () => {
      isClosed = true;
    },
  });
  return {
    channel: new StreamChannel(byteStream(readable), writable),
    say: (text) => words.enqueue(encode(text)),
    fallSilent: () => words.close(),
    goDeaf: () => {
      isDeaf = true;
    },
    heard: () => heard,
    heardToEnd: () => {
      assert(isClosed, "it is not closed");
      return heard;
    },
    [Symbol.dispose]: () => {},
  };
}

testChannels("StreamChannel", open);

Deno.test("StreamChannel: read() throws a SessionError if the stream breaks", async () => {
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
