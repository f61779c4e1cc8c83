import { BufferedChannel } from "./buffered_channel.ts";

/**
 * Twice what a pipe holds, in bytes. Measured, half of it costs an upload some
 * 8 %, and more gains nothing but a meter that looks stalled on a slow line.
 */
const BLOCK_BYTES = 128 * 1024;

/**
 * A channel over two Web streams; what there is on every platform. The
 * readable one must be a stream of bytes, as a child's standard output is. The
 * writable one must be done with a chunk when its write resolves, as a child's
 * standard input is: the bytes are used again.
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
      // Every write says so itself.
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

  /** Ends what is read, as if the peer had: a read that waits gets nothing. */
  endInput(): void {
    this.#reader.cancel().catch(() => {
      // It has ended, or failed, already.
    });
  }
}
