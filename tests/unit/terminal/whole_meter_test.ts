/** The meter with a line of the whole copy below that of the file. */

import { assert, assertEquals } from "@std/assert";
import { TotalCount } from "../../../lib/events/total_count.ts";
import type { FileProgress } from "../../../lib/events/file_progress.ts";
import { Meter } from "../../../lib/terminal/meter.ts";
import { NO_PROGRESS } from "../../../lib/terminal/progress_report.ts";
import { WholeMeter } from "../../../lib/terminal/whole_progress.ts";
import { moving } from "../../support/moving.ts";
import { Screen } from "../../support/process/screen.ts";

/** A meter on a clock that moves by hand, of a copy of so many files of 10 bytes. */
class Bench implements Disposable {
  readonly screen: Screen;
  readonly meter: Meter;
  now = 0;

  constructor(columns: number, { files = 3, isDumb = false } = {}) {
    this.screen = new Screen(columns);
    this.screen.isDumb = isDumb;
    const now = () => this.now;
    this.meter = new Meter(this.screen, now, new WholeMeter(now));
    const scan = new TotalCount(this.meter).begin(true);
    scan.add(files, files * 10);
    scan.end();
  }

  /** Gives the text written since the last call. */
  written(): string {
    return this.screen.written.splice(0).join("");
  }

  /** Lets a moment pass, and draws. */
  draw(): string {
    this.now += 100;
    this.meter.draw();
    return this.written();
  }

  begin(name: string): FileProgress {
    return moving(this.meter, name, 10);
  }

  [Symbol.dispose](): void {
    this.meter[Symbol.dispose]();
  }
}

/** The line of a file of 10 bytes that just began, in 40 columns. */
const FIRST = "a       0%    0     0.0KB/s   --:-- ETA";
/** The same, whole after so little time. */
const WHOLE = "a     100%   10     0.1KB/s   00:00    ";

Deno.test("Meter: puts the whole below the file, and goes back up to draw again", () => {
  using bench = new Bench(40);
  const file = bench.begin("a");
  assertEquals(
    bench.draw(),
    `\r${FIRST}\n\r0/3 files  0/30 bytes  0%\x1b[J`,
  );
  file.moved(10);
  file.finished();
  file.settled("copied");
  bench.begin("a");
  bench.written();
  assertEquals(
    bench.draw(),
    `\x1b[1A\r${WHOLE}\n\r${FIRST}\n` +
      "\r1/3 files  10/30 bytes  33%  0.1 KB/s\x1b[J",
  );
});

Deno.test("Meter: leaves the lines of files behind, and nothing of the whole", () => {
  const bench = new Bench(40);
  const file = bench.begin("a");
  bench.draw();
  bench.now += 50;
  file.moved(10);
  file.finished();
  file.settled("copied");
  bench[Symbol.dispose]();
  assertEquals(bench.written(), `\x1b[1A\r${WHOLE}\n\x1b[J`);
});

Deno.test("Meter: shows nothing of the whole while an ssh may ask", () => {
  using bench = new Bench(40);
  assertEquals(bench.draw(), "");
  const file = bench.begin("a");
  bench.draw();
  file.moved(10);
  file.finished();
  file.settled("copied");
  bench.draw();
  bench.meter.report({ kind: "sshStarted" });
  assertEquals(bench.written(), "\r\x1b[J");
  assertEquals(bench.draw(), "");
  bench.begin("a");
  assert(bench.draw().includes(" files "), bench.screen.text);
});

Deno.test("Meter: one file has no line of the whole", () => {
  using bench = new Bench(40, { files: 1 });
  bench.begin("a");
  assertEquals(bench.draw(), `\r${FIRST}`);
});

Deno.test("Meter: a terminal that cannot redraw gets no line of the whole", () => {
  using bench = new Bench(40, { isDumb: true });
  const file = bench.begin("a");
  assertEquals(bench.draw(), "");
  file.moved(10);
  file.finished();
  assertEquals(bench.written(), `${WHOLE}\n`);
  assertEquals(bench.draw(), "");
});

Deno.test("Meter: wipes both lines to make room for a message", () => {
  using bench = new Bench(40);
  bench.begin("a");
  bench.draw();
  bench.meter.makeRoom();
  assertEquals(bench.written(), "\x1b[1A\r\x1b[J");
  assertEquals(
    bench.draw(),
    `\r${FIRST}\n\r0/3 files  0/30 bytes  0%\x1b[J`,
  );
});

Deno.test("Meter: reaches its first line on a terminal that became narrower", () => {
  using bench = new Bench(80);
  bench.begin("a");
  bench.draw();
  bench.screen.width = 24;
  // The file's 79 columns take four rows now, the status two.
  assert(bench.draw().startsWith("\x1b[5A\r"), bench.screen.text);
  bench.screen.width = 60;
  assert(bench.draw().startsWith("\x1b[1A\r"), bench.screen.text);
});

Deno.test("Meter: begins at a new place after a stop, and after the background", () => {
  using bench = new Bench(40);
  const file = bench.begin("a");
  bench.draw();
  bench.screen.stops++;
  file.moved(1);
  assert(bench.draw().startsWith("\ra "), bench.screen.text);
  bench.screen.inForeground = false;
  file.moved(1);
  assertEquals(bench.draw(), "");
  bench.screen.inForeground = true;
  assert(bench.draw().startsWith("\ra "), bench.screen.text);
});

Deno.test("Meter: lets no name act on the terminal beside the whole", () => {
  using bench = new Bench(60);
  bench.begin("\x1b[2J\x9b\u202e\r\n");
  const drawn = bench.draw();
  assert(!drawn.includes("\x1b[2J"), JSON.stringify(drawn));
  assert(!/[\x9b\u202e]/.test(drawn), JSON.stringify(drawn));
  assertEquals(drawn.split("\n").length, 2);
});

Deno.test("Meter: shows the percents in the terminal's own way, seldom, and takes them back", () => {
  const bench = new Bench(40, { files: 100 });
  bench.screen.hasProgress = true;
  let reports = 0;
  for (let copied = 0; copied < 50; copied++) {
    const file = bench.begin("a");
    file.moved(10);
    file.finished();
    file.settled("copied");
    reports += bench.draw().split("\x1b]9;4;1;").length - 1;
  }
  // Fifty percents in five seconds.
  assert(reports >= 5 && reports <= 11, String(reports));
  bench[Symbol.dispose]();
  assert(bench.written().endsWith(NO_PROGRESS));
  bench.meter.abandon();
  assertEquals(bench.written(), "");
});

Deno.test("Meter: takes both lines and the terminal's own progress back where the process ends at once", () => {
  using bench = new Bench(40);
  bench.screen.hasProgress = true;
  bench.begin("a");
  bench.draw();
  bench.meter.abandon();
  assertEquals(bench.written(), `\x1b[1A\r\x1b[J${NO_PROGRESS}`);
});

Deno.test("Meter: other terminals get no progress of their own", () => {
  using bench = new Bench(40);
  bench.begin("a");
  assert(!bench.draw().includes("\x1b]"), bench.screen.text);
});
