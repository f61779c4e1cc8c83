import { hashByReading } from "../digest/read_hash.ts";
import {
  asEntryError,
  asFinalError,
  EntryError,
  TooManyOpenError,
} from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { FileSystem, OpenFile } from "../filesystem/file_system.ts";
import type { FoundEntry } from "./destination.ts";
import {
  type Comparison,
  findPoint,
  type ResumePoint,
} from "./resume_point.ts";

/** Bytes before a point that are compared as they are served, in bytes. */
const SAMPLE_BYTES = 16 * 1024;

/** Beginning of a reason. */
const NOT_HASHED = "nobody hashes the source";

/** Reads of a file that are in flight at once where it is read back. */
const READS_AT_ONCE = 8;

/** Finder of the points from which on files are copied whose beginning is there. */
export class FileResumer {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  readonly #observer: Observer;
  /** Reason why no source is hashed; `undefined` where they are. */
  #whyNotHashed: Promise<string | undefined> | undefined;
  #isReadBack = false;

  constructor(from: FileSystem, to: FileSystem, observer: Observer) {
    this.#from = from;
    this.#to = to;
    this.#observer = observer;
  }

  /**
   * Finds the point for a file.
   *
   * @param there File at the target.
   * @throws {TooManyOpenError} If no more files can be open.
   * @throws {EntryError} If the source cannot be read.
   * @throws {SessionError} If the connection is lost.
   */
  async find(source: FoundEntry, there: FoundEntry): Promise<ResumePoint> {
    const { size } = source.attributes;
    const { size: length } = there.attributes;
    return await findPoint({ size, there: length }, async (length) => {
      const reason = await this.#whyNot(source.path);
      return reason === undefined
        ? await this.#compare(source, there, length)
        : { reason };
    });
  }

  /** Gives the reason why no source can be hashed where it lies. */
  async #whyNot(path: string): Promise<string | undefined> {
    return await (this.#whyNotHashed ??= this.#probe(path));
  }

  async #probe(path: string): Promise<string | undefined> {
    const probe = await this.#from.digest?.(path, { length: 0 })
      .catch(asEntryError);
    // Another file may be readable.
    if (probe === undefined) return NOT_HASHED;
    return probe instanceof EntryError || probe.kind === "hash"
      ? undefined
      : `${NOT_HASHED}: ${probe.reason}`;
  }

  /** Compares the beginnings of two files; gives a reason where nothing tells. */
  async #compare(
    source: FoundEntry,
    there: FoundEntry,
    length: number,
  ): Promise<Comparison> {
    const { size } = source.attributes;
    const [one, other] = await Promise.all([
      this.#from.digest!(source.path, { length, size }).catch(asEntryError),
      this.#hashThere(there, length).catch(asEntryError),
    ]);
    if (other instanceof TooManyOpenError) throw other;
    if (one instanceof EntryError || other instanceof EntryError) {
      return "other";
    }
    if (one.kind === "unavailable") {
      return { reason: `${NOT_HASHED}: ${one.reason}` };
    }
    if (one.hash !== other) return "other";
    if (length === size) return "same";
    // Commands may see other files than the server shows.
    const isServed = await this.#haveSameEnd(source, there, length)
      .catch(asFinalError);
    return isServed === true ? "same" : "other";
  }

  /** Hashes what is there, where it lies or by reading it back. */
  async #hashThere({ path }: FoundEntry, length: number): Promise<string> {
    const files = this.#to;
    const digest = await files.digest?.(path, { length, size: length });
    if (digest?.kind === "hash") return digest.hash;
    if (!this.#isReadBack) {
      this.#isReadBack = true;
      this.#observer.report({
        kind: "warning",
        message: `${files.label}files are read back to be compared` +
          (digest === undefined ? "" : `: ${digest.reason}`),
      });
    }
    using file = await files.openToRead(path);
    return await hashByReading(file, {
      path: files.label + path,
      length,
      blockBytes: files.concurrency.blockBytes,
      atOnce: READS_AT_ONCE,
    });
  }

  /** Compares the last bytes before a point, as both sides serve them. */
  async #haveSameEnd(
    source: FoundEntry,
    there: FoundEntry,
    end: number,
  ): Promise<boolean> {
    using from = await this.#from.openToRead(source.path);
    using to = await this.#to.openToRead(there.path);
    const at = Math.max(0, end - SAMPLE_BYTES);
    const [one, other] = await Promise.all([
      readRange(from, at, end),
      readRange(to, at, end),
    ]);
    return one.length === end - at && one.length === other.length &&
      one.every((byte, index) => byte === other[index]);
  }
}

/** Reads a part of a file; gives fewer bytes where it ends sooner. */
async function readRange(
  file: OpenFile,
  from: number,
  to: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from);
  let done = 0;
  while (done < bytes.length) {
    const count = await file.read(bytes.subarray(done), from + done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}
