import { asEntryError, EntryError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { FileSystem, Times } from "../filesystem/file_system.ts";
import {
  type ExistingPolicy,
  type SkipReason,
  skipReasonOf,
} from "../filesystem/existing_files.ts";
import type { NameCollisions } from "../filesystem/name_collisions.ts";
import { ReplacedFile } from "../filesystem/replaced_file.ts";
import type { ReceivedFile, StorePolicy } from "../filesystem/store.ts";
import { StoredDirectory } from "../filesystem/stored_directory.ts";
import { StoredFile } from "../filesystem/stored_file.ts";
import type { Platform } from "../names/names.ts";
import type { BodyReceiver } from "./body_receiver.ts";
import type { EntryReader, EntryReceiver, Received } from "./entry_reader.ts";
import { type EntryRules, isContent } from "./entry_rules.ts";
import { directoryLevel, type Level, OpenLevels, pathIn } from "./level.ts";
import type { ComingFile, PresentFiles } from "./present_files.ts";
import { WholeFiles } from "./whole_files.ts";
import type { DirectoryRecord, FileRecord } from "./wire/records.ts";

/** Options for storing entries. */
export interface EntryStoreOptions {
  /** Let a target that is no directory take each entry; else only the first. */
  readonly overwriteTarget: boolean;
  /** Name of an entry at the top, in place of the source's. */
  readonly topName?: string;
  /**
   * Operand that can name only a directory, as messages name it; absent where it may
   * name a file.
   */
  readonly directory?: string | undefined;
  /** Names that other copies put into the target; absent where there are none. */
  readonly among?: NameCollisions;
  /** System whose names the disk takes. */
  readonly platform: Platform;
  readonly store: StorePolicy;
  /** Rules for files whose target is there; absent where all are replaced. */
  readonly existing?: ExistingPolicy;
  /** True where each file is replaced in one step, once it is whole. */
  readonly isAtomic?: boolean;
  /** Files that are here already and need not come; absent where all of them come. */
  readonly present?: PresentFiles | undefined;
}

/**
 * Stores a source's entries. An entry that was acknowledged in advance and
 * cannot be stored is read, dropped, and reported to the observer alone.
 */
export class EntryStore implements EntryReceiver {
  readonly #reader: EntryReader;
  readonly #files: FileSystem;
  readonly #options: EntryStoreOptions & Pick<EntryRules, "top">;
  readonly #observer: Observer;
  readonly #bodies: BodyReceiver;
  /** Absent where what is there decides whether or how a file is stored. */
  readonly #whole: WholeFiles | undefined;
  readonly #levels = new OpenLevels();

  constructor(
    { reader, bodies }: { reader: EntryReader; bodies: BodyReceiver },
    files: FileSystem,
    options: EntryStoreOptions & Pick<EntryRules, "top">,
    observer: Observer,
  ) {
    this.#reader = reader;
    this.#files = files;
    this.#options = options;
    this.#observer = observer;
    this.#bodies = bodies;
    const { existing, isAtomic, store } = options;
    this.#whole = existing === undefined && isAtomic !== true
      ? new WholeFiles(reader, files, store, observer)
      : undefined;
  }

  /** Sets the target: entries go into it if it is a directory, else are it. */
  open(path: string, isDirectory: boolean): void {
    const { among } = this.#options;
    this.#levels.enter(
      isDirectory
        ? directoryLevel(this.#files, {
          path,
          ...(among === undefined ? {} : { among }),
        })
        : { path, isDirectory },
    );
  }

  /** Leaves the directories that the source did not leave. */
  async close(): Promise<Pick<Received, "endedInside">> {
    const endedInside = await this.#levels.leaveAll(this.#observer);
    return endedInside === undefined ? {} : { endedInside };
  }

  takeFile(
    record: FileRecord,
    times: Times | undefined,
  ): void | Promise<void> {
    if (this.#levels.innermost.isLost) return this.#dropFile(record);
    const place = this.#placeFor(record);
    const whole = this.#whole;
    const content = whole?.bodyOf(record);
    const inSteps = () => this.#takeFileAt(place, record, times);
    return content === undefined || typeof place !== "string"
      ? inSteps()
      : whole!.store({ path: place, record, content, times }, inSteps);
  }

  /** Gives the path of a file, or why it has none. */
  #placeFor({ name }: FileRecord): string | EntryError | Promise<string> {
    try {
      this.#checkKind();
      return this.#pathFor(name);
    } catch (error) {
      return asEntryError(error);
    }
  }

  async #takeFileAt(
    place: string | EntryError | Promise<string>,
    record: FileRecord,
    times: Times | undefined,
  ): Promise<void> {
    try {
      const path = await place;
      if (path instanceof EntryError) throw path;
      await this.#receiveFile(record, path, times);
    } catch (error) {
      if (!await this.#refuse(record, asEntryError(error))) {
        await this.#dropFile(record);
      }
    }
  }

  async takeDirectory(
    record: DirectoryRecord,
    times: Times | undefined,
  ): Promise<void> {
    if (this.#levels.innermost.isLost) return await this.#enterLost(record);
    try {
      const level = await this.#levelFor(record, times);
      if (this.#reader.depth === 0) this.#options.present?.enter(level.path);
      await this.#enter(level);
    } catch (error) {
      if (!await this.#refuse(record, asEntryError(error))) {
        await this.#enterLost(record);
      }
    }
  }

  async leaveDirectory(): Promise<void> {
    const { path } = this.#levels.innermost;
    await this.#reply(await this.#levels.leave(), path);
  }

  /** Reports a failure, and refuses the entry unless it was acknowledged. */
  async #refuse(
    { name }: FileRecord | DirectoryRecord,
    { message }: EntryError,
  ): Promise<boolean> {
    const path = this.#lostPath(name);
    this.#observer.report({ kind: "failure", message, path });
    if (this.#reader.isAcknowledged) return false;
    await this.#reader.refuse(message);
    return true;
  }

  async #dropFile({ name, size }: FileRecord): Promise<void> {
    await this.#bodies.drop(this.#lostPath(name), size);
  }

  async #enterLost({ name }: DirectoryRecord): Promise<void> {
    const path = this.#lostPath(name);
    await this.#enter({ path, isDirectory: true, isLost: true });
  }

  /** Gives the path that stands for an entry that is stored nowhere. */
  #lostPath(name: string): string {
    const { isLost, isDirectory, path } = this.#levels.innermost;
    // The paths of deep directories, each with all above it, are long.
    return isLost || !isDirectory ? path : this.#files.join(path, name);
  }

  /** @throws {EntryError} If a file comes where a directory was asked for. */
  #checkKind(): void {
    const { directory } = this.#options;
    if (directory === undefined || this.#reader.depth > 0) return;
    throw new EntryError(`${directory}: Not a directory`);
  }

  /** @throws {EntryError} If there is no place for an entry of that name. */
  #pathFor(name: string): string | Promise<string> {
    const { depth, entries } = this.#reader;
    const { topName, platform, overwriteTarget } = this.#options;
    const stored = depth === 0 && topName ? topName : name;
    const { path, isDirectory } = this.#levels.innermost;
    if (isDirectory) {
      return pathIn(this.#levels.innermost, stored, {
        files: this.#files,
        platform,
      });
    }
    if (entries > 1 && !overwriteTarget) {
      throw new EntryError(`${path}: Not a directory: no place for ${stored}`);
    }
    return path;
  }

  /** @throws {EntryError} If the directory cannot be made or entered. */
  async #levelFor(
    { name, mode }: DirectoryRecord,
    times: Times | undefined,
  ): Promise<Level> {
    const target = this.#levels.innermost;
    const isTarget = isContent(this.#reader, this.#options);
    // A target that was there keeps its mode and times.
    if (isTarget && target.isDirectory) {
      return directoryLevel(this.#files, { path: target.path });
    }
    const path = isTarget ? target.path : await this.#pathFor(name);
    const replaced = await this.#files.find(path);
    const directory = await StoredDirectory.enter(
      this.#files,
      { path, mode, replaced },
      this.#options.store,
    );
    const kept = this.#onlyCompares ? undefined : times;
    return directoryLevel(this.#files, { path, directory, times: kept });
  }

  async #enter(level: Level): Promise<void> {
    this.#levels.enter(level);
    await this.#reader.acknowledgeDirectory();
  }

  /** @throws {EntryError} If the file cannot be opened, before any reply. */
  async #receiveFile(
    { mode, size, name }: FileRecord,
    path: string,
    times: Times | undefined,
  ): Promise<void> {
    const record = { name, size };
    const reason = await this.#skipReasonOf(path, size, times);
    if (reason !== undefined) return await this.#skip(record, path, reason);
    const keepsTimes = this.#options.existing?.keepsSame || !this.#onlyCompares;
    const kept = keepsTimes ? times : undefined;
    const refusal = await this.#refusalOf({
      ...record,
      path,
      mode,
      times: kept,
    });
    if (refusal !== undefined) return await this.#reader.refuse(refusal);
    using stored = await this.#open(path, mode);
    if (stored === undefined) {
      return await this.#skip(record, path, "exists, not replaced");
    }
    await this.#reader.acknowledge(1);
    const failure = await this.#bodies.receive(stored, record, kept);
    await this.#reply(failure, path);
  }

  /**
   * Opens a file to be received.
   *
   * @returns `undefined` where something is there that is to stay.
   */
  async #open(path: string, mode: number): Promise<ReceivedFile | undefined> {
    const files = this.#files;
    const { store, existing, isAtomic } = this.#options;
    if (isAtomic) {
      const replaced = await files.find(path);
      const entry = { path, mode, replaced };
      const file = await ReplacedFile.open(files, entry, store);
      if (file instanceof ReplacedFile) return file;
      throw file;
    }
    return existing?.keepsAll
      ? await StoredFile.createNew(files, { path, mode }, store)
      : await StoredFile.create(files, { path, mode }, store);
  }

  /** True where the source was asked for times in order to compare them. */
  get #onlyCompares(): boolean {
    const { store, existing } = this.#options;
    return !store.preserve &&
      (existing?.keepsSame === true || existing?.keepsNewer === true);
  }

  async #skipReasonOf(
    path: string,
    size: number,
    times: Times | undefined,
  ): Promise<SkipReason | undefined> {
    const { existing } = this.#options;
    if (existing === undefined) return undefined;
    const there = await this.#files.find(path);
    const source = { size, modified: times?.modified };
    return skipReasonOf(source, there, { ...existing, path });
  }

  /** Gives the reason why a file need not come, while it can be refused. */
  async #refusalOf(file: ComingFile): Promise<string | undefined> {
    if (this.#reader.isAcknowledged) return undefined;
    return await this.#options.present?.refusalOf(file);
  }

  async #skip(
    { name, size }: Pick<FileRecord, "name" | "size">,
    path: string,
    reason: SkipReason,
  ): Promise<void> {
    this.#observer.report({
      kind: "skipped",
      path,
      target: path,
      reason,
      bytes: size,
    });
    await this.#bodies.dropUnwanted(this.#lostPath(name), size);
  }

  async #reply(failure: EntryError | undefined, path: string): Promise<void> {
    if (failure === undefined) return await this.#reader.acknowledge();
    const { message } = failure;
    await this.#reader.refuse(message);
    this.#observer.report({ kind: "failure", message, path });
  }
}
