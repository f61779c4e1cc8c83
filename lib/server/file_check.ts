import type { Turns } from "../channel/turns.ts";
import { beginHash, HASH_BYTES, type HashName } from "../digest/hash.ts";
import type { ServedFile } from "../filesystem/served_file_system.ts";
import type { ClientCheck } from "../sftp/wire/client_requests.ts";
import type { ServerResponse } from "../sftp/wire/server_responses.ts";
import { Status } from "../sftp/wire/status.ts";
import { RequestRefusal } from "./sftp_failures.ts";

/** Fewest bytes of a block that is hashed by itself, by the draft. */
const LEAST_BLOCK_BYTES = 256;

/** Most bytes of hashes in a response. */
const MOST_HASH_BYTES = 128 * 1024;

/** Bytes that are read at a time. */
const READ_BYTES = 256 * 1024;

/**
 * Hashes a range of a file, as a whole or block by block.
 *
 * @throws {RequestRefusal} If the client takes no hash that is known, the range begins
 * behind the end, or there are too many blocks.
 * @throws {EntryError} If the file cannot be read.
 */
export async function checkFile(
  file: ServedFile,
  { hashes, offset, length, blockBytes }: ClientCheck,
  turns: Turns,
): Promise<ServerResponse> {
  const algorithm = hashes.find(isHashName);
  if (algorithm === undefined) {
    throw new RequestRefusal(Status.FAILURE, "none of these hashes is known");
  }
  if (blockBytes !== 0 && blockBytes < LEAST_BLOCK_BYTES) {
    throw new RequestRefusal(Status.BAD_MESSAGE, "the blocks are too short");
  }
  const { size } = await file.look();
  if (offset > size) {
    throw new RequestRefusal(Status.FAILURE, "the range lies behind the end");
  }
  const end = length === 0 ? size : Math.min(size, offset + length);
  const block = blockBytes === 0 ? Math.max(1, end - offset) : blockBytes;
  const count = Math.max(1, Math.ceil((end - offset) / block));
  const hashBytes = HASH_BYTES[algorithm];
  if (count * hashBytes > MOST_HASH_BYTES) {
    throw new RequestRefusal(Status.FAILURE, "there are too many blocks");
  }
  const buffer = new Uint8Array(READ_BYTES);
  const result = new Uint8Array(count * hashBytes);
  for (let at = 0; at < count; at++) {
    const hash = await beginHash(algorithm);
    const start = offset + at * block;
    const stop = Math.min(end, start + block);
    for (let place = start; place < stop;) {
      const part = buffer.subarray(0, Math.min(READ_BYTES, stop - place));
      const read = await file.read(part, place);
      if (read === 0) {
        throw new RequestRefusal(Status.FAILURE, "the file shrank");
      }
      hash.update(part.subarray(0, read));
      place += read;
      if (turns.areDue) await turns.give();
    }
    result.set(hash.end(), at * hashBytes);
  }
  return { kind: "hashes", algorithm, hashes: result };
}

function isHashName(name: string): name is HashName {
  return Object.hasOwn(HASH_BYTES, name);
}
