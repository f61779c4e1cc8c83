import type { Files, Times } from "../files/files.ts";
import { Namesakes } from "../files/namesakes.ts";
import type { StoredFolder } from "../files/stored_folder.ts";

/** Where the records that come now belong. */
export interface Level {
  /** The folder they go into; at the top, perhaps the target itself. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Names that came for the folder; absent where they are stored nowhere. */
  readonly among?: Namesakes;
  /** Absent where it is not ours to change: the target that was there. */
  readonly folder?: StoredFolder;
  /**
   * There is no such folder: what comes for it is dropped, and the path is that
   * of the outermost one.
   */
  readonly isLost?: true;
  readonly times?: Times | undefined;
}

/** Makes the level of a folder that is there. */
export function folderLevel(
  files: Files,
  level: Pick<Level, "path" | "folder" | "times" | "among">,
): Level {
  const { among = new Namesakes(files, level.path) } = level;
  return { ...level, isFolder: true, among };
}

/**
 * Gives the path of an entry in a folder that is there.
 *
 * @throws {EntryError} If the disk takes its name for that of another one, which
 * came before.
 */
export async function pathIn(
  { path, among }: Level,
  name: string,
  files: Files,
): Promise<string> {
  await among?.admit(name);
  return files.join(path, name);
}
