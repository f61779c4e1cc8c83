import { DenoFileSystem } from "./deno_files.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { hasFileCalls } from "./raw_calls.ts";
import { PosixFileSystem } from "./raw_files.ts";

export type LocalFileSystem = FileSystem;

/**
 * The local disk: by the system's own calls where they are known, which reach
 * every name and every kind of entry, else by the runtime's.
 */
export const LocalFileSystem: new () => LocalFileSystem = hasFileCalls()
  ? PosixFileSystem
  : DenoFileSystem;

/** The process's umask; where there is none, as on Windows, no bits. */
export function currentUmask(): number {
  return Deno.build.os === "windows" ? 0 : Deno.umask();
}
