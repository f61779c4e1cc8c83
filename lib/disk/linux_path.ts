/** Paths as Linux's calls take them: bytes that end in a NUL. */

import {
  encodeName,
  encodeNameInto,
  MOST_BYTES_A_UNIT,
} from "../names/name_bytes.ts";
import { bytesOf, EINVAL, LibcError } from "../system/libc.ts";

/**
 * Gives a path as C takes it.
 *
 * @throws {LibcError} EINVAL, if C would cut it at a NUL.
 */
export function pathBytes(path: string): Uint8Array<ArrayBuffer> {
  checkPath(path);
  return bytesOf(encodeName(`${path}\0`));
}

/** Longest path that `passingPath` gives in the same memory, in code units. */
const PASSED_UNITS = 4096;

/** Bytes of the last path that was passed to a call. */
const passed = new Uint8Array(PASSED_UNITS * MOST_BYTES_A_UNIT + 1);

/**
 * Gives a path as `pathBytes` does, for one call that is made at once: the next path
 * may take its place. A copy of many files calls with little else.
 */
export function passingPath(path: string): Uint8Array<ArrayBuffer> {
  if (path.length > PASSED_UNITS) return pathBytes(path);
  checkPath(path);
  passed[encodeNameInto(path, passed)] = 0;
  return passed;
}

function checkPath(path: string): void {
  if (path.includes("\0")) throw new LibcError(EINVAL);
}
