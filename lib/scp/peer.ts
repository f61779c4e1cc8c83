import type { Channel } from "../channel/channel.ts";
import { readByte, readLine } from "../channel/line.ts";
import { ProtocolError, SessionError } from "../errors.ts";
import { decodeName } from "../files/name_bytes.ts";
import {
  type Acknowledgement,
  formatRecord,
  MAX_RECORD_BYTES,
  OK,
  parseRecord,
  type ScpRecord,
  type SentRecord,
} from "./messages.ts";

/** The other side of an SCP dialogue: whole records and acknowledgements. */
export class ScpPeer {
  readonly channel: Channel;
  readonly #overheard: (line: Uint8Array) => void;

  /** @param overheard Told each record that comes, as it came. */
  constructor(
    channel: Channel,
    overheard: (line: Uint8Array) => void = () => {},
  ) {
    this.channel = channel;
    this.#overheard = overheard;
  }

  async send(record: SentRecord): Promise<void> {
    await this.channel.write(formatRecord(record));
  }

  async sendOk(): Promise<void> {
    await this.channel.write(OK);
  }

  /** Tells of a failure the way every scp words it, prefix included. */
  async sendFailure(message: string): Promise<void> {
    await this.send({ kind: "warning", text: `scp: ${message}` });
  }

  /**
   * Reads the next record; `undefined` if the stream ends before one.
   *
   * @throws {ProtocolError} If what comes is malformed.
   * @throws {SessionError} If it is cut.
   */
  async nextRecord(): Promise<ScpRecord | undefined> {
    const line = await readLine(this.channel, MAX_RECORD_BYTES);
    if (line === undefined) return undefined;
    this.#overheard(line);
    return parseRecord(line);
  }

  /**
   * Reads the answer to a record or a body: the text of a warning, `undefined`
   * for an acknowledgement.
   *
   * @param otherwise The error for something else that is said.
   * @throws {ProtocolError} If the peer gives up or says something else.
   * @throws {SessionError} If it ends instead.
   */
  async nextWarning(
    otherwise: (text: string) => ProtocolError,
  ): Promise<string | undefined> {
    const answer = await this.nextAcknowledgement();
    switch (answer?.kind) {
      case "ok":
        return undefined;
      case "warning":
        return answer.text;
      case "fatal":
        throw new ProtocolError(answer.text);
      case "unknown":
        throw otherwise(answer.text);
      case undefined:
        throw new SessionError("lost connection");
      default:
        return answer satisfies never;
    }
  }

  /**
   * Reads the answer to a record or a body; `undefined` if the stream ends
   * instead. Of something else it gives what has come, since nothing tells
   * where that ends.
   *
   * @throws {ProtocolError} If the answer is too long.
   * @throws {SessionError} If it is cut.
   */
  async nextAcknowledgement(): Promise<Acknowledgement | undefined> {
    const first = await readByte(this.channel);
    switch (first) {
      case undefined:
        return undefined;
      case OK[0]:
        return { kind: "ok" };
      case 1:
        return { kind: "warning", text: await this.#nextText() };
      case 2:
        return { kind: "fatal", text: await this.#nextText() };
      default: {
        const rest = await this.channel.read(MAX_RECORD_BYTES);
        const text = decodeName(Uint8Array.of(first, ...rest));
        return { kind: "unknown", text };
      }
    }
  }

  async #nextText(): Promise<string> {
    const line = await readLine(this.channel, MAX_RECORD_BYTES - 1);
    if (line !== undefined) return decodeName(line);
    throw new SessionError("lost connection");
  }
}
