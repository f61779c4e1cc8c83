import { assert, assertEquals } from "@std/assert";
import { moving } from "../../support/moving.ts";
import { Meter } from "../../../lib/terminal/meter.ts";
import { Screen } from "../../support/process/screen.ts";

/** A meter on a clock that moves by hand, and what it wrote. */
class Bench implements Disposable {
  readonly screen: Screen;
  readonly meter: Meter;
  now = 0;

  constructor(columns?: number, { isDumb = false } = {}) {
    this.screen = new Screen(columns);
    this.screen.isDumb = isDumb;
    this.meter = new Meter(this.screen, () => this.now);
  }

  /** Gives the text written since the last call. */
  written(): string[] {
    return this.screen.written.splice(0);
  }

  /** A whole file of 10 bytes, in no time. */
  copy(name: string): void {
    const progress = moving(this.meter, name, 10);
    progress.moved(10);
    progress.finished();
  }

  [Symbol.dispose](): void {
    this.meter[Symbol.dispose]();
  }
}

/** The line of a whole file of 10 bytes that took no time, in 48 columns. */
function wholeLine(name: string): string {
  return `${name.padEnd(13)} 100%   10     9.8KB/s   00:00    `;
}

/** The line of a file that just began, in 48 columns. */
function firstLine(name: string): string {
  return `${name.padEnd(13)}   0%    0     0.0KB/s   --:-- ETA`;
}

Deno.test("Meter: draws nothing without a file", () => {
  using bench = new Bench(48);
  bench.meter.draw();
  bench.meter.makeRoom();
  assertEquals(bench.written(), []);
});

Deno.test("Meter: draws a file's line over the one before", () => {
  using bench = new Bench(48);
  const progress = moving(bench.meter, "a", 4096);
  bench.meter.draw();
  assertEquals(bench.written(), [`\r${firstLine("a")}`]);
  bench.now = 1000;
  progress.moved(1000);
  progress.moved(24);
  bench.meter.draw();
  assertEquals(bench.written(), [
    "\ra              25% 1024     1.0KB/s   00:03 ETA",
  ]);
});

Deno.test("Meter: writes nothing where the line stays the same", () => {
  using bench = new Bench(48);
  moving(bench.meter, "a", 4096);
  bench.meter.draw();
  bench.written();
  bench.now = 100;
  bench.meter.draw();
  bench.meter.draw();
  assertEquals(bench.written(), []);
});

Deno.test("Meter: leaves the line of an ended file behind", () => {
  using bench = new Bench(48);
  bench.copy("a");
  assertEquals(bench.written(), [`\r${wholeLine("a")}\n`]);
  bench.now = 1000;
  bench.meter.draw();
  assertEquals(bench.written(), []);
});

Deno.test("Meter: shows how far a file came that ended early", () => {
  using bench = new Bench(48);
  const progress = moving(bench.meter, "a", 100);
  progress.moved(50);
  bench.now = 2000;
  progress.finished();
  assertEquals(bench.written(), [
    "\ra              50%   50     0.0KB/s   00:02    \n",
  ]);
});

Deno.test("Meter: begins each file at nothing, on a line of its own", () => {
  using bench = new Bench(48);
  bench.copy("a");
  moving(bench.meter, "b", 10);
  bench.now = 100;
  bench.meter.draw();
  assertEquals(
    bench.screen.text,
    `\r${wholeLine("a")}\n\r${firstLine("b")}`,
  );
});

Deno.test("Meter: writes the lines of many small files at once", () => {
  using bench = new Bench(48);
  bench.copy("a");
  bench.written();
  bench.copy("b");
  bench.copy("c");
  moving(bench.meter, "d", 10);
  assertEquals(bench.written(), []);
  bench.now = 100;
  bench.meter.draw();
  assertEquals(bench.written(), [
    `\r${wholeLine("b")}\n\r${wholeLine("c")}\n\r${firstLine("d")}`,
  ]);
});

Deno.test("Meter: wipes an unfinished line to make room, and draws it again", () => {
  using bench = new Bench(48);
  moving(bench.meter, "a", 10);
  bench.meter.draw();
  bench.written();
  bench.meter.makeRoom();
  assertEquals(bench.written(), [`\r${" ".repeat(47)}\r`]);
  bench.meter.draw();
  assertEquals(bench.written(), [`\r${firstLine("a")}`]);
});

Deno.test("Meter: writes what ended before it makes room", () => {
  using bench = new Bench(48);
  bench.copy("a");
  bench.copy("b");
  bench.written();
  bench.meter.makeRoom();
  assertEquals(bench.written(), [`\r${wholeLine("b")}\n`]);
});

Deno.test("Meter: follows the terminal's width", () => {
  using bench = new Bench(48);
  moving(bench.meter, "a", 10);
  bench.meter.draw();
  bench.written();
  bench.screen.width = 44;
  bench.meter.draw();
  assertEquals(bench.written(), [
    "\ra           0%    0     0.0KB/s   --:-- ETA",
  ]);
});

Deno.test("Meter: takes a terminal that tells no width for 80 columns wide", () => {
  using bench = new Bench(undefined);
  moving(bench.meter, "a", 10);
  bench.meter.draw();
  assertEquals(bench.written().map((text) => text.length), [80]);
});

Deno.test("Meter: writes nothing from the background", () => {
  using bench = new Bench(48);
  bench.screen.inForeground = false;
  bench.copy("a");
  moving(bench.meter, "b", 10);
  bench.now = 1000;
  bench.meter.draw();
  bench.meter.makeRoom();
  assertEquals(bench.written(), []);
});

Deno.test("Meter: draws its line when it comes to the foreground", () => {
  using bench = new Bench(48);
  bench.screen.inForeground = false;
  moving(bench.meter, "a", 10);
  bench.meter.draw();
  bench.screen.inForeground = true;
  bench.now = 100;
  bench.meter.draw();
  assertEquals(bench.written(), [`\r${firstLine("a")}`]);
});

Deno.test("Meter: wipes no line that the background kept from the terminal", () => {
  using bench = new Bench(48);
  bench.screen.inForeground = false;
  moving(bench.meter, "a", 10);
  bench.meter.draw();
  bench.screen.inForeground = true;
  bench.meter.makeRoom();
  const { text } = bench.screen;
  assert(
    text === "" || text.startsWith(`\r${firstLine("a")}`),
    JSON.stringify(text),
  );
});

Deno.test("Meter: writes what is left to say when it is disposed", () => {
  const bench = new Bench(48);
  {
    using _ = bench;
    bench.copy("a");
    bench.copy("b");
    bench.written();
  }
  assertEquals(bench.written(), [`\r${wholeLine("b")}\n`]);
});

Deno.test("Meter: lets no name act on the terminal", () => {
  using bench = new Bench(60);
  bench.copy("\x1b[2K\r\n\u202e");
  const text = bench.written().join("");
  assert(!text.includes("\x1b"), JSON.stringify(text));
  assert(!text.includes("\u202e"), JSON.stringify(text));
  assertEquals(text.lastIndexOf("\r"), 0);
  assertEquals(text.indexOf("\n"), text.length - 1);
  assert(text.startsWith("\r\\033[2K\\015\\012"), JSON.stringify(text));
});

Deno.test("Meter: shows the file that began first of those that move at once", () => {
  using bench = new Bench(48);
  const first = moving(bench.meter, "a", 4096);
  const second = moving(bench.meter, "b", 4096);
  bench.meter.draw();
  assertEquals(bench.written(), [`\r${firstLine("a")}`]);
  bench.now = 1000;
  second.moved(4096);
  first.moved(1024);
  bench.meter.draw();
  assertEquals(bench.written(), [
    "\ra              25% 1024     1.0KB/s   00:03 ETA",
  ]);
  first.finished();
  assertEquals(bench.written(), []);
  bench.now = 1100;
  bench.meter.draw();
  assertEquals(bench.written(), [
    "\ra              25% 1024     1.0KB/s   00:01    \n" +
    "\rb             100% 4096     4.0KB/s   00:00 ETA",
  ]);
});

Deno.test("Meter: of many files that end short together, only the one that was shown leaves a line", () => {
  using bench = new Bench(48);
  const files = ["a", "b", "c"].map((name) => moving(bench.meter, name, 10));
  bench.meter.draw();
  bench.written();
  for (const file of files) {
    file.moved(5);
    file.finished();
  }
  bench.now = 1000;
  bench.meter.draw();
  const left = bench.written().join("");
  assert(left.includes("a  ") && !/[bc] {2}/.test(left), left);
});

Deno.test("Meter: a file that comes to be shown leaves its line, however it ends", () => {
  using bench = new Bench(48);
  const [a, b] = ["a", "b"].map((name) => moving(bench.meter, name, 10));
  a!.finished();
  bench.meter.draw();
  b!.finished();
  bench.meter.draw();
  const left = bench.written().join("").match(/[ab] {12}.*\n/g);
  assertEquals(left?.length, 2);
});

Deno.test("Meter: leaves lines in the order in which their files began", () => {
  using bench = new Bench(48);
  const files = ["a", "b", "c", "d"].map((name) =>
    moving(bench.meter, name, 10)
  );
  const end = (index: number): void => {
    files[index]!.moved(10);
    files[index]!.finished();
  };
  bench.meter.draw();
  bench.written();
  end(2);
  end(1);
  bench.now = 100;
  bench.meter.draw();
  assertEquals(bench.written(), []);
  bench.now = 0;
  end(0);
  bench.now = 200;
  bench.meter.draw();
  assertEquals(bench.written(), [
    `\r${wholeLine("a")}\n\r${wholeLine("b")}\n\r${wholeLine("c")}\n` +
    `\r${firstLine("d")}`,
  ]);
  end(3);
});

Deno.test("Meter: shows of a file that waits for those before it what it took", () => {
  using bench = new Bench(48);
  const first = moving(bench.meter, "a", 100);
  const second = moving(bench.meter, "b", 100);
  bench.now = 2000;
  second.moved(50);
  second.finished();
  bench.now = 9000;
  bench.meter.draw();
  bench.written();
  second.moved(50);
  first.finished();
  bench.meter.draw();
  const [shownFirst, shownSecond] = bench.screen.text.split("\n");
  assert(shownFirst!.endsWith("00:09    "), JSON.stringify(shownFirst));
  assertEquals(
    shownSecond,
    "\rb              50%   50     0.0KB/s   00:02    ",
  );
});

Deno.test("Meter: writes each file's line once, at its end, where it cannot redraw", () => {
  using bench = new Bench(48, { isDumb: true });
  const progress = moving(bench.meter, "a", 10);
  bench.now = 1000;
  progress.moved(5);
  bench.meter.draw();
  bench.meter.makeRoom();
  assertEquals(bench.written(), []);
  progress.moved(5);
  progress.finished();
  bench.meter.draw();
  assertEquals(bench.written(), [
    "a             100%   10     0.0KB/s   00:01    \n",
  ]);
});

Deno.test("Meter: tells that a whole file is verified, until that is over", () => {
  using bench = new Bench(48);
  const progress = moving(bench.meter, "a", 10);
  progress.moved(10);
  progress.verifying();
  bench.now = 10_000;
  bench.meter.draw();
  const [line] = bench.written();
  assert(line!.endsWith("  verifying"), line);
  progress.finished();
  bench.meter.draw();
  assert(!bench.written().join("").includes("verifying"));
});
