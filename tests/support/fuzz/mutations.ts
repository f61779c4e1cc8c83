/** Mutations of a dialogue by an attacker in the middle. */

import type { Random } from "./random.ts";

/** Changes the parts of a dialogue in place. */
type Mutation = (parts: string[], random: Random) => void;

const NUMBERS: readonly string[] = [
  "",
  "-1",
  "00",
  "0000000000000000000000000000001",
  "0777",
  "1000000",
  "2147483647",
  "2147483648",
  "4294967296",
  "253402300800",
  "8640000000000",
  "8640000000001",
  "9007199254740990",
  "9007199254740991",
  "9007199254740992",
  "9223372036854775807",
  "9223372036854775808",
  "18446744073709551616",
  "9".repeat(400),
  "1e9",
  "0x10",
];

const FOREIGN_NAMES: readonly string[] = [
  "",
  "",
  ".",
  ".",
  "..",
  "..",
  "..",
  "..",
  "/",
  "../x",
  "../../x",
  "../outside/secret",
  "sub/../../x",
  "/seacp-fuzz",
  "a/b",
  "x\0y",
  "..\0",
  "../x\0",
  "..\\x",
  "C:\\x",
  "nul",
  "x.",
  "\xc0\xae\xc0\xae/x",
  "\xed\xb2\x80",
  "\xed\xa0\x80",
  "\xf4\x90\x80\x80",
  "\r",
  "\x9b2J",
  "\xe2\x80\xae",
  "n".repeat(256),
  "n".repeat(2030),
];

const RECORDS: readonly string[] = [
  "E\n",
  "E\nE\nE\nE\nE\nE\n",
  "E anything\n",
  "\n",
  "\0",
  "\0\0\0\0\0\0\0\0",
  "\x01\n",
  "\x01\x1b]0;evil\x07\n",
  "\x02bye\n",
  "Welcome to far\n",
  "C\n",
  "D\n",
  "T\n",
  "C0644 1 f\nx\0",
  "C0644 5 f\nC0644",
  "C644 1 f\n",
  "C00644 1 f\n",
  "C0844 1 f\n",
  "C7777 1 f\nx\0",
  "C6755 0 f\n\0",
  "D7777 0 sub\n",
  "D2777 0 new\n",
  "D0000 0 new\n",
  "D0755 9007199254740992 sub\n",
  "D0700 0 sub\n".repeat(70),
  "D0700 0 n\n".repeat(70),
  "C0644  1 f\n",
  "T0 0 0 0\n",
  "T-1 0 -1 0\n",
  "T1 999999 1 999999\n",
  "T1 1000000 1 0\n",
  "T1 0 1 0 1\n",
  ...[2038, 2039, 2040, 2041].map((length) =>
    `C0644 0 ${"n".repeat(length)}\n`
  ),
  "x".repeat(5000),
  "x".repeat(70_000),
  // Lines of any length.
  ...[2045, 2046, 5000, 65_534, 65_535].flatMap((length) => [
    `\x01${"w".repeat(length)}\n`,
    `\x02${"w".repeat(length)}\n`,
    `C0644 0 ${"n".repeat(length - 7)}\n`,
    `D0755 0 ${"n".repeat(length - 7)}\n`,
  ]),
  // Bytes that are no UTF-8.
  `\x01${"\xff".repeat(60_000)}\n`,
  `${"\xc3".repeat(60_000)}\n`,
  `C0644 1 ${"\xff".repeat(255)}\nx\0`,
  `D0755 0 ${"\xe2\x80".repeat(30_000)}\n`,
  // Directories without a name of their own.
  ...[".", "..", "", "/", "bob"].flatMap((name) => [
    `D1777 0 ${name}\n`,
    `T1000000000 0 1000000000 0\nD0000 0 ${name}\nC0644 1 f\nx\0E\n`,
  ]),
  // Trees without end, and floods.
  "D0700 0 n\n".repeat(1010),
  `D0700 0 ${"n".repeat(2000)}\n`.repeat(50),
  "\x01\n".repeat(20_000),
  "T0 0 0 0\n".repeat(5000),
  "D0700 0 n\nE\n".repeat(1000),
  "\0".repeat(50_000),
];

const MUTATIONS: readonly Mutation[] = [
  function flipBits(parts, random) {
    changeOne(parts, random, (part) => {
      const at = random.below(part.length);
      const flipped = part.charCodeAt(at) ^ (1 << random.below(8));
      return part.slice(0, at) + String.fromCharCode(flipped) +
        part.slice(at + 1);
    });
  },
  function putBytesIn(parts, random) {
    changeOne(parts, random, (part) => {
      const at = random.below(part.length + 1);
      const bytes = random.bytes(1 + random.below(12));
      return part.slice(0, at) + bytes + part.slice(at);
    });
  },
  function shorten(parts, random) {
    changeOne(
      parts,
      random,
      (part) => part.slice(0, random.below(part.length)),
    );
  },
  function changeNumber(parts, random) {
    changeOne(parts, random, (part) => {
      const numbers = [...part.slice(0, 100).matchAll(/\d+/g)];
      if (numbers.length === 0) return part;
      const { index, 0: digits } = random.pick(numbers);
      return part.slice(0, index) + random.pick(NUMBERS) +
        part.slice(index + digits.length);
    });
  },
  function changeName(parts, random) {
    changeOne(parts, random, (part) => {
      const name = random.pick(FOREIGN_NAMES);
      return part.replace(
        /^([CD]\d+ \d+ ).*\n$/s,
        (_, start) => `${start}${name}\n`,
      );
    });
  },
  function insertRecord(parts, random) {
    parts.splice(random.below(parts.length + 1), 0, random.pick(RECORDS));
  },
  function insertEntry(parts, random) {
    const letter = random.pick(["C", "D"]);
    const size = random.chance(50) ? "0" : random.pick(NUMBERS);
    const record = `${letter}0755 ${size} ${random.pick(FOREIGN_NAMES)}\n`;
    parts.splice(random.below(parts.length + 1), 0, record);
  },
  function double(parts, random) {
    const at = random.below(parts.length);
    parts.splice(at, 0, ...parts.slice(at, at + 1 + random.below(4)));
  },
  function drop(parts, random) {
    parts.splice(random.below(parts.length), 1 + random.below(2));
  },
  function swap(parts, random) {
    const [one, other] = [
      random.below(parts.length),
      random.below(parts.length),
    ];
    [parts[one], parts[other]] = [parts[other]!, parts[one]!];
  },
  function cut(parts, random) {
    const at = random.below(parts.length);
    parts.splice(at + 1);
    parts[at] = parts[at]!.slice(0, random.below(parts[at]!.length + 1));
  },
];

function changeOne(
  parts: string[],
  random: Random,
  change: (part: string) => string,
): void {
  const at = random.below(parts.length);
  parts[at] = change(parts[at]!);
}

/** The dialogue after none to many mutations, in one piece. */
export function mutated(random: Random, session: readonly string[]): string {
  const parts = [...session];
  for (let left = random.pick([0, 1, 1, 1, 2, 2, 3, 5, 12]); left > 0; left--) {
    if (parts.length === 0) break;
    random.pick(MUTATIONS)(parts, random);
  }
  return parts.join("");
}
