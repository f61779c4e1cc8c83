import { levenshteinDistance } from "@std/text/levenshtein-distance";

/**
 * Gives the word that takes the fewest edits to become `typed`; `undefined` if
 * each one differs in more than half of its letters.
 */
export function closestTo(
  typed: string,
  words: readonly string[],
): string | undefined {
  return words
    .map((word) => ({ word, edits: levenshteinDistance(typed, word) }))
    .filter(({ word, edits }) => edits <= word.length / 2)
    .toSorted((a, b) => a.edits - b.edits)[0]?.word;
}
