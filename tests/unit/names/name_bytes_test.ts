import { assert, assertEquals, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import {
  decodeName,
  encodeName,
  encodeNameInto,
  MOST_BYTES_A_UNIT,
} from "../../../lib/names/name_bytes.ts";
import { Random } from "../../support/fuzz/random.ts";
import { decodeSlowly } from "../../support/fixtures/slow_names.ts";

/** Bytes in hexadecimal, and the name they are in here. */
const rows: readonly (readonly [hex: string, name: string])[] = [
  ["", ""],
  ["61", "a"],
  ["00", "\0"],
  ["7f", "\x7f"],
  ["c3a9", "é"],
  ["e6bca2", "漢"],
  ["f09f9880", "😀"],
  ["efbbbf61", "\ufeffa"],
  ["80", "\udc80"],
  ["ff", "\udcff"],
  ["e9", "\udce9"],
  ["c3", "\udcc3"],
  ["61e962", "a\udce9b"],
  ["c3a9e9", "é\udce9"],
  ["e9c3a9", "\udce9é"],
  ["f09f98", "\udcf0\udc9f\udc98"],
  ["f09f9861", "\udcf0\udc9f\udc98a"],
  ["e6bcc3a9", "\udce6\udcbcé"],
  // No overlong forms, no surrogates, nothing past U+10FFFF.
  ["c0af", "\udcc0\udcaf"],
  ["e080af", "\udce0\udc80\udcaf"],
  ["eda080", "\udced\udca0\udc80"],
  ["edb3bf", "\udced\udcb3\udcbf"],
  ["f4908080", "\udcf4\udc90\udc80\udc80"],
  ["ff61efbbbf", "\udcffa\ufeff"],
];

Deno.test("decodeName(): keeps each byte that is no UTF-8 as a lone surrogate", () => {
  for (const [hex, name] of rows) {
    assertEquals(decodeName(Uint8Array.fromHex(hex)), name, hex);
  }
});

Deno.test("encodeName(): gives back the bytes a name was decoded from", () => {
  for (const [hex, name] of rows) {
    assertEquals(encodeName(name).toHex(), hex, hex);
  }
});

Deno.test("encodeNameInto(): puts the same bytes into memory with just the room, and tells their number", () => {
  for (const [hex, name] of [...rows, ["e6bca2".repeat(9), "漢".repeat(9)]]) {
    const memory = new Uint8Array(name!.length * MOST_BYTES_A_UNIT);
    const length = encodeNameInto(name!, memory);
    assertEquals(memory.subarray(0, length).toHex(), hex, hex);
  }
  assertThrows(() => encodeNameInto("a\ud800", new Uint8Array(6)), EntryError);
});

Deno.test("decodeName(): loses nothing of a name cut at any byte", () => {
  const whole = "61c3a9e6bca2f09f9880ffe96220";
  for (let end = 0; end <= whole.length; end += 2) {
    for (let start = 0; start <= end; start += 2) {
      const hex = whole.slice(start, end);
      const name = decodeName(Uint8Array.fromHex(hex));
      assert(!name.includes("\ufffd"), hex);
      assertEquals(encodeName(name).toHex(), hex);
    }
  }
});

Deno.test("decodeName(): loses nothing of any byte, whatever follows it", () => {
  const followers = [0x00, 0x61, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xff];
  for (let byte = 0; byte < 0x100; byte++) {
    for (const follower of followers) {
      const hex = Uint8Array.of(byte, follower).toHex();
      const name = decodeName(Uint8Array.fromHex(hex));
      assertEquals(encodeName(name).toHex(), hex);
    }
  }
});

Deno.test("encodeName(): refuses surrogates that stand for no byte", () => {
  for (
    const name of ["\ud800", "\udbff", "\udc00", "\udc7f", "\udd00", "a\udfffb"]
  ) {
    assertThrows(
      () => encodeName(name),
      EntryError,
      "the name cannot be written as UTF-8",
    );
  }
});

Deno.test("decodeName(): agrees with the runtime's strict decoder", () => {
  const random = new Random(2026);
  // Bytes at which the rules for a sequence change.
  const edges = [
    ...[0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2],
    ...[0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf3, 0xf4, 0xf5, 0xff],
  ];
  for (let count = 0; count < 20_000; count++) {
    const bytes = Uint8Array.from(
      { length: random.below(12) },
      () => random.chance(80) ? random.pick(edges) : random.below(256),
    );
    const name = decodeName(bytes);
    assertEquals(name, decodeSlowly(bytes), bytes.toHex());
    assertEquals(encodeName(name), bytes, bytes.toHex());
  }
});

Deno.test("decodeName() and encodeName(): stay fast for megabytes that are no UTF-8", () => {
  const patterns = [
    "ff",
    "ff61",
    "61ff",
    "c3",
    "f09f98",
    "e9202020",
    "f09f9880ff",
  ];
  for (const pattern of patterns) {
    const bytes = Uint8Array.fromHex(pattern.repeat(300_000));
    const begin = performance.now();
    assertEquals(encodeName(decodeName(bytes)).length, bytes.length);
    // An exception for each bad byte takes some ten times as long.
    assert(performance.now() - begin < 5000, pattern);
  }
});
