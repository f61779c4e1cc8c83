/**
 * Policy for received entries: it alone decides the modes that they are made with
 * and get at last. `stored_file.ts` and `stored_directory.ts` carry it out, in the
 * order of OpenSSH's scp.c `sink()`, and set times where they are given some.
 */

import { asEntryError, EntryError, LostFileError } from "../errors.ts";
import type { Attributes, OpenFile, Times } from "./file_system.ts";

/** Modes that the user gives, in place of those of the sources. */
export interface GivenModes {
  /** Permission bits of files, 0 to 0o777; absent where they keep their own. */
  readonly file?: number;
  /** The same of directories. */
  readonly directory?: number;
}

/** Rules for the attributes that a peer announces. */
export interface StorePolicy {
  /** True to take times, and modes whole; else modes pass under the umask. */
  readonly preserve: boolean;
  /**
   * Bits that an entry does not get unless modes are preserved; absent where only
   * the system that stores it knows its umask.
   */
  readonly umask?: number;
  /** Bits that an entry can get at all; 0o777 leaves set-id and sticky out. */
  readonly modeBits: number;
  /** Modes that entries get whole, whatever is announced. */
  readonly given?: GivenModes | undefined;
}

/** Entry to be stored, and its place. */
export interface EntryToStore {
  readonly path: string;
  /** As announced. */
  readonly mode: number;
  /** Entry that `FileSystem.find` found there. */
  readonly replaced: Attributes | undefined;
  /** True where an earlier try of the same copy has made that entry. */
  readonly isOurs?: boolean;
}

/**
 * Gives the end of a message about a file that did not arrive.
 *
 * @param left Path of what could not be removed; absent where nothing is left.
 */
export function leftText(left: string | undefined): string {
  return left === undefined ? "" : `; ${left} is left`;
}

/** Gives a failure that tells what is left, too, unless the file begins again. */
export function withLeft(
  failure: EntryError,
  left: string | undefined,
): EntryError {
  const isTold = left === undefined || failure instanceof LostFileError;
  return isTold ? failure : new EntryError(failure.message + leftText(left));
}

/**
 * Check of a file that is closed, at the path where it is by then.
 *
 * @returns Reason why it is none to keep.
 */
export type FileCheck = (path: string) => Promise<EntryError | undefined>;

/** A file under its temporary name, which was closed before it was whole. */
export interface SuspendedFile {
  readonly path: string;
  /** Path of the file that is replaced: behind links, if there are any. */
  readonly place: string;
  readonly temporary: string;
  /** Mode to set at last; absent where the file was made with the right one. */
  readonly mode: number | undefined;
}

/** A file that is being received. */
export interface ReceivedFile extends Disposable {
  readonly path: string;
  /** Open file that takes the content. */
  readonly file: OpenFile;
  /**
   * Makes the file ready for content of the expected size.
   *
   * @throws {EntryError} If an older file can neither be cut nor emptied.
   */
  prepare(size: number): Promise<void>;
  /**
   * Gives a file that arrived whole its length, mode and times, and closes it.
   *
   * @param check Called once it is closed, if nothing failed, before it takes the
   * place of another file; absent where nothing is to be checked.
   * @returns The first failure; a `NotCutError` only if `empty` is there.
   */
  finish(
    size: number,
    times: Times | undefined,
    check?: FileCheck,
  ): Promise<EntryError | undefined>;
  /**
   * Empties the file for a second attempt; absent where nothing older is in it.
   *
   * @throws {EntryError} If it cannot be emptied.
   */
  empty?(): Promise<void>;
  /** Cuts a file that ends sooner than was told to the `written` bytes that came. */
  cut(written: number): Promise<void>;
  /** Removes a file that was announced by mistake, or cuts one that was there. */
  discard(written: number): Promise<void>;
  /**
   * Leaves no bytes of a file that did not arrive whole but the first `written`.
   *
   * @returns Path of a file that could not be removed.
   */
  abandon(written: number): Promise<string | undefined>;
  /**
   * Closes a file that did not arrive whole, and leaves it as it is. Absent for a file
   * in its own place.
   */
  suspend?(): SuspendedFile;
}

/** Gives the mode of an entry: the one that the user gives for its kind, or its own. */
export function givenMode(
  kind: keyof GivenModes,
  mode: number,
  given: GivenModes | undefined,
): number {
  return given?.[kind] ?? mode;
}

/** Gives the policy for entries of a kind, whose mode is given or announced. */
export function policyFor(
  kind: keyof GivenModes,
  policy: StorePolicy,
): StorePolicy {
  return policy.given?.[kind] === undefined
    ? policy
    : { ...policy, preserve: true };
}

const OWNER_WRITE = 0o200;

/** Never taken unless modes are preserved (CVE-2026-35385). */
const SET_ID_BITS = 0o6000;

/** Gives the mode that an entry of a kind is to have at last. */
export function takenMode(
  kind: keyof GivenModes,
  announced: number,
  policy: StorePolicy,
): number {
  const mode = givenMode(kind, announced & policy.modeBits, policy.given);
  return policyFor(kind, policy).preserve
    ? mode
    : mode & ~((policy.umask ?? 0) | SET_ID_BITS);
}

/** Gives the mode to make a file with that is to have `mode` at last. */
export function openMode(mode: number, policy: StorePolicy): number {
  return (mode & 0o777) | openBits(policy);
}

/**
 * Gives the bits that a file is made with beyond its mode, to be written; none where
 * the umask is unknown, since the final mode could not be set without it.
 */
export function openBits({ umask }: StorePolicy): number {
  return umask === undefined ? 0 : OWNER_WRITE;
}

/**
 * Gives the mode to make a file with whose content is written by whoever makes it, and
 * the one to set at last; `undefined` where it has the right one. Its maker may write to
 * it as long as it is open, whatever its mode.
 *
 * @param announced Mode as announced.
 */
export function wholeModes(
  announced: number,
  policy: StorePolicy,
): { made: number; last: number | undefined } {
  const mode = takenMode("file", announced, policy);
  const { preserve } = policyFor("file", policy);
  return { made: mode & 0o777, last: preserve ? mode : undefined };
}

/** Tells whether a new file, made as `openMode` says, has to be given its mode at last. */
export function needsMode(mode: number, policy: StorePolicy): boolean {
  return policyFor("file", policy).preserve ||
    (mode | openBits(policy)) !== mode;
}

/**
 * Takes the last steps for an entry in their order, without a wait between them.
 *
 * @returns The first failure.
 * @throws {Error} The first error that is no `EntryError`.
 */
export async function firstFailure(
  steps: readonly (() => Promise<void>)[],
): Promise<EntryError | undefined> {
  const outcomes = await Promise.all(
    steps.map((step) => step().then(() => undefined, asEntryError)),
  );
  return outcomes.find((failure) => failure !== undefined);
}
