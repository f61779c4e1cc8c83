import { assertEquals } from "@std/assert";
import {
  isSafeToSpeculate,
  MAX_SPECULATION_BYTES,
} from "../../../../lib/scp/wire/speculation.ts";
import { encodeName } from "../../../../lib/names/name_bytes.ts";

/** Bodies of which no line looks like a record, in any place of them. */
const HARMLESS: readonly string[] = [
  "",
  "\0",
  "\n",
  "\n\n\n",
  "a",
  "hello\n",
  "c0644 5 evil\n",
  " C0644 5 evil\n",
  "\tE\n",
  "\0C0644 5 evil\nevil!\0",
  "\x03\n",
  "\r\n",
  "€\n",
  "aE\nbC0644 5 evil\n",
  "0644 5 evil\n755 0 evil\n",
];

/** Lines that are records, or may be to a sink that is lenient. */
const RECORDS: readonly string[] = [
  "C0644 5 evil",
  "C0",
  "D0755 0 evil",
  "D9",
  "T1 0 1 0",
  "T1",
  "E",
  "E\r",
  "E ",
  "E\t",
  "E 1",
  "E\0",
  "\x01",
  "\x01scp: x",
  "\x02",
  "\x02x",
];

/** Words, which only begin as records do. */
const WORDS: readonly string[] = [
  "Copyright",
  "C",
  "C 0644 5 x",
  "Dear",
  "D",
  "D-1",
  "Each",
  "E1",
  "E.",
  "The",
  "T",
  "T-1 0 1 0",
];

function check(bodies: readonly string[], expected: boolean): void {
  for (const body of bodies) {
    assertEquals(
      isSafeToSpeculate(encodeName(body)),
      expected,
      JSON.stringify(body),
    );
  }
}

Deno.test("isSafeToSpeculate(): takes a body without a line that looks like a record", () => {
  check(HARMLESS, true);
});

Deno.test("isSafeToSpeculate(): refuses a body that begins as a record does, a word too", () => {
  const beginnings = [...RECORDS, ...WORDS];
  check(beginnings, false);
  check(beginnings.map((line) => `${line}\nand so on\n`), false);
  check([..."CDET\x01\x02"], false);
});

Deno.test("isSafeToSpeculate(): refuses a record at the start of any later line", () => {
  for (const before of ["\n", "a\n", "\0\n", "\r\n", "a\n\n", "Hm\nThe\n"]) {
    check(RECORDS.map((line) => before + line), false);
    check(RECORDS.map((line) => `${before}${line}\n`), false);
    check(RECORDS.map((line) => `${before}${line}\nand so on\n`), false);
  }
});

Deno.test("isSafeToSpeculate(): takes a word at the start of any later line", () => {
  for (const before of ["\n", "a\n", "\0\n", "a\n\n"]) {
    check(WORDS.map((line) => before + line), true);
    check(WORDS.map((line) => `${before}${line}\n`), true);
    check(WORDS.map((line) => `${before}${line}\nand so on\n`), true);
  }
});

Deno.test("isSafeToSpeculate(): takes an end that the next message could turn into a record", () => {
  // A zero follows each body: it ends an E, and begins no mode and no time.
  check(["a\nE"], false);
  check(["a\nC", "a\nD", "a\nT"], true);
});

Deno.test("isSafeToSpeculate(): checks all of the longest body", () => {
  const filler = `${"x".repeat(63)}\n`.repeat(MAX_SPECULATION_BYTES / 64);
  const endingIn = (end: string) => filler.slice(end.length) + end;
  check([filler, endingIn("\n"), endingIn("\nEach"), endingIn("\nC")], true);
  check(
    [endingIn("\nE"), endingIn("\nE\n"), endingIn("\nC0"), "E" + filler],
    false,
  );
  assertEquals(MAX_SPECULATION_BYTES, 262_144);
});

Deno.test("isSafeToSpeculate(): takes lines of 2,046 bytes, and no longer ones", () => {
  const longest = "x".repeat(2046);
  check(
    ["", "a\n"].flatMap((before) => [
      `${before}${longest}`,
      `${before}${longest}\n`,
      `${before}${longest}\n${longest}`,
    ]),
    true,
  );
  check(
    ["", "a\n"].flatMap((before) => [
      `${before}${longest}x`,
      `${before}${longest}C0644 1 x\n`,
      `${before}${longest}x\nb`,
    ]),
    false,
  );
});

Deno.test("isSafeToSpeculate(): reads bytes, not text", () => {
  assertEquals(isSafeToSpeculate(Uint8Array.of(0xff, 0x0a, 0xfe, 0x0a)), true);
  assertEquals(isSafeToSpeculate(Uint8Array.of(0xff, 0x0a, 0x45, 0x0a)), false);
  // An E with an accent in UTF-8 is no E; in UTF-16 no line begins with one.
  assertEquals(
    isSafeToSpeculate(Uint8Array.of(0x61, 0x0a, 0xc3, 0x89, 0x0a)),
    true,
  );
  assertEquals(
    isSafeToSpeculate(Uint8Array.of(0x61, 0x0a, 0x00, 0x45, 0x00)),
    true,
  );
});

Deno.test("isSafeToSpeculate(): does not read beyond a body in a larger buffer", () => {
  const buffer = encodeName("a\nC0644 1 x\n");
  assertEquals(isSafeToSpeculate(buffer.subarray(0, 3)), true);
  assertEquals(isSafeToSpeculate(buffer.subarray(0, 4)), false);
});
