import { deadline } from "@std/async/deadline";
import type { Channel } from "../channel/channel.ts";
import { ByteBuffer, NEWLINE, readByte, readLine } from "../channel/line.ts";
import { Turns } from "../channel/turns.ts";
import {
  LimitError,
  ProtocolError,
  RefusalError,
  SessionError,
  UnexpectedOutputError,
} from "../errors.ts";
import { quoted } from "../names/printable.ts";
import type { Refusal } from "./entry_rules.ts";
import {
  type Acknowledgement,
  decodeText,
  formatRecord,
  MAX_LINE_BYTES,
  MAX_RECORD_BYTES,
  OK,
  parseRecord,
  type ScpRecord,
  type SentRecord,
} from "./wire/records.ts";

/** Longest time from a shell's output to scp's, in milliseconds. */
const SHELL_MILLISECONDS = 500;

/** Options of a peer. */
export interface ScpPeerOptions {
  /** True, as by default, where a shell's output may come before the peer's. */
  readonly mayHearShell?: boolean;
  /** Called with the bytes of each record that comes. */
  onRecord?(line: Uint8Array): void;
}

/** The peer in an SCP dialogue: whole records and acknowledgements. */
export class ScpPeer {
  readonly channel: Channel;
  readonly #mayHearShell: boolean;
  readonly #onRecord: (line: Uint8Array) => void;
  readonly #turns = new Turns();
  #isConfirmed = false;

  constructor(
    channel: Channel,
    { mayHearShell = true, onRecord = () => {} }: ScpPeerOptions = {},
  ) {
    this.channel = channel;
    this.#mayHearShell = mayHearShell;
    this.#onRecord = onRecord;
  }

  /** Notes that the peer speaks the protocol: its words are no shell's output. */
  confirm(): void {
    this.#isConfirmed = true;
  }

  /** True where the peer is known to speak the protocol. */
  get isConfirmed(): boolean {
    return this.#isConfirmed || !this.#mayHearShell;
  }

  /** Gives the error for what is not the protocol: perhaps a shell's output. */
  violation(message: string): ProtocolError {
    return this.isConfirmed
      ? new ProtocolError(message)
      : new UnexpectedOutputError(message);
  }

  /**
   * Refuses an entry that a source may not send. A source waits for this reply; a shell's
   * output that looks like a record is followed by scp's own.
   *
   * @throws {UnexpectedOutputError} If it may have been a shell's.
   * @throws {LimitError} If it is beyond a limit.
   * @throws {ProtocolError} Else.
   */
  async refuse({ reply, message, isLimit }: Refusal): Promise<never> {
    const isShells = !this.isConfirmed && await this.#saysMore();
    await this.sendFailure(reply);
    if (isShells) throw new UnexpectedOutputError(message);
    throw isLimit ? new LimitError(message) : new ProtocolError(message);
  }

  /** Tells if more comes, which a source would not send before a reply. */
  async #saysMore(): Promise<boolean> {
    return await deadline(readByte(this.channel), SHELL_MILLISECONDS)
      .then((byte) => byte !== undefined, () => false);
  }

  /** Sends a record. */
  async send(record: SentRecord): Promise<void> {
    await this.channel.write(formatRecord(record));
  }

  /** Sends an acknowledgement, or the end of a body that was read whole. */
  async sendOk(): Promise<void> {
    await this.channel.write(OK);
  }

  /** Sends a failure as every scp words it, prefix included. */
  async sendFailure(message: string): Promise<void> {
    await this.send({ kind: "warning", text: `scp: ${message}` });
  }

  /**
   * Reads the next record; `undefined` if the stream ends before one. Replies to
   * a record that is malformed or cut.
   *
   * @throws {UnexpectedOutputError} If it is malformed, perhaps by a shell.
   * @throws {ProtocolError} If it is malformed.
   * @throws {SessionError} If it is cut.
   */
  async nextRecord(): Promise<ScpRecord | undefined> {
    if (this.#turns.areDue) await this.#turns.give();
    let line: Uint8Array | undefined;
    try {
      line = await readLine(this.channel, MAX_LINE_BYTES);
      if (line === undefined) return undefined;
      this.#onRecord(line);
      return parseRecord(line);
    } catch (error) {
      if (error instanceof SessionError) {
        await this.sendFailure("protocol error: lost connection");
      }
      if (!(error instanceof ProtocolError)) throw error;
      const { message } = error;
      await this.sendFailure(message);
      throw this.violation(
        line === undefined
          ? message
          : `${message}: the remote said ${quoted(decodeText(line))}`,
      );
    }
  }

  /**
   * Reads the next record without a wait; `undefined` where `nextRecord` has to be
   * called: not all of it has come, it is malformed, or others are to have a turn.
   */
  nextRecordNow(): ScpRecord | undefined {
    const { arrived } = this.channel;
    if (arrived === undefined || this.#turns.areDue) return undefined;
    const end = arrived.subarray(0, MAX_LINE_BYTES).indexOf(NEWLINE);
    if (end < 0) return undefined;
    const line = arrived.subarray(0, end);
    const record = recordIn(line);
    if (record === undefined) return undefined;
    this.#onRecord(line);
    this.channel.skip?.(end + 1);
    return record;
  }

  /**
   * Gives the body that comes next, and leaves it there, if all of it has come, and the
   * peer says that it is whole; valid until the next read.
   */
  wholeBody(size: number): Uint8Array | undefined {
    const { arrived } = this.channel;
    if (arrived === undefined || arrived[size] !== OK[0]) return undefined;
    return arrived.subarray(0, size);
  }

  /** Reads a body that `wholeBody` gave, and the word that it is whole. */
  skipBody(size: number): void {
    this.channel.skip?.(size + 1);
    this.confirm();
  }

  /**
   * Reads the reply to a record or a body: the text of a warning, `undefined`
   * for an acknowledgement.
   *
   * @throws {UnexpectedOutputError} If something else is said, perhaps by a shell.
   * @throws {ProtocolError} If the peer gives up or says something else.
   * @throws {SessionError} If it ends instead.
   */
  async nextWarning(): Promise<string | undefined> {
    const reply = await this.nextAcknowledgement();
    switch (reply?.kind) {
      case "ok":
        return undefined;
      case "warning":
        return reply.text;
      case "fatal":
        throw new RefusalError(reply.text);
      case "unknown":
        throw this.violation(
          `the remote said ${quoted(reply.text)} instead of an ` +
            "acknowledgement",
        );
      case undefined:
        throw new SessionError("lost connection");
      default:
        return reply satisfies never;
    }
  }

  /**
   * Reads the reply to a record or a body; `undefined` if the stream ends
   * instead. Of something else it gives the bytes that have come, since nothing
   * tells where that ends.
   *
   * @throws {ProtocolError} If the reply is too long.
   * @throws {SessionError} If it is cut.
   */
  async nextAcknowledgement(): Promise<Acknowledgement | undefined> {
    if (this.#turns.areDue) await this.#turns.give();
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
        const said = new ByteBuffer(Uint8Array.of(first));
        said.add(await this.channel.read(MAX_RECORD_BYTES));
        return { kind: "unknown", text: decodeText(said.bytes) };
      }
    }
  }

  async #nextText(): Promise<string> {
    const line = await readLine(this.channel, MAX_LINE_BYTES - 1);
    if (line !== undefined) return decodeText(line);
    throw new SessionError("lost connection");
  }
}

/** Parses a line; gives `undefined` for one that is malformed. */
function recordIn(line: Uint8Array): ScpRecord | undefined {
  try {
    return parseRecord(line);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
