import { assertEquals } from "@std/assert";
import type { Total } from "../../../lib/events/copy_event.ts";
import { TotalCount } from "../../../lib/events/total_count.ts";

function counted(): { total: TotalCount; reported: Total[] } {
  const reported: Total[] = [];
  const total = new TotalCount({
    report: (event) => event.kind === "counted" && reported.push(event.total),
  });
  return { total, reported };
}

Deno.test("TotalCount: is complete once the scan of the last copy has ended", () => {
  const { total, reported } = counted();
  const scan = total.begin(true);
  scan.add(1, 10);
  scan.add(2, 5);
  scan.end();
  scan.end();
  assertEquals(reported, [
    { files: 1, bytes: 10, isComplete: false },
    { files: 3, bytes: 15, isComplete: false },
    { files: 3, bytes: 15, isComplete: true },
  ]);
});

Deno.test("TotalCount: is not complete while another copy follows", () => {
  const { total, reported } = counted();
  const first = total.begin(false);
  first.add(1, 10);
  first.end();
  const second = total.begin(true);
  second.end();
  assertEquals(reported.map(({ isComplete }) => isComplete), [
    false,
    false,
    true,
  ]);
});

Deno.test("TotalCount: is never complete where a copy tells nothing in advance", () => {
  const { total, reported } = counted();
  total.begin(false);
  const second = total.begin(true);
  second.add(1, 10);
  second.end();
  assertEquals(reported.at(-1), { files: 1, bytes: 10, isComplete: false });
});
