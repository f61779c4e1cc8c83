/** Content of the benchmark's files. */

/** Lines of lower-case words, or bytes that do not compress at all. */
export type Content = "text" | "random";

const SHORTEST_LINE = 30;
const LONGEST_LINE = 70;
const SHORTEST_WORD = 2;
const LONGEST_WORD = 9;

/** Each letter about as often as in English. */
const LETTERS = new TextEncoder().encode(
  "eeeeeeeeeeeettttttttaaaaaaaaooooooooiiiiiiinnnnnnnsssssshhhhhhrrrrrrddddllllcccuuummmwwffggyyppbbvk",
);

const BLANK = 0x20;
const NEWLINE = 0x0A;

/** As many bytes of it; text is the same for the same seed. */
export function makeContent(
  content: Content,
  bytes: number,
  seed: number,
): Uint8Array<ArrayBuffer> {
  return content === "text" ? textBytes(bytes, seed) : randomBytes(bytes);
}

function textBytes(count: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  const random = randomNumbers(seed);
  let line = 0;
  let word = 0;
  for (let at = 0; at < count; at++) {
    if (line-- === 0) {
      if (at > 0) bytes[at - 1] = NEWLINE;
      line = random(SHORTEST_LINE, LONGEST_LINE);
      word = random(SHORTEST_WORD, LONGEST_WORD);
    }
    if (word-- === 0) {
      bytes[at] = BLANK;
      word = random(SHORTEST_WORD, LONGEST_WORD);
    } else {
      bytes[at] = LETTERS[random(0, LETTERS.length - 1)]!;
    }
  }
  if (count > 0) bytes[count - 1] = NEWLINE;
  return bytes;
}

/** Gives whole numbers from the least to the greatest, both included. */
function randomNumbers(
  seed: number,
): (least: number, greatest: number) => number {
  // Xorshift, which must not start with 0; seeds that follow each other differ
  // in all bits.
  let state = Math.imul(seed + 1, 0x9E3779B1);
  return (least, greatest) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return least + (state >>> 0) % (greatest - least + 1);
  };
}

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  const MOST_AT_ONCE = 65536;
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += MOST_AT_ONCE) {
    crypto.getRandomValues(bytes.subarray(at, at + MOST_AT_ONCE));
  }
  return bytes;
}
