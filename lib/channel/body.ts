import { asEntryError, EntryError, SessionError } from "../errors.ts";
import type { OpenFile } from "../filesystem/file_system.ts";
import { QuietFile } from "../filesystem/quiet_file.ts";
import type { Channel } from "./channel.ts";

/** Channel as those see it who only write to it. */
export type Output = Pick<
  Channel,
  "blockBytes" | "write" | "writeFrom" | "unseenBytes"
>;

/**
 * Sends exactly the first `size` bytes of `file`. Where the file ends early or a
 * read fails, zeros make up the rest, so that the peer stays in step.
 *
 * @param path Name of the file in a failure.
 * @param moved Called with the number of the file's bytes in each part that is sent.
 * @returns The failure for which zeros were sent.
 * @throws {SessionError} If the connection is lost.
 */
export async function sendBody(
  channel: Output,
  file: OpenFile,
  { path, size, moved }: {
    path: string;
    size: number;
    moved: (bytes: number) => void;
  },
): Promise<EntryError | undefined> {
  const body = { start: 0, length: size, moved };
  // The rest is read: once it is written, what went unseen is no more on the way.
  const length = size - (channel.unseenBytes ?? 0);
  const quiet = length > 0 && canSendUnseen(channel, file)
    ? await QuietFile.of(file)
    : undefined;
  const unseen = quiet === undefined
    ? 0
    : await sendUnseen(channel, file, { ...body, length }, quiet);
  const { sent, failure } = await sendRead(channel, file, body, unseen);
  if (failure !== undefined) return asEntryError(failure);
  if (unseen > 0 && !await quiet?.isUnchanged()) {
    return await changed(file, path, { sent, size });
  }
  return sent < size ? shrank(path, sent, size) : undefined;
}

/**
 * Gives the failure of a file that changed while it went unseen; none for one that only
 * grew.
 */
async function changed(
  file: OpenFile,
  path: string,
  { sent, size }: { sent: number; size: number },
): Promise<EntryError | undefined> {
  const found = await file.stat().catch(asEntryError);
  if (found instanceof EntryError) return found;
  if (found.size > size) return undefined;
  const there = Math.min(sent, found.size);
  return there < size
    ? shrank(path, there, size)
    : new EntryError(`${path}: the file changed while it was read`);
}

/** Part of a file that is to be sent. */
interface PartToSend {
  /** Byte of the file to begin at. */
  readonly start: number;
  /** Length in bytes. */
  readonly length: number;
  /** Called with the number of the file's bytes in each piece that is sent. */
  readonly moved?: (bytes: number) => void;
}

/** Part of a file that was sent. */
export interface SentPart {
  /** Count of the file's bytes in it; zeros made up the rest. */
  readonly sent: number;
  /** Error of a read; absent where the file ended early, or nothing is missing. */
  readonly failure?: unknown;
}

/**
 * Sends exactly `length` bytes: those of a file, and zeros for what it lacks, or for
 * what cannot be read. Until the peer has read them, those of a file that is cut may
 * become zeros, too.
 *
 * @throws {SessionError} If the connection is lost.
 */
export async function sendPart(
  channel: Output,
  file: Pick<OpenFile, "descriptor" | "read">,
  part: PartToSend,
): Promise<SentPart> {
  const unseen = canSendUnseen(channel, file)
    ? await sendUnseen(channel, file, part)
    : 0;
  return await sendRead(channel, file, part, unseen);
}

/**
 * Reads and sends what is left of a part, and zeros for what cannot be read.
 *
 * @param sent Bytes of the part that were sent.
 */
async function sendRead(
  channel: Output,
  file: Pick<OpenFile, "read">,
  { start, length, moved }: PartToSend,
  sent: number,
): Promise<SentPart> {
  if (sent === length) return { sent };
  const block = new Uint8Array(Math.min(length - sent, channel.blockBytes));
  let failure: { readonly failure?: unknown } = {};
  while (sent < length) {
    const piece = block.subarray(0, length - sent);
    const count = await file.read(piece, start + sent).catch((error) => {
      failure = { failure: error };
      return 0;
    });
    if (count === 0) break;
    await channel.write(piece.subarray(0, count));
    sent += count;
    moved?.(count);
  }
  if (sent < length) block.fill(0);
  for (let left = length - sent; left > 0; left -= block.length) {
    await channel.write(block.subarray(0, left));
  }
  return { sent, ...failure };
}

/** Tells whether a channel may take from a file itself. */
function canSendUnseen(
  { writeFrom }: Output,
  { descriptor }: Pick<OpenFile, "descriptor">,
): boolean {
  return descriptor !== undefined && writeFrom !== undefined;
}

/**
 * Sends as much of a part as the channel takes from the file itself.
 *
 * @param quiet The file, if no more is to be sent once it has changed.
 */
async function sendUnseen(
  channel: Output,
  file: Pick<OpenFile, "descriptor">,
  { start, length, moved }: PartToSend,
  quiet?: QuietFile,
): Promise<number> {
  let sent = 0;
  while (sent < length) {
    if (quiet !== undefined && !await quiet.isUnchanged()) break;
    const most = Math.min(length - sent, channel.blockBytes);
    const count = await channel.writeFrom!(file, start + sent, most);
    // Whoever reads the rest finds out why it is missing.
    if (count === undefined || count === 0) break;
    sent += count;
    moved?.(count);
  }
  return sent;
}

function shrank(path: string, sent: number, size: number): EntryError {
  return new EntryError(
    `${path}: the file shrank while it was read: ${sent} of ${size} bytes ` +
      "were there, zeros were sent for the rest",
  );
}

/** Result of receiving a body. */
export interface ReceivedBody {
  /** Bytes that came; fewer than announced if the stream ended. */
  readonly received: number;
  /** Bytes that are in the file. */
  readonly written: number;
  /** Failure for which some bytes that came are not in the file. */
  readonly failure?: EntryError;
}

/**
 * Receives `size` bytes into the start of `file`. After a failed write it reads and
 * drops the rest, so that the channel stays in step. It takes a lost connection for
 * the end of the stream.
 *
 * @param moved Called with the number of bytes in each part that comes.
 */
export async function receiveBody(
  channel: Channel,
  file: Pick<OpenFile, "write">,
  { size, moved }: { size: number; moved: (bytes: number) => void },
): Promise<ReceivedBody> {
  let received = 0;
  let written = 0;
  let failure: EntryError | undefined;
  while (received < size) {
    const limit = Math.min(size - received, channel.blockBytes);
    const part = await channel.read(limit, { soon: limit }).catch(noBytes);
    if (part.length === 0) break;
    received += part.length;
    moved(part.length);
    if (failure !== undefined) continue;
    try {
      await file.write(part, written);
      written += part.length;
    } catch (error) {
      failure = asEntryError(error);
    }
  }
  return { received, written, ...(failure === undefined ? {} : { failure }) };
}

function noBytes(error: unknown): Uint8Array {
  if (error instanceof SessionError) return new Uint8Array();
  throw error;
}
