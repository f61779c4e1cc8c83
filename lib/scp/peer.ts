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
   * @throws {ProtocolError} If what comes is malformed or cut.
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
   * @param describe Words for the error, where something else is said.
   * @throws {ProtocolError} If the peer gives up or says something else.
   * @throws {SessionError} If it ends instead.
   */
  async nextWarning(
    describe: (text: string) => string,
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
        throw new ProtocolError(describe(answer.text));
      case undefined:
        throw new SessionError("lost connection");
      default:
        return answer satisfies never;
    }
  }

  /**
   * Reads the answer to a record or a body; `undefined` if the stream ends
   * instead.
   *
   * @throws {ProtocolError} If the answer is cut or too long.
   */
  async nextAcknowledgement(): Promise<Acknowledgement | undefined> {
    const first = await readByte(this.channel);
    if (first === undefined) return undefined;
    if (first === OK[0]) return { kind: "ok" };
    if (first === 0x0a) return { kind: "unknown", text: "" };
    const line = await readLine(this.channel, MAX_RECORD_BYTES - 1);
    if (line === undefined) {
      throw new ProtocolError("protocol error: lost connection");
    }
    if (first === 1) return { kind: "warning", text: decodeName(line) };
    if (first === 2) return { kind: "fatal", text: decodeName(line) };
    const text = decodeName(Uint8Array.of(first, ...line));
    return { kind: "unknown", text };
  }
}
