import { receiveBody } from "../channel/body.ts";
import type { Channel } from "../channel/channel.ts";
import {
  EntryError,
  entryError,
  ProtocolError,
  SessionError,
} from "../errors.ts";
import type { Files, Times } from "../files/files.ts";
import { decodeName } from "../files/name_bytes.ts";
import { isPlainName, type Platform } from "../files/names.ts";
import { StoredFile, StoredFolder, type StorePolicy } from "../files/store.ts";
import type { Observer } from "../progress/observer.ts";
import type {
  FileRecord,
  FolderRecord,
  ScpRecord,
  TimesRecord,
} from "./messages.ts";
import { ScpPeer } from "./peer.ts";

export interface SinkOptions {
  /** Accept folders. */
  readonly recursive: boolean;
  /** Refuse a target that is no folder. */
  readonly targetIsFolder: boolean;
  /** Whether a name that comes at the top is one that was asked for. */
  isWanted(name: string): boolean;
  readonly platform: Platform;
  readonly store: StorePolicy;
}

/** The latest time a clock here can hold, in milliseconds since 1970 UTC. */
const LAST_MOMENT = 8.64e15;

/** Where the records that come now belong. */
interface Level {
  /** The folder they go into; at the top, perhaps the target itself. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Absent at the top, whose folder is not ours to change. */
  readonly folder?: StoredFolder;
  readonly times?: Times | undefined;
}

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
    this.#peer = new ScpPeer(
      channel,
      (line) => observer.explained(() => `Sink: ${decodeName(line)}`),
    );
    this.#files = files;
    this.#options = options;
    this.#observer = observer;
  }

  /**
   * Receives all that the source sends into `target`: into the folder if it is
   * one, else under that very path, which only the first entry can have.
   *
   * @returns How many files and folders came, refused ones included.
   * @throws {ProtocolError} If the source breaks the protocol, sends what was
   * not asked for, or gives up. What arrived whole before stays.
   * @throws {SessionError} If the connection is lost.
   */
  async receive(target: string): Promise<number> {
    const found = await this.#files.attributes(target).catch(entryError);
    const isFolder = !(found instanceof EntryError) && found.kind === "folder";
    if (this.#options.targetIsFolder && !isFolder) {
      throw await this.#violation(
        found instanceof EntryError
          ? found.message
          : `${target}: Not a directory`,
      );
    }
    this.#levels = [{ path: target, isFolder }];
    await this.#peer.sendOk();
    for (let isFirst = true;;) {
      const record = await this.#nextRecord();
      if (record === undefined) break;
      const depth = this.#levels.length;
      if (!await this.#take(record, isFirst)) break;
      isFirst = this.#levels.length > depth;
    }
    if (this.#levels.length > 1) {
      throw new ProtocolError(
        `protocol error: the far side ended inside ${this.#level.path}`,
      );
    }
    return this.#entries;
  }

  get #level(): Level {
    return this.#levels.at(-1)!;
  }

  async #nextRecord(): Promise<ScpRecord | undefined> {
    try {
      return await this.#peer.nextRecord();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw await this.#violation(error.message);
    }
  }

  /** Answers one record. Resolves to whether more may come. */
  async #take(record: ScpRecord, isFirst: boolean): Promise<boolean> {
    switch (record.kind) {
      case "warning":
        this.#observer.failed(record.text);
        return true;
      case "fatal":
        throw new ProtocolError(record.text);
      case "times":
        this.#keepTimes(record);
        await this.#peer.sendOk();
        return true;
      case "file":
      case "folder":
        await this.#takeEntry(record);
        return true;
      case "end":
        await this.#leaveFolder();
        await this.#peer.sendOk();
        return this.#levels.length > 0;
      case "unknown":
        // A shell that fails says so in words of its own, before any record.
        throw await this.#violation(
          isFirst ? record.text : "protocol error: expected control record",
        );
      default:
        return record satisfies never;
    }
  }

  /** OpenSSH's sink, too, acknowledges times that it cannot set. */
  #keepTimes(record: TimesRecord): void {
    const { modified, accessed } = record;
    const areReal = Math.max(modified, accessed) <= LAST_MOMENT;
    this.#times = areReal ? record : undefined;
    if (!areReal) this.#observer.warned("times out of range are not set");
  }

  async #takeEntry(record: FileRecord | FolderRecord): Promise<void> {
    await this.#checkName(record.name);
    if (record.kind === "folder" && !this.#options.recursive) {
      throw await this.#violation(
        "protocol error: received directory without -r",
      );
    }
    const times = this.#times;
    this.#times = undefined;
    this.#entries++;
    try {
      const path = this.#place(record.name);
      if (record.kind === "file") await this.#receiveFile(record, path, times);
      else await this.#enterFolder(record, path, times);
    } catch (error) {
      await this.#fail(entryError(error));
    }
  }

  async #checkName(name: string): Promise<void> {
    if (!isPlainName(name, this.#options.platform)) {
      throw await this.#violation(`error: unexpected filename: ${name}`);
    }
    if (this.#levels.length === 1 && !this.#options.isWanted(name)) {
      throw await this.#violation(
        "protocol error: filename does not match request",
      );
    }
  }

  #place(name: string): string {
    const { path, isFolder } = this.#level;
    if (isFolder) return this.#files.join(path, name);
    if (this.#entries > 1) {
      throw new EntryError(`${path}: Not a directory: no place for ${name}`);
    }
    return path;
  }

  async #enterFolder(
    { mode }: FolderRecord,
    path: string,
    times: Times | undefined,
  ): Promise<void> {
    const { store } = this.#options;
    const folder = await StoredFolder.enter(this.#files, path, mode, store);
    this.#levels.push({ path, isFolder: true, folder, times });
    await this.#peer.sendOk();
  }

  async #leaveFolder(): Promise<void> {
    const { folder, times } = this.#levels.pop()!;
    this.#times = undefined;
    const failure = await folder?.leave(times);
    if (failure !== undefined) this.#observer.failed(failure.message);
  }

  /** @throws {EntryError} If the file cannot be opened, before any answer. */
  async #receiveFile(
    { mode, size, name }: FileRecord,
    path: string,
    times: Times | undefined,
  ): Promise<void> {
    const { store } = this.#options;
    using stored = await StoredFile.open(this.#files, path, mode, store);
    await this.#peer.sendOk();
    const failure = await this.#receiveContent(stored, name, size, times);
    if (failure === undefined) await this.#peer.sendOk();
    else await this.#fail(failure);
  }

  /** Takes a body and the source's verdict on it; gives what failed here. */
  async #receiveContent(
    stored: StoredFile,
    name: string,
    size: number,
    times: Times | undefined,
  ): Promise<EntryError | undefined> {
    this.#observer.began(name, size);
    try {
      const failure = await this.#receiveBody(stored, size);
      await this.#takeVerdict();
      return failure ?? await stored.finish(size, times);
    } finally {
      this.#observer.ended();
    }
  }

  async #receiveBody(
    stored: StoredFile,
    size: number,
  ): Promise<EntryError | undefined> {
    const { received, written, failure } = await receiveBody(
      this.#peer.channel,
      stored.file,
      { size, moved: (bytes) => this.#observer.moved(bytes) },
    );
    if (received < size || failure !== undefined) await stored.abandon(written);
    if (received === size) return failure;
    throw new SessionError(
      `${stored.path}: lost connection after ${received} of ${size} bytes`,
    );
  }

  /** What the source says of the body it sent: whole, or read with errors. */
  async #takeVerdict(): Promise<void> {
    const warning = await this.#peer.nextWarning((text) =>
      `protocol error: the far side said "${text}" after a file`
    );
    if (warning !== undefined) this.#observer.failed(warning);
  }

  /** Answers an entry that failed here, and reports it. */
  async #fail({ message }: EntryError): Promise<void> {
    await this.#peer.sendFailure(message);
    this.#observer.failed(message);
  }

  /** Answers what breaks the protocol; gives the error to throw for it. */
  async #violation(message: string): Promise<ProtocolError> {
    await this.#peer.sendFailure(message);
    return new ProtocolError(message);
  }
}
