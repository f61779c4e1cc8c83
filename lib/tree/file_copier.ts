import { CutError, LostFileError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import { startFile, untilSettled } from "../events/file_progress.ts";
import type {
  Attributes,
  FileSystem,
  OpenFile,
} from "../filesystem/file_system.ts";
import { type SkipReason, skipReasonOf } from "../filesystem/existing_files.ts";
import {
  type LeftListener,
  ReplacedFile,
} from "../filesystem/replaced_file.ts";
import { keyOf } from "../names/names.ts";
import { ContentComparer } from "./content_comparer.ts";
import {
  type Destination,
  type EntryPaths,
  findThere,
  type FoundEntry,
  isKnown,
} from "./destination.ts";
import { FileFiller, WORTH_BYTES } from "./file_filler.ts";
import { FileReopener } from "./file_reopener.ts";
import { FileResumer } from "./file_resumer.ts";
import {
  isUnchanged,
  reportWhole,
  type ResumePoint,
  SOURCE_CHANGED,
} from "./resume_point.ts";
import { FileVerifier } from "./file_verifier.ts";
import { KeyedLock } from "./keyed_lock.ts";
import type { OpenEntries } from "./open_entries.ts";
import { eventPath, type TransferOptions } from "./options.ts";
import { checkDifferent } from "./same_file.ts";
import { SmallFileCopier } from "./small_file_copier.ts";
import { TargetOpener } from "./target_opener.ts";

/** Destination that no other file is copied to meanwhile. */
interface AcquiredDestination extends Disposable {
  /** Entry that is there. */
  readonly replaced: Attributes | undefined;
}

/** Target of a file, to be opened. */
interface OpenTarget {
  readonly path: string;
  /** Entry that is there. */
  readonly replaced: Attributes | undefined;
  /** True where an attempt before may have made it. */
  readonly isAgain: boolean;
  /** Called when both files are open. */
  readonly opened: () => void;
}

/** Copier of files, any number of them at once. */
export class FileCopier {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  readonly #options: TransferOptions;
  readonly #observer: Observer;
  readonly #open: OpenEntries;
  readonly #filler: FileFiller;
  readonly #targets: TargetOpener;
  readonly #small: SmallFileCopier;
  readonly #verifier: FileVerifier | undefined;
  readonly #resumer: FileResumer;
  readonly #reopener: FileReopener | undefined;
  readonly #comparer: ContentComparer | undefined;
  /** Locks of destinations by their keys, and of files by their identities. */
  readonly #paths = new KeyedLock();
  readonly #files = new KeyedLock();

  constructor(
    from: FileSystem,
    to: FileSystem,
    options: TransferOptions,
    { observer, open, noteLeft }: {
      observer: Observer;
      open: OpenEntries;
      noteLeft: LeftListener;
    },
  ) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#observer = observer;
    this.#open = open;
    const filler = this.#filler = new FileFiller(from, to, options, noteLeft);
    this.#targets = new TargetOpener(to, options, { filler, noteLeft });
    this.#resumer = new FileResumer(from, to, observer);
    const { memory } = options;
    if (memory) this.#reopener = new FileReopener(to, this.#resumer, memory);
    if (options.existing?.comparesContent) {
      this.#comparer = new ContentComparer(from, to, observer);
    }
    if (options.verified !== undefined) {
      this.#verifier = new FileVerifier(from, to, options.verified, {
        observer,
        open,
      });
    }
    this.#small = new SmallFileCopier(from, to, options, {
      observer,
      open,
      verifier: this.#verifier,
    });
  }

  /**
   * Copies a file.
   *
   * @param sent Called where the outcome alone is left to be awaited.
   * @throws {EntryError} If something failed: the target holds a beginning.
   * @throws {ProtocolError} If a server broke its protocol; the same.
   * @throws {SessionError} If the connection is lost; the same.
   */
  copy(
    source: FoundEntry,
    destination: Destination,
    sent: () => void,
  ): Promise<void> {
    const { mayExist, path } = destination;
    // What is made where nothing is, in one step, needs no lock.
    const isSmall = !mayExist && !this.#mayLose && this.#small.takes(source);
    if (!isSmall) return this.#copyMade(source, destination, sent);
    return this.#small.copy(source, path, sent).then((isCopied) => {
      if (isCopied) return;
      return this.#copyMade(source, { ...destination, mayExist: true }, sent);
    });
  }

  /** Copies a file once the directory that holds it is made. */
  async #copyMade(
    source: FoundEntry,
    destination: Destination,
    sent: () => void,
  ): Promise<void> {
    const outcome = await destination.making;
    if (outcome === "refused") return;
    const mayExist = destination.mayExist || outcome === "found";
    await this.#copyTo(source, { ...destination, mayExist }, sent);
  }

  /** True where a connection of several may take a file with it, which begins again. */
  get #mayLose(): boolean {
    return this.#from.keepsOrder === "of a file" ||
      this.#to.keepsOrder === "of a file";
  }

  async #copyTo(
    source: FoundEntry,
    destination: Destination,
    sent: () => void,
  ): Promise<void> {
    const { memory } = this.#options;
    const paths = { source: source.path, target: destination.path };
    if (memory?.hasArrived(paths)) return;
    using claim = await this.#acquire(destination);
    const { replaced } = claim;
    if (replaced !== undefined) {
      await checkDifferent(
        { files: this.#from, ...source },
        { files: this.#to, path: destination.path, attributes: replaced },
      );
    }
    const { path } = destination;
    // What an earlier try has begun is there, and has to be copied all the same.
    const isOwn = memory?.hasBegun(paths) === true;
    const existing = isOwn ? undefined : this.#options.existing;
    const reason = existing && skipReasonOf(source.attributes, replaced, {
      ...existing,
      path: this.#to.label + path,
    });
    if (reason !== undefined) return this.#skip(source, path, reason);
    if (!isOwn && await this.#comparer?.isSame(source, path, replaced)) {
      return this.#skip(source, path, "same content");
    }
    const isSmall = replaced === undefined && !isOwn &&
      this.#small.takes(source);
    let isAgain = isOwn;
    for (let isCopied = false; !isCopied; isAgain = true) {
      const copied = isSmall && !isAgain
        ? this.#copySmall(source, path, sent)
        : this.#copyWith(source, { path, replaced, isAgain });
      isCopied = await copied.then(() => true, (error) => {
        // The copy begins again over a connection that is left.
        if (error instanceof LostFileError) return false;
        throw error;
      });
    }
  }

  /** Copies a small file to where nothing is, or as any other if that fails. */
  async #copySmall(
    source: FoundEntry,
    path: string,
    sent: () => void,
  ): Promise<void> {
    if (await this.#small.copy(source, path, sent)) return;
    await this.#copyWith(source, { path, replaced: undefined, isAgain: false });
  }

  async #copyWith(
    source: FoundEntry,
    target: Omit<OpenTarget, "opened">,
  ): Promise<void> {
    await this.#open.use((opened) =>
      this.#copyOpen(source, { ...target, opened })
    );
  }

  #skip(source: FoundEntry, path: string, reason: SkipReason): void {
    this.#observer.report({
      kind: "skipped",
      path: eventPath(this.#options, { source: source.path, target: path }),
      target: this.#to.label + path,
      reason,
      bytes: source.attributes.size,
    });
  }

  async #copyOpen(
    source: FoundEntry,
    { path, replaced, isAgain, opened }: OpenTarget,
  ): Promise<void> {
    const paths = { source: source.path, target: path };
    const { memory } = this.#options;
    const isOwn = memory?.hasBegun(paths) === true;
    using left = await this.#reopener?.reopen(source, paths);
    const point = left?.point ??
      await this.#findPoint(source, { path, replaced, isOwn });
    if (point?.kind === "same") {
      return this.#skip(source, path, "same content");
    }
    using input = await this.#from.openToRead(source.path);
    const { size, mode } = source.attributes;
    const isOurs = memory?.hasMade(paths) === true;
    const entry = { path, mode, replaced, isOurs };
    using stored = left?.stored ??
      await this.#targets.open(source, entry, isAgain);
    opened();
    if (stored === undefined) {
      return this.#skip(source, path, "exists, not replaced");
    }
    const { dryRun } = this.#options;
    if (dryRun !== undefined) {
      const isTold = isKnown(replaced) ||
        (replaced === undefined && dryRun === "seen");
      this.#observer.report({
        kind: "planned",
        action: "copy",
        source: { label: this.#from.label, path: source.path },
        target: { label: this.#to.label, path },
        bytes: size,
        ...(isTold ? { replaces: replaced !== undefined } : {}),
      });
      return await this.#filler.plan(stored, source);
    }
    const isSpread = this.#targets.maySpread(size) &&
      stored instanceof ReplacedFile;
    if (isSpread) {
      const { interrupted } = this.#options;
      input.spread?.(interrupted);
      stored.file.spread?.(interrupted);
    }
    const start = await this.#startAt(point, source, { paths, input });
    await stored.prepare(size);
    const progress = startFile(this.#observer, {
      name: this.#from.nameOf(source.path),
      path: eventPath(this.#options, paths),
      size,
      resumedAt: start,
      isWatched: this.#options.isWatched,
    });
    const verification = this.#verifier?.begin(source);
    const file = { source, replaced, progress, isSpread, start, verification };
    await untilSettled(progress, () => this.#filler.fill(stored, input, file));
    memory?.noteArrived(paths);
  }

  /**
   * Finds the point to go on from, where the copy goes on with what is there.
   *
   * @throws {CutError} If the copy was interrupted meanwhile: what is there stays.
   */
  async #findPoint(
    source: FoundEntry,
    { path, replaced, isOwn }: {
      path: string;
      replaced: Attributes | undefined;
      isOwn: boolean;
    },
  ): Promise<ResumePoint | undefined> {
    const { resumes, isAtomic, store, existing, interrupted } = this.#options;
    if (replaced?.kind !== "file" || replaced.size === 0) return undefined;
    const isCut = isOwn && !isAtomic && replaced.size >= WORTH_BYTES;
    // What was spread is in no file that could go on.
    if (
      !resumes && (!isCut || this.#targets.maySpread(source.attributes.size))
    ) {
      return undefined;
    }
    const there = { path, attributes: replaced };
    const point = await this.#resumer.find(source, there);
    if (interrupted.aborted) {
      const name = `${this.#to.label}${path}`;
      throw new CutError(`${name}: interrupted`, "in flight");
    }
    // What has all content may lack its time and mode.
    const isUnfinished = isOwn || store.preserve || existing?.keepsSame;
    return point.kind === "same" && isUnfinished
      ? { kind: "at", at: replaced.size }
      : point;
  }

  /** Gives the byte to begin at, now that the source is open, and tells it. */
  async #startAt(
    point: ResumePoint | undefined,
    { attributes }: FoundEntry,
    { paths, input }: { paths: EntryPaths; input: OpenFile },
  ): Promise<number> {
    if (point === undefined || point.kind === "same") return 0;
    const path = eventPath(this.#options, paths);
    if (point.kind === "at" && isUnchanged(await input.stat(), attributes)) {
      const { at } = point;
      const { size } = attributes;
      this.#observer.report({ kind: "resumed", path, at, size });
      return at;
    }
    const whole = point.kind === "whole" ? point : SOURCE_CHANGED;
    reportWhole(this.#observer, path, whole);
    return 0;
  }

  /**
   * Waits until nothing else is copied to a destination, by its own path or by
   * another one. The second lock's holder never waits for the first one, whatever
   * a server says of its links: there is no deadlock.
   */
  async #acquire(
    destination: Destination,
  ): Promise<AcquiredDestination> {
    const { key, place } = destination;
    using claimed = new DisposableStack();
    const own = claimed.use(await this.#paths.acquire(key));
    const replaced = await findThere(this.#to, destination, {
      isStale: own.hasWaited,
    });
    if (isKnown(replaced) && place?.isCollision) {
      await place.among.check(place.name);
    }
    const { identity } = replaced ?? {};
    claimed.use(
      await this.#files.acquire(identity === undefined ? key : keyOf(identity)),
    );
    const claims = claimed.move();
    return { replaced, [Symbol.dispose]: () => claims.dispose() };
  }
}
