import {
  asEntryError,
  type EntryError,
  isConnectionFailure,
  TooManyOpenError,
} from "../errors.ts";
import { encodeName } from "../names/name_bytes.ts";
import type { FileSystem, OpenFile, Times } from "./file_system.ts";
import {
  type EntryToStore,
  firstFailure,
  openMode,
  policyFor,
  type ReceivedFile,
  type StorePolicy,
  takenMode,
} from "./store.ts";

/** Mode of a file that gets its own one when it is whole. */
const PRIVATE_MODE = 0o600;

/** Bits that a file keeps where it is replaced: writing in place takes the others. */
const KEPT_BITS = 0o1777;

/** Longest name, in bytes, that any usual disk takes, less what is added to it. */
const MOST_NAME_BYTES = 255 - ".".length - ".XXXXXX".length;

/** Letters of a temporary name; all disks tell them from each other. */
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * A file that is received under a temporary name in its directory, and takes its
 * place in one step once it is whole: until then the old file stays as it was.
 */
export class ReplacedFile implements ReceivedFile {
  readonly path: string;
  readonly file: OpenFile;
  readonly #files: FileSystem;
  readonly #temporary: string;
  /** Mode to set at last; absent where the file was made with the right one. */
  readonly #mode: number | undefined;

  private constructor(
    files: FileSystem,
    file: OpenFile,
    { path, temporary, mode }: {
      path: string;
      temporary: string;
      mode: number | undefined;
    },
  ) {
    this.#files = files;
    this.file = file;
    this.path = path;
    this.#temporary = temporary;
    this.#mode = mode;
  }

  /**
   * Makes the temporary file.
   *
   * @returns `undefined` where the file has to be written in place: the system
   * replaces none in one step, its directory takes no new name, or a link or
   * something else than a file is there.
   * @throws {TooManyOpenError} If no more files can be open.
   */
  static async open(
    files: FileSystem,
    { path, mode: announced, replaced }: EntryToStore,
    policy: StorePolicy,
  ): Promise<ReplacedFile | undefined> {
    const name = files.nameOf(path);
    const mayReplace = files.replace !== undefined && name !== "" &&
      path.endsWith(name) &&
      (replaced === undefined || replaced.kind === "file");
    if (!mayReplace) return undefined;
    const temporary = path.slice(0, path.length - name.length) +
      temporaryName(name);
    const { preserve } = policyFor("file", policy);
    const isKept = replaced !== undefined && !preserve;
    const mode = isKept
      ? replaced.mode & KEPT_BITS
      : takenMode("file", announced, policy);
    const isLater = isKept || preserve;
    const made = isLater ? PRIVATE_MODE : openMode(mode, policy);
    // Both leave at once: a look for a link costs no round trip.
    const [file, mustStay] = await Promise.all([
      files.createNew(temporary, made).catch(asEntryError),
      isLink(files, path),
    ]);
    if (file instanceof TooManyOpenError) throw file;
    if (file instanceof Error) return undefined;
    const received = new ReplacedFile(files, file, {
      path,
      temporary,
      mode: isLater || made !== mode ? mode : undefined,
    });
    if (mustStay) await received.abandon();
    return mustStay ? undefined : received;
  }

  /** Does nothing: the file is new. */
  async prepare(): Promise<void> {}

  /**
   * Gives a file that arrived whole its mode and times, closes it, and puts it in
   * its place.
   *
   * @returns The first failure. Where the file could not be closed, or could not
   * replace the other one, it is removed.
   */
  async finish(
    _size: number,
    times: Times | undefined,
  ): Promise<EntryError | undefined> {
    const steps: (() => Promise<void>)[] = [];
    const mode = this.#mode;
    if (mode !== undefined) steps.push(() => this.file.setMode(mode));
    if (times !== undefined) steps.push(() => this.file.setTimes(times));
    const flaw = await firstFailure(steps);
    try {
      await this.file.close();
      await this.#files.replace!(this.#temporary, this.path);
    } catch (error) {
      const failure = asEntryError(error);
      await this.abandon();
      return failure;
    }
    return flaw;
  }

  async cut(written: number): Promise<void> {
    await this.file.truncate(written);
  }

  /** Removes a file that did not arrive whole; gives its path if that fails. */
  async abandon(): Promise<string | undefined> {
    this[Symbol.dispose]();
    try {
      await this.#files.remove(this.#temporary);
      return undefined;
    } catch (error) {
      if (!isConnectionFailure(error)) asEntryError(error);
      return this.#temporary;
    }
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }
}

/** Tells whether a link is at a path, whether or not it leads anywhere. */
async function isLink(files: FileSystem, path: string): Promise<boolean> {
  const link = await files.readlink(path).catch(asEntryError);
  return typeof link === "string";
}

/** Gives a hidden name that begins with the file's, and that nothing else has. */
function temporaryName(name: string): string {
  const characters = Array.from(name);
  while (encodeName(characters.join("")).length > MOST_NAME_BYTES) {
    characters.pop();
  }
  const random = Array.from(
    crypto.getRandomValues(new Uint8Array(6)),
    (byte) => LETTERS[byte % LETTERS.length],
  );
  return `.${characters.join("")}.${random.join("")}`;
}
