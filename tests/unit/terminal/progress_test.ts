import { assert, assertEquals } from "@std/assert";
import {
  beginProgress,
  endProgress,
  percentOf,
  remainingSeconds,
  shownRate,
  updateProgress,
} from "../../../lib/terminal/progress.ts";

/** A file of 100,000 bytes of which so many have moved at each moment. */
function after(...moments: readonly (readonly [now: number, at: number])[]) {
  return moments.reduce(
    (progress, [now, position]) => updateProgress(progress, position, now),
    beginProgress("f", 100_000, 0),
  );
}

Deno.test("beginProgress(): knows nothing but the size yet", () => {
  const progress = beginProgress("f", 100, 7000);
  assertEquals(percentOf(progress), 0);
  assertEquals(shownRate(progress), 0);
  assertEquals(remainingSeconds(progress), "unknown");
});

Deno.test("shownRate(): is the average until a first second has passed", () => {
  assertEquals(shownRate(after([500, 1000])), 2000);
  assertEquals(shownRate(after([250, 1000], [999, 1998])), 2000);
});

Deno.test("shownRate(): takes a file's first millisecond for a whole one", () => {
  assertEquals(shownRate(after([0, 100])), 100_000);
  assertEquals(shownRate(after([0.5, 100])), 100_000);
});

Deno.test("updateProgress(): takes the first second's rate as it is", () => {
  assertEquals(shownRate(after([1000, 1000])), 1000);
  assertEquals(shownRate(after([2000, 1000])), 500);
  assertEquals(shownRate(after([400, 900], [1000, 1000])), 1000);
});

Deno.test("updateProgress(): lets a tenth of each later second into the rate", () => {
  const second = after([1000, 1000], [2000, 3000]);
  assertEquals(Math.round(shownRate(second)), 1100);
  const third = updateProgress(second, 3000, 3000);
  assertEquals(Math.round(shownRate(third)), 990);
});

Deno.test("updateProgress(): takes no rate within a second of the last", () => {
  const progress = after([1000, 1000], [1500, 90_000], [1999, 90_000]);
  assertEquals(shownRate(progress), 1000);
});

Deno.test("endProgress(): gives the rate and the time of the whole", () => {
  const ended = endProgress(after([1000, 1000], [2000, 3000]), 10_000, 4000);
  assertEquals(shownRate(ended), 2500);
  assertEquals(remainingSeconds(ended), 4);
});

Deno.test("endProgress(): has a rate even if no time passed", () => {
  const ended = endProgress(beginProgress("f", 100, 5), 100, 5);
  assertEquals(shownRate(ended), 100_000);
  assertEquals(remainingSeconds(ended), 0);
});

Deno.test("remainingSeconds(): is what is left by the rate shown", () => {
  assertEquals(remainingSeconds(after([1000, 20_000])), 4);
  assertEquals(remainingSeconds(after([500, 50_000])), 0.5);
});

Deno.test("remainingSeconds(): calls a copy stalled after five seconds of nothing", () => {
  assertEquals(remainingSeconds(after([4999, 0])), "unknown");
  assertEquals(remainingSeconds(after([5000, 0])), "stalled");
  const moved = after([1000, 1000]);
  assert(remainingSeconds(updateProgress(moved, 1000, 5999)) !== "stalled");
  const stalled = updateProgress(moved, 1000, 6000);
  assertEquals(remainingSeconds(stalled), "stalled");
  const again = updateProgress(stalled, 1001, 6001);
  assert(remainingSeconds(again) !== "stalled");
});

Deno.test("remainingSeconds(): calls no ended copy stalled", () => {
  const ended = endProgress(after([1000, 1000]), 1000, 60_000);
  assertEquals(remainingSeconds(ended), 60);
});

Deno.test("percentOf(): is 100 only when nothing is left", () => {
  const rows: readonly (readonly [
    position: number,
    size: number,
    percent: number,
  ])[] = [
    [0, 0, 100],
    [5, 0, 100],
    [0, 1, 0],
    [1, 1, 100],
    [2, 1, 100],
    [1, 3, 33],
    [2, 3, 66],
    [999, 1000, 99],
    [999_999_999_999, 1_000_000_000_000, 99],
    [1, 1_000_000_000_000, 0],
  ];
  for (const [position, size, percent] of rows) {
    const progress = updateProgress(beginProgress("f", size, 0), position, 1);
    assertEquals(percentOf(progress), percent, `${position} of ${size}`);
  }
});

Deno.test("percentOf(): counts every whole percent", () => {
  for (const scale of [1, 10, 7919, 1_000_000_000]) {
    for (let percent = 0; percent <= 100; percent++) {
      const progress = updateProgress(
        beginProgress("f", 100 * scale, 0),
        percent * scale,
        1,
      );
      assertEquals(percentOf(progress), percent, `${percent} times ${scale}`);
    }
  }
});

Deno.test("beginProgress(): bytes that are there count for percents, but for no rate", () => {
  const progress = updateProgress(
    beginProgress("f", 1000, 0, 900),
    950,
    500,
  );
  assertEquals(percentOf(progress), 95);
  assertEquals(shownRate(progress), 100);
  assertEquals(remainingSeconds(progress), 0.5);
  assertEquals(endProgress(progress, 1000, 1000).rate, 100);
});
