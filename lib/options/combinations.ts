import { UsageError } from "../errors.ts";
import type { CopyOptions } from "./copy_options.ts";
import { dashed } from "./option_table.ts";

/**
 * Checks options that make sense only together, or only apart.
 *
 * @throws {UsageError} If one of them lacks another one, or excludes it.
 */
export function checkCombinations(options: CopyOptions): void {
  const { recursive, filters, keepsLinks, modes, existing, isAtomic } = options;
  const [filter] = filters ?? [];
  if (!recursive && filter !== undefined) {
    throw wrong(
      `${
        dashed(filter.kind)
      } needs -r: it chooses among what is in directories`,
    );
  }
  if (!recursive && keepsLinks) {
    throw wrong("--links needs -r: it is for links in directories");
  }
  if (!recursive && modes?.directory !== undefined) {
    throw wrong("--chmod D needs -r: it is for the modes of directories");
  }
  if (isAtomic && existing?.keepsAll) {
    throw wrong(
      "--atomic replaces what is there, and --no-clobber does not: choose one",
    );
  }
  if (options.resumes) checkResumed(options);
}

/** @throws {UsageError} If what is there is to be completed, and left alone, too. */
function checkResumed({ isAtomic, existing }: CopyOptions): void {
  if (isAtomic) {
    throw wrong(
      "--resume completes what is there, and --atomic replaces it: choose one",
    );
  }
  const kept = existing?.keepsAll
    ? "--no-clobber"
    : existing?.keepsNewer
    ? "--update"
    : undefined;
  if (kept === undefined) return;
  throw wrong(
    `--resume completes what is there, and ${kept} may leave it: choose one`,
  );
}

function wrong(message: string): UsageError {
  return new UsageError(message, { status: 255 });
}
