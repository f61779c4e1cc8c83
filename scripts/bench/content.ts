/** Content of the benchmark's files. */

/**
 * Lines of lower-case words, bytes that do not compress at all, or records as
 * JSON in one line.
 */
export type Content = "text" | "random" | "json";

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

/**
 * Makes as many bytes of it; text and JSON are the same for the same seed. JSON
 * takes 64 bytes at least.
 */
export function makeContent(
  content: Content,
  bytes: number,
  seed: number,
): Uint8Array<ArrayBuffer> {
  switch (content) {
    case "text":
      return textBytes(bytes, seed);
    case "random":
      return randomBytes(bytes);
    case "json":
      return jsonBytes(bytes, seed);
  }
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

/** Makes a list of records, and of words as many as are missing. */
function jsonBytes(count: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = randomNumbers(seed);
  const words = new TextDecoder().decode(textBytes(count, seed))
    .replaceAll("\n", " ");
  const wordsAt = (length: number) => {
    const at = random(0, count - length);
    return words.slice(at, at + length);
  };
  const end = (note: string) => `],"total":${seed},"note":"${note}"}\n`;
  let text = '{"items":[';
  for (let id = 1;; id++) {
    const record = JSON.stringify({
      id,
      name: wordsAt(12),
      price: random(100, 99_999) / 100,
      isActive: random(0, 1) === 1,
      tags: [wordsAt(5), wordsAt(7)],
    });
    const longer = `${text}${id === 1 ? "" : ","}${record}`;
    if (longer.length + end("").length > count) break;
    text = longer;
  }
  const note = words.slice(0, count - text.length - end("").length);
  return new TextEncoder().encode(text + end(note));
}

/**
 * Gives a function that gives whole numbers from the least to the greatest, both
 * included: the same ones for the same seed.
 */
export function randomNumbers(
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
