import type { EntryError } from "../errors.ts";
import type { Files, Times } from "../filesystem/file_system.ts";
import { checkStorable, type Platform } from "../names/names.ts";
import { Namesakes } from "../filesystem/namesakes.ts";
import type { StoredFolder } from "../filesystem/stored_directory.ts";
import type { Observer } from "../events/copy_event.ts";

/** Place that the records that come now belong to. */
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

/** Disk that a folder is on. */
export interface Disk {
  readonly files: Files;
  /** Whose names it takes. */
  readonly platform: Platform;
}

/**
 * Gives the path of an entry in a folder that is there.
 *
 * @throws {EntryError} If the disk has no such names, or takes this one for that
 * of another entry, which came before.
 */
export async function pathIn(
  { path: folder, among }: Level,
  name: string,
  { files, platform }: Disk,
): Promise<string> {
  const path = files.join(folder, name);
  checkStorable(name, path, platform);
  await among?.admit(name);
  return path;
}

/** The target, and the folders in it that the source is in. */
export class OpenLevels {
  readonly #levels: Level[] = [];

  /** Number of levels, the target's included: 0 once that is left, too. */
  get count(): number {
    return this.#levels.length;
  }

  get innermost(): Level {
    return this.#levels.at(-1)!;
  }

  enter(level: Level): void {
    this.#levels.push(level);
  }

  /** Leaves the innermost level; gives what failed. */
  async leave(): Promise<EntryError | undefined> {
    const { folder, times } = this.#levels.pop()!;
    return await folder?.leave(times);
  }

  /** Leaves the folders that the source did not; gives the innermost's path. */
  async leaveAll(observer: Observer): Promise<string | undefined> {
    const path = this.count > 1 ? this.innermost.path : undefined;
    while (this.count > 1) {
      const failure = await this.leave();
      if (failure !== undefined) {
        observer.report({ kind: "failure", message: failure.message });
      }
    }
    return path;
  }
}
