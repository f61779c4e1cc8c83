import type { Channel } from "../channel/channel.ts";
import { GreetingError, ProtocolError, SessionError } from "../errors.ts";
import { isPlainName } from "../files/names.ts";
import type { Observer } from "../progress/observer.ts";
import { quoted } from "../progress/printable.ts";
import {
  type FileRecord,
  type FolderRecord,
  LAST_MOMENT,
  type ScpRecord,
  type SentRecord,
  type TimesRecord,
} from "./messages.ts";
import { ScpPeer } from "./peer.ts";
import type { Received } from "./sink.ts";

/** One of the two hosts that a relay stands between. */
export interface RelayEnd {
  readonly host: string;
  readonly channel: Channel;
}

export interface RelayOptions {
  /** Accept folders. */
  readonly recursive: boolean;
  /** Why a name that comes at the top is not one that was asked for. */
  objectionTo(name: string): string | undefined;
}

/** A body up to this many bytes may come in vain, if the sink refuses it. */
const SMALL_BYTES = 64 * 1024;

/**
 * Hands on what the source on one host sends to the sink on another, record by
 * record, each one checked and written anew. So that both are at work at once,
 * the source does not wait for the sink where it need not: a small file is
 * acknowledged as it comes, and dropped if the sink refuses it; and the sink
 * gets the next record before it has answered the last body, which changes
 * nothing for it. Every failure names its host.
 */
export class Relay {
  readonly #source: Side;
  readonly #target: Side;
  readonly #options: RelayOptions;
  readonly #observer: Observer;
  #entries = 0;
  /** How many folders the source is in. */
  #depth = 0;
  /** Times that wait for their entry. */
  #times: TimesRecord | undefined;
  /** Whether the sink has yet to answer the last body. */
  #isAnswerDue = false;

  constructor(
    source: RelayEnd,
    target: RelayEnd,
    options: RelayOptions,
    observer: Observer,
  ) {
    this.#source = new Side(source);
    this.#target = new Side(target);
    this.#options = options;
    this.#observer = observer;
  }

  /** Whether what `run()` threw broke the target's side, not the source's. */
  get isTargetBroken(): boolean {
    return this.#target.isBroken && !this.#source.isBroken;
  }

  /**
   * Relays all that the source sends.
   *
   * @throws {GreetingError} If what either host says first is not the protocol.
   * @throws {ProtocolError} If either one breaks the protocol later or gives
   * up. What arrived whole before stays.
   * @throws {SessionError} If the connection to either one is lost.
   */
  async run(): Promise<Received> {
    const refusal = await this.#target.nextWarning();
    if (refusal !== undefined) {
      await this.#target.fail(new ProtocolError(refusal));
    }
    await this.#source.peer.sendOk();
    try {
      for (;;) {
        const record = await this.#source.nextRecord();
        if (record === undefined || !await this.#take(record)) break;
      }
    } catch (error) {
      // Of a file that it has whole, the sink may still say what became of it.
      await this.#settle().catch(() => {});
      throw error;
    }
    await this.#settle();
    return {
      entries: this.#entries,
      isToldEnd: this.#depth < 0,
      ...(this.#depth > 0 ? { endedInside: "a folder" } : {}),
    };
  }

  /** Relays one record. Resolves to whether more may come. */
  async #take(record: ScpRecord): Promise<boolean> {
    switch (record.kind) {
      case "warning":
        this.#source.isUnderstood = true;
        this.#failed(this.#source, record.text);
        return true;
      case "fatal":
        return await this.#source.fail(new ProtocolError(record.text));
      case "times":
        await this.#keepTimes(record);
        return true;
      case "file":
        await this.#checkName(record.name);
        await this.#relayFile(record);
        return true;
      case "folder":
        await this.#checkName(record.name);
        await this.#relayFolder(record);
        return true;
      case "end":
        this.#depth--;
        if (this.#depth >= 0) await this.#relayEnd();
        return this.#depth >= 0;
      case "unknown":
        return await this.#source.fail(
          this.#source.violation(
            `the far side said ${quoted(record.text)} instead of a record`,
          ),
        );
      default:
        return record satisfies never;
    }
  }

  async #checkName(name: string): Promise<void> {
    this.#entries++;
    // The rules that the target's disk adds are the target's to check.
    if (!isPlainName(name, "posix")) {
      await this.#refuse(`error: unexpected filename: ${name}`);
    }
    if (this.#depth > 0) return;
    const objection = this.#options.objectionTo(name);
    if (objection !== undefined) {
      await this.#refuse(
        `protocol error: filename does not match request: ${objection}`,
      );
    }
  }

  /** Times are sent on together with their entry. */
  async #keepTimes(record: TimesRecord): Promise<void> {
    const areReal = Math.max(record.modified, record.accessed) <= LAST_MOMENT;
    this.#times = areReal ? record : undefined;
    if (!areReal) this.#observer.warned("times out of range are not set");
    await this.#source.peer.sendOk();
  }

  async #relayFolder(record: FolderRecord): Promise<void> {
    if (!this.#options.recursive) {
      await this.#refuse("protocol error: received directory without -r");
    }
    const refusal = await this.#offer(record);
    if (refusal !== undefined) {
      return await this.#sendRefusal(refusal);
    }
    await this.#source.peer.sendOk();
    this.#depth++;
    this.#source.isUnderstood = true;
    this.#target.isUnderstood = true;
  }

  async #relayEnd(): Promise<void> {
    this.#times = undefined;
    await this.#acknowledge();
    await this.#target.send({ kind: "end" });
    await this.#settle();
    await this.#nextRefusal();
  }

  async #relayFile(record: FileRecord): Promise<void> {
    const isSmall = record.size <= SMALL_BYTES;
    if (isSmall) await this.#acknowledge();
    const refusal = await this.#offer(record);
    const isTaken = refusal === undefined;
    if (!isSmall && !isTaken) return await this.#sendRefusal(refusal);
    if (!isSmall) await this.#source.peer.sendOk();
    this.#observer.began(record.name, record.size);
    try {
      await this.#relayBody(record, isTaken);
      await this.#relayVerdict(isTaken);
    } finally {
      this.#observer.ended();
    }
  }

  /** @param isTaken Whether the target waits for the body. */
  async #relayBody(
    { name, size }: FileRecord,
    isTaken: boolean,
  ): Promise<void> {
    const { channel } = this.#source.peer;
    let passed = 0;
    let written = Promise.resolve();
    while (passed < size) {
      const part = await this.#source.attempt(() =>
        channel.read(Math.min(size - passed, channel.blockBytes))
      );
      const lost = () =>
        new SessionError(
          `${name}: lost connection after ${passed} of ${size} bytes`,
        );
      if (part.length === 0) await this.#source.fail(lost());
      await this.#orLoseTarget(written, lost);
      passed += part.length;
      if (!isTaken) continue;
      this.#observer.moved(part.length);
      // The next part is read while this one leaves.
      written = this.#target.peer.channel.write(part);
      written.catch(() => {});
    }
    await this.#orLoseTarget(
      written,
      () => new SessionError(`${name}: lost connection`),
    );
  }

  /** A sink that does not listen any more may have said why. */
  async #orLoseTarget(
    written: Promise<void>,
    lost: () => SessionError,
  ): Promise<void> {
    try {
      await written;
    } catch {
      await this.#nextRefusal().catch(() => {});
      await this.#target.fail(lost());
    }
  }

  /** Relays what the source says of the body it sent, and the answer to it. */
  async #relayVerdict(isTaken: boolean): Promise<void> {
    const warning = await this.#source.nextWarning();
    this.#source.isUnderstood = true;
    if (warning !== undefined) this.#failed(this.#source, warning);
    await this.#acknowledge();
    if (!isTaken) return;
    if (warning === undefined) await this.#target.peer.sendOk();
    else await this.#target.send({ kind: "warning", text: warning });
    await this.#target.attempt(() => this.#target.peer.channel.flush());
    this.#isAnswerDue = true;
  }

  async #settle(): Promise<void> {
    if (!this.#isAnswerDue) return;
    this.#isAnswerDue = false;
    await this.#nextRefusal();
    this.#target.isUnderstood = true;
  }

  /** Sends an entry's times and its record; resolves to a refusal's words. */
  async #offer(record: FileRecord | FolderRecord): Promise<string | undefined> {
    const times = this.#times;
    this.#times = undefined;
    if (times !== undefined) await this.#target.send(times);
    await this.#target.send(record);
    await this.#settle();
    if (times !== undefined) await this.#nextRefusal();
    return await this.#nextRefusal();
  }

  /** The target's answer: reported, if it refuses. */
  async #nextRefusal(): Promise<string | undefined> {
    const refusal = await this.#target.nextWarning();
    if (refusal !== undefined) this.#failed(this.#target, refusal);
    return refusal;
  }

  async #sendRefusal(text: string): Promise<void> {
    await this.#source.send({ kind: "warning", text });
  }

  async #acknowledge(): Promise<void> {
    await this.#source.attempt(async () => {
      await this.#source.peer.sendOk();
      await this.#source.peer.channel.flush();
    });
  }

  /** Tells the source what it may not send, and ends the relay for it. */
  async #refuse(message: string): Promise<never> {
    await this.#source.peer.sendFailure(message);
    return await this.#source.fail(this.#source.violation(message));
  }

  #failed({ host }: Side, text: string): void {
    this.#observer.failed(`${host}: ${text}`);
  }
}

/** One side of a relay: what breaks it is known to be this host's. */
class Side {
  readonly peer: ScpPeer;
  readonly host: string;
  isBroken = false;
  /** Whether what it says has proven to be the protocol. */
  isUnderstood = false;

  constructor({ host, channel }: RelayEnd) {
    this.host = host;
    this.peer = new ScpPeer(channel);
  }

  async send(record: SentRecord): Promise<void> {
    await this.attempt(() => this.peer.send(record));
  }

  async nextRecord(): Promise<ScpRecord | undefined> {
    return await this.attempt(async () => {
      try {
        return await this.peer.nextRecord();
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        throw this.violation(error.message);
      }
    });
  }

  /** The text of a warning; `undefined` for an acknowledgement. */
  async nextWarning(): Promise<string | undefined> {
    return await this.attempt(() =>
      this.peer.nextWarning((text) =>
        this.violation(
          `the far side said ${quoted(text)} instead of an acknowledgement`,
        )
      )
    );
  }

  /** The error for what is not the protocol. */
  violation(message: string): ProtocolError {
    return new (this.isUnderstood ? ProtocolError : GreetingError)(message);
  }

  /** @throws {ProtocolError | SessionError} Always. */
  async fail(error: ProtocolError | SessionError): Promise<never> {
    return await this.attempt(() => Promise.reject(error));
  }

  /** What `step` resolves to; a breach of the protocol names the host. */
  async attempt<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      this.isBroken = true;
      if (!(error instanceof ProtocolError)) throw error;
      const Kind = error instanceof GreetingError
        ? GreetingError
        : ProtocolError;
      throw new Kind(`${this.host}: ${error.message}`);
    }
  }
}
