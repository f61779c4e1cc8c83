import { hashByReading } from "../digest/read_hash.ts";
import { asEntryError, EntryError } from "../errors.ts";
import type { Observer, Proof } from "../events/copy_event.ts";
import type { Digest, DigestOptions } from "../filesystem/digest.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { BufferPool } from "./buffer_pool.ts";
import type { FoundEntry } from "./destination.ts";
import type { OpenEntries } from "./open_entries.ts";
import type { VerifiedSides } from "./options.ts";

/** Blocks of a file that are read back at once. */
const BLOCKS_AT_ONCE = 8;

/** Files whose blocks are all read back at once; of small ones there may be more. */
const FILES_AT_ONCE = 8;

/** File that arrived, and is closed. */
export interface ArrivedFile {
  /** Length in bytes. */
  readonly size: number;
  /** Path of its target in messages. */
  readonly target: string;
  /** SHA-256 of what passed; absent where that was not in its order. */
  readonly hash: string | undefined;
}

/** Verification of one file. */
export interface Verification {
  /** Proof that the file arrived; absent before it is checked. */
  readonly proof: Proof | undefined;
  /**
   * Compares the file with what passed, once both files are closed.
   *
   * @param path Place of the file by now.
   * @returns Reason why it is not proven.
   * @throws {SessionError} If the connection is lost.
   */
  check(path: string, file: ArrivedFile): Promise<EntryError | undefined>;
}

/** Side of a copy whose files are compared with what passed. */
interface Side {
  readonly files: FileSystem;
  /** True once it was said that its files are read back. */
  isReadBack: boolean;
}

/** Hash that a side told, or the reason why it told none of a file. */
type Told = Promise<Digest | EntryError>;

/** File of a side, as it is compared. */
interface ComparedFile {
  readonly path: string;
  /** Path in messages. */
  readonly name: string;
  readonly size: number;
  /** SHA-256 of what passed. */
  readonly expected: string;
  /** End of the message where the file has another one. */
  readonly failure: string;
}

/**
 * Verifier of files by their SHA-256. A hash that a server tells is believed where it
 * is that of what passed; any other one only once the file was read back: the server
 * may hash wrongly, or other files than it serves.
 */
export class FileVerifier {
  readonly #from: Side;
  readonly #to: Side;
  readonly #sides: VerifiedSides;
  readonly #observer: Observer;
  readonly #open: OpenEntries;
  readonly #blockBytes: number;
  /** Room for what is read back at once. */
  readonly #room: BufferPool;

  constructor(
    from: FileSystem,
    to: FileSystem,
    sides: VerifiedSides,
    { observer, open }: { observer: Observer; open: OpenEntries },
  ) {
    this.#from = { files: from, isReadBack: false };
    this.#to = { files: to, isReadBack: false };
    this.#sides = sides;
    this.#observer = observer;
    this.#open = open;
    this.#blockBytes = Math.min(
      from.concurrency.blockBytes,
      to.concurrency.blockBytes,
    );
    this.#room = new BufferPool(
      FILES_AT_ONCE,
      BLOCKS_AT_ONCE * this.#blockBytes,
    );
  }

  /** Begins to verify a file: a source on a server is hashed while it is copied. */
  begin({ path, attributes: { size } }: FoundEntry): Verification {
    const told = this.#sides === "target"
      ? undefined
      : this.#ask(this.#from, path, { size });
    told?.catch(() => {
      // Nobody awaits it where the file does not arrive.
    });
    let proof: Proof | undefined;
    return {
      get proof() {
        return proof;
      },
      check: async (place, file) => {
        const outcome = await this.#compare({ path, told }, place, file)
          .catch(asEntryError);
        if (outcome instanceof EntryError) return outcome;
        proof = outcome;
        return undefined;
      },
    };
  }

  /**
   * Compares the sides with what passed.
   *
   * @throws {EntryError} If one of them is not proven to be the same.
   */
  async #compare(
    { path, told }: { path: string; told: Told | undefined },
    place: string,
    { size, target, hash }: ArrivedFile,
  ): Promise<Proof> {
    const expected = hash ?? await this.#hashHere(path, place, told);
    const proofs: Proof[] = [];
    if (told !== undefined) {
      const source = {
        path,
        name: this.#from.files.label + path,
        size,
        expected,
        failure: "what arrived is not what is there",
      };
      proofs.push(
        await this.#prove(this.#from, source, { told, isExpected: false }),
      );
    }
    if (this.#sides !== "source") {
      const arrived = {
        path: place,
        name: this.#to.files.label + target,
        size,
        expected,
        failure: "what is there is not what was sent",
      };
      const told = this.#ask(this.#to, place, { size, expected });
      proofs.push(
        await this.#prove(this.#to, arrived, { told, isExpected: true }),
      );
    }
    return proofs.includes("read back") ? "read back" : "hashed";
  }

  /**
   * Hashes a file again where what passed was not in its order: the one of this
   * machine, or else the source.
   */
  async #hashHere(
    source: string,
    target: string,
    told: Told | undefined,
  ): Promise<string> {
    const [{ files }, path] = this.#sides === "source"
      ? [this.#to, target]
      : [this.#from, source];
    const digest = this.#sides === "both"
      ? await told
      : await files.digest?.(path);
    if (digest instanceof EntryError) throw digest;
    return digest?.kind === "hash"
      ? digest.hash
      : await this.#readBack(files, path, Infinity);
  }

  /** Asks a side for a hash, unless it is known to tell wrong ones, or none. */
  async #ask(
    { files, isReadBack }: Side,
    path: string,
    options: DigestOptions,
  ): Told {
    if (files.digest === undefined || isReadBack) {
      return { kind: "unavailable", reason: "the server hashes no files" };
    }
    return await files.digest(path, options).catch(asEntryError);
  }

  /**
   * @param isExpected True where the side was told which hash is expected.
   * @throws {EntryError} If the file is not proven to be the same.
   */
  async #prove(
    side: Side,
    file: ComparedFile,
    { told, isExpected }: { told: Told; isExpected: boolean },
  ): Promise<Proof> {
    const { path, name, size, expected } = file;
    let digest = await told;
    if (isHash(digest, expected)) return "hashed";
    if (isHash(digest) && !isExpected) {
      digest = await this.#ask(side, path, { size, expected });
      if (isHash(digest, expected)) return "hashed";
    }
    if (!(digest instanceof EntryError) && digest.kind === "unavailable") {
      this.#warn(side, digest.reason);
    }
    const readBack = await this.#readBack(side.files, path, size)
      .catch(asEntryError);
    if (readBack === expected) {
      this.#warn(side, "the server tells other hashes than those of its files");
      return "read back";
    }
    const reason = readBack instanceof EntryError
      ? `it cannot be read back (${reasonOf(readBack)})`
      : file.failure;
    throw new EntryError(`${name}: verification failed: ${reason}`);
  }

  /** Warns once that the files of a side are read back. */
  #warn(side: Side, reason: string): void {
    if (side.isReadBack) return;
    side.isReadBack = true;
    this.#observer.report({
      kind: "warning",
      message: `${side.files.label}files are read back to be verified: ` +
        reason,
    });
  }

  /** Reads a file once more, which the copy has closed; gives its SHA-256. */
  async #readBack(
    files: FileSystem,
    path: string,
    size: number,
  ): Promise<string> {
    return await this.#open.useWithin(async (opened) => {
      // Who waits to open the file holds no room, for which others would wait.
      using _room = await this.#room.acquire(
        Math.min(Math.max(size, 1), this.#room.wholeBytes),
      );
      using file = await files.openToRead(path);
      opened();
      return await hashByReading(file, {
        path: files.label + path,
        blockBytes: this.#blockBytes,
        atOnce: BLOCKS_AT_ONCE,
      });
    });
  }
}

/** Gives the last part of a message, which follows the path. */
function reasonOf({ message }: EntryError): string {
  return message.slice(message.lastIndexOf(": ") + 1).trimStart();
}

/** Tells a hash, and with `expected` that one. */
function isHash(told: Digest | EntryError, expected?: string): boolean {
  return !(told instanceof EntryError) && told.kind === "hash" &&
    (expected === undefined || told.hash === expected);
}
