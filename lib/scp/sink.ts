import { receiveBody } from "../channel/body.ts";
import type { Channel } from "../channel/channel.ts";
import {
  EntryError,
  entryError,
  GreetingError,
  naming,
  RefusalError,
  SessionError,
} from "../errors.ts";
import type { Files, OpenFile, Times } from "../files/files.ts";
import { decodeName } from "../files/name_bytes.ts";
import type { StorePolicy } from "../files/store.ts";
import { StoredFile } from "../files/stored_file.ts";
import { StoredFolder } from "../files/stored_folder.ts";
import type { FileProgress, Observer } from "../progress/observer.ts";
import { quoted } from "../progress/printable.ts";
import { type Ahead, Answers } from "./answers.ts";
import {
  areReal,
  type EntryRules,
  isContent,
  refusalOf,
} from "./entry_rules.ts";
import type { Namesakes } from "../files/namesakes.ts";
import { folderLevel, type Level, pathIn } from "./level.ts";
import type {
  FileRecord,
  FolderRecord,
  ScpRecord,
  TimesRecord,
} from "./messages.ts";
import { ScpPeer } from "./peer.ts";
import { WatchedChannel } from "./silence.ts";

export interface SinkOptions extends EntryRules {
  /** Refuse a target that is no folder. */
  readonly targetIsFolder: boolean;
  /** Let a target that is no folder take each entry; else only the first. */
  readonly overwriteTarget: boolean;
  /**
   * Whether a shell's words may be taken for the source's: then what breaks the
   * first entry is a `GreetingError`, and leaves nothing of it behind.
   */
  readonly mayHearShell: boolean;
  /**
   * How far acknowledgements run ahead. What is acknowledged before it came and
   * cannot be stored is read, dropped, and told to the observer alone.
   */
  readonly ahead: Ahead;
  /** Name of what comes at the top, whatever the source calls it. */
  readonly topName?: string;
  /** Names that other copies put into the target; absent where there are none. */
  readonly among?: Namesakes;
  readonly store: StorePolicy;
}

/** What came until the source ended. */
export interface Received {
  /** How many files and folders, refused ones included. */
  readonly entries: number;
  /** Whether the source said so itself, by an `E` for no folder. */
  readonly isToldEnd: boolean;
  /** The folder it ended in: some of what belongs there has not come. */
  readonly endedInside?: string;
}

/** Takes what is stored nowhere. */
const NOWHERE: Pick<OpenFile, "write"> = { write: async () => {} };

/**
 * The receiving side of the SCP protocol. Each record is answered once: with
 * an acknowledgement, or with why the entry is refused; what breaks the
 * protocol is answered and ends it.
 */
export class Sink {
  readonly #peer: ScpPeer;
  readonly #files: Files;
  readonly #options: SinkOptions;
  readonly #observer: Observer;
  readonly #answers: Answers;
  #levels: Level[] = [];
  /** Times that wait for their entry; gone once it came, refused or not. */
  #times: Times | undefined;
  #entries = 0;

  constructor(
    channel: Channel,
    files: Files,
    options: SinkOptions,
    observer: Observer,
  ) {
    const watched = new WatchedChannel(channel, {
      isOn: () => this.#answers.mayBeSwallowed,
      onSilence: () => this.#answers.repeat(),
      onInput: () => this.#answers.taken(),
    });
    this.#peer = new ScpPeer(watched, {
      mayHearShell: options.mayHearShell,
      overheard: (line) =>
        observer.explained(() => `Sink: ${decodeName(line)}`),
    });
    this.#files = files;
    this.#options = options;
    this.#observer = observer;
    this.#answers = new Answers(this.#peer, options.ahead, observer);
  }

  /**
   * Tells the source to begin: what it sends goes into `target`, the directory
   * if it is one, else that very path.
   *
   * @throws {RefusalError} If the target has to be a directory and is none.
   */
  async begin(target: string): Promise<void> {
    const found = await this.#files.attributes(target).catch(entryError);
    const isFolder = !(found instanceof EntryError) && found.kind === "folder";
    if (this.#options.targetIsFolder && !isFolder) {
      return await this.refuse(
        found instanceof EntryError
          ? found.message
          : `${target}: Not a directory`,
      );
    }
    const { among } = this.#options;
    this.#levels = [
      isFolder
        ? folderLevel(this.#files, {
          path: target,
          ...(among === undefined ? {} : { among }),
        })
        : { path: target, isFolder },
    ];
    await this.#ok();
    await this.#peer.channel.flush();
  }

  /** Begins, and receives all that the source sends; throws as both do. */
  async receive(target: string): Promise<Received> {
    await this.begin(target);
    return await this.receiveEntries();
  }

  /**
   * Receives all that the source sends.
   *
   * @throws {GreetingError} If what comes first is no entry that was asked for
   * and may be a shell's.
   * @throws {ProtocolError} If the source breaks the protocol later, sends what
   * was not asked for, or gives up. What arrived whole before stays.
   * @throws {SessionError} If the connection is lost.
   */
  async receiveEntries(): Promise<Received> {
    for (let isFirst = true;;) {
      const record = await this.#peer.nextRecord();
      if (record === undefined) break;
      const depth = this.#levels.length;
      if (!await this.#take(record, isFirst)) break;
      isFirst = this.#levels.length > depth;
    }
    const isToldEnd = this.#levels.length === 0;
    const endedInside = await this.#leaveOpenFolders();
    return {
      entries: this.#entries,
      isToldEnd,
      ...(endedInside === undefined ? {} : { endedInside }),
    };
  }

  /**
   * Tells the source that there is no target for it.
   *
   * @throws {RefusalError} Always, with the same words.
   */
  async refuse(message: string): Promise<never> {
    await this.#peer.sendFailure(message);
    throw new RefusalError(message);
  }

  get #level(): Level {
    return this.#levels.at(-1)!;
  }

  /** Answers one record. Resolves to whether more may come. */
  async #take(record: ScpRecord, isFirst: boolean): Promise<boolean> {
    switch (record.kind) {
      case "warning":
        this.#peer.understand();
        this.#observer.failed(record.text);
        return true;
      case "fatal":
        throw new RefusalError(record.text);
      case "times":
        this.#keepTimes(record);
        // Its entry follows, and the body or the end of that one.
        await this.#ok(2);
        return true;
      case "file":
      case "folder":
        await this.#takeEntry(record);
        return true;
      case "end":
        await this.#leaveFolder();
        return this.#levels.length > 0;
      case "unknown":
        // A shell that fails says so in words of its own, before any record.
        await this.#peer.sendFailure(
          isFirst ? record.text : "protocol error: expected control record",
        );
        throw this.#peer.violation(
          `the far side said ${quoted(record.text)} instead of a record`,
        );
      default:
        return record satisfies never;
    }
  }

  #keepTimes(record: TimesRecord): void {
    this.#times = areReal(record) ? record : undefined;
    if (this.#times === undefined) {
      this.#observer.warned("times out of range are not set");
    }
  }

  async #takeEntry(record: FileRecord | FolderRecord): Promise<void> {
    const depth = this.#levels.length - 1;
    const place = { depth, entriesBefore: this.#entries };
    const refusal = refusalOf(record, place, this.#options);
    if (refusal !== undefined) await this.#peer.refuse(refusal);
    const times = this.#times;
    this.#times = undefined;
    this.#entries++;
    if (this.#level.isLost) return await this.#drop(record);
    try {
      if (record.kind === "folder" && isContent(place, this.#options)) {
        return await this.#enterTarget(record, times);
      }
      const { topName } = this.#options;
      const path = await this.#place(
        depth === 0 && topName ? topName : record.name,
      );
      if (record.kind === "file") await this.#receiveFile(record, path, times);
      else await this.#enterFolder(record, path, times);
    } catch (error) {
      await this.#refuse(record, entryError(error));
    }
  }

  /** Refuses an entry or, if it was acknowledged before it came, drops it. */
  async #refuse(
    record: FileRecord | FolderRecord,
    { message }: EntryError,
  ): Promise<void> {
    this.#observer.failed(message);
    if (this.#answers.isGiven) await this.#drop(record);
    else await this.#answers.fail(message);
  }

  /** Takes an entry that is stored nowhere. */
  async #drop(record: FileRecord | FolderRecord): Promise<void> {
    const { isLost, path: above } = this.#level;
    // The paths of deep directories, each with all above it, are long.
    const path = isLost ? above : this.#files.join(above, record.name);
    if (record.kind === "folder") {
      this.#levels.push({ path, isFolder: true, isLost: true });
      return await this.#ok();
    }
    await this.#ok(1);
    const { size } = record;
    const { received } = await receiveBody(this.#peer.channel, NOWHERE, {
      size,
      moved: () => {},
    });
    if (received < size) await this.#breakOff(path, received, size);
    await this.#takeVerdict();
    await this.#ok();
  }

  async #place(name: string): Promise<string> {
    const { path, isFolder } = this.#level;
    if (isFolder) return await pathIn(this.#level, name, this.#files);
    if (this.#entries > 1 && !this.#options.overwriteTarget) {
      throw new EntryError(`${path}: Not a directory: no place for ${name}`);
    }
    return path;
  }

  /** Enters the target itself: one that was there keeps its mode and times. */
  async #enterTarget(
    record: FolderRecord,
    times: Times | undefined,
  ): Promise<void> {
    const { path, isFolder } = this.#level;
    if (!isFolder) return await this.#enterFolder(record, path, times);
    await this.#goInto(folderLevel(this.#files, { path }));
  }

  async #enterFolder(
    { mode }: FolderRecord,
    path: string,
    times: Times | undefined,
  ): Promise<void> {
    const { store } = this.#options;
    const replaced = await this.#files.find(path);
    const folder = await StoredFolder.enter(
      this.#files,
      { path, mode, replaced },
      store,
    );
    await this.#goInto(folderLevel(this.#files, { path, folder, times }));
  }

  async #goInto(level: Level): Promise<void> {
    this.#levels.push(level);
    this.#peer.understand();
    await this.#ok();
  }

  async #leaveFolder(): Promise<void> {
    const { folder, times } = this.#levels.pop()!;
    this.#times = undefined;
    await this.#answer(await folder?.leave(times));
  }

  /** Leaves what the source did not; gives the innermost of them. */
  async #leaveOpenFolders(): Promise<string | undefined> {
    const innermost = this.#levels.length > 1 ? this.#level.path : undefined;
    while (this.#levels.length > 1) {
      const { folder, times } = this.#levels.pop()!;
      const failure = await folder?.leave(times);
      if (failure !== undefined) this.#observer.failed(failure.message);
    }
    return innermost;
  }

  /** @throws {EntryError} If the file cannot be opened, before any answer. */
  async #receiveFile(
    { mode, size, name }: FileRecord,
    path: string,
    times: Times | undefined,
  ): Promise<void> {
    using stored = await StoredFile.create(
      this.#files,
      { path, mode },
      this.#options.store,
    );
    await this.#ok(1);
    await this.#answer(await this.#receiveContent(stored, name, size, times));
  }

  /** Takes a body and the source's verdict on it; gives what failed here. */
  async #receiveContent(
    stored: StoredFile,
    name: string,
    size: number,
    times: Times | undefined,
  ): Promise<EntryError | undefined> {
    const progress = this.#observer.began(name, size);
    try {
      const failure = await this.#receiveBody(stored, size, progress);
      await this.#takeVerdict().catch(async (error) => {
        if (error instanceof GreetingError) await stored.discard(size);
        else if (failure === undefined) await stored.abandon(size);
        else this.#observer.failed(failure.message);
        throw naming(stored.path, error);
      });
      return failure ?? await stored.finish(size, times);
    } finally {
      progress.ended();
    }
  }

  async #receiveBody(
    stored: StoredFile,
    size: number,
    progress: FileProgress,
  ): Promise<EntryError | undefined> {
    const { received, written, failure } = await receiveBody(
      this.#peer.channel,
      stored.file,
      { size, moved: (bytes) => progress.moved(bytes) },
    );
    if (received < size || failure !== undefined) await stored.abandon(written);
    if (received === size) return failure;
    if (failure !== undefined) this.#observer.failed(failure.message);
    return await this.#breakOff(stored.path, received, size);
  }

  /** For a body that ends too early. */
  async #breakOff(
    path: string,
    received: number,
    size: number,
  ): Promise<never> {
    await this.#peer.sendFailure("Broken pipe");
    throw new SessionError(
      `${path}: lost connection after ${received} of ${size} bytes`,
    );
  }

  /** What the source says of the body it sent: whole, or read with errors. */
  async #takeVerdict(): Promise<void> {
    const warning = await this.#peer.nextWarning();
    this.#peer.understand();
    if (warning !== undefined) this.#observer.failed(warning);
  }

  /**
   * Acknowledges what is to be answered next.
   *
   * @param following How many answers it brings with it; those to the ends of
   * the folders that the source is in are to come as well.
   */
  async #ok(following = 0): Promise<void> {
    const depth = this.#levels.length - 1;
    await this.#answers.ok(following + Math.max(0, depth), depth > 0);
  }

  async #answer(failure: EntryError | undefined): Promise<void> {
    if (failure === undefined) return await this.#ok();
    await this.#answers.fail(failure.message);
    this.#observer.failed(failure.message);
  }
}
