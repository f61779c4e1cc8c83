import { ProtocolError, SessionError, withPath } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import { rewordedFailures } from "../events/reworded_failures.ts";
import { guard, recordsOf } from "./announcements.ts";
import { isSameLevel, type Layout, type Level } from "./layout.ts";
import type { ScpPeer } from "./peer.ts";
import {
  type LostSink,
  PendingReplies,
  type SentEntry,
  type SentPart,
} from "./pending_replies.ts";
import type {
  Announcement,
  DirectoryStep,
  FileStep,
  SentDirectory,
  WarningStep,
} from "./sent_entry.ts";
import { SinkLostError } from "./sink_lost.ts";
import { formatRecord, OK } from "./wire/records.ts";
import { holdsRecord } from "./wire/speculation.ts";

/**
 * State of an upload, which no session changes. `speculating`: bodies leave before
 * their records are acknowledged. `waiting`: each body waits for that. `lockstep`:
 * each step waits for the reply to the one before it.
 */
export type Mode = "speculating" | "waiting" | "lockstep";

/** Options of a session with a sink. */
export interface SinkSessionOptions {
  readonly mode: Mode;
  readonly layout: Layout;
  /** Send times too. */
  readonly preserve: boolean;
  /** Mode bits that are sent, of those that a record carries. */
  readonly modeBits: number;
}

/** Part of an entry that gets a reply, and its bytes. */
type Part = readonly [part: SentPart[0], ...bytes: readonly Uint8Array[]];

/**
 * Longest body that may leave before the directory that it is for has a reply, in
 * bytes.
 */
const MAX_STRAY_BYTES = 4 * 1024 * 1024;

/** Number of replies that may be pending before some are waited for. */
const MAX_PENDING = 4096;

/**
 * A session with one sink, from its first reply to its end or loss. It does not
 * wait for replies that make no difference (behaviour of OpenSSH's scp.c, `sink()`):
 *
 * - Times and the record they are for leave together. They are a prefetch: they do
 *   not wait for the reply to the body before them.
 * - A directory's content waits until the directory is taken: else it would end up
 *   in the directory above. It need not where the directory is prepared.
 * - The records behind a directory's end do not wait for it.
 * - A file's body waits until its record is taken, or else a sink that refuses the
 *   file would read it as records. While the session speculates, that part of a body
 *   that does no harm then does not wait. At the first refusal the sink is lost.
 *
 * Each method that reads replies throws a `SinkLostError` where the sink is lost.
 */
export class SinkSession {
  readonly peer: ScpPeer;
  readonly #options: SinkSessionOptions;
  readonly #observer: Observer;
  readonly #replies: PendingReplies;
  /** Directories that the sink is in, the outermost one first. */
  readonly #levels: Level[] = [];
  #directory: SentDirectory | undefined;

  constructor(peer: ScpPeer, options: SinkSessionOptions, observer: Observer) {
    const { mode, layout } = options;
    this.peer = peer;
    this.#options = options;
    this.#observer = observer;
    const reported = rewordedFailures(
      observer,
      (message) => layout.reworded(message),
    );
    this.#replies = new PendingReplies(peer, reported, {
      takesTogether: mode === "lockstep" || layout.isPrivate,
      refusalLoses: layout.isPrivate,
    });
  }

  /** True where each reply is waited for before the next step. */
  get isLockstep(): boolean {
    return this.#options.mode === "lockstep";
  }

  /** True where a body may leave before its record is acknowledged. */
  get maySpeculate(): boolean {
    return this.#options.mode === "speculating" && this.peer.isConfirmed &&
      this.#directory?.canReopen !== false;
  }

  /** True until it is known that messages may be sent together. */
  get isOnTrial(): boolean {
    return this.#replies.isOnTrial;
  }

  /**
   * Waits for the sink to be ready. Resolves to its words if it refuses its
   * target instead.
   *
   * @throws {UnexpectedOutputError} If something else is said.
   * @throws {ProtocolError} If it gives up.
   * @throws {SessionError} If it ends.
   */
  async begin(): Promise<string | undefined> {
    return await this.peer.nextWarning();
  }

  /**
   * Expects the sink to be ready in time, and does not wait for it. Where it ends
   * instead, it is lost.
   */
  expectStart(): void {
    const step: DirectoryStep = { kind: "directory", directory: undefined };
    this.#replies.add({ path: "", step }, [["start", 0]]);
  }

  /**
   * Has the sink go to a directory, by way of those that it has to leave and enter.
   *
   * @returns False where it refuses one of them.
   * @throws {ProtocolError} If it refuses one that it took before.
   */
  async goTo(directory: SentDirectory | undefined): Promise<boolean> {
    if (directory === this.#directory) return true;
    const levels = this.#options.layout.levelsInto(directory);
    const inside = this.#levels;
    let shared = 0;
    while (
      shared < inside.length && shared < levels.length &&
      isSameLevel(inside[shared]!, levels[shared]!)
    ) shared++;
    while (inside.length > shared) await this.#leave();
    for (const level of levels.slice(shared)) {
      if (!await this.#enter(level)) return false;
    }
    this.#directory = directory;
    return true;
  }

  async #enter(level: Level): Promise<boolean> {
    const { announcement, directory, isPrepared } = level;
    // What is lost may not lie in a directory that cannot be entered again.
    if (directory?.canReopen === false) {
      await this.#readWhile(() => this.#replies.hasSpeculation);
    }
    // Once a directory is made, to send it again would put it into itself.
    this.peer.confirm();
    const { path } = announcement;
    const step: DirectoryStep = { kind: "directory", directory };
    const entry: SentEntry = { path, step };
    const records = this.#recordsOf(announcement);
    if (isPrepared) await this.#send(entry, records);
    else if (!await this.#isTaken(entry, records)) {
      if (directory!.reply === "taken") {
        throw new ProtocolError(`${path}: it cannot be entered once more`);
      }
      directory!.reply = "refused";
      this.#directory = directory!.above;
      return false;
    } else {
      directory!.reply = "taken";
      // What is still to come into it may be lost.
      delete directory!.isLeft;
    }
    this.#levels.push(level);
    return true;
  }

  async #leave(): Promise<void> {
    const { announcement: { path }, directory } = this.#levels.pop()!;
    const parts: Part[] = [["end", formatRecord({ kind: "end" })]];
    const { isPrivate } = this.#options.layout;
    const needsGuard = !isPrivate && this.#replies.hasSpeculation;
    if (needsGuard) parts.unshift(["end", guard()]);
    this.#directory = directory?.above;
    // The end of a directory sets its times.
    const step: DirectoryStep = {
      kind: "directory",
      directory: this.#options.preserve ? directory : this.#directory,
    };
    await this.#send({ path, step, left: directory }, parts);
    if (this.isLockstep) await this.awaitReplies();
  }

  /**
   * Sends the records of a file; tells if the sink takes it.
   *
   * @throws {EntryError} If a record would be longer than a peer accepts.
   */
  async offer(announcement: Announcement, step: FileStep): Promise<boolean> {
    const records = this.#recordsOf(announcement);
    return await this.#isTaken({ path: step.path, step }, records);
  }

  async #isTaken(
    entry: SentEntry,
    records: readonly Part[],
  ): Promise<boolean> {
    const flights = this.isLockstep
      ? records.map((record) => [record])
      : [records];
    for (const flight of flights) {
      await this.#send(entry, flight);
      await this.awaitReplies();
      if (entry.reply === "refused") return false;
    }
    return true;
  }

  /**
   * Sends a file's records and its whole body right behind them, which does no harm
   * where the sink refuses the file.
   *
   * @throws {EntryError} If a record would be longer than a peer accepts.
   */
  async speculate(
    announcement: Announcement,
    step: FileStep,
    body: Uint8Array,
  ): Promise<void> {
    const entry = await this.#speculation(announcement, step);
    const records = this.#recordsOf(announcement);
    await this.#send(entry, [...records, ["body", body, OK]]);
    if (this.#replies.count > MAX_PENDING) {
      await this.awaitReplies(MAX_PENDING / 2);
    }
  }

  /**
   * Sends a file's records, to be followed by as much of its body as does no harm
   * where the sink refuses the file.
   *
   * @returns A wait for the reply to the records.
   * @throws {EntryError} If a record would be longer than a peer accepts.
   */
  async beginSpeculation(
    announcement: Announcement,
    { step, size }: { step: FileStep; size: number },
  ): Promise<() => Promise<void>> {
    // Where a prepared directory is refused, a body fills the private one instead.
    if (size > MAX_STRAY_BYTES) {
      await this.#readWhile(() => this.#replies.hasDirectory);
    }
    const entry = await this.#speculation(announcement, step);
    await this.#send(entry, this.#recordsOf(announcement));
    return () => this.#readWhile(() => entry.reply === undefined);
  }

  async #speculation(
    { record: { name } }: Announcement,
    step: FileStep,
  ): Promise<SentEntry> {
    if (holdsRecord(name)) await this.awaitReplies();
    return { path: step.path, step, isSpeculation: true };
  }

  /** Expects the reply to a body of so many bytes, which the caller sends. */
  expectBodyReply(step: FileStep, size: number): void {
    this.#replies.add({ path: step.path, step }, [["body", size + OK.length]]);
  }

  /** Sends a warning, which gets no reply. */
  async warn(step: WarningStep): Promise<void> {
    const { path, text } = step;
    this.#replies.addWarning();
    await this.#write(path, [formatRecord({ kind: "warning", text })]);
  }

  /**
   * Reads replies until no more than `most` are pending.
   *
   * @throws {SinkLostError} If the sink is lost.
   * @throws {UnexpectedOutputError} If the first reply is nonsense.
   * @throws {ProtocolError} If the sink gives up or replies nonsense later.
   * @throws {SessionError} If the connection is lost.
   */
  async awaitReplies(most = 0): Promise<void> {
    await this.#readWhile(() => this.#replies.count > most);
  }

  async #readWhile(isWanted: () => boolean): Promise<void> {
    while (isWanted()) {
      const lost = await this.#replies.readNext();
      if (lost !== undefined) throw this.#lost(lost);
    }
  }

  /** Gives the error for a loss: the next sink goes to where this one is. */
  #lost(lost: LostSink): SinkLostError {
    const directory = this.#levels.at(-1)?.directory;
    return new SinkLostError(lost, directory);
  }

  #recordsOf(announcement: Announcement): Part[] {
    const records = recordsOf(announcement, this.#options, this.#observer);
    return records.map((record, at) => [
      at < records.length - 1 ? "times" : "record",
      record,
    ]);
  }

  /** Sends parts of an entry that get replies. */
  async #send(entry: SentEntry, parts: readonly Part[]): Promise<void> {
    const lengths = parts.map(([part, ...bytes]) =>
      [part, bytes.reduce((sum, { length }) => sum + length, 0)] as const
    );
    const sum = lengths.reduce((sum, [, length]) => sum + length, OK.length);
    // More bytes in flight would spoil the trial of a sink.
    if (this.#replies.exceedsTrial(sum)) await this.awaitReplies();
    this.#replies.add(entry, lengths);
    await this.#write(entry.path, parts.flatMap(([, ...bytes]) => bytes));
  }

  async #write(
    path: string,
    parts: readonly Uint8Array[],
  ): Promise<void> {
    try {
      for (const part of parts) await this.peer.channel.write(part);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      // A sink that stopped reading may have said why: perhaps it refused a
      // speculation, and is lost by that alone.
      await this.awaitReplies();
      throw withPath(path, error);
    }
  }
}
