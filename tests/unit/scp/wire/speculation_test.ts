import { assertEquals } from "@std/assert";
import {
  holdsRecord,
  isSafeToSpeculate,
  SpeculationCheck,
  startsHarmlessly,
} from "../../../../lib/scp/wire/speculation.ts";
import { encodeName } from "../../../../lib/names/name_bytes.ts";

/** Bodies at which every known sink ends, and of which no later line is a record. */
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
  // Lines that begin as records do, and do not parse.
  "Copyright\n",
  "C",
  "C0",
  "C0644",
  "C0644 ",
  "C0644 x evil\n",
  "C06445 evil\n",
  "C0844 5 evil\n",
  "Dear\n",
  "D-1\n",
  "The\n",
  "T1\n",
  "T1 \n",
  "T-1 0 1 0\n",
];

/** Lines that are records, or as good as. */
const RECORDS: readonly string[] = [
  "C0644 5 evil",
  "C0644 5",
  "C7777 99999999999999999999 x",
  "D0755 0 evil",
  "D0755 0 a/b",
  "T1 0 1 0",
  "T1 0",
  "E",
  "E\r",
  "E ",
  "E\t",
  "E 1",
  "E\0",
];

/** Lines that have an effect on OpenSSH's sink where they come first. */
const FIRST_LINES: readonly string[] = [
  ...RECORDS,
  "Each",
  "E1",
  "\x01",
  "\x01scp: x",
  "\x02",
  "\x02x",
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

/** Number of bytes that may leave of a body that comes in parts. */
function passed(...parts: readonly string[]): number {
  const speculation = new SpeculationCheck();
  let sum = 0;
  for (const [at, part] of parts.entries()) {
    const isLast = at === parts.length - 1;
    const count = speculation.pass(encodeName(part), { isLast });
    sum += count;
    if (count < part.length) break;
  }
  return sum;
}

Deno.test("isSafeToSpeculate(): takes a body that begins with no whole record", () => {
  check(HARMLESS, true);
});

Deno.test("isSafeToSpeculate(): refuses a body whose first line has an effect", () => {
  check(FIRST_LINES, false);
  check(FIRST_LINES.map((line) => `${line}\nand so on\n`), false);
});

Deno.test("isSafeToSpeculate(): refuses a record at the start of any later line", () => {
  for (const before of ["\n", "a\n", "\0\n", "\r\n", "a\n\n", "Hm\nThe\n"]) {
    check(RECORDS.map((line) => before + line), false);
    check(RECORDS.map((line) => `${before}${line}\n`), false);
    check(RECORDS.map((line) => `${before}${line}\nand so on\n`), false);
  }
});

Deno.test("isSafeToSpeculate(): takes what is no record at the start of any later line", () => {
  const lines = [...HARMLESS, "Each", "E1", "E.", "\x01x", "\x02x"];
  for (const before of ["\n", "a\n", "\0\n", "a\n\n"]) {
    check(lines.map((line) => before + line), true);
    check(lines.map((line) => `${before}${line}\nand so on\n`), true);
  }
});

Deno.test("isSafeToSpeculate(): takes the zero behind a body for the end of its last line", () => {
  check(["a\nE", "C0644 0 evil", "a\nC0644 0 evil"], false);
  check(["a\nC", "a\nD0755", "a\nT", "a\nC0644 "], true);
});

Deno.test("isSafeToSpeculate(): reads a long line in pieces of 2,047 bytes", () => {
  const piece = "x".repeat(2047);
  for (const before of ["", "a\n", piece, `a\n${piece}`]) {
    check([before + piece, `${before}${piece}x\n`], true);
    check([`${before}${piece}C0644 1 x\n`, `${before}${piece}E`], false);
    // Elsewhere in a line, what looks like a record is none.
    check([`${before}${piece.slice(1)}C0644 1 x\n`], true);
    check([`${before}${piece}xC0644 1 x\n`], true);
  }
  // A newline belongs to its piece.
  check([`${"x".repeat(2046)}\nC0644 1 x\n`], false);
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
  assertEquals(isSafeToSpeculate(buffer), false);
});

Deno.test("SpeculationCheck: passes a body up to its first line that is a record", () => {
  assertEquals(passed("a\nC0644 1 x\nb"), 2);
  assertEquals(passed("E"), 0);
  assertEquals(passed("a\n", "C0644 1 x\n"), 2);
  assertEquals(passed("a\nb", "C0644 1 x\n"), 13);
  assertEquals(passed("x".repeat(2000), "y".repeat(47), "E\n"), 2047);
});

Deno.test("SpeculationCheck: passes no start of a line that may still become a record", () => {
  for (const start of ["C", "C06", "C0644", "C0644 ", "D0755", "T12 ", "E"]) {
    assertEquals(passed(`a\n${start}`, "..."), 2, start);
    assertEquals(passed(`a\n${start}`), start === "E" ? 2 : 2 + start.length);
  }
  assertEquals(passed("a\nCo", "pyright"), 11);
  assertEquals(passed("a\n0", "C0644 1 x"), 12);
});

Deno.test("startsHarmlessly(): tells if any byte of a body may leave", () => {
  for (const body of ["", "a", "a\nE\n", "Copyright", "C06"]) {
    assertEquals(startsHarmlessly(encodeName(body)), true, body);
  }
  for (const body of ["E", "Each\n", "\x01", "C0644 1 x", "T1 0 1 0\n"]) {
    assertEquals(startsHarmlessly(encodeName(body)), false, body);
  }
  const words = "x".repeat(63);
  assertEquals(startsHarmlessly(encodeName(`${words}\nE\n`)), true);
});

Deno.test("holdsRecord(): tells a name that a sink could take a record from", () => {
  for (
    const name of ["C0644 1 x", "aC0755 0 b", "xD0755 0 y", "T1 0 1 0", "E "]
  ) {
    assertEquals(holdsRecord(name), true, name);
  }
  for (const name of ["", "C0644", "Each", "E", "T1", "photo C0644.jpg"]) {
    assertEquals(holdsRecord(name), false, name);
  }
});
