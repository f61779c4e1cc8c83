/**
 * Gives the word that takes the fewest edits to become `typed`; `undefined` if
 * each one differs in more than half of its letters.
 */
export function closestTo(
  typed: string,
  words: readonly string[],
): string | undefined {
  return words
    .map((word) => ({ word, edits: editsBetween(typed, word) }))
    .filter(({ word, edits }) => edits <= word.length / 2)
    .toSorted((a, b) => a.edits - b.edits)[0]?.word;
}

/**
 * Counts the letters to insert, remove or replace that turn one text into
 * another (Levenshtein's distance).
 */
function editsBetween(one: string, other: string): number {
  // Edits between the beginning of `one` read so far and each one of `other`.
  let edits = Array.from({ length: other.length + 1 }, (_, length) => length);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (let to = 0; to < other.length; to++) {
      const isSame = letter === other[to];
      next.push(Math.min(
        edits[to]! + (isSame ? 0 : 1),
        edits[to + 1]! + 1,
        next[to]! + 1,
      ));
    }
    edits = next;
  }
  return edits.at(-1)!;
}
