import {
  asEntryError,
  EntryError,
  isConnectionFailure,
  TooManyOpenError,
} from "../errors.ts";
import { encodeName } from "../names/name_bytes.ts";
import type { Attributes, FileSystem, OpenFile, Times } from "./file_system.ts";
import {
  type EntryToStore,
  type FileCheck,
  firstFailure,
  openMode,
  policyFor,
  type ReceivedFile,
  type StorePolicy,
  type SuspendedFile,
  takenMode,
  withLeft,
} from "./store.ts";

/** Mode of a file that gets its own one when it is whole. */
const PRIVATE_MODE = 0o600;

/** Bits that a file keeps where it is replaced: writing in place takes the others. */
const KEPT_BITS = 0o1777;

/** Longest name, in bytes, that any usual disk takes, less what is added to it. */
const MOST_NAME_BYTES = 255 - ".".length - ".seacp-XXXXXX".length;

/** Most links on the way to a file, as Linux follows them. */
const MAX_LINKS = 40;

/** Reason why nothing is replaced on a server that lacks the call for it. */
export const NO_RENAME =
  "the server cannot replace files in one step (no posix-rename)";

/** Letters of a temporary name; all disks tell them from each other. */
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

/** Listener for the path of a temporary file that may be left. */
export type LeftListener = (temporary: string) => void;

/**
 * A file that is received under a temporary name in its directory, and takes its
 * place in one step once it is whole: until then the old file stays as it was.
 */
export class ReplacedFile implements ReceivedFile {
  readonly path: string;
  readonly file: OpenFile;
  readonly #files: FileSystem;
  readonly #state: SuspendedFile;
  readonly #noteLeft: LeftListener | undefined;

  private constructor(
    files: FileSystem,
    file: OpenFile,
    state: SuspendedFile,
    noteLeft?: LeftListener,
  ) {
    this.#files = files;
    this.file = file;
    this.path = state.path;
    this.#state = state;
    this.#noteLeft = noteLeft;
  }

  /**
   * Opens a file that was suspended, to go on with it.
   *
   * @param found The temporary file, as it was found.
   * @throws {EntryError} If it cannot be opened.
   */
  static async reopen(
    files: FileSystem,
    state: SuspendedFile,
    found: Attributes,
  ): Promise<ReplacedFile> {
    const { temporary, path } = state;
    const file = await files.openToWrite(temporary, PRIVATE_MODE, found, path);
    return new ReplacedFile(files, file, state);
  }

  /**
   * Makes the temporary file. A link at the path is followed: the file that it leads
   * to is replaced.
   *
   * @param noteLeft Called with the temporary file's path where it may be there: a
   * connection is lost while it is made or put in its place, or it cannot be removed.
   * @returns The reason where the file cannot be replaced in one step, or something
   * else than a file is there.
   * @throws {TooManyOpenError} If no more files can be open.
   */
  static async open(
    files: FileSystem,
    entry: EntryToStore,
    policy: StorePolicy,
    noteLeft?: LeftListener,
  ): Promise<ReplacedFile | EntryError> {
    const { path } = entry;
    const refused = (reason: string) =>
      new EntryError(`${files.label}${path}: ${reason}`);
    if (files.replace === undefined) return refused(NO_RENAME);
    const objection = objectionTo(entry.replaced);
    if (objection !== undefined) return refused(objection);
    let place = path;
    for (let links = 0; links <= MAX_LINKS; links++) {
      const attempt = await ReplacedFile.#openAt(place, files, entry, {
        policy,
        noteLeft,
      });
      if (typeof attempt !== "string") return attempt;
      place = attempt;
    }
    return refused("Too many levels of symbolic links");
  }

  /**
   * Makes the temporary file beside a path.
   *
   * @returns The path that a link there leads to, or the reason of a failure.
   */
  static async #openAt(
    place: string,
    files: FileSystem,
    { path, mode: announced, replaced }: EntryToStore,
    { policy, noteLeft }: {
      policy: StorePolicy;
      noteLeft: LeftListener | undefined;
    },
  ): Promise<ReplacedFile | EntryError | string> {
    const name = files.nameOf(place);
    if (name === "" || !place.endsWith(name)) {
      return new EntryError(`${files.label}${path}: Not a directory`);
    }
    const directory = place.slice(0, place.length - name.length);
    const temporary = temporaryBeside(files, place);
    const { preserve } = policyFor("file", policy);
    const isKept = replaced !== undefined && !preserve;
    const mode = isKept
      ? replaced.mode & KEPT_BITS
      : takenMode("file", announced, policy);
    const isLater = isKept || preserve;
    const made = isLater ? PRIVATE_MODE : openMode(mode, policy);
    // Both leave at once: a look for a link costs no round trip.
    const [file, link] = await notingLeft(
      temporary,
      noteLeft,
      () =>
        Promise.all([
          files.createNew(temporary, made, path).catch(asEntryError),
          files.readlink(place).catch(asEntryError),
        ]),
    );
    if (file instanceof TooManyOpenError) throw file;
    const received = file instanceof EntryError
      ? file
      : new ReplacedFile(files, file, {
        path,
        place,
        temporary,
        mode: isLater || made !== mode ? mode : undefined,
      }, noteLeft);
    if (typeof link !== "string") return received;
    if (received instanceof ReplacedFile) {
      const left = await received.abandon();
      if (left !== undefined) noteLeft?.(left);
    }
    return isAbsolute(link) ? link : directory + link;
  }

  /** Does nothing: the file is new. */
  async prepare(): Promise<void> {}

  /**
   * Gives a file that arrived whole its mode and times, closes it, and puts it in
   * its place.
   *
   * @returns The first failure. Where the file could not be closed, is none to keep,
   * or could not replace the other one, it is removed.
   */
  async finish(
    _size: number,
    times: Times | undefined,
    check?: FileCheck,
  ): Promise<EntryError | undefined> {
    const { temporary } = this.#state;
    return await notingLeft(
      temporary,
      this.#noteLeft,
      () => this.#finish(times, check),
    );
  }

  async #finish(
    times: Times | undefined,
    check: FileCheck | undefined,
  ): Promise<EntryError | undefined> {
    const steps: (() => Promise<void>)[] = [];
    const { mode, temporary, place } = this.#state;
    if (mode !== undefined) steps.push(() => this.file.setMode(mode));
    if (times !== undefined) steps.push(() => this.file.setTimes(times));
    const flaw = await firstFailure(steps);
    try {
      await this.file.close();
      const objection = flaw ?? await check?.(temporary);
      if (objection !== undefined && objection !== flaw) throw objection;
      await this.#files.replace!(temporary, place);
    } catch (error) {
      const failure = asEntryError(error);
      const left = await this.abandon();
      if (left !== undefined) this.#noteLeft?.(left);
      return withLeft(failure, left);
    }
    return flaw;
  }

  async cut(written: number): Promise<void> {
    await this.file.truncate(written);
  }

  /** Removes a file that did not arrive whole; gives its path if that fails. */
  async abandon(): Promise<string | undefined> {
    const { temporary } = this.suspend();
    try {
      await this.#files.remove(temporary);
      return undefined;
    } catch (error) {
      if (!isConnectionFailure(error)) asEntryError(error);
      return temporary;
    }
  }

  suspend(): SuspendedFile {
    this[Symbol.dispose]();
    return this.#state;
  }

  async discard(): Promise<void> {
    await this.abandon();
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }
}

/**
 * Takes some steps on a temporary file, and notes the file where the connection is lost
 * with them.
 */
export async function notingLeft<T>(
  temporary: string,
  noteLeft: LeftListener | undefined,
  steps: () => Promise<T>,
): Promise<T> {
  try {
    return await steps();
  } catch (error) {
    if (isConnectionFailure(error)) noteLeft?.(temporary);
    throw error;
  }
}

/** Gives the reason why what is there cannot be replaced; `undefined` if it can. */
function objectionTo(replaced: Attributes | undefined): string | undefined {
  switch (replaced?.kind) {
    case undefined:
    case "file":
      return undefined;
    case "directory":
      return "Is a directory";
    case "other":
      return "no regular file is there, which alone can be replaced in one step";
    case "unknown":
      return "the server does not tell what is there, and what its mode is";
  }
}

/** Tells a path that begins at a root, as links on any system write it. */
function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^(?:[a-z]:)?\\/i.test(path);
}

/** Gives a path for what is to take the place of an entry, in the same directory. */
export function temporaryBeside(
  files: Pick<FileSystem, "nameOf">,
  path: string,
): string {
  const name = files.nameOf(path);
  return path.slice(0, path.length - name.length) + temporaryName(name);
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
  return `.${characters.join("")}.seacp-${random.join("")}`;
}
