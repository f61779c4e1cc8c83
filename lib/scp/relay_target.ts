import type { Channel } from "../channel/channel.ts";
import {
  naming,
  ProtocolError,
  RefusalError,
  type SessionError,
} from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type {
  DirectoryRecord,
  FileRecord,
  SentRecord,
  TimesRecord,
} from "./wire/records.ts";
import { ScpPeer } from "./peer.ts";
import { ONE_AT_A_TIME, orSilence } from "./silence.ts";

/** Host that a relay reads from or writes to. */
export interface RelayHost {
  readonly host: string;
  readonly channel: Channel;
}

export interface RelayTargetOptions {
  /** Mode bits that pass, of those that a record carries. */
  readonly modeBits: number;
  /** Has the target answer each message before it gets the next one. */
  readonly lockstep?: boolean;
}

/**
 * The sink that a relay sends to, and the answers that it owes: it gets the next
 * record before it has answered the last body, which changes nothing for it. A
 * refusal is reported.
 */
export class RelayTarget {
  readonly host: string;
  /** The sink. */
  readonly peer: ScpPeer;
  readonly #options: RelayTargetOptions;
  readonly #observer: Observer;
  /** True where the sink has the times of the next entry, and owes an answer. */
  #hasTimes = false;
  /** True until the sink has answered a message behind one that it had not. */
  #isOnTrial = true;
  /** The file whose body the sink has yet to answer. */
  #unanswered: string | undefined;

  /** True once the connection to the sink failed, or it broke the protocol. */
  #isBroken = false;

  constructor(
    { host, channel }: RelayHost,
    options: RelayTargetOptions,
    observer: Observer,
  ) {
    this.host = host;
    this.peer = new ScpPeer(channel);
    this.#options = options;
    this.#observer = observer;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * Waits for the sink to be ready.
   *
   * @throws {UnexpectedOutputError} If it says something else.
   * @throws {RefusalError} If it refuses, or has no such directory.
   * @throws {SessionError} If the connection is lost.
   */
  async begin(): Promise<void> {
    const refusal = await this.#nextWarning();
    if (refusal !== undefined) await this.#fail(new RefusalError(refusal));
  }

  /** Sends the times of the next entry; `settleTimes` hears the answer. */
  async sendTimes(record: TimesRecord): Promise<void> {
    await this.settleTimes();
    if (this.#options.lockstep) await this.settle();
    await this.#send(record);
    await this.#flush();
    this.#hasTimes = true;
  }

  /** Sends an entry's record; resolves to a refusal's words. */
  async offer(
    record: FileRecord | DirectoryRecord,
  ): Promise<string | undefined> {
    await this.settleTimes();
    const mode = record.mode & this.#options.modeBits;
    return await this.#ask({ ...record, mode }, record.name);
  }

  /** Ends a file's body with what the source says of it. */
  async endBody(name: string, warning: string | undefined): Promise<void> {
    if (warning === undefined) await this.peer.sendOk();
    else await this.#send({ kind: "warning", text: warning });
    // On trial, the end of the body leaves with what comes behind it.
    if (!this.#isOnTrial || this.#options.lockstep) await this.#flush();
    this.#unanswered = name;
  }

  /** Ends a directory. */
  async endDirectory(name: string): Promise<void> {
    await this.settleTimes();
    await this.#ask({ kind: "end" }, name);
  }

  /** Waits until a part of a body has left. */
  async written(part: Promise<void>, lost: () => SessionError): Promise<void> {
    try {
      await part;
    } catch {
      // A sink that does not listen any more may have said why.
      await this.#nextRefusal().catch(() => {});
      await this.#fail(lost());
    }
  }

  /** Hears what the sink says of the last body. */
  async settle(): Promise<void> {
    const name = this.#unanswered;
    if (name === undefined) return;
    this.#unanswered = undefined;
    await this.#nextRefusal(name);
    this.peer.understand();
  }

  /** Hears what the sink says of times that it was sent. */
  async settleTimes(): Promise<void> {
    if (!this.#hasTimes) return;
    this.#hasTimes = false;
    const isBehind = this.#unanswered !== undefined;
    await this.settle();
    await this.#hear(isBehind);
  }

  /**
   * Sends a record, right behind the last body where the target may take both;
   * resolves to a refusal's words.
   */
  async #ask(record: SentRecord, name: string): Promise<string | undefined> {
    if (this.#options.lockstep) await this.settle();
    const isBehind = this.#unanswered !== undefined;
    await this.#send(record);
    await this.settle();
    return await this.#hear(isBehind, name);
  }

  /** @param isBehind True where what is answered left behind a body. */
  async #hear(isBehind: boolean, name?: string): Promise<string | undefined> {
    if (!isBehind || !this.#isOnTrial) return await this.#nextRefusal(name);
    const refusal = await orSilence(this.#nextRefusal(name));
    this.#isOnTrial = false;
    return refusal === "silence"
      ? await this.#fail(new ProtocolError(ONE_AT_A_TIME))
      : refusal;
  }

  /** Hears the next answer, and reports a refusal. */
  async #nextRefusal(name?: string): Promise<string | undefined> {
    const refusal = await this.#nextWarning(name);
    if (refusal !== undefined) {
      this.#observer.report({
        kind: "failure",
        message: `${this.host}: ${refusal}`,
      });
    }
    return refusal;
  }

  async #flush(): Promise<void> {
    await this.#attempt(() => this.peer.channel.flush());
  }

  async #send(record: SentRecord): Promise<void> {
    await this.#attempt(() => this.peer.send(record));
  }

  /** @param entry Name of the entry that is answered, for an error. */
  async #nextWarning(entry?: string): Promise<string | undefined> {
    return await this.#attempt(async () => {
      try {
        return await this.peer.nextWarning();
      } catch (error) {
        throw entry === undefined ? error : naming(entry, error);
      }
    });
  }

  /** @throws {ProtocolError | SessionError} Always. */
  async #fail(error: ProtocolError | SessionError): Promise<never> {
    return await this.#attempt(() => Promise.reject(error));
  }

  async #attempt<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }
}
