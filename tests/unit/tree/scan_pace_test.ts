import { assertEquals } from "@std/assert";
import { ScanPace } from "../../../lib/tree/scan_pace.ts";

/** A pace by a clock that stands until it is set. */
function pace(): { pace: ScanPace; clock: { now: number } } {
  const clock = { now: 1000 };
  return { pace: new ScanPace(() => clock.now), clock };
}

Deno.test("ScanPace: lets five milliseconds of work be done at once", () => {
  const { pace: scan } = pace();
  assertEquals(scan.pause, 0);
  scan.add(5);
  assertEquals(scan.pause, 0);
});

Deno.test("ScanPace: gives a fiftieth of the first two seconds to the scan", () => {
  const { pace: scan, clock } = pace();
  scan.add(5 + 10);
  assertEquals(Math.round(scan.pause), 500);
  clock.now += 499;
  assertEquals(scan.pause, 18);
  clock.now += 1;
  assertEquals(scan.pause, 0);
});

Deno.test("ScanPace: gives a tenth of the later time to the scan", () => {
  const { pace: scan, clock } = pace();
  scan.add(5 + 40 + 100);
  assertEquals(Math.round(scan.pause), 3000);
  clock.now += 3000;
  assertEquals(scan.pause, 0);
});
