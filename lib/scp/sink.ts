import { receiveBody } from "../channel/body.ts";
import type { Channel } from "../channel/channel.ts";
import {
  EntryError,
  entryError,
  GreetingError,
  ProtocolError,
  SessionError,
} from "../errors.ts";
import type { Files, Times } from "../files/files.ts";
import { decodeName } from "../files/name_bytes.ts";
import { isPlainName, type Platform } from "../files/names.ts";
import { StoredFile, StoredFolder, type StorePolicy } from "../files/store.ts";
import type { Observer } from "../progress/observer.ts";
import { quoted } from "../progress/printable.ts";
import {
  type FileRecord,
  type FolderRecord,
  LAST_MOMENT,
  type ScpRecord,
  type TimesRecord,
} from "./messages.ts";
import { ScpPeer } from "./peer.ts";

export interface SinkOptions {
  /** Accept folders. */
  readonly recursive: boolean;
  /** Refuse a target that is no folder. */
  readonly targetIsFolder: boolean;
  /** Let a target that is no folder take each entry; else only the first. */
  readonly overwriteTarget: boolean;
  /**
   * Whether a shell's words may be taken for the source's: then what breaks the
   * first entry is a `GreetingError`, and leaves nothing of it behind.
   */
  readonly mayHearShell: boolean;
  /** Why a name that comes at the top is not one that was asked for. */
  objectionTo(name: string): string | undefined;
  readonly platform: Platform;
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
  /** Whether what the source says has proven to be the protocol. */
  #isUnderstood = false;
  /** The line that came last; absent if it was cut. */
  #line: string | undefined;

  constructor(
    channel: Channel,
    files: Files,
    options: SinkOptions,
    observer: Observer,
  ) {
    this.#peer = new ScpPeer(channel, (line) => {
      this.#line = decodeName(line);
      observer.explained(() => `Sink: ${this.#line}`);
    });
    this.#files = files;
    this.#options = options;
    this.#observer = observer;
  }

  /**
   * Receives all that the source sends into `target`: into the folder if it is
   * one, else under that very path.
   *
   * @throws {GreetingError} If what comes first is no entry that was asked for
   * and may be a shell's.
   * @throws {ProtocolError} If the source breaks the protocol later, sends what
   * was not asked for, or gives up. What arrived whole before stays.
   * @throws {SessionError} If the connection is lost.
   */
  async receive(target: string): Promise<Received> {
    const found = await this.#files.attributes(target).catch(entryError);
    const isFolder = !(found instanceof EntryError) && found.kind === "folder";
    if (this.#options.targetIsFolder && !isFolder) {
      return await this.refuse(
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
   * @throws {ProtocolError} Always, with the same words.
   */
  async refuse(message: string): Promise<never> {
    await this.#peer.sendFailure(message);
    throw new ProtocolError(message);
  }

  get #level(): Level {
    return this.#levels.at(-1)!;
  }

  async #nextRecord(): Promise<ScpRecord | undefined> {
    this.#line = undefined;
    try {
      return await this.#peer.nextRecord();
    } catch (error) {
      if (error instanceof SessionError) {
        await this.#peer.sendFailure("protocol error: lost connection");
      }
      if (!(error instanceof ProtocolError)) throw error;
      const { message } = error;
      throw await this.#violation(
        message,
        this.#line === undefined
          ? message
          : `${message}: the far side said ${quoted(this.#line)}`,
      );
    }
  }

  /** Answers one record. Resolves to whether more may come. */
  async #take(record: ScpRecord, isFirst: boolean): Promise<boolean> {
    switch (record.kind) {
      case "warning":
        this.#isUnderstood = true;
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
        return this.#levels.length > 0;
      case "unknown":
        // A shell that fails says so in words of its own, before any record.
        throw await this.#violation(
          isFirst ? record.text : "protocol error: expected control record",
          `the far side said ${quoted(record.text)} instead of a record`,
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
    if (this.#levels.length > 1) return;
    const objection = this.#options.objectionTo(name);
    if (objection !== undefined) {
      const message = "protocol error: filename does not match request";
      throw await this.#violation(message, `${message}: ${objection}`);
    }
  }

  #place(name: string): string {
    const { path, isFolder } = this.#level;
    if (isFolder) return this.#files.join(path, name);
    if (this.#entries > 1 && !this.#options.overwriteTarget) {
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
    this.#isUnderstood = true;
    await this.#peer.sendOk();
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
      const failure = await folder!.leave(times);
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
    const { store } = this.#options;
    using stored = await StoredFile.open(this.#files, path, mode, store);
    await this.#peer.sendOk();
    await this.#answer(await this.#receiveContent(stored, name, size, times));
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
      await this.#takeVerdict().catch(async (error) => {
        if (error instanceof GreetingError) await stored.discard();
        else if (failure === undefined) await stored.abandon(size);
        throw error instanceof SessionError ? named(stored.path, error) : error;
      });
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
    await this.#peer.sendFailure("Broken pipe");
    throw new SessionError(
      `${stored.path}: lost connection after ${received} of ${size} bytes`,
    );
  }

  /** What the source says of the body it sent: whole, or read with errors. */
  async #takeVerdict(): Promise<void> {
    const warning = await this.#peer.nextWarning((text) =>
      this.#protocolError(
        `protocol error: the far side said ${quoted(text)} after a file`,
      )
    );
    this.#isUnderstood = true;
    if (warning !== undefined) this.#observer.failed(warning);
  }

  async #answer(failure: EntryError | undefined): Promise<void> {
    if (failure === undefined) await this.#peer.sendOk();
    else await this.#fail(failure);
  }

  /** Answers an entry that failed here, and reports it. */
  async #fail({ message }: EntryError): Promise<void> {
    await this.#peer.sendFailure(message);
    this.#observer.failed(message);
  }

  /**
   * Answers what breaks the protocol; gives the error to throw for it.
   *
   * @param said The error's words, where they are not those for the source.
   */
  async #violation(answer: string, said = answer): Promise<ProtocolError> {
    await this.#peer.sendFailure(answer);
    return this.#protocolError(said);
  }

  #protocolError(message: string): ProtocolError {
    return this.#options.mayHearShell && !this.#isUnderstood
      ? new GreetingError(message)
      : new ProtocolError(message);
  }
}

/** The same, said of an entry. */
function named(path: string, error: SessionError): SessionError {
  return new SessionError(`${path}: ${error.message}`, { cause: error });
}
