import { EntryError } from "../errors.ts";
import type {
  Attributes,
  FileSystem,
  OpenFile,
} from "../filesystem/file_system.ts";
import { isTemporaryName } from "../filesystem/replaced_file.ts";
import { findQuietly } from "../filesystem/find_quietly.ts";
import { LocalFileSystem } from "../disk/local_file_system.ts";
import { isDotPath } from "../names/remote_path.ts";
import { homeDirectory } from "../system/environment.ts";
import type { CopyOptions } from "../options/copy_options.ts";

/**
 * Local disk that refuses hidden names directly in the user's home directory:
 * they tell programs what to run, and here a remote has chosen the names.
 */
class GuardedHome extends LocalFileSystem {
  readonly #home: string;

  /** @param home Path of the home directory, as the target was given. */
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

  override async createNew(path: string, mode: number): Promise<OpenFile> {
    // A file under a temporary name takes its own one by `replace`.
    if (!isTemporaryName(this.nameOf(path))) this.#check(path);
    return await super.createNew(path, mode);
  }

  override async replace(from: string, path: string): Promise<void> {
    this.#check(path);
    await super.replace(from, path);
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
 * Gives the local disk for a download. Where the source is a dot path and the
 * target the user's home directory, a remote could put any name there: that disk
 * refuses hidden ones.
 */
export async function filesForDownload(
  files: FileSystem,
  { source, target }: { source: string; target: string },
  { checkNames }: Pick<CopyOptions, "checkNames">,
): Promise<FileSystem> {
  const home = homeDirectory();
  if (!checkNames || !isDotPath(source) || !home) return files;
  const [targetEntry, homeEntry] = await Promise.all([
    findQuietly(files, target),
    findQuietly(files, home),
  ]);
  const isHome = targetEntry?.identity !== undefined &&
    targetEntry.identity === homeEntry?.identity;
  return isHome ? new GuardedHome(target) : files;
}
