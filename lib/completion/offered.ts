import { printable } from "../names/printable.ts";

/** More candidates than this nobody looks through. */
const MOST_OFFERED = 2000;

/**
 * Whether a name can be offered: one that is no UTF-8, or has what may not reach
 * a terminal, cannot be typed either.
 */
export function isOfferable(name: string): boolean {
  return name !== "" && name.isWellFormed() && printable(name) === name;
}

/**
 * Those that fit, sorted. Of too many, the first ones are given and the last
 * one, so that they begin with what all of them begin with.
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

/** A leading dot has to be asked for. */
function fits(name: string, beginning: string): boolean {
  return name.startsWith(beginning) && isOfferable(name) &&
    (beginning !== "" || !name.startsWith("."));
}
