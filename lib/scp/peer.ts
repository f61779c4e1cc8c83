import type { Channel } from "../channel/channel.ts";
import { ByteBuffer, readByte, readLine } from "../channel/line.ts";
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

export interface ScpPeerOptions {
  /** True, as by default, where a shell's output may come before the peer's. */
  readonly mayHearShell?: boolean;
  /** Called with each record that comes, as it came. */
  onRecord?(line: Uint8Array): void;
}

/** The other side of an SCP dialogue: whole records and acknowledgements. */
export class ScpPeer {
  readonly channel: Channel;
  readonly #mayHearShell: boolean;
  readonly #onRecord: (line: Uint8Array) => void;
  readonly #turns = new Turns();
  #isUnderstood = false;

  constructor(
    channel: Channel,
    { mayHearShell = true, onRecord = () => {} }: ScpPeerOptions = {},
  ) {
    this.channel = channel;
    this.#mayHearShell = mayHearShell;
    this.#onRecord = onRecord;
  }

  /** What the peer says has proven to be the protocol: no shell's words. */
  understand(): void {
    this.#isUnderstood = true;
  }

  /** Whether the peer is known to speak the protocol. */
  get isUnderstood(): boolean {
    return this.#isUnderstood || !this.#mayHearShell;
  }

  /** The error for what is not the protocol: perhaps a shell's words. */
  violation(message: string): ProtocolError {
    return this.isUnderstood
      ? new ProtocolError(message)
      : new UnexpectedOutputError(message);
  }

  /**
   * Tells a source what it may not send. One that is a source waits for this
   * answer; after a shell's words, however alike, comes what scp says.
   *
   * @throws {UnexpectedOutputError} If it may have been a shell's.
   * @throws {LimitError} If it is beyond a limit.
   * @throws {ProtocolError} Else.
   */
  async refuse({ answer, said, isLimit }: Refusal): Promise<never> {
    const isShells = !this.isUnderstood && await this.#saysMore();
    await this.sendFailure(answer);
    if (isShells) throw new UnexpectedOutputError(said);
    throw isLimit ? new LimitError(said) : new ProtocolError(said);
  }

  async #saysMore(): Promise<boolean> {
    const { promise: silence, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), SHELL_MILLISECONDS);
    const more = readByte(this.channel)
      .then((byte) => byte !== undefined, () => false);
    const saysMore = await Promise.race([more, silence]);
    clearTimeout(timer);
    return saysMore;
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
   * Reads the next record; `undefined` if the stream ends before one. What is
   * malformed or cut is answered.
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
   * Reads the answer to a record or a body: the text of a warning, `undefined`
   * for an acknowledgement.
   *
   * @throws {UnexpectedOutputError} If something else is said, perhaps by a shell.
   * @throws {ProtocolError} If the peer gives up or says something else.
   * @throws {SessionError} If it ends instead.
   */
  async nextWarning(): Promise<string | undefined> {
    const answer = await this.nextAcknowledgement();
    switch (answer?.kind) {
      case "ok":
        return undefined;
      case "warning":
        return answer.text;
      case "fatal":
        throw new RefusalError(answer.text);
      case "unknown":
        throw this.violation(
          `the remote said ${quoted(answer.text)} instead of an ` +
            "acknowledgement",
        );
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
