/** Escapes text for mdoc(7), so that it is shown unchanged. */

/** Escapes of characters that a formatter would interpret or replace. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\e",
  '"': "\\(dq",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

/** Blanks between sentences: mdoc wants each sentence on its own line. */
const BETWEEN_SENTENCES = /(?<=[.!?]) +(?=[A-Z])/g;

/** Words that a macro line reads as macros or punctuation, not as text. */
const HAS_MEANING = /^([A-Z%]\w{1,2}|[()[\].,:;?!|])$/;

/**
 * Formats text as lines, one a sentence. A hyphen inside a word may end a line;
 * any other becomes an ASCII minus, as options need it.
 */
export function textLines(text: string): string {
  const isHyphen = (at: number) => /\w-\w/.test(text.slice(at - 1, at + 2));
  return escaped(text, isHyphen)
    .replaceAll(BETWEEN_SENTENCES, "\n")
    .replaceAll(/^\./gm, "\\&.");
}

/** Formats text, blanks included, as one literal argument of a macro. */
export function argument(text: string): string {
  const literal = escaped(text, () => false);
  if (HAS_MEANING.test(text)) return `\\&${literal}`;
  return /\s|^$/.test(text) ? `"${literal}"` : literal;
}

/** @param isHyphen Tells if the `-` at an index may be a hyphen and end a line. */
function escaped(text: string, isHyphen: (at: number) => boolean): string {
  return text.replaceAll(
    /[\\"'`^~-]/g,
    (char, at: number) => ESCAPES[char] ?? (isHyphen(at) ? "-" : "\\-"),
  );
}
