import { assert, assertEquals } from "@std/assert";
import type { FileOutcome } from "../../../lib/events/copy_event.ts";
import { startFile } from "../../../lib/events/file_progress.ts";
import { TotalCount } from "../../../lib/events/total_count.ts";
import { WholeMeter } from "../../../lib/terminal/whole_progress.ts";
import { moving } from "../../support/moving.ts";

/** A copy on a clock that moves by hand. */
class Bench {
  now = 0;
  readonly whole = new WholeMeter(() => this.now);
  readonly scan = new TotalCount(this.whole).begin(true);

  /** A file that takes so many seconds, and is looked at each second. */
  copy(
    bytes: number,
    { seconds = 1, outcome = "copied" }: {
      seconds?: number;
      outcome?: FileOutcome;
    } = {},
  ): void {
    const file = moving(this.whole, "f", bytes);
    for (let second = 0; second < seconds; second++) {
      this.now += 1000;
      file.moved(bytes / seconds);
      this.whole.look();
    }
    file.finished();
    file.settled(outcome);
  }
}

Deno.test("WholeMeter: tells no percents and no time until the scan has ended", () => {
  const bench = new Bench();
  bench.scan.add(10, 1000);
  for (let copied = 0; copied < 4; copied++) bench.copy(100);
  const before = bench.whole.look();
  assertEquals(before.total, { files: 10, bytes: 1000, isComplete: false });
  assertEquals([before.percent, before.secondsLeft], [undefined, undefined]);
  bench.scan.add(10, 1000);
  bench.scan.end();
  const { percent, secondsLeft } = bench.whole.look();
  assertEquals(percent, 20);
  assertEquals(secondsLeft, undefined);
  bench.copy(100);
  const left = bench.whole.look().secondsLeft!;
  assert(left > 14 && left < 17, String(left));
});

Deno.test("WholeMeter: percents never fall, and are 100 only at the end", () => {
  const bench = new Bench();
  bench.scan.add(200, 200_000);
  bench.scan.end();
  let last = 0;
  for (let copied = 0; copied < 200; copied++) {
    const outcome = copied % 7 === 0 ? "again" : "copied";
    bench.copy(1000, { outcome });
    const { percent } = bench.whole.look();
    assert(percent! >= last && percent! <= 99, `${percent} after ${last}`);
    last = percent!;
  }
  for (let copied = 0; copied < 29; copied++) bench.copy(1000);
  assertEquals(bench.whole.look().percent, 100);
});

Deno.test("WholeMeter: counts the files that moved beside those that were acknowledged", () => {
  const bench = new Bench();
  bench.scan.add(3, 30);
  bench.scan.end();
  const files = ["a", "b", "c"].map((name) => moving(bench.whole, name, 10));
  for (const file of files) {
    file.moved(10);
    file.finished();
  }
  const before = bench.whole.look();
  assertEquals([before.files, before.filesMoved, before.percent], [0, 3, 99]);
  files[0]!.settled("copied");
  files[1]!.settled("failed");
  const between = bench.whole.look();
  assertEquals([between.files, between.filesMoved], [2, 3]);
  files[2]!.settled("again");
  const after = bench.whole.look();
  assertEquals([after.files, after.filesMoved], [2, 2]);
});

Deno.test("WholeMeter: the time before anything moves counts for no rate", () => {
  const bench = new Bench();
  bench.scan.add(2, 2000);
  bench.scan.end();
  for (let second = 0; second < 5; second++) {
    bench.now += 1000;
    assertEquals(bench.whole.look().rate, undefined);
  }
  const file = moving(bench.whole, "f", 1000);
  bench.now += 500;
  file.moved(500);
  assertEquals(bench.whole.look().rate, 1000);
  bench.now += 500;
  file.moved(500);
  assertEquals(bench.whole.look().rate, 1000);
});

Deno.test("WholeMeter: files that grew do not lead past 100 percent", () => {
  const bench = new Bench();
  bench.scan.add(2, 20);
  bench.scan.end();
  bench.copy(500);
  assertEquals(bench.whole.look().percent, 99);
  bench.copy(500);
  const { percent, bytes, total } = bench.whole.look();
  assertEquals([percent, bytes, total?.bytes], [100, 1000, 1000]);
});

Deno.test("WholeMeter: what failed or was skipped is not waited for", () => {
  const bench = new Bench();
  bench.scan.add(4, 400);
  bench.scan.end();
  bench.copy(100);
  bench.whole.report({
    kind: "skipped",
    path: "s",
    target: "far: s",
    reason: "same size and time",
    bytes: 100,
  });
  const failing = moving(bench.whole, "f", 100);
  failing.moved(40);
  failing.settled("failed");
  bench.copy(100);
  const { files, bytes, percent } = bench.whole.look();
  assertEquals([files, bytes, percent], [4, 240, 100]);
});

Deno.test("WholeMeter: a file that failed counts once, whether it had started or not", () => {
  const bench = new Bench();
  const fail = (path: string) =>
    bench.whole.report({ kind: "failure", message: `${path}: gone`, path });
  fail("never started");
  moving(bench.whole, "f", 10).settled("failed");
  fail("f");
  assertEquals(bench.whole.look().files, 2);
});

Deno.test("WholeMeter: an excluded entry counts as no file", () => {
  const bench = new Bench();
  bench.whole.report({
    kind: "excluded",
    label: "",
    path: ".git",
    reason: "--exclude .git",
  });
  assertEquals(bench.whole.look().files, 0);
});

Deno.test("WholeMeter: the percents of empty files are those of their number", () => {
  const bench = new Bench();
  bench.scan.add(4, 0);
  bench.scan.end();
  bench.copy(0);
  assertEquals(bench.whole.look().percent, 25);
});

Deno.test("WholeMeter: the time left knows the cost of small files", () => {
  const bench = new Bench();
  // A thousand files of a byte take as long as they take, whatever their bytes.
  bench.scan.add(1003, 1000 + 3_000_000);
  bench.scan.end();
  for (let large = 0; large < 3; large++) bench.copy(1_000_000, { seconds: 3 });
  for (let small = 0; small < 20; small++) bench.copy(1);
  const { secondsLeft } = bench.whole.look();
  assert(secondsLeft! > 700 && secondsLeft! < 1300, String(secondsLeft));
});

Deno.test("WholeMeter: the time left does not swing where a line is throttled", () => {
  const bench = new Bench();
  bench.scan.add(1, 100_000);
  bench.scan.end();
  const file = moving(bench.whole, "f", 100_000);
  const told: number[] = [];
  for (let second = 0; second < 60; second++) {
    bench.now += 1000;
    file.moved(second % 4 === 0 ? 4000 : 0);
    const { secondsLeft } = bench.whole.look();
    if (second > 20) told.push(secondsLeft! + second);
  }
  assert(Math.max(...told) - Math.min(...told) < 20, told.join(" "));
});

Deno.test("WholeMeter: knows several files once a second one is known", () => {
  const one = new Bench();
  one.scan.add(1, 10);
  one.copy(10);
  assertEquals(one.whole.hasSeveral, false);
  one.copy(10);
  assertEquals(one.whole.hasSeveral, true);
  const scanned = new Bench();
  scanned.scan.add(2, 10);
  assertEquals(scanned.whole.hasSeveral, true);
});

Deno.test("WholeMeter: bytes that were there count for percents, but for no rate", () => {
  const bench = new Bench();
  bench.scan.add(1, 1000);
  bench.scan.end();
  const file = startFile(bench.whole, {
    name: "f",
    path: "f",
    size: 1000,
    resumedAt: 900,
  });
  bench.now += 1000;
  file.moved(50);
  const { bytes, percent, rate } = bench.whole.look();
  assertEquals([bytes, percent, rate], [50, 95, 50]);
  file.moved(50);
  file.finished();
  file.settled("copied");
  assertEquals(bench.whole.look().percent, 100);
});
