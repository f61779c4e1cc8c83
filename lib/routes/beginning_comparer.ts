import { asEntryError, EntryError } from "../errors.ts";
import type { RestPlace } from "../digest/file_rest.ts";
import type { Digest } from "../filesystem/digest.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import type { Comparison } from "../tree/resume_point.ts";
import type { HashSession } from "./hash_session.ts";

/** Reason why so little of a file is copied again: it would cost a login. */
export const TOO_SHORT = "less than 64 KiB of it is there";

/** Most files that are hashed here at once. */
const MOST_HASHED = 4;

/** Beginning of a file here. */
export interface BeginningHere {
  readonly path: string;
  /** Length of the file that is the source, in bytes. */
  readonly size: number;
  /** Length of the beginning, in bytes. */
  readonly length: number;
}

/** Comparer of beginnings of files, here and on a host, by their SHA-256. */
export class BeginningComparer {
  readonly #files: FileSystem;
  readonly #session: HashSession;
  #hashed = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(files: FileSystem, session: HashSession) {
    this.#files = files;
    this.#session = session;
  }

  /** Compares two beginnings; what cannot be read is another one. */
  async compare(
    { path, size, length }: BeginningHere,
    place: RestPlace,
  ): Promise<Comparison> {
    // Whole files are hashed many in one call.
    const part = length === size ? {} : { length };
    const [here, there] = await Promise.all([
      this.#hashHere(path, { ...part, size }).catch(asEntryError),
      this.#session.hash({ ...place, ...part, size }).catch(asEntryError),
    ]);
    if (here instanceof EntryError || there instanceof EntryError) {
      return "other";
    }
    if (there.kind === "unavailable") return { reason: there.reason };
    if (here.kind === "unavailable") return { reason: here.reason };
    return here.hash === there.hash ? "same" : "other";
  }

  async #hashHere(
    path: string,
    part: { readonly length?: number; readonly size: number },
  ): Promise<Digest> {
    while (this.#hashed >= MOST_HASHED) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#hashed++;
    try {
      return await this.#files.digest?.(path, part) ??
        { kind: "unavailable", reason: "the disk hashes no files" };
    } finally {
      this.#hashed--;
      this.#waiting.shift()?.();
    }
  }
}
