import type { Channel } from "../channel/channel.ts";
import { asEntryError, EntryError, RefusalError } from "../errors.ts";
import type { FileSystem, Times } from "../filesystem/file_system.ts";
import { decodeName } from "../names/name_bytes.ts";
import type { Platform } from "../names/names.ts";
import type { NameCollisions } from "../filesystem/name_collisions.ts";
import type { StorePolicy } from "../filesystem/store.ts";
import { StoredFile } from "../filesystem/stored_file.ts";
import { StoredDirectory } from "../filesystem/stored_directory.ts";
import type { Observer } from "../events/copy_event.ts";
import { quoted } from "../names/printable.ts";
import { type AckPolicy, Answers } from "./answers.ts";
import { BodyReceiver } from "./body_receiver.ts";
import {
  areReal,
  type EntryRules,
  isContent,
  refusalOf,
  warnIfReceivedEncoded,
} from "./entry_rules.ts";
import { directoryLevel, type Level, OpenLevels, pathIn } from "./level.ts";
import type {
  DirectoryRecord,
  FileRecord,
  ScpRecord,
  TimesRecord,
} from "./wire/records.ts";
import { ScpPeer } from "./peer.ts";
import type { Received } from "./received.ts";
import { WatchedChannel } from "./silence.ts";

export interface SinkOptions extends EntryRules {
  /** Refuse a target that is no directory. */
  readonly targetIsDirectory: boolean;
  /** Let a target that is no directory take each entry; else only the first. */
  readonly overwriteTarget: boolean;
  /**
   * Expect a shell's words in place of the source's: then what breaks the first
   * entry is a `UnexpectedOutputError`, and leaves nothing of it behind.
   */
  readonly mayHearShell: boolean;
  /**
   * Lead of the acknowledgements over what they are for. What is acknowledged
   * before it came and cannot be stored is read, dropped, and told to the
   * observer alone.
   */
  readonly ackPolicy: AckPolicy;
  /** Name of what comes at the top, whatever the source calls it. */
  readonly topName?: string;
  /** Names that other copies put into the target; absent where there are none. */
  readonly among?: NameCollisions;
  /** Whose names the disk takes. */
  readonly platform: Platform;
  readonly store: StorePolicy;
}

/**
 * The receiving side of the SCP protocol. Each record is answered once: with
 * an acknowledgement, or with why the entry is refused; what breaks the
 * protocol is answered and ends it.
 */
export class Sink {
  readonly #peer: ScpPeer;
  readonly #files: FileSystem;
  readonly #options: SinkOptions;
  readonly #observer: Observer;
  readonly #answers: Answers;
  readonly #bodies: BodyReceiver;
  readonly #levels = new OpenLevels();
  /** Times that wait for their entry; gone once it came, refused or not. */
  #times: Times | undefined;
  #entries = 0;

  constructor(
    channel: Channel,
    files: FileSystem,
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
        observer.report({
          kind: "verbose",
          message: () => `Sink: ${decodeName(line)}`,
        }),
    });
    this.#files = files;
    this.#options = options;
    this.#observer = observer;
    this.#answers = new Answers(this.#peer, options.ackPolicy, observer);
    this.#bodies = new BodyReceiver(this.#peer, observer);
  }

  /**
   * Tells the source to begin: what it sends goes into `target`, the directory
   * if it is one, else that very path.
   *
   * @throws {RefusalError} If the target has to be a directory and is none.
   */
  async begin(target: string): Promise<void> {
    const found = await this.#files.stat(target).catch(asEntryError);
    const isDirectory = !(found instanceof EntryError) &&
      found.kind === "directory";
    if (this.#options.targetIsDirectory && !isDirectory) {
      return await this.refuse(
        found instanceof EntryError
          ? found.message
          : `${target}: Not a directory`,
      );
    }
    const { among } = this.#options;
    this.#levels.enter(
      isDirectory
        ? directoryLevel(this.#files, {
          path: target,
          ...(among === undefined ? {} : { among }),
        })
        : { path: target, isDirectory },
    );
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
   * @throws {UnexpectedOutputError} If what comes first is no entry that was asked for
   * and may be a shell's.
   * @throws {ProtocolError} If the source breaks the protocol later, sends what
   * was not asked for, or gives up. What arrived whole before stays.
   * @throws {SessionError} If the connection is lost.
   */
  async receiveEntries(): Promise<Received> {
    for (let isFirst = true;;) {
      const record = await this.#peer.nextRecord();
      if (record === undefined) break;
      const depth = this.#levels.count;
      if (!await this.#take(record, isFirst)) break;
      isFirst = this.#levels.count > depth;
    }
    const isToldEnd = this.#levels.count === 0;
    const endedInside = await this.#levels.leaveAll(this.#observer);
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

  /** Answers one record; tells if more may come. */
  async #take(record: ScpRecord, isFirst: boolean): Promise<boolean> {
    switch (record.kind) {
      case "warning":
        this.#peer.understand();
        this.#observer.report({ kind: "failure", message: record.text });
        return true;
      case "fatal":
        throw new RefusalError(record.text);
      case "times":
        this.#keepTimes(record);
        // Its entry follows, and the body or the end of that one.
        await this.#ok(2);
        return true;
      case "file":
      case "directory":
        await this.#takeEntry(record);
        return true;
      case "end":
        await this.#leaveDirectory();
        return this.#levels.count > 0;
      case "unknown":
        // A shell that fails says so in words of its own, before any record.
        await this.#peer.sendFailure(
          isFirst ? record.text : "protocol error: expected control record",
        );
        throw this.#peer.violation(
          `the remote said ${quoted(record.text)} instead of a record`,
        );
      default:
        return record satisfies never;
    }
  }

  #keepTimes(record: TimesRecord): void {
    this.#times = areReal(record) ? record : undefined;
    if (this.#times === undefined) {
      this.#observer.report({
        kind: "warning",
        message: "times out of range are not set",
      });
    }
  }

  async #takeEntry(record: FileRecord | DirectoryRecord): Promise<void> {
    const depth = this.#levels.count - 1;
    const place = { depth, entriesBefore: this.#entries };
    const refusal = refusalOf(record, place, this.#options);
    if (refusal !== undefined) await this.#peer.refuse(refusal);
    warnIfReceivedEncoded(record, this.#options, this.#observer);
    const times = this.#times;
    this.#times = undefined;
    this.#entries++;
    if (this.#levels.innermost.isLost) return await this.#drop(record);
    try {
      if (record.kind === "directory" && isContent(place, this.#options)) {
        return await this.#enterTarget(record, times);
      }
      const { topName } = this.#options;
      const path = await this.#place(
        depth === 0 && topName ? topName : record.name,
      );
      if (record.kind === "file") await this.#receiveFile(record, path, times);
      else await this.#enterDirectory(record, path, times);
    } catch (error) {
      await this.#refuse(record, asEntryError(error));
    }
  }

  /** Refuses an entry or, if it was acknowledged before it came, drops it. */
  async #refuse(
    record: FileRecord | DirectoryRecord,
    { message }: EntryError,
  ): Promise<void> {
    this.#observer.report({ kind: "failure", message: message });
    if (this.#answers.isGiven) await this.#drop(record);
    else await this.#answers.fail(message);
  }

  /** Takes an entry that is stored nowhere. */
  async #drop(record: FileRecord | DirectoryRecord): Promise<void> {
    const { isLost, path: above } = this.#levels.innermost;
    // The paths of deep directories, each with all above it, are long.
    const path = isLost ? above : this.#files.join(above, record.name);
    if (record.kind === "directory") {
      this.#levels.enter({ path, isDirectory: true, isLost: true });
      return await this.#ok();
    }
    await this.#ok(1);
    await this.#bodies.drop(path, record.size);
    await this.#ok();
  }

  async #place(name: string): Promise<string> {
    const { path, isDirectory } = this.#levels.innermost;
    if (isDirectory) {
      return await pathIn(this.#levels.innermost, name, {
        files: this.#files,
        platform: this.#options.platform,
      });
    }
    if (this.#entries > 1 && !this.#options.overwriteTarget) {
      throw new EntryError(`${path}: Not a directory: no place for ${name}`);
    }
    return path;
  }

  /** Enters the target itself: one that was there keeps its mode and times. */
  async #enterTarget(
    record: DirectoryRecord,
    times: Times | undefined,
  ): Promise<void> {
    const { path, isDirectory } = this.#levels.innermost;
    if (!isDirectory) return await this.#enterDirectory(record, path, times);
    await this.#goInto(directoryLevel(this.#files, { path }));
  }

  async #enterDirectory(
    { mode }: DirectoryRecord,
    path: string,
    times: Times | undefined,
  ): Promise<void> {
    const { store } = this.#options;
    const replaced = await this.#files.find(path);
    const directory = await StoredDirectory.enter(
      this.#files,
      { path, mode, replaced },
      store,
    );
    await this.#goInto(directoryLevel(this.#files, { path, directory, times }));
  }

  async #goInto(level: Level): Promise<void> {
    this.#levels.enter(level);
    this.#peer.understand();
    await this.#ok();
  }

  async #leaveDirectory(): Promise<void> {
    this.#times = undefined;
    await this.#answer(await this.#levels.leave());
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
    const failure = await this.#bodies.receive(stored, { name, size }, times);
    await this.#answer(failure);
  }

  /**
   * Acknowledges what is to be answered next.
   *
   * @param following Number of answers that it brings with it; those to the
   * ends of the directories that the source is in are to come as well.
   */
  async #ok(following = 0): Promise<void> {
    const depth = this.#levels.count - 1;
    await this.#answers.ok(following + Math.max(0, depth), depth > 0);
  }

  async #answer(failure: EntryError | undefined): Promise<void> {
    if (failure === undefined) return await this.#ok();
    await this.#answers.fail(failure.message);
    this.#observer.report({ kind: "failure", message: failure.message });
  }
}
