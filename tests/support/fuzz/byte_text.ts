/** Bytes as text, a character for each: what a dialogue is mutated as. */

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

export function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** The same as TypeScript to make a named case of; long runs are told short. */
export function literal(text: string): string {
  return text.split(/((.)\2{39,})/s).flatMap((part, index) => {
    // Each run is there with the one character that it is made of.
    if (index % 3 === 2 || part === "" && text !== "") return [];
    if (index % 3 === 0) return [quoted(part)];
    return [`${quoted(part.charAt(0))}.repeat(${part.length})`];
  }).join(" + ");
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\x20-\x7e]|\\u00([0-9a-f]{2})/g,
    (char, digits?: string) =>
      digits === undefined ? escaped(char) : `\\x${digits}`,
  );
}

function escaped(char: string): string {
  const digits = char.charCodeAt(0).toString(16);
  return digits.length > 2
    ? `\\u${digits.padStart(4, "0")}`
    : `\\x${digits.padStart(2, "0")}`;
}
