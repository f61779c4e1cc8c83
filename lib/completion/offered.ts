import { printable } from "../names/printable.ts";

/** Most candidates that are offered: nobody looks through more. */
const MOST_OFFERED = 2000;

/**
 * Tells whether a name can be offered: one that is no UTF-8, or holds
 * characters that may not reach a terminal, cannot be typed either.
 */
export function isOfferable(name: string): boolean {
  return name !== "" && name.isWellFormed() && printable(name) === name;
}

/**
 * Gives the names that begin as typed, sorted. Of too many it gives the first
 * ones and the last one, whose common beginning is that of all.
 */
export function offered<T extends { readonly name: string }>(
  all: readonly T[],
  beginning: string,
): T[] {
  const fitting = all
    .filter(({ name }) => fits(name, beginning))
    .toSorted((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return fitting.length <= MOST_OFFERED
    ? fitting
    : [...fitting.slice(0, MOST_OFFERED - 1), fitting.at(-1)!];
}

/**
 * Tells whether a name begins so; a hidden one fits only where a dot is typed.
 */
function fits(name: string, beginning: string): boolean {
  return name.startsWith(beginning) && isOfferable(name) &&
    (beginning !== "" || !name.startsWith("."));
}
