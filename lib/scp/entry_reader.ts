import type { Channel } from "../channel/channel.ts";
import { RefusalError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { Times } from "../filesystem/file_system.ts";
import { quoted } from "../names/printable.ts";
import { type AckPolicy, Replies } from "./replies.ts";
import {
  areReal,
  type EntryRules,
  refusalOf,
  warnIfReceivedEncoded,
} from "./entry_rules.ts";
import { ScpPeer, type ScpPeerOptions } from "./peer.ts";
import { WatchedChannel } from "./stall.ts";
import type {
  DirectoryRecord,
  FileRecord,
  ScpRecord,
  TimesRecord,
} from "./wire/records.ts";

/** Result of a dialogue with a source that has ended. */
export interface Received {
  /** Number of files and directories that came, refused ones included. */
  readonly entries: number;
  /** True if the source ended by an `E` for no directory. */
  readonly isToldEnd: boolean;
  /** Path of the directory that the source ended in: some of its entries are missing. */
  readonly endedInside?: string;
}

/** Receiver of a source's entries, which replies by way of the reader. */
export interface EntryReceiver {
  /**
   * Takes the times of the next entry before that entry comes. Absent where
   * times are wanted with their entry.
   */
  takeTimes?(record: TimesRecord): Promise<void>;
  /** Replies to a file's record, reads its body, and replies to that. */
  takeFile(
    record: FileRecord,
    times: Times | undefined,
  ): void | Promise<void>;
  /** Enters a directory, or refuses it. */
  takeDirectory(
    record: DirectoryRecord,
    times: Times | undefined,
  ): Promise<void>;
  /** Leaves the innermost directory, and replies to its end. */
  leaveDirectory(): Promise<void>;
}

/** Options for reading a source's records. */
export interface EntryReaderOptions extends ScpPeerOptions {
  readonly rules: EntryRules;
  readonly ackPolicy: AckPolicy;
  /**
   * Tells whether the record of an entry may be refused that is here already; absent
   * where none is.
   */
  readonly mayRefuse?: (() => boolean) | undefined;
  /** Reply to a line that is no record, as OpenSSH's sink does, and then end. */
  readonly repliesToUnknown: boolean;
  /** Host that reports of the source's own words begin with; absent: none. */
  readonly host?: string;
}

/**
 * Reader of a source's records, which hands each entry to a receiver. Each
 * record gets one reply: an acknowledgement, or the reason for a refusal. A
 * record that breaks the protocol gets its reply and ends the dialogue.
 */
export class EntryReader {
  /** The source. */
  readonly peer: ScpPeer;
  readonly #options: EntryReaderOptions;
  readonly #observer: Observer;
  readonly #replies: Replies;
  #depth = 0;
  #entries = 0;
  /** Times for the next entry; gone once that came, refused or not. */
  #times: Times | undefined;

  constructor(
    channel: Channel,
    options: EntryReaderOptions,
    observer: Observer,
  ) {
    const watched = new WatchedChannel(channel, {
      isOn: () => this.#replies.mayBeSwallowed,
      onStall: () => this.#replies.repeat(),
      onInput: () => this.#replies.taken(),
    });
    this.peer = new ScpPeer(watched, options);
    this.#options = options;
    this.#observer = observer;
    this.#replies = new Replies(this.peer, options.ackPolicy, observer);
  }

  /** Number of directories that the source is in. */
  get depth(): number {
    return this.#depth;
  }

  /** Number of entries that have come, the current one included. */
  get entries(): number {
    return this.#entries;
  }

  /** True where the next step was acknowledged in advance. */
  get isAcknowledged(): boolean {
    return this.#replies.isGiven;
  }

  /** True where the next two steps were, a file and its body. */
  get isFileAcknowledged(): boolean {
    return this.#replies.given >= 2;
  }

  /** Has the source begin. */
  async begin(): Promise<void> {
    await this.acknowledge();
    await this.peer.channel.flush();
  }

  /**
   * Hands all entries that the source sends to a receiver.
   *
   * @throws {UnexpectedOutputError} If the first line is no entry that was asked
   * for and may be a shell's.
   * @throws {ProtocolError} If the source breaks the protocol later, sends an
   * entry that was not asked for, or gives up.
   * @throws {SessionError} If the connection is lost.
   */
  async readInto(receiver: EntryReceiver): Promise<Received> {
    for (let isFirst = true;;) {
      const record = this.peer.nextRecordNow() ?? await this.peer.nextRecord();
      const depth = this.#depth;
      const isLast = record === undefined ||
        record.kind === "end" && depth === 0;
      if (isLast) {
        return { entries: this.#entries, isToldEnd: record !== undefined };
      }
      const taking = this.#take(record, receiver, isFirst);
      if (taking !== undefined) await taking;
      isFirst = this.#depth > depth;
    }
  }

  /**
   * Acknowledges the next step.
   *
   * @param following Number of replies that are certain to come due after this
   * one, those to the ends of the open directories left out.
   */
  acknowledge(following = 0): void | Promise<void> {
    const ends = this.#certainEnds;
    return this.#replies.ok(following + ends, ends > 0);
  }

  /** Passes over a file and its body where both are acknowledged. */
  passFile(): void | Promise<void> {
    const ends = this.#certainEnds;
    return this.#replies.pass(2, ends, ends > 0);
  }

  /**
   * Number of replies that are certain to come due at the ends of the open directories:
   * none where the next record may be refused, which would take them for its own.
   */
  get #certainEnds(): number {
    return this.#mayRefuse ? 0 : this.#depth;
  }

  /** True where the next record of an entry may be refused. */
  get #mayRefuse(): boolean {
    const { mayRefuse } = this.#options;
    return mayRefuse !== undefined && (this.#depth === 0 || mayRefuse());
  }

  /** Acknowledges a directory: the next entries, up to its end, are inside it. */
  async acknowledgeDirectory(): Promise<void> {
    this.#depth++;
    this.peer.confirm();
    await this.acknowledge();
  }

  /** Replies to the next step with the reason why it failed. */
  async refuse(message: string): Promise<void> {
    await this.#replies.fail(message);
  }

  /**
   * Reads the source's verdict on a body that it sent, and reports a warning.
   *
   * @param path Path of the file, as in `MovingFile`.
   * @returns The warning; `undefined` where the body is whole.
   * @throws {UnexpectedOutputError} If something else comes, perhaps from a
   * shell.
   * @throws {ProtocolError} If the source gives up or says something else.
   * @throws {SessionError} If the connection is lost.
   */
  async readVerdict(path: string): Promise<string | undefined> {
    const warning = await this.peer.nextWarning();
    this.peer.confirm();
    if (warning !== undefined) this.#reportFailure(warning, path);
    return warning;
  }

  #take(
    record: ScpRecord,
    receiver: EntryReceiver,
    isFirst: boolean,
  ): void | Promise<void> {
    switch (record.kind) {
      case "warning":
        this.peer.confirm();
        return this.#reportFailure(record.text);
      case "fatal":
        throw new RefusalError(record.text);
      case "times":
        return this.#takeTimes(record, receiver);
      case "file":
      case "directory":
        return this.#takeEntry(record, receiver);
      case "end":
        this.#times = undefined;
        this.#depth--;
        return receiver.leaveDirectory();
      case "unknown":
        return this.#endAt(record.text, isFirst);
      default:
        return record satisfies never;
    }
  }

  #takeTimes(
    record: TimesRecord,
    receiver: EntryReceiver,
  ): void | Promise<void> {
    const isReal = areReal(record);
    this.#times = isReal ? record : undefined;
    if (!isReal) {
      this.#observer.report({
        kind: "warning",
        message: "times out of range are not set",
      });
    }
    // Its entry follows, and the body or the end of that one.
    const acknowledging = this.acknowledge(this.#mayRefuse ? 0 : 2);
    return isReal && receiver.takeTimes !== undefined
      ? this.#handOnTimes(record, receiver, acknowledging)
      : acknowledging;
  }

  async #handOnTimes(
    record: TimesRecord,
    receiver: EntryReceiver,
    acknowledging: void | Promise<void>,
  ): Promise<void> {
    await acknowledging;
    await receiver.takeTimes?.(record);
  }

  /** Holds an entry to the rules, and hands it on with the times that came for it. */
  #takeEntry(
    record: FileRecord | DirectoryRecord,
    receiver: EntryReceiver,
  ): void | Promise<void> {
    const { rules } = this.#options;
    const place = { depth: this.#depth, entriesBefore: this.#entries };
    const refusal = refusalOf(record, place, rules);
    if (refusal !== undefined) return this.peer.refuse(refusal);
    warnIfReceivedEncoded(record, rules, this.#observer);
    this.#entries++;
    const times = this.#times;
    this.#times = undefined;
    return record.kind === "file"
      ? receiver.takeFile(record, times)
      : receiver.takeDirectory(record, times);
  }

  /** Ends the dialogue at a line that is no record. */
  async #endAt(text: string, isFirst: boolean): Promise<never> {
    if (this.#options.repliesToUnknown) {
      // A shell that fails says so in words of its own, before any record.
      await this.peer.sendFailure(
        isFirst ? text : "protocol error: expected control record",
      );
    }
    throw this.peer.violation(
      `the remote said ${quoted(text)} instead of a record`,
    );
  }

  #reportFailure(text: string, path?: string): void {
    const { host } = this.#options;
    const message = host === undefined ? text : `${host}: ${text}`;
    this.#observer.report({
      kind: "failure",
      message,
      ...(path === undefined ? {} : { path }),
    });
  }
}
