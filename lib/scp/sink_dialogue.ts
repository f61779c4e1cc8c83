import type { Channel } from "../channel/channel.ts";
import { naming, ProtocolError, SessionError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import { startFile } from "../events/file_progress.ts";
import { guard, recordsOf } from "./announcements.ts";
import { isHarmless } from "./wire/harmless.ts";
import { formatRecord, OK } from "./wire/records.ts";
import {
  type LostSink,
  OwedAnswers,
  type SentPart,
  TRIAL_BYTES,
} from "./owed_answers.ts";
import type { BeginAnew } from "./next_dialogue.ts";
import { ScpPeer } from "./peer.ts";
import {
  type Announcement,
  announcementsInto,
  type SentDirectory,
  type SentEntry,
  unsure,
} from "./sent_entry.ts";
import { ONE_AT_A_TIME } from "./silence.ts";

export interface DialogueOptions {
  /** Send times too. */
  readonly preserve: boolean;
  /** Mode bits that are sent, of those that a record carries. */
  readonly modeBits: number;
  /** Wait for the answer to each record and each body before the next step. */
  readonly lockstep: boolean;
  /** Sends entries once more, in their order, after the loss of their sink. */
  sendAgain(entries: readonly SentEntry[]): Promise<void>;
}

/**
 * Pace of a dialogue. `ahead`: small bodies leave before their records are
 * acknowledged. `waiting`: bodies wait for that. `lockstep`: each step waits for
 * the answer to the one before it.
 */
type Pace = "ahead" | "waiting" | "lockstep";

/** Longest body that goes ahead to a sink on trial, beside its records. */
const MOST_ON_TRIAL_BYTES = TRIAL_BYTES / 2;

/** Answers that may be owed for what goes ahead. */
const MOST_OWED = 4096;

/**
 * The dialogue of a source with a sink, and with the one that takes its place
 * when it is lost. It does not wait for answers that make no difference
 * (behaviour of OpenSSH's scp.c, `sink()`):
 *
 * - Times and the record they are for leave together, and right behind the body
 *   before them: that body's answer changes nothing for the sink.
 * - A directory's content waits until the directory is taken: else it would end up in
 *   the directory above.
 * - The records behind a directory's end do not wait for it.
 * - A file's body waits until its record is taken, or else a sink that refuses
 *   the file would read it as records. Where another dialogue can take the place
 *   of one that is lost so, small bodies that do no harm then do not wait. After
 *   the first refusal all that the lost dialogue did not answer is sent once
 *   more in the next one, where every body waits.
 */
export class SinkDialogue {
  readonly #options: DialogueOptions;
  readonly #observer: Observer;
  #peer: ScpPeer;
  #owed: OwedAnswers;
  #pace: Pace;
  /** Present while another dialogue may take the place of this one. */
  #beginAnew: BeginAnew | undefined;
  #directory: SentDirectory | undefined;

  constructor(channel: Channel, options: DialogueOptions, observer: Observer) {
    this.#options = options;
    this.#observer = observer;
    this.#pace = options.lockstep ? "lockstep" : "waiting";
    this.#peer = new ScpPeer(channel);
    this.#owed = this.#newAnswers();
  }

  #newAnswers(): OwedAnswers {
    return new OwedAnswers(this.#peer, this.#observer, {
      isLockstep: this.isLockstep,
    });
  }

  /** The sink, until another one takes its place. */
  get peer(): ScpPeer {
    return this.#peer;
  }

  /** The directory whose content is being sent; absent at the top. */
  get directory(): SentDirectory | undefined {
    return this.#directory;
  }

  /** True where each answer is waited for before the next step. */
  get isLockstep(): boolean {
    return this.#pace === "lockstep";
  }

  /** True where the sink may get bodies before their records are acknowledged. */
  get mayGoAhead(): boolean {
    return this.#pace === "ahead" && this.#peer.isUnderstood &&
      this.#directory?.staysOpen !== false;
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
    return await this.#peer.nextWarning();
  }

  /** Lets small bodies go ahead, unless the dialogue is in lockstep. */
  goAhead(): void {
    if (this.#pace === "waiting") this.#pace = "ahead";
  }

  /** Has another dialogue take the place of this one where it is lost. */
  restartBy(beginAnew: BeginAnew): void {
    this.#beginAnew = beginAnew;
  }

  /**
   * Sends the records of an entry; tells if the sink takes it.
   *
   * @throws {EntryError} If a record would be longer than a peer accepts.
   */
  async offer(announcement: Announcement): Promise<boolean> {
    const { path } = announcement;
    const records = recordsOf(announcement, this.#options, this.#observer);
    for (;;) {
      const peer = this.#peer;
      const isTaken = await this.#isTaken(path, records);
      // What was sent to a sink that is lost counts for nothing.
      if (peer === this.#peer) return isTaken;
    }
  }

  async #isTaken(
    path: string,
    records: readonly Uint8Array[],
  ): Promise<boolean> {
    const flights = this.isLockstep
      ? records.map((record) => [record])
      : [records];
    const entry: SentEntry = { path };
    for (const flight of flights) {
      if (await this.#makeRoom(flight)) return false;
      this.#owed.add(entry, sentAs("record", flight));
      await this.#write(path, flight);
      await this.hear();
      if (entry.isRefused) return false;
    }
    return true;
  }

  /** Tells if the record of a body need not be waited for. */
  async goesAhead(body: Uint8Array): Promise<boolean> {
    const isTooLong = this.#owed.isOnTrial && body.length > MOST_ON_TRIAL_BYTES;
    if (!this.mayGoAhead || isTooLong || !isHarmless(body)) return false;
    // What is lost together is to be in one directory.
    const { firstAhead = { directory: this.#directory } } = this.#owed;
    if (firstAhead.directory !== this.#directory) await this.hear();
    return this.#pace === "ahead";
  }

  /**
   * Sends a file's records and its body right behind them.
   *
   * @returns False if another dialogue was begun before: then nothing was sent.
   * @throws {EntryError} If a record would be longer than a peer accepts.
   */
  async sendAhead(
    announcement: Announcement,
    body: Uint8Array,
  ): Promise<boolean> {
    const { path, record: { name } } = announcement;
    const directory = this.#directory;
    const records = recordsOf(announcement, this.#options, this.#observer);
    const entry: SentEntry = { path, ahead: { name, directory } };
    if (await this.#makeRoom([...records, body])) return false;
    this.#owed.add(entry, [
      ...sentAs("record", records),
      ["body", body.length + OK.length],
    ]);
    const progress = startFile(this.#observer, name, body.length);
    try {
      await this.#write(path, [...records, body, OK]);
      progress.moved(body.length);
    } finally {
      progress.finished();
    }
    if (this.#owed.count > MOST_OWED) await this.hear(MOST_OWED / 2);
    return true;
  }

  /** Expects the answer to a body of so many bytes, which the caller sends. */
  expectBodyAnswer(path: string, size: number): void {
    this.#owed.add({ path }, [["body", size + OK.length]]);
  }

  /** Has the following entries belong to a directory that the sink has taken. */
  enter(directory: SentDirectory): void {
    this.#directory = directory;
  }

  /** Goes back to the directory above one, and tells the sink if that knows of it. */
  async leave({ path, above, announcement }: SentDirectory): Promise<void> {
    this.#directory = above;
    if (announcement === undefined) return;
    const records = [formatRecord({ kind: "end" })];
    if (this.#owed.firstAhead !== undefined) records.unshift(guard());
    if (await this.#makeRoom(records)) return;
    this.#owed.add({ path }, sentAs("end", records));
    await this.#write(path, records);
    if (this.isLockstep) await this.hear();
  }

  /** Sends a warning, which no sink answers. */
  async warn(path: string, text: string): Promise<void> {
    this.#owed.addWarning();
    await this.#write(path, [formatRecord({ kind: "warning", text })]);
  }

  /**
   * Hears answers until no more than so many are owed.
   *
   * @throws {UnexpectedOutputError} If the first entry is answered with nonsense.
   * @throws {ProtocolError} If the sink gives up or answers nonsense later.
   * @throws {SessionError} If the connection is lost.
   */
  async hear(most = 0): Promise<void> {
    while (this.#owed.count > most) {
      const lost = await this.#owed.hear();
      if (lost !== undefined) await this.#goOnAnew(lost);
    }
  }

  /**
   * Hears the answers that are owed where so much more would hide whether a sink
   * on trial takes messages together.
   *
   * @returns True if another dialogue was begun meanwhile.
   */
  async #makeRoom(parts: readonly Uint8Array[]): Promise<boolean> {
    const peer = this.#peer;
    const bytes = parts.reduce((sum, { length }) => sum + length, OK.length);
    if (this.#owed.exceedsTrial(bytes)) await this.hear();
    return peer !== this.#peer;
  }

  /** Writes what was added to what is owed, or needs no answer. */
  async #write(path: string, parts: readonly Uint8Array[]): Promise<void> {
    const peer = this.#peer;
    try {
      for (const part of parts) await peer.channel.write(part);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      // A sink that does not listen any more may have said why: perhaps it
      // refused what went ahead, and is lost by that alone.
      await this.hear();
      if (peer === this.#peer) throw naming(path, error);
    }
  }

  /** Goes on with another sink after this one was lost; sends what was, too. */
  async #goOnAnew({ why, entries }: LostSink): Promise<void> {
    const current = this.#directory;
    if (why === "silent") {
      this.#pace = "lockstep";
      this.#observer.report({
        kind: "verbose",
        message: () => `${ONE_AT_A_TIME}: going on in lockstep`,
      });
    }
    if (entries.length > 0) this.#directory = entries[0]!.ahead!.directory;
    const lost = why === "refused" ? entries.slice(1) : entries;
    await this.#beginOnceMore().catch((error) => {
      throw lost.length === 0 ? error : naming(unsure(lost), error);
    });
    if (lost.length > 0) await this.#options.sendAgain(lost);
    // It may have been left since then, and those that it is in.
    while (this.#directory !== undefined && this.#directory !== current) {
      await this.leave(this.#directory);
    }
  }

  /** Begins with another sink, in the directory that is being sent. */
  async #beginOnceMore(): Promise<void> {
    const beginAnew = this.#beginAnew;
    if (beginAnew === undefined) {
      throw new ProtocolError(ONE_AT_A_TIME);
    }
    // In lockstep, nothing is lost but the connection.
    if (this.isLockstep) this.#beginAnew = undefined;
    else this.#pace = "waiting";
    const { channel, outermost } = await beginAnew(
      this.#directory !== undefined,
    );
    this.#peer = new ScpPeer(channel, { mayHearShell: false });
    this.#owed = this.#newAnswers();
    const refusal = await this.begin();
    if (refusal !== undefined) throw new ProtocolError(refusal);
    await this.#enterAgain(this.#directory, outermost);
  }

  /** Enters a directory, and those it is in, as they were entered before. */
  async #enterAgain(
    directory: SentDirectory | undefined,
    outermost: string | undefined,
  ): Promise<void> {
    for (const announcement of announcementsInto(directory, outermost)) {
      if (await this.offer(announcement)) continue;
      throw new ProtocolError(
        `${announcement.path}: it cannot be entered once more`,
      );
    }
  }
}

function sentAs(
  part: SentPart[0],
  records: readonly Uint8Array[],
): SentPart[] {
  return records.map(({ length }) => [part, length]);
}
