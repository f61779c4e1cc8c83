/** Parts of a copy whose files are hashed. */

import { HashedFileSystem } from "../digest/hashed_file_system.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import type { CopyOptions } from "../options/copy_options.ts";
import type { TransferOptions, VerifiedSides } from "../tree/options.ts";

/** Tells whether a copy may have hosts hash files. */
export function hasFilesHashed(
  { verifies, isDry, existing, resumes, retries }: Pick<
    CopyOptions,
    "verifies" | "isDry" | "existing" | "resumes" | "retries"
  >,
): boolean {
  return verifies === true && !isDry || existing?.comparesContent === true ||
    resumes === true || retries !== undefined;
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
