/**
 * Policy for received entries: the modes that they are made with and get at
 * last. `stored_file.ts` and `stored_directory.ts` keep to OpenSSH's order, from
 * scp.c `sink()`.
 */

import { asEntryError, type EntryError } from "../errors.ts";
import type { Attributes } from "./file_system.ts";

/** Share of a peer's attributes that is taken over. */
export interface StorePolicy {
  /** Take modes whole and times; else modes pass under the umask. */
  readonly preserve: boolean;
  /**
   * The bits that an entry does not get unless modes are preserved; absent
   * where the system that stores it has a umask that nobody else knows.
   */
  readonly umask?: number;
  /** The bits that are ever taken over; 0o777 leaves set-id and sticky out. */
  readonly modeBits: number;
}

/** Entry that is to be stored, and its place. */
export interface EntryToStore {
  readonly path: string;
  /** As announced. */
  readonly mode: number;
  /** Entry that `FileSystem.find` found there. */
  readonly replaced: Attributes | undefined;
}

const OWNER_WRITE = 0o200;

/** Never taken unless modes are preserved (CVE-2026-35385). */
const SET_ID_BITS = 0o6000;

/** Gives the mode of an entry, as far as the policy takes over what was announced. */
export function takenMode(announced: number, policy: StorePolicy): number {
  const mode = announced & policy.modeBits;
  return policy.preserve ? mode : mode & ~((policy.umask ?? 0) | SET_ID_BITS);
}

/** Gives the mode to open a file with that is to have `mode` at last. */
export function openMode(mode: number, policy: StorePolicy): number {
  return (mode & 0o777) | openBits(policy);
}

/**
 * Gives the bits that a file is made with beyond its mode, to be filled; none
 * where they could not be taken back, and no system needs them.
 */
export function openBits({ umask }: StorePolicy): number {
  return umask === undefined ? 0 : OWNER_WRITE;
}

/**
 * Takes the last steps for an entry in their order, none waiting for the one
 * before it to be done; gives the first thing that failed.
 */
export async function firstFailure(
  steps: readonly (() => Promise<void>)[],
): Promise<EntryError | undefined> {
  const outcomes = await Promise.all(
    steps.map((step) => step().then(() => undefined, asEntryError)),
  );
  return outcomes.find((failure) => failure !== undefined);
}
