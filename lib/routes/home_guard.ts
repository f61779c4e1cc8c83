import { EntryError } from "../errors.ts";
import type {
  Attributes,
  FileSystem,
  OpenFile,
} from "../filesystem/file_system.ts";
import { FileSystemView } from "../filesystem/file_system_view.ts";
import { findQuietly } from "../filesystem/find_quietly.ts";
import { isDotPath } from "../names/remote_path.ts";
import { homeDirectory } from "../system/environment.ts";
import type { CopyOptions } from "../options/copy_options.ts";

/**
 * View of the local disk that refuses hidden names directly in the user's home directory:
 * they tell programs what to run, and here a remote has chosen the names.
 */
class GuardedHome extends FileSystemView {
  readonly #home: string;

  /** @param home Path of the home directory, as the target was given. */
  constructor(base: FileSystem, home: string) {
    super(base);
    this.#home = home;
    const { create, replace } = this;
    if (create !== undefined) {
      this.create = async (path, mode) => {
        this.#check(path);
        return await create(path, mode);
      };
    }
    if (replace !== undefined) {
      this.replace = async (from, path) => {
        this.#check(path);
        await replace(from, path);
      };
    }
  }

  override async createNew(
    path: string,
    mode: number,
    name = path,
  ): Promise<OpenFile> {
    this.#check(name);
    return await super.createNew(path, mode, name);
  }

  override async openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
    name = path,
  ): Promise<OpenFile> {
    this.#check(name);
    return await super.openToWrite(path, mode, replaced, name);
  }

  override async mkdir(path: string, mode: number): Promise<void> {
    this.#check(path);
    await super.mkdir(path, mode);
  }

  override async symlink(
    path: string,
    destination: string,
    replaces?: boolean,
    name = path,
  ): Promise<void> {
    this.#check(name);
    await super.symlink(path, destination, replaces, name);
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
  return isHome ? new GuardedHome(files, target) : files;
}
