/** Dialogues as they should be, in parts: what mutation starts from. */

import type { Random } from "./random.ts";

/** Names that come; those on the disk among them. */
export const NAMES: readonly string[] = [
  "f",
  "f",
  "g",
  "kept",
  "sub",
  "a b",
  "-rf",
  ".hidden",
  "\xc3\xa9",
  "\xff",
  "tab\there",
  "\x1b[2J",
  "back\\slash",
  "con.txt",
  "n".repeat(255),
];

const SIZES = [0, 0, 1, 3, 40, 2047, 2048];

/** The longest body, in bytes: more than one block of some channels. */
const LARGE_SIZE = 20_000;

const DEEPEST = 4;

/** Messages of a source about some files and directories. */
export function sourceSession(random: Random): string[] {
  return entries(random, 1 + random.below(3), 0);
}

function entries(random: Random, count: number, depth: number): string[] {
  return Array.from({ length: count }, () => entry(random, depth)).flat();
}

function entry(random: Random, depth: number): string[] {
  if (random.chance(8)) return ["\x01scp: f: Permission denied\n"];
  const seconds = () => random.below(2 ** 32);
  const times = random.chance(30) ? [`T${seconds()} 0 ${seconds()} 0\n`] : [];
  const mode = random.below(0o10000).toString(8).padStart(4, "0");
  const name = random.pick(NAMES);
  if (depth < DEEPEST && random.chance(35)) {
    const inside = entries(random, random.below(4), depth + 1);
    return [...times, `D${mode} 0 ${name}\n`, ...inside, "E\n"];
  }
  const size = random.chance(2) ? LARGE_SIZE : random.pick(SIZES);
  const verdict = random.chance(90) ? "\0" : "\x01scp: f: Broken pipe\n";
  const body = `C0644 5 g\nE\n${"x".repeat(size)}`.slice(0, size);
  return [...times, `C${mode} ${size} ${name}\n`, body, verdict];
}

/** Replies of a sink to many records. */
export function answerSession(random: Random): string[] {
  return Array.from(
    { length: 1 + random.below(60) },
    () =>
      random.chance(92)
        ? "\0"
        : random.chance(80)
        ? `\x01scp: f: No space left on device${
          random.pick(["", "", "", "!".repeat(3000), "\xff".repeat(70_000)])
        }\n`
        : "\x02scp: protocol error\n",
  );
}
