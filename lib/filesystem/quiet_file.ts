import { asEntryError, EntryError } from "../errors.ts";
import type { OpenFile } from "./file_system.ts";

/** Time for which nobody may have written to a quiet file, in milliseconds. */
const QUIET_MILLISECONDS = 10_000;

/**
 * File that nobody has written to for a while, so that any change shows in its time.
 * Its pages may go out by themselves: were it cut meanwhile, they would become zeros
 * on the way, though it grew again.
 */
export class QuietFile {
  readonly #file: Pick<OpenFile, "stat">;
  readonly #modified: number;
  readonly #size: number;

  private constructor(
    file: Pick<OpenFile, "stat">,
    { modified, size }: { modified: number; size: number },
  ) {
    this.#file = file;
    this.#modified = modified;
    this.#size = size;
  }

  /** Gives a file as a quiet one; `undefined` where it is none, or nothing tells. */
  static async of(
    file: Pick<OpenFile, "stat">,
  ): Promise<QuietFile | undefined> {
    const found = await file.stat().catch(asEntryError);
    if (found instanceof EntryError) return undefined;
    const isQuiet = Date.now() - found.modified > QUIET_MILLISECONDS;
    return isQuiet ? new QuietFile(file, found) : undefined;
  }

  /** Tells whether nobody has changed it so far; false where nothing tells. */
  async isUnchanged(): Promise<boolean> {
    const found = await this.#file.stat().catch(asEntryError);
    return !(found instanceof EntryError) &&
      found.modified === this.#modified && found.size === this.#size;
  }
}
