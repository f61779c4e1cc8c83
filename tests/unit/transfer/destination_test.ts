import { assertEquals } from "@std/assert";
import { keyOf } from "../../../lib/transfer/destination.ts";

Deno.test("keyOf() is the same for paths that some disk takes for the same", () => {
  assertEquals(keyOf("D/Caf\u00e9"), keyOf("d/cafe\u0301"));
  assertEquals(keyOf("\u00c4"), keyOf("a\u0308"));
});

Deno.test("keyOf() is another one for every other path", () => {
  const keys = ["d/a", "d/b", "d", "d/", "e/a", "d/\udce9", "d/\udcea"];
  assertEquals(new Set(keys.map(keyOf)).size, keys.length);
});
