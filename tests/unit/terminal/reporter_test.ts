import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  Reporter,
  type ReporterOptions,
} from "../../../lib/terminal/reporter.ts";
import { Screen } from "../../support/screen.ts";

const plain: ReporterOptions = { quiet: false, verbose: false };

/** All that a reporter can be told, once. */
function tellAll(reporter: Reporter): void {
  const progress = reporter.began("f", 10);
  progress.moved(10);
  progress.ended();
  reporter.explained(() => "Sink: C0644 10 f");
  reporter.warned("took the other protocol");
  reporter.failed("g: No such file or directory");
}

Deno.test("Reporter says what failed and warns on standard error", () => {
  const screen = new Screen();
  using reporter = new Reporter(screen, plain);
  tellAll(reporter);
  assertEquals(screen.said, [
    "warning: took the other protocol",
    "g: No such file or directory",
  ]);
});

Deno.test("Reporter says what failed and no more if it is to be quiet", () => {
  const screen = new Screen(80);
  using reporter = new Reporter(screen, { ...plain, quiet: true });
  tellAll(reporter);
  assertEquals(screen.said, ["g: No such file or directory"]);
  assertEquals(screen.written, []);
});

Deno.test("Reporter says each step if it is to be verbose, quiet or not", () => {
  for (const quiet of [false, true]) {
    const screen = new Screen();
    using reporter = new Reporter(screen, { quiet, verbose: true });
    reporter.explained(() => "Sink: C0644 10 f");
    assertEquals(screen.said, ["Sink: C0644 10 f"]);
  }
});

Deno.test("Reporter counts what failed, nothing else", () => {
  using reporter = new Reporter(new Screen(), plain);
  assertEquals(reporter.failures, 0);
  tellAll(reporter);
  assertEquals(reporter.failures, 1);
  reporter.failed("");
  assertEquals(reporter.failures, 2);
});

Deno.test("Reporter counts what failed although it is quiet", () => {
  using reporter = new Reporter(new Screen(), { ...plain, quiet: true });
  tellAll(reporter);
  assertEquals(reporter.failures, 1);
});

Deno.test("Reporter draws a meter on a terminal alone", () => {
  const screen = new Screen(80);
  {
    using reporter = new Reporter(screen, plain);
    tellAll(reporter);
  }
  assertMatch(screen.written.join(""), /^\rf {44} 100% {3}10 [^\n]*\n$/);
  const pipe = new Screen(undefined);
  {
    using reporter = new Reporter(pipe, plain);
    tellAll(reporter);
  }
  assertEquals(pipe.written, []);
});

Deno.test("Reporter wipes the meter's line before a message", () => {
  const screen = new Screen(40);
  using reporter = new Reporter(screen, plain);
  reporter.began("f", 10);
  reporter.failed("g: Is a directory");
  const blank = `\r${" ".repeat(39)}\r`;
  assert(
    screen.text.endsWith(`${blank}g: Is a directory\n`),
    JSON.stringify(screen.text),
  );
});

Deno.test("Reporter lets no message act on the terminal", () => {
  const screen = new Screen();
  using reporter = new Reporter(screen, { quiet: false, verbose: true });
  const hostile = "a\x1b[2K\r\nb\u202e\u009b\udcff";
  reporter.failed(hostile);
  reporter.warned(hostile);
  reporter.explained(() => hostile);
  const shown = "a\\033[2K\\015\\012b\\342\\200\\256\\302\\233\\377";
  assertEquals(screen.said, [shown, `warning: ${shown}`, shown]);
});

Deno.test("Reporter says failures and warnings under the program's name, steps without it", () => {
  const screen = new Screen();
  using reporter = new Reporter(screen, {
    quiet: false,
    verbose: true,
    program: "scp",
  });
  tellAll(reporter);
  reporter.disconnected("far: lost connection");
  assertEquals(screen.said, [
    "Sink: C0644 10 f",
    "scp: warning: took the other protocol",
    "scp: g: No such file or directory",
    "scp: far: lost connection",
  ]);
});

Deno.test("Reporter knows a lost host from what else fails, and counts it", () => {
  using reporter = new Reporter(new Screen(), { ...plain, quiet: true });
  tellAll(reporter);
  assertEquals([reporter.failures, reporter.hasLostHost], [1, false]);
  reporter.disconnected("far: lost connection");
  assertEquals([reporter.failures, reporter.hasLostHost], [2, true]);
  reporter.failed("g: No such file or directory");
  assertEquals([reporter.failures, reporter.hasLostHost], [3, true]);
});
