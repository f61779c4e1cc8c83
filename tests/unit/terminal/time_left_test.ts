import { assert, assertEquals } from "@std/assert";
import {
  estimateTime,
  type WorkSample,
} from "../../../lib/terminal/time_left.ts";

/** Samples of a line where a byte takes a microsecond and a file ten milliseconds. */
function samples(
  ...work: readonly [files: number, bytes: number][]
): WorkSample[] {
  return work.map(([files, bytes]) => ({
    files,
    bytes,
    seconds: files * 0.01 + bytes * 1e-6,
  }));
}

function assertNear(actual: number | undefined, expected: number): void {
  assert(
    actual !== undefined && Math.abs(actual - expected) <= expected * 0.2,
    `${actual} is not near ${expected}`,
  );
}

Deno.test("estimateTime(): tells the cost of a file from that of a byte", () => {
  const seen = samples([90, 1e5], [10, 9e5], [50, 5e5], [99, 1e4], [2, 98e4]);
  assertNear(estimateTime(seen, { files: 1, bytes: 1e8 }), 100);
  assertNear(estimateTime(seen, { files: 10_000, bytes: 1e4 }), 100);
});

Deno.test("estimateTime(): takes files that are all alike for the measure of the rest", () => {
  const seen = samples([10, 1e5], [10, 1e5], [10, 1e5]);
  assertNear(estimateTime(seen, { files: 100, bytes: 1e6 }), 2);
});

Deno.test("estimateTime(): gets by with bytes alone, and with files alone", () => {
  const large = samples([0, 1e6], [0, 1e6]);
  assertNear(estimateTime(large, { files: 1, bytes: 5e6 }), 5);
  const empty = samples([100, 0], [100, 0]);
  assertNear(estimateTime(empty, { files: 500, bytes: 0 }), 5);
  assertNear(estimateTime(large.concat(empty), { files: 0, bytes: 0 }), 0);
});

Deno.test("estimateTime(): tells nothing where nothing moved", () => {
  const still = [{ files: 0, bytes: 0, seconds: 1 }];
  assertEquals(estimateTime(still, { files: 1, bytes: 1 }), undefined);
  assertEquals(estimateTime([], { files: 1, bytes: 1 }), undefined);
});

Deno.test("estimateTime(): is never below zero, however the samples contradict", () => {
  const odd = [
    { files: 100, bytes: 1, seconds: 0.1 },
    { files: 1, bytes: 100, seconds: 5 },
    { files: 50, bytes: 90, seconds: 0.1 },
  ];
  for (const left of [{ files: 1e6, bytes: 1 }, { files: 1, bytes: 1e9 }]) {
    const seconds = estimateTime(odd, left)!;
    assert(Number.isFinite(seconds) && seconds >= 0, String(seconds));
  }
});
