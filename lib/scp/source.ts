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
  Times,
} from "../files/files.ts";
import { decodeName } from "../files/name_bytes.ts";
import { isNameless, withoutTrailingSlashes } from "../files/names.ts";
import { checkLoop } from "../files/open_folder.ts";
import type { FileProgress, Observer } from "../progress/observer.ts";
import { isHarmless, MOST_AHEAD_BYTES } from "./harmless.ts";
import { formatRecord, needsEncoding, OK } from "./messages.ts";
import { OwedAnswers } from "./owed_answers.ts";
import { ScpPeer } from "./peer.ts";
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
 * @throws {SessionError} If that cannot be done.
 */
export type BeginAnew = () => Promise<NextDialogue>;

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
  /** Present while bodies may go ahead. */
  #beginAnew: BeginAnew | undefined;
  /** Holds a body that may go ahead, and shows whether there is more of it. */
  #bodyAhead: Uint8Array | undefined;

  constructor(
    channel: Channel,
    files: Files,
    options: SourceOptions,
    observer: Observer,
  ) {
    this.#files = files;
    this.#options = options;
    this.#observer = observer;
    this.#peer = new ScpPeer(channel);
    this.#owed = new OwedAnswers(this.#peer, observer);
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
   * From now on, lets small bodies leave before their records are acknowledged,
   * where a refusal does no harm but to the dialogue.
   *
   * @param beginAnew Called once at most.
   */
  sendAhead(beginAnew: BeginAnew): void {
    this.#beginAnew = beginAnew;
    this.#bodyAhead = new Uint8Array(MOST_AHEAD_BYTES + 1);
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
    await this.#write(path, [formatRecord({ kind: "warning", text })]);
    this.#observer.failed(message);
  }

  async #sendFile(path: string, name: string): Promise<void> {
    using file = await this.#files.openToRead(path);
    const attributes = await file.attributes();
    if (attributes.kind !== "file") {
      throw new EntryError(`${path}: not a regular file`);
    }
    const { mode, size } = attributes;
    const announcement: Announcement = {
      path,
      record: { kind: "file", mode, size, name },
      times: attributes,
    };
    this.#warnIfEncoded(announcement);
    const ahead = await this.#harmlessBody(file, size);
    if (ahead !== undefined) await this.#sendFileAhead(announcement, ahead);
    else if (await this.#offer(announcement)) {
      const progress = this.#observer.began(name, size);
      try {
        await this.#sendContent(file, { path, size, progress });
      } finally {
        progress.ended();
      }
    }
  }

  /** The body of a file whose record need not be waited for, if it is one. */
  async #harmlessBody(
    file: OpenFile,
    size: number,
  ): Promise<Uint8Array | undefined> {
    const mayGoAhead = this.#beginAnew !== undefined &&
      this.#peer.isUnderstood && this.#folder?.staysOpen !== false;
    if (!mayGoAhead || size > MOST_AHEAD_BYTES) return undefined;
    const room = this.#bodyAhead!.subarray(0, size + 1);
    const count = await file.read(room, 0).catch(() => undefined);
    const body = room.subarray(0, size);
    if (count !== size || !isHarmless(body)) return undefined;
    // What is lost together is to be in one folder.
    const { firstAhead = { folder: this.#folder } } = this.#owed;
    if (firstAhead.folder !== this.#folder) await this.#hear();
    return this.#beginAnew === undefined ? undefined : body;
  }

  async #sendFileAhead(
    announcement: Announcement,
    body: Uint8Array,
  ): Promise<void> {
    const { path, record: { name } } = announcement;
    const folder = this.#folder;
    const progress = this.#observer.began(name, body.length);
    const records = this.#recordsOf(announcement);
    this.#owed.add({ path, ahead: { name, folder } }, [
      ...records.map(() => "record" as const),
      "body",
    ]);
    try {
      await this.#write(path, [...records, body, OK]);
      progress.moved(body.length);
    } finally {
      progress.ended();
    }
    if (this.#owed.count > MOST_OWED) await this.#hear(MOST_OWED / 2);
  }

  async #sendContent(
    file: OpenFile,
    { path, size, progress }: {
      path: string;
      size: number;
      progress: FileProgress;
    },
  ): Promise<void> {
    this.#owed.add({ path }, ["body"]);
    try {
      const failure = await sendBody(this.#peer.channel, file, {
        path,
        size,
        moved: (bytes) => progress.moved(bytes),
      });
      const flaw = failure ?? await grown(file, path, size);
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
    if (this.#options.lockstep) await this.#hear();
  }

  async #sendFolder(
    path: string,
    name: string,
    attributes: Attributes,
  ): Promise<void> {
    const above = this.#folder;
    const { mode, identity } = attributes;
    checkLoop({ path, identity, above });
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
    this.#owed.add({ path }, records.map(() => "end"));
    await this.#write(path, records);
    if (this.#options.lockstep) await this.#hear();
  }

  #warnIfEncoded({ path, record: { name } }: Announcement): void {
    if (!needsEncoding(name)) return;
    this.#observer.warned(
      `${path}: a newline cannot travel in a name: it arrives encoded`,
    );
  }

  /** Sends the records of an entry; whether the sink takes it. */
  async #offer(announcement: Announcement): Promise<boolean> {
    const records = this.#recordsOf(announcement);
    const flights = this.#options.lockstep
      ? records.map((record) => [record])
      : [records];
    for (const flight of flights) {
      if (!await this.#isTaken(announcement.path, flight)) return false;
    }
    return true;
  }

  /** Sends records of one entry and hears all answers; what the last one is. */
  async #isTaken(path: string, records: Uint8Array[]): Promise<boolean> {
    for (;;) {
      const peer = this.#peer;
      const entry: SentEntry = { path };
      this.#owed.add(entry, records.map(() => "record"));
      await this.#write(path, records);
      await this.#hear();
      // What was sent to a sink that is lost counts for nothing.
      if (peer === this.#peer) return entry.isRefused !== true;
    }
  }

  #recordsOf({ record, times }: Announcement): Uint8Array[] {
    const records: Uint8Array[] = [];
    const say = (title: string, bytes: Uint8Array) => {
      this.#observer.explained(() =>
        `${title}: ${decodeName(bytes).trimEnd()}`
      );
      records.push(bytes);
    };
    if (this.#options.preserve) {
      say("Sending file timestamps", timesRecord(times));
    }
    const title = record.kind === "file"
      ? "Sending file modes"
      : "Entering directory";
    say(title, formatRecord(record));
    return records;
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

  /** Goes on with another sink after a file that lost this one; sends these. */
  async #goOnAnew(
    [refused, ...lost]: readonly SentEntry[],
  ): Promise<void> {
    const current = this.#folder;
    this.#folder = refused!.ahead!.folder;
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
    const beginAnew = this.#beginAnew!;
    this.#beginAnew = undefined;
    const { channel, outermost } = await beginAnew();
    this.#peer = new ScpPeer(channel, { mayHearShell: false });
    this.#owed = new OwedAnswers(this.#peer, this.#observer);
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

/**
 * What may stand before the end of a folder and does nothing. A sink that passes
 * over lines it does not know takes what follows a body that it refused for the
 * last line of that; were that the end, the next folder would be made in here.
 */
function guard(): Uint8Array {
  const now = Date.now();
  return timesRecord({ modified: now, accessed: now });
}

function timesRecord({ modified, accessed }: Times): Uint8Array {
  return formatRecord({
    kind: "times",
    modified: wholeSeconds(modified),
    accessed: wholeSeconds(accessed),
  });
}

/** OpenSSH sends no fractions of a second. */
function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
