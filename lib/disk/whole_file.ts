/**
 * Small files of the local disk that are read or made in one go. A `using` here costs a
 * tree of them a microsecond a file, measured: they are closed by hand.
 */

import { asEntryError, EntryError } from "../errors.ts";
import type {
  FinalAttributes,
  StoredWhole,
  WholeFile,
} from "../filesystem/file_system.ts";
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
      const file = calls.openToRead(path);
      try {
        return file.read(buffer);
      } finally {
        file[Symbol.dispose]();
      }
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
export function storeWhole(
  calls: SystemCalls,
  { path, mode, content, attributes }: WholeFile,
  made: () => void,
): StoredWhole | undefined | Promise<StoredWhole> {
  const created = orEntryError(() =>
    attempt(path, () => calls.create(path, mode))
  );
  if (created === undefined || created instanceof EntryError) return undefined;
  const file = new PlacedFile(path, created);
  try {
    made();
    const writing = orEntryError(() => file.write(content, 0));
    return writing instanceof Promise
      ? writing.catch(asEntryError).then((failure) =>
        finished(file, attributes, failure)
      )
      : finished(file, attributes, writing);
  } catch (fault) {
    file[Symbol.dispose]();
    throw fault;
  }
}

/**
 * Gives a new file its attributes, and closes it; empties one that was not written.
 *
 * @param failure Reason why it was not; absent where it was.
 */
function finished(
  file: PlacedFile,
  { mode, times }: FinalAttributes,
  failure: EntryError | void,
): StoredWhole {
  if (failure !== undefined) {
    orEntryError(() => file.truncate(0));
    file[Symbol.dispose]();
    return { failure };
  }
  // All steps are taken, whatever fails.
  const ends = [
    mode === undefined ? undefined : orEntryError(() => setMode(file, mode)),
    times === undefined ? undefined : orEntryError(() => file.setTimes(times)),
    orEntryError(() => file.close()),
  ];
  const flaw = ends.find((end) => end instanceof EntryError);
  return flaw === undefined ? {} : { flaw };
}

/** Sets a mode; some disks refuse that although the file has it. */
function setMode(file: PlacedFile, mode: number): void {
  try {
    file.setMode(mode);
  } catch (error) {
    if (file.stat().mode !== mode) throw error;
  }
}

/** Makes a call and gives its result, or the `EntryError` that it throws. */
function orEntryError<T>(call: () => T): T | EntryError {
  try {
    return call();
  } catch (error) {
    return asEntryError(error);
  }
}
