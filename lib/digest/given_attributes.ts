import type { Times } from "../filesystem/file_system.ts";

/** Mode and times that a file is to get; those that are absent stay as they are. */
export interface GivenAttributes {
  /** All twelve permission bits. */
  readonly mode?: number | undefined;
  /** Of which whole seconds count. */
  readonly times?: Times | undefined;
}

/** Gives the beginning of a line that has the hash script set attributes. */
export function formatAttributes({ mode, times }: GivenAttributes): string {
  const { accessed, modified } = times ?? {};
  const octal = mode?.toString(8).padStart(4, "0") ?? "";
  return `a:${octal}:${stampOf(accessed)}:${stampOf(modified)}`;
}

/**
 * Gives a time as `touch -t` reads it in the zone UTC; nothing where it is absent, or
 * its year has no four digits.
 */
function stampOf(milliseconds = NaN): string {
  const date = new Date(milliseconds);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return "";
  const digits = date.toISOString().replaceAll(/\D/g, "");
  return `${digits.slice(0, 12)}.${digits.slice(12, 14)}`;
}
