import type { Channel } from "../channel/channel.ts";
import { asEntryError, EntryError } from "../errors.ts";
import type {
  Attributes,
  DirectoryEntry,
  FileSystem,
} from "../filesystem/file_system.ts";
import { isDotName, withoutTrailingSlashes } from "../names/names.ts";
import { checkLoop } from "../filesystem/directory_loops.ts";
import { isOwnCopy } from "../filesystem/own_copy.ts";
import type { Observer } from "../events/copy_event.ts";
import { warnIfEncoded } from "./announcements.ts";
import { FileSender } from "./file_sender.ts";
import { RECORD_MODE_BITS } from "./wire/records.ts";
import type { Reconnect } from "./reconnect.ts";
import type { Announcement, SentDirectory, SentEntry } from "./sent_entry.ts";
import { SinkDialogue } from "./sink_dialogue.ts";

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
  /** Name that a directory may get by a target that was not there. */
  readonly targetName?: string;
}

/**
 * The sending side of the SCP protocol: walks files and directories, and reports
 * those that cannot be sent.
 */
export class Source {
  readonly #files: FileSystem;
  readonly #options: SourceOptions;
  readonly #observer: Observer;
  readonly #dialogue: SinkDialogue;
  /** Names of directories that the copy itself may make at its top. */
  readonly #ownWork = { began: Date.now(), names: new Set<string>() };
  #sender: FileSender;

  constructor(
    channel: Channel,
    files: FileSystem,
    options: SourceOptions,
    observer: Observer,
  ) {
    this.#files = files;
    this.#options = options;
    const { preserve, lockstep, targetName } = options;
    const { modeBits = RECORD_MODE_BITS } = options;
    if (targetName !== undefined) this.#ownWork.names.add(targetName);
    this.#observer = observer;
    this.#dialogue = new SinkDialogue(channel, {
      preserve,
      modeBits,
      lockstep,
      resend: (entries) => this.#resend(entries),
    }, observer);
    this.#sender = this.#newSender();
  }

  #newSender(): FileSender {
    return new FileSender(this.#files, this.#dialogue, this.#observer);
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
    return await this.#dialogue.begin();
  }

  /**
   * From now on, has the source reconnect where the sink is lost.
   *
   * @param reconnect Called twice at most: where a speculation is refused, and
   * where a sink takes one message at a time.
   */
  reconnectBy(reconnect: Reconnect): void {
    this.#dialogue.reconnectBy(reconnect);
  }

  /**
   * Does the same, and lets small bodies leave before their records are acknowledged
   * where a refusal only loses the sink.
   */
  speculateBy(reconnect: Reconnect): void {
    this.#dialogue.speculateBy(reconnect);
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
    await this.#sendEntry(given, this.#files.nameOf(given));
  }

  /** Waits for the replies to all that was sent; throws as `send`. */
  async end(): Promise<void> {
    await this.#dialogue.awaitReplies();
  }

  async #sendEntry(path: string, name: string): Promise<void> {
    try {
      const attributes = await this.#files.stat(path);
      if (attributes.kind === "file") return await this.#sendFile(path, name);
      if (attributes.kind !== "directory" || !this.#options.recursive) {
        throw new EntryError(`${path}: not a regular file`);
      }
      await this.#sendDirectory(path, name, attributes);
    } catch (error) {
      await this.#fail(path, asEntryError(error));
    }
  }

  async #fail(path: string, { message }: EntryError): Promise<void> {
    const isKept = this.#options.isClient && this.#dialogue.isLockstep;
    if (!isKept) {
      await this.#dialogue.warn(path, `scp: ${message}`);
    }
    this.#observer.report({ kind: "failure", message: message });
  }

  async #sendFile(path: string, name: string): Promise<void> {
    const isDone = await this.#sender.send(path, name);
    if (!isDone) await this.#sendEntry(path, name);
  }

  /** Sends speculations again that were lost with their sink. */
  async #resend(entries: readonly SentEntry[]): Promise<void> {
    // The last sender's buffer still holds the body of a file that waits.
    this.#sender = this.#newSender();
    for (const { path, speculation } of entries) {
      await this.#sendEntry(path, speculation!.name);
    }
  }

  async #sendDirectory(
    path: string,
    name: string,
    attributes: Attributes,
  ): Promise<void> {
    const above = this.#dialogue.directory;
    const { mode, identity, born } = attributes;
    checkLoop({ path, identity, above });
    if (above === undefined) this.#ownWork.names.add(name);
    else if (isOwnCopy({ name, born }, this.#ownWork)) {
      throw new EntryError(`${path}: cannot copy a directory into itself`);
    }
    const entries = await this.#files.readdir(path);
    const announcement = this.#announcementOf(path, name, attributes);
    if (!await this.#isTaken(announcement)) return;
    const directory: SentDirectory = {
      path,
      identity,
      above,
      announcement,
      canReopen: above?.canReopen !== false && (mode & 0o700) === 0o700,
    };
    this.#dialogue.enter(directory);
    await this.#sendEntries(entries, path);
    await this.#dialogue.leave(directory);
  }

  /** Gives the announcement of a directory; `undefined` if it gets none. */
  #announcementOf(
    path: string,
    name: string,
    attributes: Attributes,
  ): Announcement | undefined {
    const sent = this.#sentName(name);
    if (sent === undefined) return undefined;
    const { mode } = attributes;
    const record = { kind: "directory", mode, name: sent } as const;
    return { path, record, times: attributes };
  }

  /** Announces a directory that is announced at all; tells if it may be filled. */
  async #isTaken(announcement: Announcement | undefined): Promise<boolean> {
    if (announcement === undefined) return true;
    warnIfEncoded(announcement, this.#observer);
    // Once a directory is made, to send it again would put it into itself.
    this.#dialogue.peer.confirm();
    return await this.#dialogue.offer(announcement);
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
    directory: string,
  ): Promise<void> {
    try {
      for await (const { name } of entries) {
        await this.#sendEntry(this.#files.join(directory, name), name);
      }
    } catch (error) {
      await this.#fail(directory, asEntryError(error));
    }
  }
}
