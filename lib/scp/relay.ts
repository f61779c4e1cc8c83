import type { Channel } from "../channel/channel.ts";
import {
  naming,
  ProtocolError,
  RefusalError,
  SessionError,
} from "../errors.ts";
import type { FileProgress, Observer } from "../progress/observer.ts";
import { quoted, shortened } from "../progress/printable.ts";
import {
  areReal,
  type EntryRules,
  isContent,
  refusalOf,
} from "./entry_rules.ts";
import {
  type FileRecord,
  type FolderRecord,
  type ScpRecord,
  sendingFailure,
  type SentRecord,
  type TimesRecord,
} from "./messages.ts";
import { ScpPeer } from "./peer.ts";
import { ONE_AT_A_TIME, orSilence } from "./silence.ts";
import type { Received } from "./sink.ts";

/** One of the two hosts that a relay stands between. */
export interface RelayEnd {
  readonly host: string;
  readonly channel: Channel;
}

export interface RelayOptions {
  /** Whether modes are preserved: else no set-id bits pass. */
  readonly preserve: boolean;
  /** Has the target answer each message before it gets the next one. */
  readonly lockstep?: boolean;
  /** What of the source's entries is taken; the target has rules of its own. */
  readonly rules: EntryRules;
  /**
   * Name under which what comes at the top is passed on. Absent: its own; where
   * the rules are for content, only that is passed on.
   */
  readonly topName?: string;
}

/** Directory of the source, by the name it has at the target. */
interface RelayedFolder {
  readonly name: string;
  /** False where the target sees only its content. */
  readonly isPassedOn: boolean;
}

/** What lets a file run as its owner. */
const SET_ID_BITS = 0o6000;

/** A body up to this many bytes may come in vain, if the sink refuses it. */
const SMALL_BYTES = 64 * 1024;

/**
 * Hands on what the source on one host sends to the sink on another, record by
 * record, each one checked and written anew. So that both are at work at once,
 * the source does not wait for the sink where it need not: a small file is
 * acknowledged as it comes, and dropped if the sink refuses it; and the sink
 * gets the next record before it has answered the last body, which changes
 * nothing for it.
 */
export class Relay {
  readonly #source: Side;
  readonly #target: Side;
  readonly #options: RelayOptions;
  readonly #observer: Observer;
  #entries = 0;
  /** Directories that the source is in, from the top. */
  readonly #folders: RelayedFolder[] = [];
  #isToldEnd = false;
  /** True once a name was warned of. */
  #hasWarned = false;
  /** True where the sink has the times of the next entry, and owes an answer. */
  #hasTimes = false;
  /** True until the sink has answered a message behind one that it had not. */
  #isOnTrial = true;
  /** The file whose body the sink has yet to answer. */
  #unanswered: string | undefined;

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
   * Waits for the target to be ready, and tells the source to begin.
   *
   * @throws {GreetingError} If the target says something else.
   * @throws {RefusalError} If it refuses, or has no such directory.
   * @throws {SessionError} If the connection to either one is lost.
   */
  async begin(): Promise<void> {
    const refusal = await this.#target.nextWarning();
    if (refusal !== undefined) {
      await this.#target.fail(new RefusalError(refusal));
    }
    await this.#source.attempt(async () => {
      await this.#source.peer.sendOk();
      await this.#source.peer.channel.flush();
    });
  }

  /** Begins, and relays all that the source sends; throws as both do. */
  async run(): Promise<Received> {
    await this.begin();
    return await this.relayEntries();
  }

  /**
   * Relays all that the source sends.
   *
   * @throws {GreetingError} If what either host says first is not the protocol.
   * @throws {ProtocolError} If either one breaks the protocol later or gives
   * up. What arrived whole before stays.
   * @throws {SessionError} If the connection to either one is lost.
   */
  async relayEntries(): Promise<Received> {
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
    await this.#settleTimes();
    await this.#settle();
    const folder = this.#folders.map(({ name }) => name).join("/");
    return {
      entries: this.#entries,
      isToldEnd: this.#isToldEnd,
      ...(folder === "" ? {} : { endedInside: folder }),
    };
  }

  /** Relays one record. Resolves to whether more may come. */
  async #take(record: ScpRecord): Promise<boolean> {
    switch (record.kind) {
      case "warning":
        this.#source.peer.understand();
        this.#failed(this.#source, record.text);
        return true;
      case "fatal":
        return await this.#source.fail(new RefusalError(record.text));
      case "times":
        await this.#relayTimes(record);
        return true;
      case "file":
      case "folder":
        await this.#relayEntry(record);
        return true;
      case "end":
        return await this.#takeEnd();
      case "unknown":
        return await this.#source.fail(
          this.#source.peer.violation(
            `the far side said ${quoted(record.text)} instead of a record`,
          ),
        );
      default:
        return record satisfies never;
    }
  }

  async #takeEnd(): Promise<boolean> {
    const folder = this.#folders.pop();
    if (folder === undefined) this.#isToldEnd = true;
    else if (folder.isPassedOn) await this.#relayEnd(folder.name);
    else await this.#takeUnsent();
    return !this.#isToldEnd;
  }

  async #relayEntry(record: FileRecord | FolderRecord): Promise<void> {
    await this.#check(record);
    this.#warnOfPath(record);
    const failure = sendingFailure(record);
    if (failure !== undefined) {
      this.#observer.failed(failure.message);
      await this.#source.attempt(() =>
        this.#source.peer.sendFailure(failure.message)
      );
    } else if (record.kind === "file") await this.#relayFile(record);
    else await this.#relayFolder(record);
  }

  /** Says once that a name is fit for a Unix disk alone: the sink may have none. */
  #warnOfPath({ name }: FileRecord | FolderRecord): void {
    if (this.#hasWarned || !/[\\:]/.test(name)) return;
    this.#hasWarned = true;
    this.#observer.warned(
      `${this.#target.host}: ${shortened(name)}: a Windows server would take ` +
        "such a name for a path",
    );
  }

  async #check(record: FileRecord | FolderRecord): Promise<void> {
    const place = { depth: this.#depth, entriesBefore: this.#entries++ };
    const refusal = refusalOf(record, place, this.#options.rules);
    if (refusal !== undefined) {
      await this.#source.attempt(() => this.#source.peer.refuse(refusal));
    }
  }

  /**
   * Passes times on before their entry comes: some sinks take one message from
   * each packet.
   */
  async #relayTimes(record: TimesRecord): Promise<void> {
    await this.#acknowledge();
    if (!areReal(record)) {
      return this.#observer.warned("times out of range are not set");
    }
    const { rules, topName } = this.#options;
    const isOuter = isContent({ depth: this.#depth }, rules);
    if (isOuter && topName === undefined) return;
    await this.#settleTimes();
    if (this.#options.lockstep) await this.#settle();
    await this.#target.send(record);
    await this.#flushTarget();
    this.#hasTimes = true;
  }

  async #flushTarget(): Promise<void> {
    await this.#target.attempt(() => this.#target.peer.channel.flush());
  }

  /** Hears what the sink says of times that it was sent. */
  async #settleTimes(): Promise<void> {
    if (!this.#hasTimes) return;
    this.#hasTimes = false;
    const isBehind = this.#unanswered !== undefined;
    await this.#settle();
    await this.#hear(isBehind);
  }

  get #depth(): number {
    return this.#folders.length;
  }

  /** Takes a record of the source that the target is not to see. */
  async #takeUnsent(): Promise<void> {
    this.#source.peer.understand();
    await this.#source.peer.sendOk();
  }

  async #relayFolder(announced: FolderRecord): Promise<void> {
    const { rules, topName } = this.#options;
    const isOuter = isContent({ depth: this.#depth }, rules);
    if (isOuter && topName === undefined) {
      this.#folders.push({ name: ".", isPassedOn: false });
      return await this.#takeUnsent();
    }
    const record = this.#named(announced);
    // Once a folder is made, to send it again would put it into itself.
    this.#target.peer.understand();
    const refusal = await this.#offer(record);
    if (refusal !== undefined) {
      return await this.#sendRefusal(refusal);
    }
    await this.#source.peer.sendOk();
    this.#folders.push({ name: record.name, isPassedOn: true });
    this.#source.peer.understand();
  }

  /** Gives a record under the name that it is passed on with. */
  #named<R extends FileRecord | FolderRecord>(record: R): R {
    const { topName } = this.#options;
    const isRenamed = this.#depth === 0 && topName !== undefined;
    return isRenamed ? { ...record, name: topName } : record;
  }

  async #relayEnd(name: string): Promise<void> {
    await this.#acknowledge();
    await this.#settleTimes();
    await this.#ask({ kind: "end" }, name);
  }

  async #relayFile(record: FileRecord): Promise<void> {
    const isSmall = record.size <= SMALL_BYTES;
    if (isSmall) await this.#acknowledge();
    const refusal = await this.#offer(record);
    const isTaken = refusal === undefined;
    if (!isSmall && !isTaken) return await this.#sendRefusal(refusal);
    if (!isSmall) await this.#source.peer.sendOk();
    const progress = this.#observer.began(record.name, record.size);
    try {
      await this.#relayBody(record, isTaken ? progress : undefined);
      await this.#relayVerdict(record, isTaken);
    } finally {
      progress.ended();
    }
  }

  /** @param progress Absent where the target does not wait for the body. */
  async #relayBody(
    { name, size }: FileRecord,
    progress: FileProgress | undefined,
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
      if (progress === undefined) continue;
      progress.moved(part.length);
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
      await this.#nextRefusal(name).catch(() => {});
      await this.#target.fail(lost());
    }
  }

  /** Relays what the source says of the body it sent. */
  async #relayVerdict({ name }: FileRecord, isTaken: boolean): Promise<void> {
    const warning = await this.#source.nextWarning(name);
    this.#source.peer.understand();
    if (warning !== undefined) this.#failed(this.#source, warning);
    await this.#acknowledge();
    if (!isTaken) return;
    if (warning === undefined) await this.#target.peer.sendOk();
    else await this.#target.send({ kind: "warning", text: warning });
    // On trial, the end of the body leaves with what comes behind it.
    if (!this.#isOnTrial || this.#options.lockstep) await this.#flushTarget();
    this.#unanswered = name;
  }

  async #settle(): Promise<void> {
    const name = this.#unanswered;
    if (name === undefined) return;
    this.#unanswered = undefined;
    await this.#nextRefusal(name);
    this.#target.peer.understand();
  }

  /** Sends an entry's times and its record; resolves to a refusal's words. */
  async #offer(record: FileRecord | FolderRecord): Promise<string | undefined> {
    await this.#settleTimes();
    const { preserve } = this.#options;
    const mode = preserve ? record.mode : record.mode & ~SET_ID_BITS;
    return await this.#ask({ ...record, mode }, record.name);
  }

  /**
   * Sends a record, right behind the last body where the target may take both;
   * resolves to a refusal's words.
   */
  async #ask(record: SentRecord, name: string): Promise<string | undefined> {
    if (this.#options.lockstep) await this.#settle();
    const isBehind = this.#unanswered !== undefined;
    await this.#target.send(record);
    await this.#settle();
    return await this.#hear(isBehind, name);
  }

  /** @param isBehind True where what is answered left behind a body. */
  async #hear(isBehind: boolean, name?: string): Promise<string | undefined> {
    if (!isBehind || !this.#isOnTrial) return await this.#nextRefusal(name);
    const refusal = await orSilence(this.#nextRefusal(name));
    this.#isOnTrial = false;
    return refusal === "silence"
      ? await this.#target.fail(new ProtocolError(ONE_AT_A_TIME))
      : refusal;
  }

  /** The target's answer: reported, if it refuses. */
  async #nextRefusal(name?: string): Promise<string | undefined> {
    const refusal = await this.#target.nextWarning(name);
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

  #failed({ host }: Side, text: string): void {
    this.#observer.failed(`${host}: ${text}`);
  }
}

/** One side of a relay, which knows when it was the one that broke. */
class Side {
  readonly peer: ScpPeer;
  readonly host: string;
  isBroken = false;

  constructor({ host, channel }: RelayEnd) {
    this.host = host;
    this.peer = new ScpPeer(channel);
  }

  async send(record: SentRecord): Promise<void> {
    await this.attempt(() => this.peer.send(record));
  }

  async nextRecord(): Promise<ScpRecord | undefined> {
    return await this.attempt(() => this.peer.nextRecord());
  }

  /**
   * The text of a warning; `undefined` for an acknowledgement.
   *
   * @param entry What it is about, for an error.
   */
  async nextWarning(entry?: string): Promise<string | undefined> {
    return await this.attempt(async () => {
      try {
        return await this.peer.nextWarning();
      } catch (error) {
        throw entry === undefined ? error : naming(entry, error);
      }
    });
  }

  /** @throws {ProtocolError | SessionError} Always. */
  async fail(error: ProtocolError | SessionError): Promise<never> {
    return await this.attempt(() => Promise.reject(error));
  }

  async attempt<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      this.isBroken = true;
      throw error;
    }
  }
}
