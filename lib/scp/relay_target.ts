import { ProtocolError, RefusalError, type SessionError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type {
  DirectoryRecord,
  FileRecord,
  SentRecord,
  TimesRecord,
} from "./wire/records.ts";
import type { RelaySide } from "./relay_side.ts";
import { ONE_AT_A_TIME, orSilence } from "./silence.ts";

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
  readonly side: RelaySide;
  readonly #options: RelayTargetOptions;
  readonly #observer: Observer;
  /** True where the sink has the times of the next entry, and owes an answer. */
  #hasTimes = false;
  /** True until the sink has answered a message behind one that it had not. */
  #isOnTrial = true;
  /** The file whose body the sink has yet to answer. */
  #unanswered: string | undefined;

  constructor(
    side: RelaySide,
    options: RelayTargetOptions,
    observer: Observer,
  ) {
    this.side = side;
    this.#options = options;
    this.#observer = observer;
  }

  /**
   * Waits for the sink to be ready.
   *
   * @throws {UnexpectedOutputError} If it says something else.
   * @throws {RefusalError} If it refuses, or has no such directory.
   * @throws {SessionError} If the connection is lost.
   */
  async begin(): Promise<void> {
    const refusal = await this.side.nextWarning();
    if (refusal !== undefined) await this.side.fail(new RefusalError(refusal));
  }

  /** Sends the times of the next entry; `settleTimes` hears the answer. */
  async sendTimes(record: TimesRecord): Promise<void> {
    await this.settleTimes();
    if (this.#options.lockstep) await this.settle();
    await this.side.send(record);
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
    if (warning === undefined) await this.side.peer.sendOk();
    else await this.side.send({ kind: "warning", text: warning });
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
      await this.side.fail(lost());
    }
  }

  /** Hears what the sink says of the last body. */
  async settle(): Promise<void> {
    const name = this.#unanswered;
    if (name === undefined) return;
    this.#unanswered = undefined;
    await this.#nextRefusal(name);
    this.side.peer.understand();
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
    await this.side.send(record);
    await this.settle();
    return await this.#hear(isBehind, name);
  }

  /** @param isBehind True where what is answered left behind a body. */
  async #hear(isBehind: boolean, name?: string): Promise<string | undefined> {
    if (!isBehind || !this.#isOnTrial) return await this.#nextRefusal(name);
    const refusal = await orSilence(this.#nextRefusal(name));
    this.#isOnTrial = false;
    return refusal === "silence"
      ? await this.side.fail(new ProtocolError(ONE_AT_A_TIME))
      : refusal;
  }

  /** Hears the next answer, and reports a refusal. */
  async #nextRefusal(name?: string): Promise<string | undefined> {
    const refusal = await this.side.nextWarning(name);
    if (refusal !== undefined) {
      this.#observer.report({
        kind: "failure",
        message: `${this.side.host}: ${refusal}`,
      });
    }
    return refusal;
  }

  async #flush(): Promise<void> {
    await this.side.attempt(() => this.side.peer.channel.flush());
  }
}
