import { RefusalError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import { startFile } from "../events/file_progress.ts";
import { quoted, shortened } from "../names/printable.ts";
import {
  areReal,
  type EntryRules,
  isContent,
  refusalOf,
  warnIfReceivedEncoded,
} from "./entry_rules.ts";
import {
  type DirectoryRecord,
  type FileRecord,
  type ScpRecord,
  sendingFailure,
  type TimesRecord,
} from "./wire/records.ts";
import type { Received } from "./received.ts";
import { relayBody } from "./relay_body.ts";
import { type RelayEnd, RelaySide } from "./relay_side.ts";
import { RelayTarget, type RelayTargetOptions } from "./relay_target.ts";

export interface RelayOptions extends RelayTargetOptions {
  /** Rules for the source's entries; the target has rules of its own. */
  readonly rules: EntryRules;
  /**
   * Name under which what comes at the top is passed on. Absent: its own; where
   * the rules are for content, only that is passed on.
   */
  readonly topName?: string;
}

/** Directory of the source, by the name it has at the target. */
interface RelayedDirectory {
  readonly name: string;
  /** False where the target sees only its content. */
  readonly isPassedOn: boolean;
}

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
  readonly #source: RelaySide;
  readonly #target: RelayTarget;
  readonly #options: RelayOptions;
  readonly #observer: Observer;
  #entries = 0;
  /** Directories that the source is in, from the top. */
  readonly #directories: RelayedDirectory[] = [];
  #isToldEnd = false;
  /** True once a name was warned of. */
  #hasWarned = false;

  constructor(
    source: RelayEnd,
    target: RelayEnd,
    options: RelayOptions,
    observer: Observer,
  ) {
    this.#source = new RelaySide(source);
    this.#target = new RelayTarget(new RelaySide(target), options, observer);
    this.#options = options;
    this.#observer = observer;
  }

  /** True where what `run()` threw broke the target's side, not the source's. */
  get isTargetBroken(): boolean {
    return this.#target.side.isBroken && !this.#source.isBroken;
  }

  /**
   * Waits for the target to be ready, and tells the source to begin.
   *
   * @throws {UnexpectedOutputError} If the target says something else.
   * @throws {RefusalError} If it refuses, or has no such directory.
   * @throws {SessionError} If the connection to either one is lost.
   */
  async begin(): Promise<void> {
    await this.#target.begin();
    await this.#acknowledge();
  }

  /** Begins, and relays all that the source sends; throws as both do. */
  async run(): Promise<Received> {
    await this.begin();
    return await this.relayEntries();
  }

  /**
   * Relays all that the source sends.
   *
   * @throws {UnexpectedOutputError} If what either host says first is not the protocol.
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
      await this.#target.settle().catch(() => {});
      throw error;
    }
    await this.#target.settleTimes();
    await this.#target.settle();
    const directory = this.#directories.map(({ name }) => name).join("/");
    return {
      entries: this.#entries,
      isToldEnd: this.#isToldEnd,
      ...(directory === "" ? {} : { endedInside: directory }),
    };
  }

  /** Relays one record; tells if more may come. */
  async #take(record: ScpRecord): Promise<boolean> {
    switch (record.kind) {
      case "warning":
        this.#source.peer.understand();
        this.#failed(record.text);
        return true;
      case "fatal":
        return await this.#source.fail(new RefusalError(record.text));
      case "times":
        await this.#relayTimes(record);
        return true;
      case "file":
      case "directory":
        await this.#relayEntry(record);
        return true;
      case "end":
        return await this.#takeEnd();
      case "unknown":
        return await this.#source.fail(
          this.#source.peer.violation(
            `the remote said ${quoted(record.text)} instead of a record`,
          ),
        );
      default:
        return record satisfies never;
    }
  }

  async #takeEnd(): Promise<boolean> {
    const directory = this.#directories.pop();
    if (directory === undefined) this.#isToldEnd = true;
    else if (directory.isPassedOn) await this.#relayEnd(directory.name);
    else await this.#takeUnsent();
    return !this.#isToldEnd;
  }

  async #relayEntry(record: FileRecord | DirectoryRecord): Promise<void> {
    await this.#check(record);
    this.#warnOfPath(record);
    const failure = sendingFailure(record);
    if (failure !== undefined) {
      this.#observer.report({ kind: "failure", message: failure.message });
      await this.#source.attempt(() =>
        this.#source.peer.sendFailure(failure.message)
      );
    } else if (record.kind === "file") await this.#relayFile(record);
    else await this.#relayDirectory(record);
  }

  /** Says once that a name is fit for a Unix disk alone: the sink may have none. */
  #warnOfPath({ name }: FileRecord | DirectoryRecord): void {
    if (this.#hasWarned || !/[\\:]/.test(name)) return;
    this.#hasWarned = true;
    this.#observer.report({
      kind: "warning",
      message:
        `${this.#target.side.host}: ${
          shortened(name)
        }: a Windows server would take ` +
        "such a name for a path",
    });
  }

  async #check(record: FileRecord | DirectoryRecord): Promise<void> {
    const place = { depth: this.#depth, entriesBefore: this.#entries++ };
    const refusal = refusalOf(record, place, this.#options.rules);
    if (refusal !== undefined) {
      await this.#source.attempt(() => this.#source.peer.refuse(refusal));
    }
    warnIfReceivedEncoded(record, this.#options.rules, this.#observer);
  }

  /**
   * Passes times on before their entry comes: some sinks take one message from
   * each packet.
   */
  async #relayTimes(record: TimesRecord): Promise<void> {
    await this.#acknowledge();
    if (!areReal(record)) {
      return this.#observer.report({
        kind: "warning",
        message: "times out of range are not set",
      });
    }
    const { rules, topName } = this.#options;
    const isOuter = isContent({ depth: this.#depth }, rules);
    if (isOuter && topName === undefined) return;
    await this.#target.sendTimes(record);
  }

  get #depth(): number {
    return this.#directories.length;
  }

  /** Takes a record of the source that the target is not to see. */
  async #takeUnsent(): Promise<void> {
    this.#source.peer.understand();
    await this.#source.peer.sendOk();
  }

  async #relayDirectory(announced: DirectoryRecord): Promise<void> {
    const { rules, topName } = this.#options;
    const isOuter = isContent({ depth: this.#depth }, rules);
    if (isOuter && topName === undefined) {
      this.#directories.push({ name: ".", isPassedOn: false });
      return await this.#takeUnsent();
    }
    const record = this.#named(announced);
    // Once a directory is made, to send it again would put it into itself.
    this.#target.side.peer.understand();
    const refusal = await this.#target.offer(record);
    if (refusal !== undefined) {
      return await this.#sendRefusal(refusal);
    }
    await this.#source.peer.sendOk();
    this.#directories.push({ name: record.name, isPassedOn: true });
    this.#source.peer.understand();
  }

  /** Gives a record under the name that it is passed on with. */
  #named<R extends FileRecord | DirectoryRecord>(record: R): R {
    const { topName } = this.#options;
    const isRenamed = this.#depth === 0 && topName !== undefined;
    return isRenamed ? { ...record, name: topName } : record;
  }

  async #relayEnd(name: string): Promise<void> {
    await this.#acknowledge();
    await this.#target.endDirectory(name);
  }

  async #relayFile(record: FileRecord): Promise<void> {
    const isSmall = record.size <= SMALL_BYTES;
    if (isSmall) await this.#acknowledge();
    const refusal = await this.#target.offer(record);
    const isTaken = refusal === undefined;
    if (!isSmall && !isTaken) return await this.#sendRefusal(refusal);
    if (!isSmall) await this.#source.peer.sendOk();
    const progress = startFile(this.#observer, record.name, record.size);
    try {
      const sides = { source: this.#source, target: this.#target };
      await relayBody(sides, record, isTaken ? progress : undefined);
      await this.#relayVerdict(record, isTaken);
    } finally {
      progress.finished();
    }
  }

  /** Relays the source's verdict on the body it sent. */
  async #relayVerdict({ name }: FileRecord, isTaken: boolean): Promise<void> {
    const warning = await this.#source.nextWarning(name);
    this.#source.peer.understand();
    if (warning !== undefined) this.#failed(warning);
    await this.#acknowledge();
    if (isTaken) await this.#target.endBody(name, warning);
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

  /** Reports what the source could not send. */
  #failed(text: string): void {
    this.#observer.report({
      kind: "failure",
      message: `${this.#source.host}: ${text}`,
    });
  }
}
