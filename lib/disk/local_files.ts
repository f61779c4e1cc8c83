import { DenoFiles } from "./deno_files.ts";
import type { Files } from "../filesystem/file_system.ts";
import { hasFileCalls } from "./raw_calls.ts";
import { RawFiles } from "./raw_files.ts";

export type LocalFiles = Files;

/**
 * The local disk: by the system's own calls where they are known, which reach
 * every name and every kind of entry, else by the runtime's.
 */
export const LocalFiles: new () => LocalFiles = hasFileCalls()
  ? RawFiles
  : DenoFiles;

/** The process's umask; where there is none, as on Windows, no bits. */
export function currentUmask(): number {
  return Deno.build.os === "windows" ? 0 : Deno.umask();
}
