import { assertEquals } from "@std/assert";
import { upTo } from "../../../lib/channel/channel.ts";

Deno.test("upTo(): gives the bytes up to the first that is the last, else all", () => {
  const bytes = Uint8Array.of(1, 2, 3, 2);
  const rows: readonly (readonly [number | undefined, number[]])[] = [
    [undefined, [1, 2, 3, 2]],
    [1, [1]],
    [2, [1, 2]],
    [3, [1, 2, 3]],
    [4, [1, 2, 3, 2]],
  ];
  for (const [last, expected] of rows) {
    assertEquals([...upTo(last, bytes)], expected, String(last));
  }
});
