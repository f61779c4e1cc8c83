import { EntryError } from "../errors.ts";
import { type FileSystem, isSamePlace } from "../filesystem/file_system.ts";
import type { FoundEntry } from "./destination.ts";

/** File, and the file system that holds it. */
export interface PlacedFile extends FoundEntry {
  readonly files: FileSystem;
}

/**
 * Checks that a copy does not replace its own source.
 *
 * @throws {EntryError} If source and target are the same file.
 */
export async function checkDifferent(
  source: PlacedFile,
  target: PlacedFile,
): Promise<void> {
  if (!isSamePlace(source.files, target.files)) return;
  const [one, other] = await Promise.all([
    identityOf(source),
    identityOf(target),
  ]);
  if (one === undefined || one !== other) return;
  throw new EntryError(
    `${source.files.label}${source.path}: ${target.path} is the same file`,
  );
}

async function identityOf(
  { files, path, attributes }: PlacedFile,
): Promise<string | undefined> {
  return attributes.identity ?? await files.identify(path);
}
