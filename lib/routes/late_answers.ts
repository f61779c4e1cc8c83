/**
 * Reads answers of a sink that nobody waited for. A banner may look like scp's
 * first acknowledgement: then each answer is taken for the one before it, and
 * the last is left over.
 */
export function lateAnswers(
  leftover: string,
): { readonly answers: string; readonly refusal: string | undefined } {
  // deno-lint-ignore no-control-regex
  const [, answers, refusal] = /^(\0*)(?:\x01(.*)\n)?/s.exec(leftover)!;
  return { answers: answers!, refusal };
}
