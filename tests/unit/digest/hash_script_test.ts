import { assert, assertEquals, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import {
  formatRequest,
  HASH_SCRIPT,
  hashCommand,
  parseAnswerLine,
  parseTool,
} from "../../../lib/digest/hash_script.ts";

const HASH = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("HASH_SCRIPT: holds no character that a shell reads in single quotes", () => {
  assert(!/['\\!\n]/.test(HASH_SCRIPT));
});

Deno.test("hashCommand(): has /bin/sh run the script, with the key for its name", () => {
  assertEquals(hashCommand("key"), `exec /bin/sh -c '${HASH_SCRIPT}' key`);
});

for (
  const [request, line] of [
    [{ path: "a" }, " a\n"],
    [{ path: "a b'$(c)\"" }, " a b'$(c)\"\n"],
    [{ path: "-n", length: 0 }, "0 -n\n"],
    [{ path: "a", length: 8388608 }, "8388608l a\n"],
    [{ path: "a", size: 8388608 }, "l a\n"],
    [{ path: "a", size: 8388607 }, " a\n"],
    [{ path: "a\\b" }, " a\\b\n"],
    [{ path: "a\\\n12", length: 5 }, "5e a\\0134\\001212\n"],
  ] as const
) {
  Deno.test(`formatRequest(): writes ${JSON.stringify(request)} as ${JSON.stringify(line)}`, () => {
    assertEquals(text(formatRequest(request)), line);
  });
}

Deno.test("formatRequest(): writes bytes that are no UTF-8 as they are", () => {
  assertEquals(
    formatRequest({ path: "\udcff" }),
    Uint8Array.of(0x20, 0xff, 0x0a),
  );
});

Deno.test("formatRequest(): refuses a path with a NUL", () => {
  assertThrows(() => formatRequest({ path: "a\0b" }), EntryError);
});

for (
  const said of [
    `${HASH}  -`,
    `SHA2-256(stdin)= ${HASH}`,
    `SHA256 (-) = ${HASH}`,
    HASH.toUpperCase(),
  ]
) {
  Deno.test(`parseAnswerLine(): finds the hash in "${said}"`, () => {
    assertEquals(parseAnswerLine(bytes(said), []), undefined);
    assertEquals(parseAnswerLine(bytes(".0"), [said]), { hash: HASH });
  });
}

for (
  const [lines, end] of [
    [[`${HASH}  -`], ".1"],
    [[], ".0"],
    [[`${HASH}a  -`], ".0"],
    [[HASH.slice(1)], ".0\r"],
  ] as const
) {
  Deno.test(`parseAnswerLine(): finds no hash in ${JSON.stringify([...lines, end])}`, () => {
    assertEquals(parseAnswerLine(bytes(end), lines), { hash: undefined });
  });
}

Deno.test("parseTool(): knows the tools of the script, and nothing else", () => {
  assertEquals(parseTool("shasum -a 256\r"), "shasum -a 256");
  assertEquals(parseTool("none"), undefined);
  assertEquals(parseTool("rm"), undefined);
});
