/** Parts of a copy whose files are hashed. */

import { HashedFileSystem } from "../digest/hashed_file_system.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import type { CopyOptions } from "../options/copy_options.ts";
import type { TransferOptions, VerifiedSides } from "../tree/options.ts";

/** Tells whether a copy has hosts hash files, each that is there. */
export function hasEachHashed(
  { verifies, isDry, existing }: Pick<
    CopyOptions,
    "verifies" | "isDry" | "existing"
  >,
): boolean {
  return verifies === true && !isDry || existing?.comparesContent === true;
}

/** Tells whether a copy may have hosts hash files, as after a cut. */
export function hasFilesHashed(
  options: Pick<
    CopyOptions,
    "verifies" | "isDry" | "existing" | "resumes" | "retries"
  >,
): boolean {
  return hasEachHashed(options) || options.resumes === true ||
    options.retries !== undefined;
}

/** Gives the view of a file system that hashes what passes, where that is wanted. */
export function hashedFiles(
  files: FileSystem,
  { verifies }: Pick<CopyOptions, "verifies">,
): FileSystem {
  return verifies ? new HashedFileSystem(files) : files;
}

/** Gives the sides that are compared with what passed, where that is wanted. */
export function verifiedSides(
  sides: VerifiedSides,
  { verifies }: Pick<CopyOptions, "verifies">,
): Pick<TransferOptions, "verified"> {
  return verifies ? { verified: sides } : {};
}
