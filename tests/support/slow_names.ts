/** Names decoded in the slowest way there is, to compare with. */

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes one sequence after the other: what the runtime takes for one of UTF-8
 * is its character, any other byte a lone surrogate.
 */
export function decodeSlowly(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((length) =>
      isOneCharacter(bytes.subarray(at, at + length), length)
    );
    text += length === undefined
      ? String.fromCharCode(0xdc00 + bytes[at]!)
      : strict.decode(bytes.subarray(at, at + length));
    at += length ?? 1;
  }
  return text;
}

function isOneCharacter(bytes: Uint8Array, length: number): boolean {
  if (bytes.length < length) return false;
  try {
    return [...strict.decode(bytes)].length === 1;
  } catch {
    return false;
  }
}
