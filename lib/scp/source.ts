import type { Channel } from "../channel/channel.ts";
import { asEntryError, EntryError } from "../errors.ts";
import type {
  Attributes,
  DirectoryEntry,
  FileSystem,
} from "../filesystem/file_system.ts";
import { givenMode, type GivenModes } from "../filesystem/store.ts";
import { isDotName, withoutTrailingSlashes } from "../names/names.ts";
import { checkLoop } from "../filesystem/directory_loops.ts";
import { isOwnCopy } from "../filesystem/own_copy.ts";
import type { Observer } from "../events/copy_event.ts";
import { warnIfEncoded } from "./announcements.ts";
import { RECORD_MODE_BITS } from "./wire/records.ts";
import type { Reconnect } from "./reconnect.ts";
import type { Layout } from "./layout.ts";
import {
  type Announcement,
  type FileStep,
  isRefused,
  type SentDirectory,
  type Step,
} from "./sent_entry.ts";
import { SinkSuccession } from "./sink_succession.ts";
import type { UploadUnit } from "./upload_units.ts";

/** Options of a source, for all that it sends. */
export interface SourceOptions {
  /** Send directories with their content. */
  readonly recursive: boolean;
  /** Send times too. */
  readonly preserve: boolean;
  /**
   * Record of a directory without a name of its own (`.`, `..`, `/`). `content`:
   * none, only the content is sent. `announced`: as scp -f sends it. Else under
   * this name.
   */
  readonly dotPaths: "content" | "announced" | { readonly name: string };
  /** Wait for the reply to each record and each body before the next step. */
  readonly lockstep: boolean;
  /**
   * Present for a client, whose user sees its reports: in lockstep it does not
   * warn the sink of failures as well. A sink that takes one message from each
   * packet would lose the next one.
   */
  readonly isClient?: true;
  /** Mode bits that are sent; absent: all that a record carries. */
  readonly modeBits?: number;
  /** Modes that entries get, in place of their own. */
  readonly given?: GivenModes | undefined;
  /** Name that a directory may get by a target that was not there. */
  readonly targetName?: string;
  /** Start of a copy that several sources make, by `Date.now()`. */
  readonly began?: number;
  /** Paths of directories that are units of their own. */
  readonly units?: ReadonlySet<string>;
  /**
   * Tells a file that need not be sent, since it is there; absent where all are sent.
   *
   * @throws {EntryError} If it cannot be looked at.
   */
  readonly leavesOut?: ((path: string) => Promise<boolean>) | undefined;
}

/**
 * The sending side of the SCP protocol: walks files and directories, and reports
 * those that cannot be sent.
 */
export class Source {
  readonly #files: FileSystem;
  readonly #options: SourceOptions;
  readonly #observer: Observer;
  readonly #sinks: SinkSuccession;
  /** Names of directories that the copy itself may make at its top. */
  readonly #ownWork: { readonly began: number; readonly names: Set<string> };
  /** Directories of units, as they are sent. */
  readonly #directories = new Map<UploadUnit, SentDirectory>();
  /** Unit that is being sent; absent where one source sends all. */
  #unit: UploadUnit | undefined;

  constructor(
    channel: Channel,
    files: FileSystem,
    options: SourceOptions,
    observer: Observer,
  ) {
    this.#files = files;
    this.#options = options;
    this.#observer = observer;
    const { targetName, modeBits = RECORD_MODE_BITS } = options;
    const { began = Date.now() } = options;
    this.#ownWork = { began, names: new Set<string>() };
    if (targetName !== undefined) this.#ownWork.names.add(targetName);
    this.#sinks = new SinkSuccession(
      channel,
      files,
      { ...options, modeBits },
      observer,
    );
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
    return await this.#sinks.begin();
  }

  /**
   * From now on, has the source reconnect where the sink is lost.
   *
   * @param reconnect Called twice at most: where a speculation is refused, and
   * where a sink takes one message at a time.
   */
  reconnectBy(reconnect: Reconnect): void {
    this.#sinks.reconnectBy(reconnect);
  }

  /**
   * Does the same, and lets bodies leave before their records are acknowledged
   * where a refusal only loses the sink. Nothing may have been sent yet.
   *
   * @param layout Layout of the first sink's target, where that is prepared. Then
   * `begin` must not be called: the sink need not be ready yet.
   */
  speculateBy(reconnect: Reconnect, layout?: Layout): void {
    this.#sinks.speculateBy(reconnect, layout);
  }

  /**
   * Sends a file, or a directory with its content. An entry that cannot be sent
   * is reported to the sink and to the observer, and the rest goes on. An entry
   * whose replies are pending may still be refused: `end` waits for that.
   *
   * @throws {UnexpectedOutputError} If the first reply is nonsense.
   * @throws {ProtocolError} If the sink gives up or replies nonsense later.
   * @throws {SessionError} If the connection is lost.
   */
  async send(path: string): Promise<void> {
    const given = withoutTrailingSlashes(path);
    const entry = { path: given, name: this.#files.nameOf(given) };
    await this.#sendEntry(entry, undefined);
    await this.#sinks.take({ kind: "directory", directory: undefined });
  }

  /**
   * Sends a unit, without those files of it that a sink has acknowledged; throws as
   * `send`.
   */
  async sendUnit(unit: UploadUnit): Promise<void> {
    this.#unit = unit;
    if (unit.planned === undefined) return await this.send(unit.path);
    try {
      const directory = await this.#directoryOf(unit);
      await this.#sendContent(directory);
    } catch (error) {
      await this.#sinks.fail(unit.path, asEntryError(error));
    }
  }

  async #directoryOf(unit: UploadUnit): Promise<SentDirectory> {
    const known = this.#directories.get(unit);
    if (known !== undefined) return known;
    const { path, above } = unit;
    const outer = above && await this.#directoryOf(above);
    const attributes = await this.#files.stat(path);
    if (attributes.kind !== "directory") {
      throw new EntryError(`${path}: Not a directory`);
    }
    const { name } = unit.planned!;
    const directory = this.#directoryFor({ path, name, attributes }, outer);
    this.#directories.set(unit, directory);
    return directory;
  }

  /** Waits for the replies to all that was sent; throws as `send`. */
  async end(): Promise<void> {
    await this.#sinks.take({ kind: "end" });
  }

  async #sendEntry(
    { path, name }: FoundEntry,
    above: SentDirectory | undefined,
  ): Promise<void> {
    const directory = await this.#sendFile({ path, name }, above);
    if (directory !== undefined) await this.#sendDirectory(directory, above);
  }

  /** Sends a file; gives a directory, which is left to the caller. */
  async #sendFile(
    { path, name, kind }: FoundEntry,
    above: SentDirectory | undefined,
  ): Promise<FoundDirectory | undefined> {
    const step = this.#stepFor(path, name, above);
    if (step.isAcknowledged) return undefined;
    try {
      if (kind === "file") {
        await this.#takeFile(step);
        return undefined;
      }
      const attributes = await this.#files.stat(path);
      if (attributes.kind === "directory" && this.#options.recursive) {
        return { path, name, attributes };
      }
      if (attributes.kind !== "file") {
        throw new EntryError(`${path}: not a regular file`);
      }
      await this.#takeFile(step);
    } catch (error) {
      await this.#sinks.fail(path, asEntryError(error));
    }
    return undefined;
  }

  async #takeFile(step: FileStep): Promise<void> {
    if (await this.#options.leavesOut?.(step.path)) step.isAcknowledged = true;
    else await this.#sinks.take(step);
  }

  /** Gives the step of a file: once more if another source has sent it. */
  #stepFor(
    path: string,
    name: string,
    directory: SentDirectory | undefined,
  ): FileStep {
    const before = this.#unit?.files.get(path);
    const step: FileStep = { ...before, kind: "file", path, name, directory };
    this.#unit?.files.set(path, step);
    return step;
  }

  async #sendDirectory(
    directory: FoundDirectory,
    above: SentDirectory | undefined,
  ): Promise<void> {
    try {
      await this.#sendContent(this.#directoryFor(directory, above));
    } catch (error) {
      await this.#sinks.fail(directory.path, asEntryError(error));
    }
  }

  #directoryFor(
    { path, name, attributes }: FoundDirectory,
    above: SentDirectory | undefined,
  ): SentDirectory {
    const { identity, born, modified } = attributes;
    const mode = this.#modeOf(attributes);
    checkLoop({ path, identity, above });
    if (above === undefined) this.#ownWork.names.add(name);
    else if (isOwnCopy({ name, born, modified }, this.#ownWork)) {
      throw new EntryError(`${path}: cannot copy a directory into itself`);
    }
    const announcement = this.#announcementOf(path, name, attributes);
    return {
      path,
      identity,
      above,
      announcement,
      canReopen: above?.canReopen !== false && (mode & 0o700) === 0o700,
    };
  }

  async #sendContent(directory: SentDirectory): Promise<void> {
    const { path, announcement } = directory;
    const entries = await this.#files.readdir(path);
    if (announcement !== undefined) {
      warnIfEncoded(announcement, this.#observer);
    }
    if (this.#unit?.path === path) this.#unit.directory = directory;
    const step: Step = { kind: "directory", directory };
    await this.#sinks.take(step);
    if (!isRefused(step)) await this.#sendEntries(entries, directory);
  }

  /** Gives the announcement of a directory; `undefined` if it gets none. */
  #announcementOf(
    path: string,
    name: string,
    attributes: Attributes,
  ): Announcement | undefined {
    const sent = this.#sentName(name);
    if (sent === undefined) return undefined;
    const mode = this.#modeOf(attributes);
    const record = { kind: "directory", mode, name: sent } as const;
    return { path, record, times: attributes };
  }

  /** Gives the mode that a directory is sent with. */
  #modeOf({ mode }: Attributes): number {
    return givenMode("directory", mode, this.#options.given);
  }

  /** Gives the name of a directory's record; `undefined` if it gets none. */
  #sentName(name: string): string | undefined {
    const { dotPaths } = this.#options;
    if (!isDotName(name)) return name;
    if (dotPaths === "content") return undefined;
    if (dotPaths === "announced") return name === "/" ? "" : name;
    return dotPaths.name;
  }

  async #sendEntries(
    entries: AsyncIterable<DirectoryEntry>,
    directory: SentDirectory,
  ): Promise<void> {
    const { path } = directory;
    const later: FoundDirectory[] = [];
    try {
      for await (const { name, kind } of entries) {
        const entry = { path: this.#files.join(path, name), name, kind };
        if (this.#options.units?.has(entry.path)) continue;
        const found = await this.#sendFile(entry, directory);
        if (found === undefined) continue;
        if (this.#sinks.filesFirst) later.push(found);
        else await this.#sendDirectory(found, directory);
      }
    } catch (error) {
      await this.#sinks.fail(path, asEntryError(error));
    }
    for (const found of later) await this.#sendDirectory(found, directory);
  }
}

/** Entry that the walk has found. */
interface FoundEntry {
  readonly path: string;
  readonly name: string;
  /** As in `DirectoryEntry`. */
  readonly kind?: DirectoryEntry["kind"];
}

interface FoundDirectory extends FoundEntry {
  readonly attributes: Attributes;
}
