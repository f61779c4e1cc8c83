import { type Output, sendPart, type SentPart } from "../channel/body.ts";
import { ProtocolError } from "../errors.ts";
import type { OpenFile } from "../filesystem/file_system.ts";
import type { PartBehind } from "./wire/handle_packets.ts";

/** Part of an open file that goes to a server as it is when it is sent. */
export class FilePart implements PartBehind {
  readonly length: number;
  readonly #file: Pick<OpenFile, "descriptor" | "read">;
  readonly #start: number;
  /** Result of the last time that it was sent; absent before the first one. */
  #sending: Promise<SentPart> | undefined;

  /** @param start Byte of the file to begin at. */
  constructor(
    file: Pick<OpenFile, "descriptor" | "read">,
    start: number,
    length: number,
  ) {
    this.#file = file;
    this.#start = start;
    this.length = length;
  }

  /** Sends the part, once more where a connection was lost with it. */
  async sendTo(output: Output): Promise<void> {
    const { length } = this;
    const part = { start: this.#start, length };
    await (this.#sending = sendPart(output, this.#file, part));
  }

  /**
   * Gives the number of the file's bytes that were sent; zeros were sent for the rest.
   * The server may have answered before that is known here. It rejects with the error of
   * a read that failed.
   *
   * @throws {ProtocolError} If the server has answered what was not sent at all.
   */
  sentBytes(): Promise<number> {
    if (this.#sending === undefined) {
      throw new ProtocolError(
        "protocol error: an answer to a request that was not sent yet",
      );
    }
    return this.#sending.then(({ sent, failure }) => {
      if (failure !== undefined) throw failure;
      return sent;
    });
  }
}
