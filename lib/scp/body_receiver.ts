import { receiveBody } from "../channel/body.ts";
import {
  type EntryError,
  SessionError,
  UnexpectedOutputError,
  withPath,
} from "../errors.ts";
import type { OpenFile, Times } from "../filesystem/file_system.ts";
import { leftText, type ReceivedFile, withLeft } from "../filesystem/store.ts";
import type { Observer } from "../events/copy_event.ts";
import { type FileProgress, startFile } from "../events/file_progress.ts";
import type { EntryReader } from "./entry_reader.ts";
import type { FileRecord } from "./wire/records.ts";

/** File whose content is stored nowhere. */
const NOWHERE: Pick<OpenFile, "write"> = { write: async () => {} };

/** Receives the bodies of files, each with the source's verdict behind it. */
export class BodyReceiver {
  readonly #reader: EntryReader;
  readonly #observer: Observer;
  readonly #unwanted = { files: 0, bytes: 0 };

  constructor(reader: EntryReader, observer: Observer) {
    this.#reader = reader;
    this.#observer = observer;
  }

  /**
   * Stores a body; gives the first local failure.
   *
   * @param times Times that the file gets; absent if it keeps its own.
   * @throws {UnexpectedOutputError} If something else is said behind it, perhaps
   * by a shell: then the file is discarded.
   * @throws {ProtocolError} If the source says something else or gives up.
   * @throws {SessionError} If the body or the verdict is cut.
   */
  async receive(
    stored: ReceivedFile,
    { name, size }: Pick<FileRecord, "name" | "size">,
    times: Times | undefined,
  ): Promise<EntryError | undefined> {
    const { path } = stored;
    const progress = startFile(this.#observer, { name, path, size });
    let isWhole = false;
    try {
      const failure = await this.#receiveBody(stored, size, progress);
      const warning = await this.#reader.readVerdict(path)
        .catch(async (error) => {
          if (error instanceof UnexpectedOutputError) {
            await stored.discard(size);
          } else if (failure === undefined) await stored.abandon(size);
          else this.#report(failure, path);
          throw withPath(path, error);
        });
      const flaw = failure ?? await stored.finish(size, times);
      isWhole = flaw === undefined && warning === undefined;
      return flaw;
    } finally {
      progress.finished();
      progress.settled(isWhole ? "copied" : "failed");
    }
  }

  /** Acknowledges a file, and reads its body, which is stored nowhere. */
  async drop(path: string, size: number): Promise<void> {
    await this.#reader.acknowledge(1);
    const { received } = await receiveBody(this.#reader.peer.channel, NOWHERE, {
      size,
      moved: () => {},
    });
    if (received < size) await this.#breakOff(path, { received, size });
    await this.#reader.readVerdict(path);
    await this.#reader.acknowledge();
  }

  /** Drops a body that the user did not want, and counts it. */
  async dropUnwanted(path: string, size: number): Promise<void> {
    this.#unwanted.files++;
    this.#unwanted.bytes += size;
    await this.drop(path, size);
  }

  /**
   * Warns of the bodies that came although the user did not want them.
   *
   * @param label Text that messages put before an entry of the source.
   */
  reportUnwanted(label: string): void {
    const { files, bytes } = this.#unwanted;
    if (files === 0) return;
    this.#observer.report({
      kind: "warning",
      message: `${label}over SCP what is left out comes all the same: ` +
        `${files} ${files === 1 ? "file" : "files"} of ${bytes} bytes dropped`,
    });
  }

  async #receiveBody(
    stored: ReceivedFile,
    size: number,
    progress: FileProgress,
  ): Promise<EntryError | undefined> {
    const { received, written, failure } = await receiveBody(
      this.#reader.peer.channel,
      stored.file,
      { size, moved: (bytes) => progress.moved(bytes) },
    );
    if (received === size && failure === undefined) return undefined;
    const left = await stored.abandon(written);
    const flaw = failure && withLeft(failure, left);
    if (received === size) return flaw;
    if (flaw !== undefined) this.#report(flaw, stored.path);
    return await this.#breakOff(stored.path, { received, size, left });
  }

  /** Ends the dialogue where a body ends too early. */
  async #breakOff(
    path: string,
    { received, size, left }: {
      received: number;
      size: number;
      left?: string | undefined;
    },
  ): Promise<never> {
    await this.#reader.peer.sendFailure("Broken pipe");
    throw new SessionError(
      `${path}: lost connection after ${received} of ${size} bytes` +
        leftText(left),
      { path },
    );
  }

  #report({ message }: EntryError, path: string): void {
    this.#observer.report({ kind: "failure", message, path });
  }
}
