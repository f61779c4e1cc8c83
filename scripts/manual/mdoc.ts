/** How text is written in mdoc(7), so that it comes out as it was. */

/** What a formatter would read as a command, or show as something else. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\e",
  '"': "\\(dq",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

/** Where mdoc wants a new line: after a sentence. */
const BETWEEN_SENTENCES = /(?<=[.!?]) +(?=[A-Z])/g;

/** What a macro takes for another macro, or for punctuation, not for text. */
const HAS_MEANING = /^([A-Z%]\w{1,2}|[()[\].,:;?!|])$/;

/**
 * Lines of text, one a sentence. A hyphen within a word is one; any other is an
 * ASCII minus, as options have it.
 */
export function textLines(text: string): string {
  const isHyphen = (at: number) => /\w-\w/.test(text.slice(at - 1, at + 2));
  return escaped(text, isHyphen)
    .replaceAll(BETWEEN_SENTENCES, "\n")
    .replaceAll(/^\./gm, "\\&.");
}

/** One argument of a macro, blanks and all: text that is typed as it stands. */
export function argument(text: string): string {
  const literal = escaped(text, () => false);
  if (HAS_MEANING.test(text)) return `\\&${literal}`;
  return /\s|^$/.test(text) ? `"${literal}"` : literal;
}

/** @param isHyphen Whether the `-` there may look like one, and end a line. */
function escaped(text: string, isHyphen: (at: number) => boolean): string {
  return text.replaceAll(
    /[\\"'`^~-]/g,
    (char, at: number) => ESCAPES[char] ?? (isHyphen(at) ? "-" : "\\-"),
  );
}
