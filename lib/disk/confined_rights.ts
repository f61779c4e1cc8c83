/** Rights of a client on a confined disk: the one place that refuses by them. */

import {
  type Access,
  mayMake,
  mayRead,
  mayReplace,
} from "../filesystem/access.ts";
import { EEXIST, ENOENT, LibcError } from "../system/libc.ts";
import { MadeEntries } from "./made_entries.ts";

// Of <errno.h>.
const EPERM = 1;
const EACCES = 13;
const EXDEV = 18;
const ENOTDIR = 20;
const EISDIR = 21;
const ELOOP = 40;

/** Failures that tell what is there. */
const TELLING: readonly number[] = [
  EPERM,
  ENOENT,
  EACCES,
  EEXIST,
  EXDEV,
  ENOTDIR,
  EISDIR,
  ELOOP,
];

/** One answer of a server that tells nothing of what is there. */
const UNTOLD = "not taken: this server takes only new files";

/** Rights of a session, and what it made. */
export class ConfinedRights {
  readonly #access: Access;
  readonly #made = new MadeEntries();

  constructor(access: Access) {
    this.#access = access;
  }

  /** True where a client may see what is there. */
  get isShown(): boolean {
    return mayRead(this.#access);
  }

  /** True where a client may change and replace what others made. */
  get mayReplace(): boolean {
    return mayReplace(this.#access);
  }

  /** @throws {Error} If a client may see nothing. */
  checkRead(): void {
    if (this.isShown) return;
    throw new Error("this server only takes files, and shows none");
  }

  /** @throws {Error} If a client may change nothing. */
  checkMake(): void {
    if (mayMake(this.#access)) return;
    throw new Error("this server is read-only");
  }

  /** Remembers an entry that may be changed because this session made it. */
  remember(fd: number): void {
    if (!this.mayReplace) this.#made.add(fd);
  }

  /** Tells whether this session made the entry that a descriptor names. */
  hasMade(fd: number): boolean {
    return this.#made.has(fd);
  }

  /** Tells whether a client may change the entry that a descriptor names. */
  mayChange(fd: number): boolean {
    return this.mayReplace || this.hasMade(fd);
  }

  /** @throws {LibcError} EEXIST, if a client may not change the entry. */
  checkChange(fd: number): void {
    if (!this.mayChange(fd)) throw new LibcError(EEXIST);
  }

  /**
   * Makes a call that changes something. Its failure tells nothing of what is there,
   * where a client may see nothing.
   */
  change<T>(call: () => T): T {
    this.checkMake();
    try {
      return call();
    } catch (error) {
      if (!(error instanceof LibcError)) throw error;
      const isTelling = TELLING.includes(error.code);
      if (!this.isShown && isTelling) throw new Error(UNTOLD);
      if (this.mayReplace || error.code !== EEXIST) throw error;
      throw new Error("it exists, and this server replaces nothing");
    }
  }
}
