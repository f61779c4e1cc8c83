/**
 * What fish makes of a word that is typed up to somewhere, quotes perhaps open.
 * Variables stay as they are.
 */
export function fishValue(token: string): string {
  let value = "";
  let quote = "";
  for (let at = 0; at < token.length; at++) {
    const char = token.charAt(at);
    const next = token.charAt(at + 1);
    if (char === quote) quote = "";
    else if (quote === "" && /['"]/.test(char)) quote = char;
    else if (char === "\\" && escapes(quote, next)) {
      value += next;
      at++;
    } else value += char;
  }
  return value;
}

function escapes(quote: string, next: string): boolean {
  if (quote === "'") return /['\\]/.test(next);
  return quote === '"' ? /["$\\]/.test(next) : true;
}
