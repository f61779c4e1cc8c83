import { BufferedChannel } from "./buffered_channel.ts";

/**
 * Twice the size of a pipe, in bytes. Measured, half of it costs an upload some 8 %;
 * more gains nothing, and the meter seems to stall on a slow line.
 */
const BLOCK_BYTES = 128 * 1024;

/**
 * A channel over two Web streams, which every platform has. The readable one must be
 * a stream of bytes, as a child's standard output is. The writable one must not need
 * a chunk once its write resolves, as a child's standard input does not: the bytes
 * are used again.
 */
export class StreamChannel extends BufferedChannel {
  readonly #reader: ReadableStreamBYOBReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(
    readable: ReadableStream<Uint8Array>,
    writable: WritableStream<Uint8Array>,
  ) {
    super(BLOCK_BYTES);
    this.#reader = readable.getReader({ mode: "byob" });
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(() => {
      // Each write throws the same.
    });
  }

  protected override async receive(
    buffer: ArrayBuffer,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { value } = await this.#reader.read(new Uint8Array(buffer));
    return value ?? new Uint8Array();
  }

  protected override async send(bytes: Uint8Array): Promise<void> {
    await this.#writer.write(bytes);
  }

  protected override async finish(): Promise<void> {
    await this.#writer.close();
  }

  /** Ends the input as if the peer had: a read that waits gets no bytes. */
  endInput(): void {
    this.#reader.cancel().catch(() => {
      // The input has ended, or failed, already.
    });
  }
}
