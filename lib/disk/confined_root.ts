/** Opens of entries below the directory of a confined disk. */

import {
  type EntryIn,
  O_DIRECTORY,
  O_PATH,
  openBeneath,
} from "../system/beneath.ts";
import { close } from "../system/descriptors.ts";
import { EEXIST, EINVAL, LibcError } from "../system/libc.ts";
import { type ConfinedPath, confinedPath } from "./confined_path.ts";
import { pathBytes } from "./linux_path.ts";

// Of <errno.h>.
const ENXIO = 6;
const EXDEV = 18;
const ELOOP = 40;

/** Words for what is neither a file nor a directory. */
export const NOT_REGULAR = "not a regular file";

/** Words for a link that would have to be followed. */
export const NO_LINKS = "this server follows no symbolic links";

/** Words for failures that are the confinement's. */
const WORDS: Readonly<Record<number, string>> = {
  // Of a FIFO that nobody reads, too.
  [ENXIO]: NOT_REGULAR,
  [ELOOP]: NO_LINKS,
  [EXDEV]: "this server enters no other file system",
};

/** The directory of a confined disk. Every path is resolved here, and once. */
export class ConfinedRoot {
  readonly #fd: number;
  readonly #isShown: boolean;

  /**
   * @param fd Descriptor of the directory, as `openRoot` gives it.
   * @param isShown False where a failure may not tell what is there.
   */
  constructor(fd: number, isShown: boolean) {
    this.#fd = fd;
    this.#isShown = isShown;
  }

  /**
   * Opens an entry.
   *
   * @param flags As of `openBeneath`.
   * @throws {Error} If it cannot be opened: the system's, or one in our words.
   */
  open({ names }: ConfinedPath, flags: number, mode = 0): number {
    if (names.some((name) => name.includes("\0"))) throw new LibcError(EINVAL);
    const path = pathBytes(names.join("/") || ".");
    try {
      return openBeneath(this.#fd, path, flags, mode);
    } catch (error) {
      const words = error instanceof LibcError ? WORDS[error.code] : undefined;
      if (words === undefined || !this.#isShown) throw error;
      throw new Error(words, { cause: error });
    }
  }

  /** Calls a function with a descriptor that names an entry, a link itself too. */
  withEntry<T>(path: string, use: (fd: number) => T): T {
    const place = confinedPath(path);
    const kind = place.namesDirectory ? O_DIRECTORY : 0;
    const fd = this.open(place, O_PATH | kind);
    try {
      return use(fd);
    } finally {
      close(fd);
    }
  }

  /** Calls a function with the open directory that an entry is in, and its name. */
  withParent(path: string, use: (entry: EntryIn) => void): void {
    const { names } = confinedPath(path);
    const last = names.at(-1);
    if (last === undefined) throw new LibcError(EEXIST);
    const above = { names: names.slice(0, -1), namesDirectory: true };
    const directory = this.open(above, O_PATH | O_DIRECTORY);
    try {
      use({ directory, name: pathBytes(last) });
    } finally {
      close(directory);
    }
  }
}
