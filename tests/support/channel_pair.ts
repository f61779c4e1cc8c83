import type { Channel } from "../../lib/channel/channel.ts";
import { byteStream } from "./byte_stream.ts";
import { StreamChannel } from "../../lib/channel/stream_channel.ts";

/** Two channels, each the other's far end, with no process in between. */
export function channelPair(): [Channel, Channel] {
  const there = pipe();
  const back = pipe();
  return [
    new StreamChannel(byteStream(back.readable), there.writable),
    new StreamChannel(byteStream(there.readable), back.writable),
  ];
}

/** A pipe that, like a process's, copies what is written and holds some. */
function pipe(): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream<Uint8Array, Uint8Array>(
    { transform: (chunk, controller) => controller.enqueue(chunk.slice()) },
    undefined,
    { highWaterMark: 4 },
  );
}
