import { type Output, sendPart, type SentPart } from "../channel/body.ts";
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
   * The server may have answered before that is known here.
   *
   * @throws The error of a read that failed.
   */
  async sentBytes(): Promise<number> {
    const { sent, failure } = await this.#sending!;
    if (failure !== undefined) throw failure;
    return sent;
  }
}
