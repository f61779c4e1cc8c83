import { receiveBody } from "../channel/body.ts";
import {
  type EntryError,
  naming,
  SessionError,
  UnexpectedOutputError,
} from "../errors.ts";
import type { OpenFile, Times } from "../filesystem/file_system.ts";
import type { StoredFile } from "../filesystem/stored_file.ts";
import type { Observer } from "../events/copy_event.ts";
import { type FileProgress, startFile } from "../events/file_progress.ts";
import type { FileRecord } from "./wire/records.ts";
import type { ScpPeer } from "./peer.ts";

/** File whose content is stored nowhere. */
const NOWHERE: Pick<OpenFile, "write"> = { write: async () => {} };

/** Takes the bodies of files, each with the source's verdict behind it. */
export class BodyReceiver {
  readonly #peer: ScpPeer;
  readonly #observer: Observer;

  constructor(peer: ScpPeer, observer: Observer) {
    this.#peer = peer;
    this.#observer = observer;
  }

  /**
   * Stores a body; gives the first thing that failed here.
   *
   * @param times Those that the file gets; absent if it keeps its own.
   * @throws {UnexpectedOutputError} If something else is said behind it, perhaps by a
   * shell: then nothing of it is left.
   * @throws {ProtocolError} If the source says something else or gives up.
   * @throws {SessionError} If the body or the verdict is cut.
   */
  async receive(
    stored: StoredFile,
    { name, size }: Pick<FileRecord, "name" | "size">,
    times: Times | undefined,
  ): Promise<EntryError | undefined> {
    const progress = startFile(this.#observer, name, size);
    try {
      const failure = await this.#receiveBody(stored, size, progress);
      await this.#takeVerdict().catch(async (error) => {
        if (error instanceof UnexpectedOutputError) await stored.discard(size);
        else if (failure === undefined) await stored.abandon(size);
        else {this.#observer.report({
            kind: "failure",
            message: failure.message,
          });}
        throw naming(stored.path, error);
      });
      return failure ?? await stored.finish(size, times);
    } finally {
      progress.finished();
    }
  }

  /** Reads a body that is stored nowhere; throws as `receive`. */
  async drop(path: string, size: number): Promise<void> {
    const { received } = await receiveBody(this.#peer.channel, NOWHERE, {
      size,
      moved: () => {},
    });
    if (received < size) await this.#breakOff(path, received, size);
    await this.#takeVerdict();
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
    if (failure !== undefined) {
      this.#observer.report({ kind: "failure", message: failure.message });
    }
    return await this.#breakOff(stored.path, received, size);
  }

  /** Ends the dialogue where a body ends too early. */
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

  /** Reads the source's verdict on the body it sent: whole, or with errors. */
  async #takeVerdict(): Promise<void> {
    const warning = await this.#peer.nextWarning();
    this.#peer.understand();
    if (warning !== undefined) {
      this.#observer.report({ kind: "failure", message: warning });
    }
  }
}
