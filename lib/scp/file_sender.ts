import { type Output, sendBody } from "../channel/body.ts";
import { asEntryError, EntryError, SessionError, withPath } from "../errors.ts";
import type { FileSystem, OpenFile } from "../filesystem/file_system.ts";
import { givenMode, type GivenModes } from "../filesystem/store.ts";
import type { Observer } from "../events/copy_event.ts";
import { type FileProgress, startFile } from "../events/file_progress.ts";
import { warnIfEncoded } from "./announcements.ts";
import { TRIAL_BYTES } from "./pending_replies.ts";
import type { Announcement, FileStep } from "./sent_entry.ts";
import { SinkLostError } from "./sink_lost.ts";
import type { SinkSession } from "./sink_session.ts";
import { SMALL_BYTES, SmallBodies } from "./small_bodies.ts";
import {
  isSafeToSpeculate,
  SpeculationCheck,
  startsHarmlessly,
  TELLING_BYTES,
} from "./wire/speculation.ts";

/** Longest file that is read whole before it is speculated with, in bytes. */
const MAX_WHOLE_BYTES = 256 * 1024;

/** Longest speculation for a sink on trial, in bytes, beside its records. */
const MAX_TRIAL_BODY_BYTES = TRIAL_BYTES / 2;

/** File that is being sent. */
interface SentFile {
  readonly step: FileStep;
  readonly announcement: Announcement;
  /** Its content, or the open file itself. */
  readonly content: OpenFile | Uint8Array;
  /** As announced, in bytes. */
  readonly size: number;
}

/** Sends files to a sink: their records, and their content as the session allows. */
export class FileSender {
  readonly #files: FileSystem;
  readonly #session: SinkSession;
  readonly #observer: Observer;
  readonly #given: GivenModes | undefined;
  readonly #bodies = new SmallBodies();

  /** @param given Modes that files get, in place of their own. */
  constructor(
    files: FileSystem,
    session: SinkSession,
    observer: Observer,
    given: GivenModes | undefined,
  ) {
    this.#given = given;
    this.#files = files;
    this.#session = session;
    this.#observer = observer;
  }

  /**
   * Sends a file, unless the sink refuses it.
   *
   * @throws {EntryError} If it cannot be read, before it is announced.
   * @throws {SinkLostError} If the sink is lost.
   */
  async send(step: FileStep): Promise<void> {
    const { path, name } = step;
    using file = await this.#files.openToRead(path);
    const attributes = await file.stat();
    if (attributes.kind !== "file") {
      throw new EntryError(`${path}: not a regular file`);
    }
    step.accessed ??= attributes.accessed;
    const session = this.#session;
    const body = await this.#bodies.read(file, {
      path,
      size: attributes.size,
      limit: session.maySpeculate ? MAX_WHOLE_BYTES : SMALL_BYTES,
    });
    const size = body?.length ?? attributes.size;
    const announcement: Announcement = {
      path,
      record: {
        kind: "file",
        mode: givenMode("file", attributes.mode, this.#given),
        size,
        name,
      },
      times: { modified: attributes.modified, accessed: step.accessed },
    };
    warnIfEncoded(announcement, this.#observer);
    const sent = { step, announcement, content: body ?? file, size };
    const maySpeculate = session.maySpeculate &&
      !(session.isOnTrial && size > MAX_TRIAL_BODY_BYTES);
    if (maySpeculate && body !== undefined && isSafeToSpeculate(body)) {
      await this.#speculate(sent, body);
    } else if (maySpeculate && startsHarmlessly(await startOf(body ?? file))) {
      const awaitRecord = await session.beginSpeculation(announcement, sent);
      await this.#sendContent(
        sent,
        (channel) => new SpeculatingOutput(channel, size, awaitRecord),
      );
    } else if (await session.offer(announcement, step)) {
      await this.#sendContent(sent, (channel) => channel);
    }
  }

  /** Reports that a body begins to leave, perhaps once more. */
  #start(step: FileStep, size: number): FileProgress {
    step.progress?.settled("again");
    const { name, path } = step;
    return step.progress = startFile(this.#observer, { name, path, size });
  }

  async #speculate(
    { announcement, step }: SentFile,
    body: Uint8Array,
  ): Promise<void> {
    const progress = this.#start(step, body.length);
    try {
      await this.#session.speculate(announcement, step, body);
      progress.moved(body.length);
    } finally {
      progress.finished();
    }
  }

  /** @param over Gives the output that the content goes to. */
  async #sendContent(
    sent: SentFile,
    over: (channel: Output) => Output,
  ): Promise<void> {
    const { step, size } = sent;
    const { path } = step;
    const session = this.#session;
    session.expectBodyReply(step, size);
    const progress = this.#start(step, size);
    try {
      const channel = over(session.peer.channel);
      const failure = await sendBytes(channel, sent, progress);
      if (failure === undefined) await session.peer.sendOk();
      else {
        const { message } = failure;
        step.hasFailed = true;
        await session.peer.sendFailure(message);
        this.#observer.report({ kind: "failure", message, path });
      }
    } catch (error) {
      // A sink that stopped reading may have said why.
      if (error instanceof SessionError) {
        await session.awaitReplies().catch(unlessLost);
      }
      throw withPath(path, error);
    } finally {
      progress.finished();
    }
    if (session.isLockstep) await session.awaitReplies();
  }
}

/** Gives as many bytes of a content as tell whether they do harm. */
async function startOf(content: OpenFile | Uint8Array): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content;
  const start = new Uint8Array(TELLING_BYTES);
  const count = await content.read(start, 0).catch(asEntryError);
  return start.subarray(0, count instanceof EntryError ? 0 : count);
}

/** Sends a body; gives a failure to read it. */
async function sendBytes(
  channel: Output,
  { step: { path }, content, size }: SentFile,
  progress: FileProgress,
): Promise<EntryError | undefined> {
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

/**
 * Output for a body whose record is not acknowledged: what could do harm waits
 * until it is.
 */
class SpeculatingOutput implements Output {
  readonly #inner: Output;
  readonly #awaitRecord: () => Promise<void>;
  readonly #check = new SpeculationCheck();
  /** Bytes of the body that are still to be written. */
  #left: number;
  #isTaken = false;

  constructor(
    inner: Output,
    size: number,
    awaitRecord: () => Promise<void>,
  ) {
    this.#inner = inner;
    this.#left = size;
    this.#awaitRecord = awaitRecord;
  }

  get blockBytes(): number {
    return this.#inner.blockBytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#left -= bytes.length;
    const isLast = this.#left <= 0;
    const harmless = this.#isTaken
      ? bytes.length
      : this.#check.pass(bytes, { isLast });
    if (harmless > 0) await this.#inner.write(bytes.subarray(0, harmless));
    if (harmless === bytes.length) return;
    await this.#awaitRecord();
    this.#isTaken = true;
    await this.#inner.write(bytes.subarray(harmless));
  }
}

function unlessLost(error: unknown): void {
  if (error instanceof SinkLostError) throw error;
}
