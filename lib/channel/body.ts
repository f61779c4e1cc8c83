import { asEntryError, EntryError, SessionError } from "../errors.ts";
import type { OpenFile } from "../filesystem/file_system.ts";
import type { Channel } from "./channel.ts";

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
  channel: Pick<Channel, "blockBytes" | "write" | "writeFrom">,
  file: OpenFile,
  { path, size, moved }: {
    path: string;
    size: number;
    moved: (bytes: number) => void;
  },
): Promise<EntryError | undefined> {
  const unseen = await sendUnseen(channel, file, { size, moved });
  const block = new Uint8Array(Math.min(size - unseen, channel.blockBytes));
  let failure: EntryError | undefined;
  for (let left = size - unseen; left > 0;) {
    let part = block.subarray(0, Math.min(left, block.length));
    if (failure === undefined) {
      const count = await readOrFail(file, part, size - left);
      if (typeof count !== "number") failure = count;
      else if (count === 0) failure = shrank(path, size - left, size);
      else part = part.subarray(0, count);
      if (failure !== undefined) block.fill(0);
    }
    await channel.write(part);
    left -= part.length;
    if (failure === undefined) moved(part.length);
  }
  return failure;
}

/** Sends as much of a body as the channel takes from the file itself. */
async function sendUnseen(
  channel: Pick<Channel, "blockBytes" | "writeFrom">,
  { descriptor }: OpenFile,
  { size, moved }: { size: number; moved: (bytes: number) => void },
): Promise<number> {
  if (descriptor === undefined || channel.writeFrom === undefined) return 0;
  let sent = 0;
  while (sent < size) {
    const length = Math.min(size - sent, channel.blockBytes);
    const count = await channel.writeFrom(descriptor, sent, length);
    // Whoever reads the rest finds out why it is missing.
    if (count === undefined || count === 0) break;
    sent += count;
    moved(count);
  }
  return sent;
}

function shrank(path: string, sent: number, size: number): EntryError {
  return new EntryError(
    `${path}: the file shrank while it was read: ${sent} of ${size} bytes ` +
      "were there, zeros were sent for the rest",
  );
}

async function readOrFail(
  file: OpenFile,
  into: Uint8Array,
  at: number,
): Promise<number | EntryError> {
  try {
    return await file.read(into, at);
  } catch (error) {
    return asEntryError(error);
  }
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
