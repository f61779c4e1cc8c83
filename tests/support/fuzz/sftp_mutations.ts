/** Mutations of a server's replies by an attacker in the middle. */

import type { Exchange, Reply } from "../hostile/sftp_server.ts";
import { namesAnswer } from "../hostile/sftp_tree.ts";
import { packet, string, uint32, uint64, unwire, wire } from "../sftp/bytes.ts";
import { type Answer, data, handle, status } from "../sftp/server.ts";
import type { Random } from "./random.ts";
import { NAMES } from "./sessions.ts";

/** Numbers where they are least expected. */
const NUMBERS: readonly number[] = [
  ...[0, 1, 2, 3, 4, 5, 8, 9, 100, 101, 255, 256, 257, 4096, 65_535],
  ...[0x10, 0x1ff, 0x8000_0000, 0x8000_000f, 0xffff_fff0],
  ...[264_192, 264_193, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1],
];

const LARGE_NUMBERS: readonly bigint[] = [
  ...[0n, 1n, 100n, 20_000n, 2n ** 32n, 2n ** 40n],
  ...[2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n],
];

const TYPES: readonly number[] = [
  ...[101, 101, 102, 102, 103, 104, 104, 105, 105, 201],
  ...[0, 1, 2, 3, 5, 100, 106, 200, 255],
];

const MODES: readonly number[] = [
  ...[0, 0o777, 0o100644, 0o100000, 0o107777, 0o106755],
  ...[0o040755, 0o047777, 0o040000, 0o042777],
  ...[0o120777, 0o120000, 0o020666, 0o010644, 0o140777, 0o177777, 2 ** 32 - 1],
];

const MESSAGES: readonly string[] = [
  ...["", "Failure", "No such file", "Disk quota exceeded", "\0", "\n"],
  ...["\x1b[2J", "\xff\xfe", "\xc2\x9b", "\xe2\x80\xae", "x".repeat(5000)],
];

const FOREIGN_NAMES: readonly string[] = [
  ...["", ".", "..", "..", "/", "//", "../x", "../../x", "../outside/secret"],
  ...[
    "sub/../../x",
    "/seacp-fuzz",
    "a/b",
    "./x",
    "x/",
    "x\0y",
    "..\0",
    "../x\0",
  ],
  ...["..\\x", "C:\\x", "C:x", "nul", "x.", "x ", "\xc0\xae\xc0\xae/x"],
  ...["\xed\xb2\x80", "\xf4\x90\x80\x80", "\r", "\x9b2J", "\xe2\x80\xae"],
  ...["n".repeat(256), "n".repeat(5000)],
];

/** Changes one packet, its length included. */
type Mutation = (text: string, random: Random) => string;

/** Changes of bytes, whatever they stand for. */
const BLIND: readonly Mutation[] = [
  function flipBits(text, random) {
    const at = random.below(text.length);
    const flipped = text.charCodeAt(at) ^ (1 << random.below(8));
    return replaced(text, at, String.fromCharCode(flipped));
  },
  function changeNumber(text, random) {
    const at = random.chance(30) ? 9 : random.below(text.length);
    return replaced(text, at, uint32(random.pick(NUMBERS)));
  },
  function changeLargeNumber(text, random) {
    const at = random.below(text.length);
    return replaced(text, at, uint64(random.pick(LARGE_NUMBERS)));
  },
  function changeLength(text, random) {
    return uint32(random.pick(NUMBERS)) + text.slice(4);
  },
  function changeType(text, random) {
    return replaced(text, 4, String.fromCharCode(random.pick(TYPES)));
  },
  function changeId(text, random) {
    const id = random.chance(50) ? random.below(40) : random.pick(NUMBERS);
    return replaced(text, 5, uint32(id));
  },
  function putBytesIn(text, random) {
    const at = random.below(text.length + 1);
    const bytes = random.bytes(1 + random.below(12));
    return text.slice(0, at) + bytes + text.slice(at);
  },
  function shorten(text, random) {
    return text.slice(0, random.below(text.length));
  },
  function shortenPacket(text, random) {
    return string(text.slice(4, 4 + random.below(text.length)));
  },
  function lengthenPacket(text, random) {
    return string(text.slice(4) + random.bytes(1 + random.below(12)));
  },
  function double(text, random) {
    return text.repeat(2 + random.below(3));
  },
  function drop() {
    return "";
  },
];

/** Changes of what is answered, each one as a whole. */
const KNOWING: readonly ((random: Random) => Answer)[] = [
  (random) => namesAnswer(foreignEntries(random)),
  (random) => namesAnswer(foreignEntries(random)),
  (random) => ({ type: "\x69", body: anyAttributes(random) }),
  (random) => ({ type: "\x69", body: anyAttributes(random) }),
  (random) =>
    status(random.pick([...NUMBERS, 0, 1, 2, 3, 4, 8]), random.pick(MESSAGES)),
  (random) => handle(random.bytes(random.pick([0, 1, 2, 256, 257]))),
  (random) => data("x".repeat(random.pick([0, 0, 1, 100, 4096, 5000]))),
  (random) => ({ type: "\xc9", body: random.bytes(random.below(100)) }),
];

function replaced(text: string, at: number, part: string): string {
  return (text.slice(0, at) + part).slice(0, text.length) +
    text.slice(at + part.length);
}

function foreignEntries(random: Random): [name: string, attributes: string][] {
  return Array.from({ length: random.pick([0, 1, 1, 2, 5]) }, () => [
    random.pick(random.chance(60) ? FOREIGN_NAMES : NAMES),
    anyAttributes(random),
  ]);
}

/** Attributes of an entry on the wire, true or not. */
export function anyAttributes(random: Random): string {
  const has = (flag: number) => (flags & flag) !== 0;
  const flags = random.pick([0, 1, 4, 4, 5, 5, 0xc, 0xd, 0xd, 0xf]) |
    (random.chance(5) ? 0x8000_0000 : 0);
  const fields = [
    has(1) ? uint64(random.pick(LARGE_NUMBERS)) : "",
    has(2) ? uint32(random.below(2 ** 32)).repeat(2) : "",
    has(4) ? uint32(random.pick(MODES)) : "",
    has(8) ? uint32(random.below(2 ** 32)).repeat(2) : "",
    has(0x8000_0000) ? uint32(1) + string("a") + string("b") : "",
  ];
  return uint32(flags >>> 0) + fields.join("");
}

/** The packet after one mutation. */
export function mutatedPacket(text: string, random: Random): string {
  if (random.chance(60)) return random.pick(BLIND)(text, random);
  const { type, body } = random.pick(KNOWING)(random);
  return unwire(packet(type, text.slice(5, 9), body));
}

/**
 * Answers that a good server gives, but from one of them on so many out of a
 * hundred are mutated: some of those are held back and come after the next one,
 * and some are the last.
 */
export class MutatedAnswers {
  /** All that is said, each answer after the name of its request. */
  readonly said: (readonly [request: string, text: string])[] = [];
  readonly #random: Random;
  readonly #rate: number;
  readonly #from: number;
  #held = "";

  constructor(random: Random) {
    this.#random = random;
    this.#rate = random.pick([0, 1, 3, 3, 10, 10, 30, 60]);
    this.#from = random.pick([0, 1, 3, 5, 8, 12, 20]);
  }

  /** Reply to a request. */
  reply({ name, packet: right }: Exchange): Reply {
    const random = this.#random;
    const held = this.#held;
    this.#held = "";
    const isChanged = this.said.length >= this.#from &&
      random.chance(this.#rate);
    if (isChanged && random.chance(4)) {
      this.said.push([name, "the end"]);
      return "end";
    }
    const text = unwire(right);
    let said = isChanged ? mutatedPacket(text, random) : text;
    if (isChanged && random.chance(15)) {
      this.#held = said;
      said = "";
    }
    this.said.push([name, said + held]);
    return wire(said + held);
  }
}
