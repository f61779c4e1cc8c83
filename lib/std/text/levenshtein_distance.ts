/** Counts the letters to insert, remove or replace that turn one text into another. */
export function levenshteinDistance(str1: string, str2: string): number {
  const letters = [...str2];
  // Edits between the beginning of `str1` read so far and each one of `str2`.
  let edits = Array.from({ length: letters.length + 1 }, (_, length) => length);
  for (const [at, letter] of [...str1].entries()) {
    const next = [at + 1];
    for (const [to, other] of letters.entries()) {
      next.push(Math.min(
        edits[to]! + (letter === other ? 0 : 1),
        edits[to + 1]! + 1,
        next[to]! + 1,
      ));
    }
    edits = next;
  }
  return edits.at(-1)!;
}
