import type { EntryError } from "../errors.ts";
import type { FileSystem, Times } from "../filesystem/file_system.ts";
import { checkStorable, type Platform } from "../names/names.ts";
import { NameCollisions } from "../filesystem/name_collisions.ts";
import type { StoredDirectory } from "../filesystem/stored_directory.ts";
import type { Observer } from "../events/copy_event.ts";

/** Place that the next entries go to. */
export interface Level {
  /** Path of the directory they go into; at the top, perhaps of the target itself. */
  readonly path: string;
  readonly isDirectory: boolean;
  /** Names that came for the directory; absent where they are stored nowhere. */
  readonly among?: NameCollisions;
  /** Absent where its mode and times stay: the target that was there. */
  readonly directory?: StoredDirectory;
  /**
   * True where the directory could not be made: its entries are dropped. The
   * path is then that of the outermost such directory.
   */
  readonly isLost?: true;
  /** Times that the directory gets once it is left. */
  readonly times?: Times | undefined;
}

/** Makes the level of a directory that is there. */
export function directoryLevel(
  files: FileSystem,
  level: Pick<Level, "path" | "directory" | "times" | "among">,
): Level {
  const { among = new NameCollisions(files, level.path) } = level;
  return { ...level, isDirectory: true, among };
}

/** Disk that a directory is on. */
export interface Disk {
  readonly files: FileSystem;
  /** System whose names it takes. */
  readonly platform: Platform;
}

/**
 * Gives the path of an entry in a directory that is there, at once where no call is
 * waited for.
 *
 * @throws {EntryError} If the disk has no such names, or takes this one for that
 * of another entry, which came before.
 */
export function pathIn(
  { path: directory, among }: Level,
  name: string,
  { files, platform }: Disk,
): string | Promise<string> {
  const path = files.join(directory, name);
  checkStorable(name, path, platform);
  const admission = among?.admit(name);
  return admission === undefined ? path : admission.then(() => path);
}

/** The target, and the directories in it that the source is in. */
export class OpenLevels {
  readonly #levels: Level[] = [];

  get innermost(): Level {
    return this.#levels.at(-1)!;
  }

  enter(level: Level): void {
    this.#levels.push(level);
  }

  /** Leaves the innermost directory; gives what failed. */
  async leave(): Promise<EntryError | undefined> {
    const { directory, times } = this.#levels.pop()!;
    return await directory?.leave(times);
  }

  /** Leaves all directories down to the target; gives the innermost's path. */
  async leaveAll(observer: Observer): Promise<string | undefined> {
    const path = this.#levels.length > 1 ? this.innermost.path : undefined;
    while (this.#levels.length > 1) {
      const { path } = this.innermost;
      const failure = await this.leave();
      if (failure !== undefined) {
        observer.report({ kind: "failure", message: failure.message, path });
      }
    }
    return path;
  }
}
