import { sendBody } from "../channel/body.ts";
import type { Channel } from "../channel/channel.ts";
import {
  EntryError,
  entryError,
  naming,
  ProtocolError,
  SessionError,
} from "../errors.ts";
import type {
  Attributes,
  Files,
  ListedEntry,
  OpenFile,
} from "../files/files.ts";
import { isNameless, withoutTrailingSlashes } from "../files/names.ts";
import { checkLoop } from "../files/open_folder.ts";
import { isOwnCopy } from "../files/own_copy.ts";
import type { FileProgress, Observer } from "../progress/observer.ts";
import { guard, recordsOf } from "./announcements.ts";
import { isHarmless, MOST_AHEAD_BYTES } from "./harmless.ts";
import { formatRecord, needsEncoding, OK } from "./messages.ts";
import {
  type LostSink,
  OwedAnswers,
  type SentPart,
  TRIAL_BYTES,
} from "./owed_answers.ts";
import { ScpPeer } from "./peer.ts";
import { ONE_AT_A_TIME } from "./silence.ts";
import { SMALL_BYTES, SmallBodies } from "./small_bodies.ts";
import {
  type Announcement,
  type SentEntry,
  type SentFolder,
  unsure,
} from "./sent_entry.ts";

export interface SourceOptions {
  /** Send folders with what they hold. */
  readonly recursive: boolean;
  /** Send times too. */
  readonly preserve: boolean;
  /**
   * Record of a directory without a name of its own (`.`, `..`, `/`). `content`:
   * none, only the content is sent. `announced`: as scp -f sends it. Else under
   * this name.
   */
  readonly dotPaths: "content" | "announced" | { readonly name: string };
  /** Wait for the answer to each record and each body before the next step. */
  readonly lockstep: boolean;
  /** Name that a directory may get by a target that was not there. */
  readonly targetName?: string;
}

/** A dialogue with another sink, which takes the place of one that is lost. */
export interface NextDialogue {
  readonly channel: Channel;
  /** What the outermost folder is called there; absent if it keeps its name. */
  readonly outermost?: string;
}

/**
 * Ends the dialogue and begins another one with the same target.
 *
 * @param isInside True where the dialogue goes on in a folder that the sink has
 * taken.
 * @throws {SessionError} If that cannot be done.
 */
export type BeginAnew = (isInside: boolean) => Promise<NextDialogue>;

/** Longest body that goes ahead to a sink on trial, beside its records. */
const MOST_ON_TRIAL_BYTES = TRIAL_BYTES / 2;

/** How many answers may be owed for what goes ahead. */
const MOST_OWED = 4096;

/**
 * The sending side of the SCP protocol. It does not wait for answers that make
 * no difference (behaviour of OpenSSH's scp.c, `sink()`):
 *
 * - Times and the record they are for leave together, and right behind the body
 *   before them: that body's answer changes nothing for the sink.
 * - A folder's content waits until the folder is taken: else it would end up in
 *   the folder above.
 * - What follows a folder's end does not wait for it.
 * - A file's body waits until its record is taken, or else a sink that refuses
 *   the file would read it as records. Where another dialogue can take the place
 *   of one that is lost so, small bodies that do no harm then do not wait. After
 *   the first refusal all that the lost dialogue did not answer is sent once
 *   more in the next one, where every body waits.
 */
export class Source {
  readonly #files: Files;
  readonly #options: SourceOptions;
  readonly #observer: Observer;
  #peer: ScpPeer;
  #owed: OwedAnswers;
  #folder: SentFolder | undefined;
  /** Names of directories at the top: the copy may lead into itself. */
  readonly #ownWork = { began: Date.now(), names: new Set<string>() };
  /** Waits for each answer before the next step. */
  #isLockstep: boolean;
  /** Present while another dialogue may take the place of this one. */
  #beginAnew: BeginAnew | undefined;
  /** True while bodies may go ahead. */
  #sendsAhead = false;
  #bodies = new SmallBodies();

  constructor(
    channel: Channel,
    files: Files,
    options: SourceOptions,
    observer: Observer,
  ) {
    this.#files = files;
    this.#options = options;
    this.#isLockstep = options.lockstep;
    const { targetName } = options;
    if (targetName !== undefined) this.#ownWork.names.add(targetName);
    this.#observer = observer;
    this.#peer = new ScpPeer(channel);
    this.#owed = this.#newAnswers();
  }

  #newAnswers(): OwedAnswers {
    return new OwedAnswers(this.#peer, this.#observer, {
      isLockstep: this.#isLockstep,
    });
  }

  /**
   * Waits for the sink to be ready. Resolves to its words if it refuses its
   * target instead.
   *
   * @throws {GreetingError} If something else is said.
   * @throws {ProtocolError} If it gives up.
   * @throws {SessionError} If it ends.
   */
  async begin(): Promise<string | undefined> {
    return await this.#peer.nextWarning();
  }

  /**
   * From now on, has another dialogue take the place of this one where it is
   * lost, and lets small bodies leave before their records are acknowledged,
   * where a refusal does no harm but to the dialogue.
   *
   * @param beginAnew Called twice at most: where a body is refused that went
   * ahead, and where a sink takes one message at a time.
   */
  sendAhead(beginAnew: BeginAnew): void {
    this.restartBy(beginAnew);
    this.#sendsAhead = !this.#isLockstep;
  }

  /** The same without bodies that leave before. */
  restartBy(beginAnew: BeginAnew): void {
    this.#beginAnew = beginAnew;
  }

  /**
   * Sends a file, or a folder with what it holds. An entry that cannot be sent
   * is reported to the sink and to the observer, and the rest goes on. What the
   * sink owes an answer for may still be refused: `end` waits for that.
   *
   * @throws {GreetingError} If the first entry is answered with nonsense.
   * @throws {ProtocolError} If the sink gives up or answers nonsense later.
   * @throws {SessionError} If the connection is lost.
   */
  async send(path: string): Promise<void> {
    const given = withoutTrailingSlashes(path);
    await this.#sendEntry(given, this.#files.nameOf(given));
  }

  /** Hears what the sink has to say of all that was sent; throws as `send`. */
  async end(): Promise<void> {
    await this.#hear();
  }

  async #sendEntry(path: string, name: string): Promise<void> {
    try {
      const attributes = await this.#files.attributes(path);
      if (attributes.kind === "file") return await this.#sendFile(path, name);
      if (attributes.kind !== "folder" || !this.#options.recursive) {
        throw new EntryError(`${path}: not a regular file`);
      }
      await this.#sendFolder(path, name, attributes);
    } catch (error) {
      await this.#fail(path, entryError(error));
    }
  }

  async #fail(path: string, { message }: EntryError): Promise<void> {
    const text = `scp: ${message}`;
    if (!this.#isLockstep || this.#options.dotPaths === "announced") {
      this.#owed.addWarning();
      await this.#write(path, [formatRecord({ kind: "warning", text })]);
    }
    this.#observer.failed(message);
  }

  async #sendFile(path: string, name: string): Promise<void> {
    using file = await this.#files.openToRead(path);
    const attributes = await file.attributes();
    if (attributes.kind !== "file") {
      throw new EntryError(`${path}: not a regular file`);
    }
    const body = await this.#bodies.read(file, {
      path,
      size: attributes.size,
      limit: this.#mayGoAhead ? MOST_AHEAD_BYTES : SMALL_BYTES,
    });
    const size = body?.length ?? attributes.size;
    const announcement: Announcement = {
      path,
      record: { kind: "file", mode: attributes.mode, size, name },
      times: attributes,
    };
    this.#warnIfEncoded(announcement);
    if (body !== undefined && await this.#goesAhead(body)) {
      await this.#sendFileAhead(announcement, body);
    } else if (await this.#offer(announcement)) {
      const progress = this.#observer.began(name, size);
      try {
        await this.#sendContent(body ?? file, { path, size, progress });
      } finally {
        progress.ended();
      }
    }
  }

  get #mayGoAhead(): boolean {
    return this.#sendsAhead && this.#peer.isUnderstood &&
      this.#folder?.staysOpen !== false;
  }

  /** Tells if the record of a body need not be waited for. */
  async #goesAhead(body: Uint8Array): Promise<boolean> {
    const isTooLong = this.#owed.isOnTrial && body.length > MOST_ON_TRIAL_BYTES;
    if (!this.#mayGoAhead || isTooLong || !isHarmless(body)) return false;
    // What is lost together is to be in one folder.
    const { firstAhead = { folder: this.#folder } } = this.#owed;
    if (firstAhead.folder !== this.#folder) await this.#hear();
    return this.#sendsAhead;
  }

  async #sendFileAhead(
    announcement: Announcement,
    body: Uint8Array,
  ): Promise<void> {
    const { path, record: { name } } = announcement;
    const folder = this.#folder;
    const records = recordsOf(announcement, this.#options, this.#observer);
    const entry: SentEntry = { path, ahead: { name, folder } };
    if (await this.#makeRoom([...records, body])) {
      return await this.#sendEntry(path, name);
    }
    this.#owed.add(entry, [
      ...sentAs("record", records),
      ["body", body.length + OK.length],
    ]);
    const progress = this.#observer.began(name, body.length);
    try {
      await this.#write(path, [...records, body, OK]);
      progress.moved(body.length);
    } finally {
      progress.ended();
    }
    if (this.#owed.count > MOST_OWED) await this.#hear(MOST_OWED / 2);
  }

  async #sendContent(
    content: OpenFile | Uint8Array,
    { path, size, progress }: {
      path: string;
      size: number;
      progress: FileProgress;
    },
  ): Promise<void> {
    this.#owed.add({ path }, [["body", size + OK.length]]);
    try {
      const flaw = await this.#sendBytes(content, { path, size, progress });
      if (flaw === undefined) await this.#peer.sendOk();
      else {
        await this.#peer.sendFailure(flaw.message);
        this.#observer.failed(flaw.message);
      }
    } catch (error) {
      // A sink that does not listen any more may have said why.
      if (error instanceof SessionError) await this.#hear().catch(() => {});
      throw naming(path, error);
    }
    if (this.#isLockstep) await this.#hear();
  }

  /** Sends a body; gives what is wrong with it. */
  async #sendBytes(
    content: OpenFile | Uint8Array,
    { path, size, progress }: {
      path: string;
      size: number;
      progress: FileProgress;
    },
  ): Promise<EntryError | undefined> {
    const { channel } = this.#peer;
    if (content instanceof Uint8Array) {
      if (size > 0) await channel.write(content);
      progress.moved(size);
      return undefined;
    }
    const failure = await sendBody(channel, content, {
      path,
      size,
      moved: (bytes) => progress.moved(bytes),
    });
    return failure ?? await grown(content, path, size);
  }

  async #sendFolder(
    path: string,
    name: string,
    attributes: Attributes,
  ): Promise<void> {
    const above = this.#folder;
    const { mode, identity, born } = attributes;
    checkLoop({ path, identity, above });
    if (above === undefined) this.#ownWork.names.add(name);
    else if (isOwnCopy({ name, born }, this.#ownWork)) {
      throw new EntryError(`${path}: cannot copy a directory into itself`);
    }
    const entries = await this.#files.list(path);
    const sent = this.#sentName(name);
    const announcement: Announcement | undefined = sent === undefined
      ? undefined
      : {
        path,
        record: { kind: "folder", mode, name: sent },
        times: attributes,
      };
    if (announcement !== undefined) {
      this.#warnIfEncoded(announcement);
      // Once a folder is made, to send it again would put it into itself.
      this.#peer.understand();
      if (!await this.#offer(announcement)) return;
    }
    this.#folder = {
      path,
      identity,
      above,
      announcement,
      staysOpen: above?.staysOpen !== false && (mode & 0o700) === 0o700,
    };
    await this.#sendEntries(entries, path);
    this.#folder = above;
    if (announcement !== undefined) await this.#leave(path);
  }

  /** Gives the name of a directory's record; `undefined` if it gets none. */
  #sentName(name: string): string | undefined {
    const { dotPaths } = this.#options;
    if (!isNameless(name)) return name;
    if (dotPaths === "content") return undefined;
    if (dotPaths === "announced") return name === "/" ? "" : name;
    return dotPaths.name;
  }

  async #sendEntries(
    entries: AsyncIterable<ListedEntry>,
    folder: string,
  ): Promise<void> {
    try {
      for await (const { name } of entries) {
        await this.#sendEntry(this.#files.join(folder, name), name);
      }
    } catch (error) {
      await this.#fail(folder, entryError(error));
    }
  }

  async #leave(path: string): Promise<void> {
    const records = [formatRecord({ kind: "end" })];
    if (this.#owed.firstAhead !== undefined) records.unshift(guard());
    if (await this.#makeRoom(records)) return;
    this.#owed.add({ path }, sentAs("end", records));
    await this.#write(path, records);
    if (this.#isLockstep) await this.#hear();
  }

  #warnIfEncoded({ path, record: { name } }: Announcement): void {
    if (!needsEncoding(name)) return;
    this.#observer.warned(
      `${path}: a newline cannot travel in a name: it arrives encoded`,
    );
  }

  /** Sends the records of an entry; tells if the sink takes it. */
  async #offer(announcement: Announcement): Promise<boolean> {
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
    const flights = this.#isLockstep
      ? records.map((record) => [record])
      : [records];
    const entry: SentEntry = { path };
    for (const flight of flights) {
      if (await this.#makeRoom(flight)) return false;
      this.#owed.add(entry, sentAs("record", flight));
      await this.#write(path, flight);
      await this.#hear();
      if (entry.isRefused) return false;
    }
    return true;
  }

  /**
   * Hears what is owed where so much more would hide what a sink on trial is.
   *
   * @returns True if another dialogue was begun meanwhile.
   */
  async #makeRoom(parts: readonly Uint8Array[]): Promise<boolean> {
    const peer = this.#peer;
    const bytes = parts.reduce((sum, { length }) => sum + length, OK.length);
    if (this.#owed.exceedsTrial(bytes)) await this.#hear();
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
      await this.#hear();
      if (peer === this.#peer) throw naming(path, error);
    }
  }

  /** Hears answers until no more than so many are owed. */
  async #hear(most = 0): Promise<void> {
    while (this.#owed.count > most) {
      const lost = await this.#owed.hear();
      if (lost !== undefined) await this.#goOnAnew(lost);
    }
  }

  /** Goes on with another sink after this one was lost; sends what was, too. */
  async #goOnAnew({ why, entries }: LostSink): Promise<void> {
    const current = this.#folder;
    if (why === "silent") {
      this.#isLockstep = true;
      this.#observer.explained(() => `${ONE_AT_A_TIME}: going on in lockstep`);
    }
    if (entries.length > 0) this.#folder = entries[0]!.ahead!.folder;
    const lost = why === "refused" ? entries.slice(1) : entries;
    await this.#beginOnceMore().catch((error) => {
      throw lost.length === 0 ? error : naming(unsure(lost), error);
    });
    for (const { path, ahead } of lost) {
      await this.#sendEntry(path, ahead!.name);
    }
    // It may have been left since then, and those that it is in.
    while (this.#folder !== undefined && this.#folder !== current) {
      const { path, announcement, above } = this.#folder;
      this.#folder = above;
      if (announcement !== undefined) await this.#leave(path);
    }
  }

  /** Begins with another sink, in the folder that is being sent. */
  async #beginOnceMore(): Promise<void> {
    const beginAnew = this.#beginAnew;
    if (beginAnew === undefined) {
      throw new ProtocolError(ONE_AT_A_TIME);
    }
    // In lockstep, nothing is lost but the connection.
    if (this.#isLockstep) this.#beginAnew = undefined;
    this.#sendsAhead = false;
    // A body that waits is still in the room of this one.
    this.#bodies = new SmallBodies();
    const { channel, outermost } = await beginAnew(this.#folder !== undefined);
    this.#peer = new ScpPeer(channel, { mayHearShell: false });
    this.#owed = this.#newAnswers();
    const refusal = await this.begin();
    if (refusal !== undefined) throw new ProtocolError(refusal);
    await this.#enterAgain(this.#folder, outermost);
  }

  /** Enters a folder, and those it is in, as they were entered before. */
  async #enterAgain(
    folder: SentFolder | undefined,
    outermost: string | undefined,
  ): Promise<void> {
    if (folder === undefined) return;
    const { above, announcement } = folder;
    await this.#enterAgain(above, outermost);
    if (announcement === undefined) return;
    const { path, record } = announcement;
    const name = above === undefined && outermost !== undefined
      ? outermost
      : record.name;
    if (await this.#offer({ ...announcement, record: { ...record, name } })) {
      return;
    }
    throw new ProtocolError(`${path}: it cannot be entered once more`);
  }
}

/** What to say of a file whose end was not there when it was announced. */
async function grown(
  file: OpenFile,
  path: string,
  size: number,
): Promise<EntryError | undefined> {
  const { size: sizeNow } = await file.attributes();
  if (sizeNow <= size) return undefined;
  return new EntryError(
    `${path}: the file grew while it was read: ${size} of ${sizeNow} bytes ` +
      "were sent",
  );
}

function sentAs(
  part: SentPart[0],
  records: readonly Uint8Array[],
): SentPart[] {
  return records.map(({ length }) => [part, length]);
}
