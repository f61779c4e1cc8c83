const zero = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;
const one = /[\u00ad\ud7b0-\ud7fb\uff61-\uffdc\u{1f1e6}-\u{1f1ff}]/u;
const two =
  /[\p{Emoji_Presentation}\p{sc=Han}\p{sc=Hang}\p{sc=Yiii}\p{sc=Tang}\p{sc=Nshu}\u{18b00}-\u{18cff}\u2329\u232a\u2ff0-\u303e\u3041-\u3247\u3250-\u4dbf\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{1aff0}-\u{1b16f}\u{1f200}-\u{1f265}]/u;

function charWidth(char: string): number {
  if (/[^\p{Cc}\u0300-\u{10ffff}]/u.test(char)) return 1;
  if (/\p{Cc}/u.test(char)) return 0;
  if (one.test(char)) return 1;
  return zero.test(char) ? 0 : two.test(char) ? 2 : 1;
}

/**
 * Calculates the physical width of a string in a TTY-like environment, in
 * columns.
 */
export function unicodeWidth(str: string): number {
  return [...str].map(charWidth).reduce((a, b) => a + b, 0);
}
