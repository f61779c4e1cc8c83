import { sendBody } from "../channel/body.ts";
import type { Channel } from "../channel/channel.ts";
import { EntryError, entryError, naming, SessionError } from "../errors.ts";
import type {
  Attributes,
  Files,
  ListedEntry,
  OpenFile,
} from "../files/files.ts";
import { decodeName } from "../files/name_bytes.ts";
import { isNameless, withoutTrailingSlashes } from "../files/names.ts";
import { checkLoop, type OpenFolder } from "../files/open_folder.ts";
import type { FileProgress, Observer } from "../progress/observer.ts";
import {
  type FileRecord,
  type FolderRecord,
  formatRecord,
  needsEncoding,
} from "./messages.ts";
import { ScpPeer } from "./peer.ts";

export interface SourceOptions {
  /** Send folders with what they hold. */
  readonly recursive: boolean;
  /** Send times too. */
  readonly preserve: boolean;
  /**
   * Send a record for a folder without a name of its own (`.`, `..`, `/`), as
   * scp's far side does; else only what it holds.
   */
  readonly announceNameless: boolean;
}

/**
 * The sending side of the SCP protocol, in step: every record and every body
 * is acknowledged before the next one leaves.
 */
export class Source {
  readonly #peer: ScpPeer;
  readonly #files: Files;
  readonly #options: SourceOptions;
  readonly #observer: Observer;

  constructor(
    channel: Channel,
    files: Files,
    options: SourceOptions,
    observer: Observer,
  ) {
    this.#peer = new ScpPeer(channel);
    this.#files = files;
    this.#options = options;
    this.#observer = observer;
  }

  /**
   * Waits for the sink to be ready. Resolves to its words if it refuses its
   * target instead.
   *
   * @throws {GreetingError} If something else is said.
   * @throws {ProtocolError} If it gives up.
   * @throws {SessionError} If it ends.
   */
  async begin(): Promise<string | undefined> {
    return await this.#peer.nextWarning();
  }

  /**
   * Sends a file, or a folder with what it holds. An entry that cannot be sent
   * is reported to the sink and to the observer, and the rest goes on.
   *
   * @throws {GreetingError} If the first entry is answered with nonsense.
   * @throws {ProtocolError} If the sink gives up or answers nonsense later.
   * @throws {SessionError} If the connection is lost.
   */
  async send(path: string): Promise<void> {
    const given = withoutTrailingSlashes(path);
    await this.#sendEntry(given, this.#files.nameOf(given), undefined);
  }

  async #sendEntry(
    path: string,
    name: string,
    above: OpenFolder | undefined,
  ): Promise<void> {
    try {
      const attributes = await this.#files.attributes(path);
      if (attributes.kind === "file") return await this.#sendFile(path, name);
      if (attributes.kind !== "folder" || !this.#options.recursive) {
        throw new EntryError(`${path}: not a regular file`);
      }
      await this.#sendFolder(path, name, attributes, above);
    } catch (error) {
      await this.#fail(entryError(error));
    }
  }

  async #fail({ message }: EntryError): Promise<void> {
    await this.#peer.sendFailure(message);
    this.#observer.failed(message);
  }

  async #sendFile(path: string, name: string): Promise<void> {
    using file = await this.#files.openToRead(path);
    const attributes = await file.attributes();
    if (attributes.kind !== "file") {
      throw new EntryError(`${path}: not a regular file`);
    }
    const { mode, size } = attributes;
    const accepted = await this.#announce(
      { kind: "file", mode, size, name },
      path,
      attributes,
    );
    if (!accepted) return;
    const progress = this.#observer.began(name, size);
    try {
      await this.#naming(
        path,
        () => this.#sendContent(file, { path, size, progress }),
      );
    } finally {
      progress.ended();
    }
  }

  /** @throws {SessionError} If the connection is lost: a part has arrived. */
  async #sendContent(
    file: OpenFile,
    { path, size, progress }: {
      path: string;
      size: number;
      progress: FileProgress;
    },
  ): Promise<void> {
    const failure = await sendBody(this.#peer.channel, file, {
      path,
      size,
      moved: (bytes) => progress.moved(bytes),
    });
    const flaw = failure ?? await grown(file, path, size);
    if (flaw === undefined) await this.#peer.sendOk();
    else await this.#fail(flaw);
    await this.#acknowledged();
    this.#peer.understand();
  }

  async #sendFolder(
    path: string,
    name: string,
    attributes: Attributes,
    above: OpenFolder | undefined,
  ): Promise<void> {
    const folder = { path, identity: attributes.identity, above };
    checkLoop(folder);
    const entries = await this.#files.list(path);
    if (isNameless(name) && !this.#options.announceNameless) {
      return await this.#sendEntries(entries, folder);
    }
    const { mode } = attributes;
    const record = {
      kind: "folder",
      mode,
      name: name === "/" ? "" : name,
    } as const;
    // Once a folder is made, to send it again would put it into itself.
    this.#peer.understand();
    if (!await this.#announce(record, path, attributes)) return;
    await this.#sendEntries(entries, folder);
    await this.#peer.send({ kind: "end" });
    await this.#naming(path, () => this.#acknowledged());
  }

  async #sendEntries(
    entries: AsyncIterable<ListedEntry>,
    folder: OpenFolder,
  ): Promise<void> {
    try {
      for await (const { name } of entries) {
        const path = this.#files.join(folder.path, name);
        await this.#sendEntry(path, name, folder);
      }
    } catch (error) {
      await this.#fail(entryError(error));
    }
  }

  /** Sends an entry's times, if asked to, and its record. */
  async #announce(
    record: FileRecord | FolderRecord,
    path: string,
    { modified, accessed }: Attributes,
  ): Promise<boolean> {
    const bytes = formatRecord(record);
    if (needsEncoding(record.name)) {
      this.#observer.warned(
        `${path}: a newline cannot travel in a name: it arrives encoded`,
      );
    }
    if (this.#options.preserve) {
      const times = formatRecord({
        kind: "times",
        modified: wholeSeconds(modified),
        accessed: wholeSeconds(accessed),
      });
      const title = "Sending file timestamps";
      if (!await this.#naming(path, () => this.#offer(title, times))) {
        return false;
      }
    }
    const title = record.kind === "file"
      ? "Sending file modes"
      : "Entering directory";
    return await this.#naming(path, () => this.#offer(title, bytes));
  }

  /** Sends a record; whether the sink took it. */
  async #offer(title: string, record: Uint8Array): Promise<boolean> {
    this.#observer.explained(() => `${title}: ${decodeName(record).trimEnd()}`);
    await this.#peer.channel.write(record);
    return await this.#acknowledged();
  }

  /** What `step` resolves to; where it breaks off, the entry is named. */
  async #naming<T>(path: string, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (error instanceof SessionError) await this.#hearLastWords();
      throw naming(path, error);
    }
  }

  /** A sink that does not listen any more may have said why. */
  async #hearLastWords(): Promise<void> {
    try {
      await this.#acknowledged();
    } catch {
      // It has not.
    }
  }

  /** Whether the sink took it; its reason not to is reported. */
  async #acknowledged(): Promise<boolean> {
    const refusal = await this.#peer.nextWarning();
    if (refusal !== undefined) this.#observer.failed(refusal);
    return refusal === undefined;
  }
}

/** What to say of a file whose end was not there when it was announced. */
async function grown(
  file: OpenFile,
  path: string,
  size: number,
): Promise<EntryError | undefined> {
  const { size: sizeNow } = await file.attributes();
  if (sizeNow <= size) return undefined;
  return new EntryError(
    `${path}: the file grew while it was read: ${size} of ${sizeNow} bytes ` +
      "were sent",
  );
}

/** OpenSSH sends no fractions of a second. */
function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
