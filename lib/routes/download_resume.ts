import { EntryError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import { startFile, untilSettled } from "../events/file_progress.ts";
import type { Attributes, FileSystem } from "../filesystem/file_system.ts";
import type { StorePolicy } from "../filesystem/store.ts";
import { StoredFile } from "../filesystem/stored_file.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { ComingFile, PresentFiles } from "../scp/present_files.ts";
import {
  isUnchanged,
  reportWhole,
  type ResumePoint,
  SOURCE_CHANGED,
  whole,
} from "../tree/resume_point.ts";
import { AskedAhead } from "./asked_ahead.ts";
import { FilesHere, type KnownFile } from "./files_here.ts";
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
  readonly #here: FilesHere;
  readonly #ahead: AskedAhead<KnownFile>;
  readonly #rests: Rest[] = [];
  #store: DownloadStore | undefined;
  #isFirst = true;
  /** Topmost file that was refused; absent once anything else came. */
  #last: { readonly known: KnownFile; readonly path: string } | undefined;
  #hasRefused = false;

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
    const here = this.#here = new FilesHere(source, target, context, session);
    this.#ahead = new AskedAhead(
      context.files,
      (file, name) => here.ask(file, name),
    );
  }

  /** Looks at the target, before the copy begins. */
  async begin(): Promise<void> {
    await this.#here.begin();
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
    if (!this.#here.hasTarget || this.#ahead.isDone) return false;
    if (this.#ahead.isAsking || this.#here.areWorth) return true;
    this.#here.warn("small files come again: each refusal costs a round trip");
    return false;
  }

  enter(path: string): void {
    this.#isFirst = false;
    this.#last = undefined;
    if (this.#here.hasTarget) this.#ahead.walk(path);
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
    this.#last = undefined;
    const here = this.#here.hasTarget
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
      reportWhole(observer, path, point);
      return undefined;
    }
    if (point.kind === "same") await this.#skip(file, here);
    else {
      const { name, place } = known;
      this.#rests.push({ path, name, place, at: point.at, file, here });
    }
    this.#hasRefused = true;
    const top = this.#context.files.join(this.#target, file.name);
    if (path === top) this.#last = { known, path };
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
    await this.#checkEnd();
    await moveRests(
      rests,
      this.#host,
      this.#context,
      (session, rest) => this.#receive(session, rest, observer),
    );
  }

  /**
   * Reports a source that may have ended at a refusal, as some do: OpenSSH's ends at one
   * only if nothing follows.
   */
  async #checkEnd(): Promise<void> {
    const { observer, job: { options } } = this.#context;
    const isOne = isOneEntry(this.#source.path, options);
    if (this.#last === undefined || isOne || observer.failures > 0) return;
    const { known, path } = this.#last;
    if (await this.#here.isLastOperand(known, path)) return;
    const { host } = this.#source;
    observer.report({
      kind: "failure",
      message: `${known.name}: the source ended here, since the file is ` +
        "there: others may be missing",
      host,
    });
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
  { point, size, here }: KnownFile,
  file: ComingFile,
  now: Attributes,
): ResumePoint {
  if (size !== file.size) return SOURCE_CHANGED;
  return isUnchanged(now, here) ? point : whole("it has changed meanwhile");
}
