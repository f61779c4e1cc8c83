import type { Channel } from "../channel/channel.ts";
import { ProtocolError, SessionError, withName } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import { startFile } from "../events/file_progress.ts";
import { guard, recordsOf } from "./announcements.ts";
import { ScpPeer } from "./peer.ts";
import {
  type LostSink,
  PendingReplies,
  type SentPart,
  TRIAL_BYTES,
} from "./pending_replies.ts";
import { announcementsInto, type Reconnect } from "./reconnect.ts";
import {
  type Announcement,
  type SentDirectory,
  type SentEntry,
  unsure,
} from "./sent_entry.ts";
import { ONE_AT_A_TIME } from "./stall.ts";
import { formatRecord, OK } from "./wire/records.ts";
import { isSafeToSpeculate } from "./wire/speculation.ts";

/** Options of a source's dialogue. */
export interface DialogueOptions {
  /** Send times too. */
  readonly preserve: boolean;
  /** Mode bits that are sent, of those that a record carries. */
  readonly modeBits: number;
  /** Wait for the reply to each record and each body before the next step. */
  readonly lockstep: boolean;
  /** Sends speculations again, in their order, after the loss of their sink. */
  resend(entries: readonly SentEntry[]): Promise<void>;
}

/**
 * Waits of a dialogue. `speculating`: small bodies leave before their records
 * are acknowledged. `waiting`: each body waits for that. `lockstep`: each step
 * waits for the reply to the one before it.
 */
type Mode = "speculating" | "waiting" | "lockstep";

/** Longest speculation for a sink on trial, in bytes, beside its records. */
const MAX_TRIAL_BODY_BYTES = TRIAL_BYTES / 2;

/** Number of replies that may be pending before some are waited for. */
const MAX_PENDING = 4096;

/**
 * The dialogue of a source with a sink, and with the one that takes its place
 * when it is lost. It does not wait for replies that make no difference
 * (behaviour of OpenSSH's scp.c, `sink()`):
 *
 * - Times and the record they are for leave together. They are a prefetch: they
 *   do not wait for the reply to the body before them.
 * - A directory's content waits until the directory is taken: else it would end
 *   up in the directory above.
 * - The records behind a directory's end do not wait for it.
 * - A file's body waits until its record is taken, or else a sink that refuses
 *   the file would read it as records. A small body that does no harm then is a
 *   speculation, where the source can reconnect: it does not wait. At the first
 *   refusal the sink is lost. The source reconnects and sends again all that has
 *   no reply, and from then on every body waits.
 */
export class SinkDialogue {
  readonly #options: DialogueOptions;
  readonly #observer: Observer;
  #peer: ScpPeer;
  #replies: PendingReplies;
  #mode: Mode;
  /** Present while the source may reconnect. */
  #reconnect: Reconnect | undefined;
  #directory: SentDirectory | undefined;

  constructor(channel: Channel, options: DialogueOptions, observer: Observer) {
    this.#options = options;
    this.#observer = observer;
    this.#mode = options.lockstep ? "lockstep" : "waiting";
    this.#peer = new ScpPeer(channel);
    this.#replies = this.#noReplies();
  }

  #noReplies(): PendingReplies {
    return new PendingReplies(this.#peer, this.#observer, {
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

  /** True where each reply is waited for before the next step. */
  get isLockstep(): boolean {
    return this.#mode === "lockstep";
  }

  /** True where a body may leave before its record is acknowledged. */
  get maySpeculate(): boolean {
    return this.#mode === "speculating" && this.#peer.isConfirmed &&
      this.#directory?.canReopen !== false;
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

  /** Has the source reconnect where the sink is lost. */
  reconnectBy(reconnect: Reconnect): void {
    this.#reconnect = reconnect;
  }

  /** Does the same, and allows speculations unless in lockstep. */
  speculateBy(reconnect: Reconnect): void {
    this.reconnectBy(reconnect);
    if (this.#mode === "waiting") this.#mode = "speculating";
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
      this.#replies.add(entry, sentAs("record", flight));
      await this.#write(path, flight);
      await this.awaitReplies();
      if (entry.isRefused) return false;
    }
    return true;
  }

  /** Tells if a body need not wait until its record is acknowledged. */
  async canSpeculate(body: Uint8Array): Promise<boolean> {
    const { isOnTrial } = this.#replies;
    const isTooLong = isOnTrial && body.length > MAX_TRIAL_BODY_BYTES;
    if (!this.maySpeculate || isTooLong || !isSafeToSpeculate(body)) {
      return false;
    }
    // Speculations that are lost together have to be in one directory.
    const { firstSpeculation = { directory: this.#directory } } = this.#replies;
    if (firstSpeculation.directory !== this.#directory) {
      await this.awaitReplies();
    }
    return this.#mode === "speculating";
  }

  /**
   * Sends a file's records and its body right behind them.
   *
   * @returns False if the source reconnected before: then nothing was sent.
   * @throws {EntryError} If a record would be longer than a peer accepts.
   */
  async speculate(
    announcement: Announcement,
    body: Uint8Array,
  ): Promise<boolean> {
    const { path, record: { name } } = announcement;
    const directory = this.#directory;
    const records = recordsOf(announcement, this.#options, this.#observer);
    const entry: SentEntry = { path, speculation: { name, directory } };
    if (await this.#makeRoom([...records, body])) return false;
    this.#replies.add(entry, [
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
    if (this.#replies.count > MAX_PENDING) {
      await this.awaitReplies(MAX_PENDING / 2);
    }
    return true;
  }

  /** Expects the reply to a body of so many bytes, which the caller sends. */
  expectBodyReply(path: string, size: number): void {
    this.#replies.add({ path }, [["body", size + OK.length]]);
  }

  /** Has the following entries belong to a directory that the sink has taken. */
  enter(directory: SentDirectory): void {
    this.#directory = directory;
  }

  /** Goes back to the directory above, and ends one that was announced. */
  async leave({ path, above, announcement }: SentDirectory): Promise<void> {
    this.#directory = above;
    if (announcement === undefined) return;
    const records = [formatRecord({ kind: "end" })];
    if (this.#replies.firstSpeculation !== undefined) records.unshift(guard());
    if (await this.#makeRoom(records)) return;
    this.#replies.add({ path }, sentAs("end", records));
    await this.#write(path, records);
    if (this.isLockstep) await this.awaitReplies();
  }

  /** Sends a warning, which gets no reply. */
  async warn(path: string, text: string): Promise<void> {
    this.#replies.addWarning();
    await this.#write(path, [formatRecord({ kind: "warning", text })]);
  }

  /**
   * Reads replies until no more than `most` are pending.
   *
   * @throws {UnexpectedOutputError} If the first reply is nonsense.
   * @throws {ProtocolError} If the sink gives up or replies nonsense later.
   * @throws {SessionError} If the connection is lost.
   */
  async awaitReplies(most = 0): Promise<void> {
    while (this.#replies.count > most) {
      const lost = await this.#replies.readNext();
      if (lost !== undefined) await this.#resumeAfter(lost);
    }
  }

  /**
   * Reads all pending replies where more bytes in flight would spoil the trial
   * of a sink.
   *
   * @returns True if the source reconnected meanwhile.
   */
  async #makeRoom(parts: readonly Uint8Array[]): Promise<boolean> {
    const peer = this.#peer;
    const bytes = parts.reduce((sum, { length }) => sum + length, OK.length);
    if (this.#replies.exceedsTrial(bytes)) await this.awaitReplies();
    return peer !== this.#peer;
  }

  /** Writes parts whose replies are pending, or that get none. */
  async #write(path: string, parts: readonly Uint8Array[]): Promise<void> {
    const peer = this.#peer;
    try {
      for (const part of parts) await peer.channel.write(part);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      // A sink that stopped reading may have said why: perhaps it refused a
      // speculation, and is lost by that alone.
      await this.awaitReplies();
      if (peer === this.#peer) throw withName(path, error);
    }
  }

  /** Reconnects after the loss of a sink, and sends lost speculations again. */
  async #resumeAfter({ why, entries }: LostSink): Promise<void> {
    const current = this.#directory;
    if (why === "stalled") {
      this.#mode = "lockstep";
      this.#observer.report({
        kind: "verbose",
        message: () => `${ONE_AT_A_TIME}: going on in lockstep`,
      });
    }
    if (entries.length > 0) {
      this.#directory = entries[0]!.speculation!.directory;
    }
    const lost = why === "refused" ? entries.slice(1) : entries;
    await this.#replaceSink().catch((error) => {
      throw lost.length === 0 ? error : withName(unsure(lost), error);
    });
    if (lost.length > 0) await this.#options.resend(lost);
    // The source may have left the directory since then, and those around it.
    while (this.#directory !== undefined && this.#directory !== current) {
      await this.leave(this.#directory);
    }
  }

  /** Reconnects, and reopens the directory that is being sent. */
  async #replaceSink(): Promise<void> {
    const reconnect = this.#reconnect;
    if (reconnect === undefined) {
      throw new ProtocolError(ONE_AT_A_TIME);
    }
    // In lockstep, nothing is lost but the connection.
    if (this.isLockstep) this.#reconnect = undefined;
    else this.#mode = "waiting";
    const { channel, outermost } = await reconnect(
      this.#directory !== undefined,
    );
    this.#peer = new ScpPeer(channel, { mayHearShell: false });
    this.#replies = this.#noReplies();
    const refusal = await this.begin();
    if (refusal !== undefined) throw new ProtocolError(refusal);
    await this.#reopen(this.#directory, outermost);
  }

  /** Enters a directory again, and before it those that it is in. */
  async #reopen(
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
