import type { Channel } from "../../../lib/channel/channel.ts";
import { StreamChannel } from "../../../lib/channel/stream_channel.ts";
import { byteStream } from "./byte_stream.ts";

/** Cut of a pair, both ways, after a number of bytes one way. */
export interface PairCut {
  readonly way: "there" | "back";
  readonly after: number;
}

/** Gives two channels, each the other's peer, with no process in between. */
export function channelPair(cut?: PairCut): [Channel, Channel] {
  const there = new Pipe(cut?.way === "there" ? cut.after : Infinity);
  const back = new Pipe(cut?.way === "back" ? cut.after : Infinity);
  there.cut.then(() => back.end());
  back.cut.then(() => there.end());
  return [
    new StreamChannel(byteStream(back.readable), there.writable),
    new StreamChannel(byteStream(there.readable), back.writable),
  ];
}

/** A pipe that, like a process's, copies the bytes written and holds some. */
class Pipe extends TransformStream<Uint8Array, Uint8Array> {
  readonly cut: Promise<void>;
  /** Ends the pipe: bytes in flight still arrive, and no more can be written. */
  readonly end: () => void;

  constructor(bytes: number) {
    const { promise, resolve } = Promise.withResolvers<void>();
    let left = bytes;
    let controller: TransformStreamDefaultController<Uint8Array>;
    super(
      {
        start: (started) => {
          controller = started;
        },
        transform: (chunk) => {
          const part = chunk.slice(0, left);
          if (part.length > 0) controller.enqueue(part);
          left -= chunk.length;
          if (left > 0) return;
          controller.terminate();
          resolve();
        },
      },
      undefined,
      { highWaterMark: 4 },
    );
    this.cut = promise;
    this.end = () => controller.terminate();
  }
}
