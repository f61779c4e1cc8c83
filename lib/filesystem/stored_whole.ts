import { asEntryError, EntryError } from "../errors.ts";
import type { FileSystem, StoredWhole, Times } from "./file_system.ts";
import { type EntryToStore, type StorePolicy, wholeModes } from "./store.ts";
import { StoredFile } from "./stored_file.ts";

/** Content and times of a file that is stored whole. */
export interface WholeContent {
  readonly content: Uint8Array;
  /** Absent where the file keeps its own. */
  readonly times: Times | undefined;
  /** Called once the file is made. */
  readonly made: () => void;
}

/** Result of a file that was made. */
export interface MadeWhole extends StoredWhole {
  /** SHA-256 of the content, where the file system tells it. */
  readonly hash?: string | undefined;
}

/**
 * Makes a file where nothing is, and gives it its whole content, mode and times: in
 * two flights where the file system can.
 *
 * @returns `undefined` where nothing was made, for whatever reason.
 * @throws {ProtocolError} If a server broke its protocol.
 * @throws {SessionError} If the connection is lost, unless that is a failure to write.
 */
export function storeWhole(
  files: FileSystem,
  entry: Omit<EntryToStore, "replaced">,
  policy: StorePolicy,
  whole: WholeContent,
): MadeWhole | undefined | Promise<MadeWhole | undefined> {
  if (files.storeWhole === undefined) {
    return storeInSteps(files, entry, policy, whole);
  }
  const { path, mode: announced } = entry;
  const { content, times, made } = whole;
  const { made: mode, last } = wholeModes(announced, policy);
  const attributes = { mode: last, times };
  return files.storeWhole({ path, mode, content, attributes }, made);
}

async function storeInSteps(
  files: FileSystem,
  entry: Omit<EntryToStore, "replaced">,
  policy: StorePolicy,
  { content, times, made }: WholeContent,
): Promise<MadeWhole | undefined> {
  const stored = await StoredFile.make(files, entry, policy)
    .catch(asEntryError);
  if (stored instanceof EntryError) return undefined;
  using file = stored;
  made();
  try {
    await file.file.write(content, 0);
  } catch (failure) {
    await file.cut(0);
    return { failure };
  }
  const size = content.length;
  const flaw = await file.finish(size, times);
  const hash = file.file.hashOfPassed?.(size);
  return flaw === undefined ? { hash } : { flaw, hash };
}
