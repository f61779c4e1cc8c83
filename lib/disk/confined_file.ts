import type { Moved } from "../filesystem/access.ts";
import type { Attributes } from "../filesystem/file_system.ts";
import type { EntryStatus } from "../filesystem/served_file_system.ts";
import { checked } from "../system/libc.ts";
import { AT_EMPTY_PATH, statusCalls } from "../system/status.ts";
import { LinuxFile } from "./linux_file.ts";

/** Rules for an open file of a confined disk. */
export interface ConfinedFileRules {
  /** Counts the content. */
  readonly moved: Moved;
  /** Bits of a mode that a client may set. */
  readonly modeBits: number;
  /** False where a client may not tell the file from another one. */
  readonly isShown: boolean;
}

/** Bits that a client never sets: set-id and sticky. */
const SPECIAL_BITS = 0o7000;

/** An open file or directory of a confined disk. */
export class ConfinedFile extends LinuxFile {
  readonly #rules: ConfinedFileRules;

  constructor(fd: number, rules: ConfinedFileRules) {
    super(fd);
    this.#rules = rules;
  }

  override fstat(): Attributes {
    const { identity, ...attributes } = super.fstat();
    const isKnown = this.#rules.isShown && identity !== undefined;
    return isKnown ? { ...attributes, identity } : attributes;
  }

  override read(buffer: Uint8Array): number {
    const count = super.read(buffer);
    this.#rules.moved.bytesSent += count;
    return count;
  }

  override write(bytes: Uint8Array): number {
    // A regular file never keeps a write waiting.
    const count = super.write(bytes) as number;
    this.#rules.moved.bytesReceived += count;
    return count;
  }

  /** Sets the bits that a client may set; a directory keeps those it may not. */
  override fchmod(mode: number): void {
    const there = super.fstat();
    const kept = there.kind === "directory" ? there.mode & SPECIAL_BITS : 0;
    super.fchmod(mode & this.#rules.modeBits | kept);
  }
}

/** Gives the attributes of what a descriptor names. */
export function statusOf(fd: number): Attributes {
  const { look, read } = statusCalls();
  checked(() => look(fd, EMPTY, AT_EMPTY_PATH));
  return read();
}

/** Gives all attributes of what a descriptor names. */
export function wholeStatusOf(fd: number): EntryStatus {
  const { look, whole } = statusCalls();
  checked(() => look(fd, EMPTY, AT_EMPTY_PATH));
  return whole();
}

/** Path of the descriptor itself. */
const EMPTY = Uint8Array.of(0);
