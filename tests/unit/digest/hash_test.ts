import { assertEquals } from "@std/assert";
import {
  beginHash,
  HASH_BYTES,
  type HashName,
} from "../../../lib/digest/hash.ts";

const ABC = ["a", "bc"].map((text) => new TextEncoder().encode(text));

Deno.test("beginHash(): hashes what comes in parts, as hex digits or bytes", async () => {
  const hex =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const [one, other] = [await beginHash("sha256"), await beginHash("sha256")];
  for (const part of ABC) {
    one.update(part);
    other.update(part);
  }
  assertEquals(one.endAsHex(), hex);
  assertEquals(
    Array.from(other.end(), (byte) => byte.toString(16).padStart(2, "0")).join(
      "",
    ),
    hex,
  );
});

Deno.test("HASH_BYTES: tells the length of each hash", async () => {
  for (const [name, bytes] of Object.entries(HASH_BYTES)) {
    const hash = await beginHash(name as HashName);
    assertEquals(hash.end().length, bytes, name);
  }
});
