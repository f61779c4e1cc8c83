import type { Channel } from "../channel/channel.ts";
import {
  ProtocolError,
  RefusalError,
  type SessionError,
  withName,
} from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { FileProgress } from "../events/file_progress.ts";
import { givenMode, type GivenModes } from "../filesystem/store.ts";
import type {
  DirectoryRecord,
  FileRecord,
  SentRecord,
  TimesRecord,
} from "./wire/records.ts";
import { ScpPeer } from "./peer.ts";
import { ONE_AT_A_TIME, orStall } from "./stall.ts";

/** Host that a relay reads from or writes to. */
export interface RelayHost {
  readonly host: string;
  readonly channel: Channel;
}

/** Entry that is relayed. */
export interface RelayedEntry {
  readonly name: string;
  /** Path below the source's operand, as in `MovingFile`. */
  readonly path: string;
}

/** File whose body was relayed. */
export interface RelayedBody extends RelayedEntry {
  readonly progress: FileProgress;
  /** Warning of the source that the body is not whole; absent where it is. */
  readonly warning: string | undefined;
}

/** Options for sending to a relay's target. */
export interface RelayTargetOptions {
  /** Mode bits that are passed on, of those that a record carries. */
  readonly modeBits: number;
  /** Modes that are passed on in place of the source's. */
  readonly given?: GivenModes | undefined;
  /** Wait for the target's reply to each message before the next one. */
  readonly lockstep?: boolean;
}

/**
 * The sink that a relay sends to. Each record is a prefetch: it leaves before the
 * reply to the last body, which changes nothing for the sink. A refusal is
 * reported.
 */
export class RelayTarget {
  readonly host: string;
  /** The sink. */
  readonly peer: ScpPeer;
  readonly #options: RelayTargetOptions;
  readonly #observer: Observer;
  /** True while the reply to the times of the next entry is pending. */
  #isTimesReplyPending = false;
  /** File whose body's reply is pending. */
  #pendingBody: RelayedBody | undefined;
  /** True until the sink replied to a prefetch. */
  #isOnTrial = true;

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

  /** True once the sink is lost or broke the protocol. */
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

  /** Sends the times of the next entry; `awaitTimesReply` reads the reply. */
  async sendTimes(record: TimesRecord): Promise<void> {
    await this.awaitTimesReply();
    if (this.#options.lockstep) await this.awaitBodyReply();
    await this.#send(record);
    await this.#flush();
    this.#isTimesReplyPending = true;
  }

  /** Sends an entry's record; resolves to the text of a refusal. */
  async offer(
    record: FileRecord | DirectoryRecord,
    path: string,
  ): Promise<string | undefined> {
    await this.awaitTimesReply();
    const { modeBits, given } = this.#options;
    const mode = givenMode(record.kind, record.mode & modeBits, given);
    return await this.#ask({ ...record, mode }, { name: record.name, path });
  }

  /** Ends a file's body with the source's verdict. */
  async endBody(body: RelayedBody): Promise<void> {
    const { warning } = body;
    if (warning === undefined) await this.#attempt(() => this.peer.sendOk());
    else await this.#send({ kind: "warning", text: warning });
    // On trial, the end of the body leaves with the next message.
    if (!this.#isOnTrial || this.#options.lockstep) await this.#flush();
    this.#pendingBody = body;
  }

  /** Ends a directory. */
  async endDirectory(name: string, path: string): Promise<void> {
    await this.awaitTimesReply();
    await this.#ask({ kind: "end" }, { name, path });
  }

  /** Waits until a part of a body has left. */
  async written(part: Promise<void>, lost: () => SessionError): Promise<void> {
    try {
      await part;
    } catch {
      // A sink that stopped reading may have said why.
      await this.#nextRefusal().catch(() => {});
      await this.#fail(lost());
    }
  }

  /** Waits for the reply to the last body, if it is pending. */
  async awaitBodyReply(): Promise<void> {
    const body = this.#pendingBody;
    if (body === undefined) return;
    this.#pendingBody = undefined;
    const refusal = await this.#nextRefusal(body.name, body.path);
    const isWhole = refusal === undefined && body.warning === undefined;
    body.progress.settled(isWhole ? "copied" : "failed");
    this.peer.confirm();
  }

  /** Waits for the reply to the times of the next entry, if it is pending. */
  async awaitTimesReply(): Promise<void> {
    if (!this.#isTimesReplyPending) return;
    this.#isTimesReplyPending = false;
    const isPrefetch = this.#pendingBody !== undefined;
    await this.awaitBodyReply();
    await this.#readReply(isPrefetch);
  }

  /**
   * Sends a record, as a prefetch unless in lockstep; resolves to the text of a
   * refusal.
   */
  async #ask(
    record: SentRecord,
    entry: RelayedEntry,
  ): Promise<string | undefined> {
    if (this.#options.lockstep) await this.awaitBodyReply();
    const isPrefetch = this.#pendingBody !== undefined;
    await this.#send(record);
    await this.awaitBodyReply();
    return await this.#readReply(isPrefetch, entry);
  }

  /**
   * Reads the reply to a record.
   *
   * @param isPrefetch True where the record left before the last body's reply.
   */
  async #readReply(
    isPrefetch: boolean,
    { name, path }: Partial<RelayedEntry> = {},
  ): Promise<string | undefined> {
    const reading = this.#nextRefusal(name, path);
    if (!isPrefetch || !this.#isOnTrial) return await reading;
    const refusal = await orStall(reading);
    this.#isOnTrial = false;
    return refusal === "stall"
      ? await this.#fail(new ProtocolError(ONE_AT_A_TIME))
      : refusal;
  }

  /** Reads the next reply, and reports a refusal. */
  async #nextRefusal(
    name?: string,
    path?: string,
  ): Promise<string | undefined> {
    const refusal = await this.#nextWarning(name);
    if (refusal !== undefined) {
      this.#observer.report({
        kind: "failure",
        message: `${this.host}: ${refusal}`,
        ...(path === undefined ? {} : { path }),
        host: this.host,
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

  /** @param entry Name of the entry that the reply is about, for an error. */
  async #nextWarning(entry?: string): Promise<string | undefined> {
    return await this.#attempt(async () => {
      try {
        return await this.peer.nextWarning();
      } catch (error) {
        throw entry === undefined ? error : withName(entry, error);
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
