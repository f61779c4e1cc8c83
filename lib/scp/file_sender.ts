import { sendBody } from "../channel/body.ts";
import { EntryError, SessionError, withName } from "../errors.ts";
import type { FileSystem, OpenFile } from "../filesystem/file_system.ts";
import type { Observer } from "../events/copy_event.ts";
import { type FileProgress, startFile } from "../events/file_progress.ts";
import { warnIfEncoded } from "./announcements.ts";
import { MAX_SPECULATION_BYTES } from "./wire/speculation.ts";
import type { Announcement } from "./sent_entry.ts";
import type { SinkDialogue } from "./sink_dialogue.ts";
import { SMALL_BYTES, SmallBodies } from "./small_bodies.ts";

/** Body that is being sent. */
interface SentBody {
  readonly path: string;
  /** As announced, in bytes. */
  readonly size: number;
  readonly progress: FileProgress;
}

/** Sends files: their records, and their content as the dialogue allows. */
export class FileSender {
  readonly #files: FileSystem;
  readonly #dialogue: SinkDialogue;
  readonly #observer: Observer;
  readonly #bodies = new SmallBodies();

  constructor(files: FileSystem, dialogue: SinkDialogue, observer: Observer) {
    this.#files = files;
    this.#dialogue = dialogue;
    this.#observer = observer;
  }

  /**
   * Sends a file, unless the sink refuses it.
   *
   * @returns False if the sink was lost before anything of the file was sent:
   * then it has to be sent again.
   * @throws {EntryError} If it cannot be read, before it is announced.
   */
  async send(path: string, name: string): Promise<boolean> {
    using file = await this.#files.openToRead(path);
    const attributes = await file.stat();
    if (attributes.kind !== "file") {
      throw new EntryError(`${path}: not a regular file`);
    }
    const body = await this.#bodies.read(file, {
      path,
      size: attributes.size,
      limit: this.#dialogue.maySpeculate ? MAX_SPECULATION_BYTES : SMALL_BYTES,
    });
    const size = body?.length ?? attributes.size;
    const announcement: Announcement = {
      path,
      record: { kind: "file", mode: attributes.mode, size, name },
      times: attributes,
    };
    warnIfEncoded(announcement, this.#observer);
    if (body !== undefined && await this.#dialogue.canSpeculate(body)) {
      return await this.#dialogue.speculate(announcement, body);
    }
    if (await this.#dialogue.offer(announcement)) {
      const progress = startFile(this.#observer, name, size);
      try {
        await this.#sendContent(body ?? file, { path, size, progress });
      } finally {
        progress.finished();
      }
    }
    return true;
  }

  async #sendContent(
    content: OpenFile | Uint8Array,
    sent: SentBody,
  ): Promise<void> {
    const { path, size } = sent;
    const { peer } = this.#dialogue;
    this.#dialogue.expectBodyReply(path, size);
    try {
      const failure = await this.#sendBytes(content, sent);
      if (failure === undefined) await peer.sendOk();
      else {
        await peer.sendFailure(failure.message);
        this.#observer.report({ kind: "failure", message: failure.message });
      }
    } catch (error) {
      // A sink that stopped reading may have said why.
      if (error instanceof SessionError) {
        await this.#dialogue.awaitReplies().catch(() => {});
      }
      throw withName(path, error);
    }
    if (this.#dialogue.isLockstep) await this.#dialogue.awaitReplies();
  }

  /** Sends a body; gives a failure to read it. */
  async #sendBytes(
    content: OpenFile | Uint8Array,
    { path, size, progress }: SentBody,
  ): Promise<EntryError | undefined> {
    const { channel } = this.#dialogue.peer;
    if (content instanceof Uint8Array) {
      if (size > 0) await channel.write(content);
      progress.moved(size);
      return undefined;
    }
    const failure = await sendBody(channel, content, {
      path,
      size,
      moved: (bytes) => progress.moved(bytes),
    });
    return failure ?? await grown(content, path, size);
  }
}

/** Gives the failure of a file that is longer than it was announced. */
async function grown(
  file: OpenFile,
  path: string,
  size: number,
): Promise<EntryError | undefined> {
  const { size: sizeNow } = await file.stat();
  if (sizeNow <= size) return undefined;
  return new EntryError(
    `${path}: the file grew while it was read: ${size} of ${sizeNow} bytes ` +
      "were sent",
  );
}
