import type { RestPlace } from "../digest/file_rest.ts";
import { BLOCK_BYTES } from "../digest/hash_script.ts";
import { asEntryError, EntryError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import { startFile, untilSettled } from "../events/file_progress.ts";
import { findQuietly } from "../filesystem/find_quietly.ts";
import type { Attributes, FileSystem } from "../filesystem/file_system.ts";
import type { StorePolicy } from "../filesystem/store.ts";
import { StoredFile } from "../filesystem/stored_file.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { ComingFile, PresentFiles } from "../scp/present_files.ts";
import type { FoundEntry } from "../tree/destination.ts";
import {
  findPoint,
  isUnchanged,
  type ResumePoint,
  whole,
} from "../tree/resume_point.ts";
import { AskedAhead } from "./asked_ahead.ts";
import { BeginningComparer, TOO_SHORT } from "./beginning_comparer.ts";
import type { HashSession } from "./hash_session.ts";
import {
  moveRests,
  reportLeft,
  type RestFile,
  type RestHost,
  type RestSession,
} from "./rest_session.ts";
import type { RouteContext } from "./route.ts";
import { isOneEntry, topRules } from "./scp_request.ts";
import { nameBelow } from "./scp_upload_proof.ts";
import { DownloadPlaces, requestsFor } from "./sent_places.ts";

/** What is known of a file that is here. */
interface Known {
  readonly point: ResumePoint;
  readonly place: RestPlace;
  /** Name of its source in messages. */
  readonly name: string;
  /** Length of its source by then, in bytes. */
  readonly size: number;
  /** Attributes of what is here. */
  readonly here: Attributes;
}

/** File whose rest is to come. */
interface Rest extends RestFile {
  readonly file: ComingFile;
  readonly here: Attributes;
}

/** Store that a download goes to. */
export interface DownloadStore {
  /** The local files, as the copy writes them. */
  readonly files: FileSystem;
  readonly policy: StorePolicy;
  /** Observer of the copy. */
  readonly observer: Observer;
}

/**
 * Download over SCP that goes on with what is here: a session beside it tells what a host
 * has of those files, ahead of the copy; they are refused, and rests come their own way
 * once all other files have come.
 */
export class DownloadResume implements PresentFiles {
  readonly #source: RemoteLocation;
  readonly #target: string;
  readonly #context: RouteContext;
  readonly #session: HashSession;
  readonly #host: RestHost;
  readonly #ahead: AskedAhead<Known>;
  readonly #comparer: BeginningComparer;
  readonly #rests: Rest[] = [];
  #places: DownloadPlaces | undefined;
  #store: DownloadStore | undefined;
  #hasTarget = false;
  #isFirst = true;
  /** Files that are here, and the bytes of them that need not come. */
  readonly #here = { files: 0, saved: 0 };
  #hasRefused = false;
  #isWarned = false;

  /** @param session Session that is given the source for its operand. */
  constructor(
    { source, target }: { source: RemoteLocation; target: string },
    context: RouteContext,
    { session, host }: { session: HashSession; host: RestHost },
  ) {
    this.#source = source;
    this.#target = target;
    this.#context = context;
    this.#session = session;
    this.#host = host;
    const { files } = context;
    this.#comparer = new BeginningComparer(files, session);
    this.#ahead = new AskedAhead(files, (file, name) => this.#ask(file, name));
  }

  /** Looks at the target, before the copy begins. */
  async begin(): Promise<void> {
    const { files } = this.#context;
    this.#hasTarget = await findQuietly(files, this.#target) !== undefined;
    this.#places = await DownloadPlaces.find(
      this.#source,
      this.#target,
      this.#context,
    );
  }

  /** Sets the store, before anything comes. */
  storeIn(store: DownloadStore): void {
    this.#store = store;
  }

  /** Ends what is asked ahead. */
  end(): void {
    this.#ahead.end();
  }

  /** True where records were refused, so that the source ends with status 1. */
  get hasRefused(): boolean {
    return this.#hasRefused;
  }

  get mayRefuse(): boolean {
    if (!this.#hasTarget || this.#ahead.isDone) return false;
    if (this.#ahead.isAsking || this.#isWorth) return true;
    this.#warn("small files come again: each refusal costs a round trip");
    return false;
  }

  /** True where files are large enough that each of them may cost a round trip. */
  get #isWorth(): boolean {
    const { files, saved } = this.#here;
    return saved >= files * BLOCK_BYTES;
  }

  enter(path: string): void {
    this.#isFirst = false;
    if (this.#hasTarget) this.#ahead.walk(path);
  }

  /** Asks about the files beside a topmost one that may come, too. */
  #walkTop(path: string): void {
    this.#isFirst = false;
    if (path === this.#target) return;
    const { objectionTo } = topRules(
      this.#source,
      this.#context.job.options,
    );
    this.#ahead.walkFiles(
      this.#target,
      (name) => objectionTo(name) === undefined,
    );
  }

  async refusalOf(file: ComingFile): Promise<string | undefined> {
    const { path } = file;
    const here = this.#hasTarget
      ? await this.#context.files.find(path)
      : undefined;
    if (here?.kind !== "file" || here.size === 0) return undefined;
    if (this.#isFirst) this.#walkTop(path);
    const known = await this.#ahead.take(path, file.name);
    const point = known && pointNow(known, file, here);
    if (point === undefined || point.kind === "whole") {
      await this.#checkAsked(path);
    }
    if (known === undefined || point === undefined) return undefined;
    const { observer } = this.#store!;
    if (point.kind === "whole") {
      const message = `${path}: copied whole: ${point.reason}`;
      observer.report({ kind: "warning", message });
      return undefined;
    }
    if (point.kind === "same") await this.#skip(file, here);
    else {
      const { name, place } = known;
      this.#rests.push({ path, name, place, at: point.at, file, here });
    }
    this.#hasRefused = true;
    return `${file.name}: it is there`;
  }

  /**
   * Checks that a host was asked about a file that is to be written over: if not, it
   * stays, for a later copy to go on with.
   *
   * @throws {EntryError} If not.
   */
  async #checkAsked(path: string): Promise<void> {
    if (this.#context.job.interrupted.aborted) {
      throw new EntryError(`${path}: interrupted`);
    }
    if (!await this.#session.wasLost()) return;
    throw new EntryError(
      `${path}: it stays: the session that tells hashes was lost`,
    );
  }

  /**
   * Has the rests come, once all other files have.
   *
   * @param isLost True where the connection of those was lost.
   */
  async settle({ isLost }: { isLost: boolean }): Promise<void> {
    const { observer } = this.#store!;
    const rests = this.#rests.splice(0);
    if (isLost) return reportLeft(rests, observer);
    await moveRests(
      rests,
      this.#host,
      this.#context,
      (session, rest) => this.#receive(session, rest, observer),
    );
  }

  async #ask(
    { path, attributes: here }: FoundEntry,
    name = this.#context.files.nameOf(path),
  ): Promise<Known | undefined> {
    if (here.kind !== "file" || here.size === 0) return undefined;
    this.#here.files++;
    const sent = this.#places!.of({ path, name });
    const [place, another] = requestsFor(sent);
    const size = await this.#sizeOf(place!);
    if (size === undefined) return undefined;
    const inMessages = nameBelow(sent.top ?? this.#source.path, sent.inside);
    const known = (point: ResumePoint) => ({
      point,
      place: place!,
      name: `${this.#source.host}: ${inMessages}`,
      size,
      here,
    });
    const { path: operand } = this.#source;
    const isOne = isOneEntry(operand, this.#context.job.options);
    const mayClash = another !== undefined && !isOne;
    if (mayClash && await this.#sizeOf(another) !== undefined) {
      return known(whole("several sources have its name"));
    }
    if (here.size < size && here.size < BLOCK_BYTES) {
      return known(whole(TOO_SHORT));
    }
    const point = await findPoint(
      { size, there: here.size },
      (length) => this.#comparer.compare({ path, size, length }, place!),
    );
    const isShort = point.kind === "at" && point.at < BLOCK_BYTES;
    if (isShort) return known(whole(TOO_SHORT));
    if (point.kind !== "whole") {
      this.#here.saved += point.kind === "at" ? point.at : size;
    }
    return known(point);
  }

  /** Gives the length of a file on the host; `undefined` where there is none. */
  async #sizeOf(place: RestPlace): Promise<number | undefined> {
    const told = await this.#session.size(place).catch(asEntryError);
    if (told instanceof EntryError) return undefined;
    if (told.kind === "answer") {
      return told.answer === "-" ? undefined : Number(told.answer);
    }
    this.#warn(`all is copied whole: ${told.reason}`);
    return undefined;
  }

  /** Says once why not all goes on that could. */
  #warn(reason: string): void {
    if (this.#isWarned) return;
    this.#isWarned = true;
    const message = `${this.#source.host}: ${reason}`;
    this.#context.observer.report({ kind: "warning", message });
  }

  async #skip(file: ComingFile, here: Attributes): Promise<void> {
    const { observer, policy } = this.#store!;
    const { path, size } = file;
    if (policy.preserve || file.times !== undefined) {
      using stored = await this.#open(file, here);
      const flaw = await stored.finish(size, file.times);
      if (flaw !== undefined) {
        observer.report({ kind: "failure", message: flaw.message, path });
      }
    }
    observer.report({
      kind: "skipped",
      path,
      target: path,
      reason: "same content",
      bytes: size,
    });
  }

  /** @throws {EntryError} If the file cannot be opened. */
  async #open(
    { path, mode }: ComingFile,
    replaced: Attributes,
  ): Promise<StoredFile> {
    const { files, policy } = this.#store!;
    return await StoredFile.open(files, { path, mode, replaced }, policy);
  }

  /** @throws {EntryError} If it does not arrive whole. */
  async #receive(
    session: RestSession,
    rest: Rest,
    observer: Observer,
  ): Promise<void> {
    const { path, at, file, here } = rest;
    const { size, times, name } = file;
    const now = await this.#context.files.stat(path);
    if (!isUnchanged(now, here)) {
      throw new EntryError(`${path}: it has changed meanwhile`);
    }
    await session.beginRead(rest);
    using stored = await this.#open(file, here);
    observer.report({ kind: "resumed", path, at, size });
    const progress = startFile(observer, { name, path, size, resumedAt: at });
    await untilSettled(progress, async () => {
      let done = at;
      try {
        for (let part; (part = await session.read(size - done)).length > 0;) {
          await stored.file.write(part, done);
          done += part.length;
          progress.moved(part.length);
        }
        if (done < size) throw await session.failureOfShort(rest);
        await session.checkEnd(rest);
      } catch (error) {
        await stored.abandon(done);
        throw error;
      }
      const flaw = await stored.finish(size, times);
      if (flaw !== undefined) throw flaw;
      return undefined;
    });
  }
}

/** Gives the point of a file that comes, now that it is known what comes. */
function pointNow(
  { point, size, here }: Known,
  file: ComingFile,
  now: Attributes,
): ResumePoint {
  if (size !== file.size) return whole("its source has changed meanwhile");
  return isUnchanged(now, here) ? point : whole("it has changed meanwhile");
}
