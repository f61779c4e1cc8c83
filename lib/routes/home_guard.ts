import { EntryError } from "../errors.ts";
import type { Attributes, OpenFile } from "../filesystem/file_system.ts";
import { findQuietly } from "../filesystem/find_quietly.ts";
import { LocalFileSystem } from "../disk/local_file_system.ts";
import { isDotPath } from "../names/remote_path.ts";
import { homeDirectory } from "../system/environment.ts";
import type { CopyOptions } from "../options/copy_options.ts";

/**
 * The local disk, but for hidden names right in one's home directory: what is
 * there tells programs what to run, and here a host has chosen the names.
 */
class GuardedHome extends LocalFileSystem {
  readonly #home: string;

  /** @param home As the target was given. */
  constructor(home: string) {
    super();
    this.#home = home;
  }

  override async create(
    path: string,
    mode: number,
  ): Promise<OpenFile | undefined> {
    this.#check(path);
    return await super.create?.(path, mode);
  }

  override async openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
  ): Promise<OpenFile> {
    this.#check(path);
    return await super.openToWrite(path, mode, replaced);
  }

  override async mkdir(path: string, mode: number): Promise<void> {
    this.#check(path);
    await super.mkdir(path, mode);
  }

  #check(path: string): void {
    const name = this.nameOf(path);
    if (!name.startsWith(".") || path !== this.join(this.#home, name)) return;
    throw new EntryError(
      `${path}: not asked for by its name, and hidden, in your home ` +
        "directory: -T takes any name",
    );
  }
}

/**
 * Gives the local disk for a download: where the operand has no name of its own
 * and the target is one's home directory, a host could put anything there.
 */
export async function filesForDownload(
  files: LocalFileSystem,
  { source, target }: { source: string; target: string },
  { checkNames }: Pick<CopyOptions, "checkNames">,
): Promise<LocalFileSystem> {
  const home = homeDirectory();
  if (!checkNames || !isDotPath(source) || !home) return files;
  const [there, ours] = await Promise.all([
    findQuietly(files, target),
    findQuietly(files, home),
  ]);
  const isHome = there?.identity !== undefined &&
    there.identity === ours?.identity;
  return isHome ? new GuardedHome(target) : files;
}
