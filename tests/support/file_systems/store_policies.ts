/** Policies that received entries are stored by, and a disk that notes the modes. */

import type { OpenFile } from "../../../lib/filesystem/file_system.ts";
import type { StorePolicy } from "../../../lib/filesystem/store.ts";
import { withFaults } from "./faulty_file.ts";
import { MemoryFileSystem } from "./memory_file_system.ts";

/** Modes pass under a umask stricter than the disk's. */
export const PLAIN: StorePolicy = {
  preserve: false,
  umask: 0o077,
  modeBits: 0o7777,
};

/** Modes and times are preserved. */
export const PRESERVING: StorePolicy = { ...PLAIN, preserve: true };

/** Modes pass under the umask of the system that stores, which only it knows. */
export const UMASK_UNKNOWN: StorePolicy = { preserve: false, modeBits: 0o7777 };

export const TIMES = {
  modified: 1_000_000_000_000,
  accessed: 1_000_000_001_000,
} as const;

/** Writes a mode as `ls` numbers it: `0644`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** A disk with the umask 0o077, which notes the modes that it is given. */
export class ModeNotingFileSystem extends MemoryFileSystem {
  readonly modes: string[] = [];

  constructor() {
    super({ umask: 0o077 });
  }

  override async openToWrite(path: string, mode: number): Promise<OpenFile> {
    this.modes.push(`open ${octal(mode)}`);
    const file = await super.openToWrite(path, mode);
    return withFaults(file, {
      setMode: async (mode) => {
        this.modes.push(`set ${octal(mode)}`);
        await file.setMode(mode);
      },
    });
  }

  override async mkdir(path: string, mode: number): Promise<void> {
    this.modes.push(`make ${octal(mode)}`);
    await super.mkdir(path, mode);
  }

  override async setMode(path: string, mode: number): Promise<void> {
    this.modes.push(`set ${octal(mode)}`);
    await super.setMode(path, mode);
  }
}
