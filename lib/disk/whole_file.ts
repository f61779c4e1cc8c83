/** Small files of the local disk that are read or made in one go. */

import { asEntryError, EntryError } from "../errors.ts";
import type { StoredWhole, WholeFile } from "../filesystem/file_system.ts";
import { attempt } from "./attempt.ts";
import { PlacedFile } from "./placed_file.ts";
import type { SystemCalls } from "./system_calls.ts";

/** Reads the beginning of a file, as `FileSystem.readWhole`. */
export function readWhole(
  calls: SystemCalls,
  path: string,
  buffer: Uint8Array,
): number | undefined {
  const count = orEntryError(() =>
    attempt(path, () => {
      using file = calls.openToRead(path);
      return file.read(buffer);
    })
  );
  return count instanceof EntryError ? undefined : count;
}

/**
 * Makes a file and gives it all that it is to have, as `FileSystem.storeWhole`. Nothing
 * else of this program runs between its calls, so that no check is needed that the path
 * leads to it still.
 *
 * @param calls Calls that set everything by the open file.
 */
export async function storeWhole(
  calls: SystemCalls,
  { path, mode, content, attributes }: WholeFile,
  made: () => void,
): Promise<StoredWhole | undefined> {
  const created = orEntryError(() =>
    attempt(path, () => calls.create(path, mode))
  );
  if (created === undefined || created instanceof EntryError) return undefined;
  using file = new PlacedFile(path, created);
  made();
  try {
    const writing = file.write(content, 0);
    if (writing !== undefined) await writing;
  } catch (failure) {
    orEntryError(() => file.truncate(0));
    return { failure };
  }
  const { mode: last, times } = attributes;
  // All steps are taken, whatever fails.
  const failures = [
    last === undefined ? undefined : orEntryError(() => file.setMode(last)),
    times === undefined ? undefined : orEntryError(() => file.setTimes(times)),
    orEntryError(() => file.close()),
  ];
  const flaw = failures.find((failure) => failure instanceof EntryError);
  return flaw === undefined ? {} : { flaw };
}

/** Makes a call and gives its result, or the `EntryError` that it throws. */
function orEntryError<T>(call: () => T): T | EntryError {
  try {
    return call();
  } catch (error) {
    return asEntryError(error);
  }
}
