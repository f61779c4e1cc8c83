import { UsageError } from "../errors.ts";
import type { CopyOptions } from "./copy_options.ts";

/** The largest `--retries`. */
const MAX_RETRIES = 10_000;

/**
 * Reads the values of `--retries`, of which the last one counts.
 *
 * @throws {UsageError} If one is no number of tries.
 */
export function readRetries(
  values: readonly string[],
): Pick<CopyOptions, "retries"> {
  const retries = values.map(readNumber).at(-1) ?? 0;
  return retries === 0 ? {} : { retries };
}

function readNumber(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= MAX_RETRIES) return Number(text);
  throw new UsageError(
    `Invalid number of retries "${text}": it must be from 0 to ${MAX_RETRIES}`,
    { status: 255 },
  );
}
