import { statusCalls } from "../system/status.ts";
import { statusOf } from "./confined_file.ts";

/** Most entries that are remembered; the oldest are forgotten first. */
const MOST = 65_536;

/**
 * Entries that a session made. One is known by its inode and the time of its birth:
 * where a disk keeps no such time, none is known.
 */
export class MadeEntries {
  readonly #keys = new Set<string>();

  /** Remembers the entry that a descriptor names. */
  add(fd: number): void {
    const key = keyOf(fd);
    if (key === undefined) return;
    this.#keys.add(key);
    if (this.#keys.size <= MOST) return;
    const [oldest] = this.#keys;
    this.#keys.delete(oldest!);
  }

  /** Tells whether the entry that a descriptor names was made by this session. */
  has(fd: number): boolean {
    const key = keyOf(fd);
    return key !== undefined && this.#keys.has(key);
  }
}

function keyOf(fd: number): string | undefined {
  const { identity } = statusOf(fd);
  const born = statusCalls().birth();
  return born === undefined ? undefined : `${identity}@${born}`;
}
