import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { moving } from "../../support/moving.ts";
import {
  Reporter,
  type ReporterOptions,
} from "../../../lib/terminal/reporter.ts";
import { Screen } from "../../support/process/screen.ts";

const plain: ReporterOptions = {
  quiet: false,
  verbose: false,
  progress: false,
};

/** All that a reporter can be told, once. */
function tellAll(reporter: Reporter): void {
  const progress = moving(reporter, "f", 10);
  progress.moved(10);
  progress.finished();
  reporter.report({ kind: "verbose", message: () => "Sink: C0644 10 f" });
  reporter.report({ kind: "warning", message: "took the other protocol" });
  reporter.report({ kind: "failure", message: "g: No such file or directory" });
  reporter.report({ kind: "end" });
}

Deno.test("Reporter: says what failed and warns on standard error", () => {
  const screen = new Screen();
  const reporter = new Reporter(screen, plain);
  tellAll(reporter);
  assertEquals(screen.said, [
    "warning: took the other protocol",
    "g: No such file or directory",
  ]);
});

Deno.test("Reporter: says what failed and no more if it is to be quiet", () => {
  const screen = new Screen(80);
  const reporter = new Reporter(screen, { ...plain, quiet: true });
  tellAll(reporter);
  assertEquals(screen.said, ["g: No such file or directory"]);
  assertEquals(screen.written, []);
});

Deno.test("Reporter: says each step if it is to be verbose, quiet or not", () => {
  for (const quiet of [false, true]) {
    const screen = new Screen();
    const reporter = new Reporter(screen, { ...plain, quiet, verbose: true });
    reporter.report({ kind: "verbose", message: () => "Sink: C0644 10 f" });
    assertEquals(screen.said, ["Sink: C0644 10 f"]);
  }
});

Deno.test("Reporter: says of many files that a cut left how many they are, and each if it is verbose", () => {
  const messages = [1, 2, 3, 4, 5, 6].map((at) => `f${at}: interrupted`);
  const said = (options: ReporterOptions) => {
    const screen = new Screen();
    const reporter = new Reporter(screen, options);
    for (const message of messages) {
      reporter.report({ kind: "failure", message, cut: "in flight" });
    }
    const message = "far: z: interrupted";
    reporter.report({ kind: "failure", message, isConnection: true });
    reporter.report({ kind: "end" });
    return screen.said;
  };
  assertEquals(said(plain), ["far: z: interrupted (and 6 more in flight)"]);
  assertEquals(said({ ...plain, verbose: true }), [
    ...messages,
    "far: z: interrupted",
  ]);
});

Deno.test("Reporter: says what a cut left also where the process ends at once", () => {
  const screen = new Screen();
  const reporter = new Reporter(screen, plain);
  const message = "a: interrupted";
  reporter.report({ kind: "failure", message, cut: "in flight" });
  reporter.abandon();
  assertEquals(screen.said, [message]);
});

Deno.test("Reporter: draws a meter on a terminal alone", () => {
  const screen = new Screen(80);
  tellAll(new Reporter(screen, plain));
  assertMatch(screen.written.join(""), /^\rf {44} 100% {3}10 [^\n]*\n$/);
  const pipe = new Screen(undefined);
  tellAll(new Reporter(pipe, plain));
  assertEquals(pipe.written, []);
});

Deno.test("Reporter: wipes the meter's line before a message", () => {
  const screen = new Screen(40);
  const reporter = new Reporter(screen, plain);
  moving(reporter, "f", 10);
  reporter.report({ kind: "failure", message: "g: Is a directory" });
  const blank = `\r${" ".repeat(39)}\r`;
  assert(
    screen.text.endsWith(`${blank}g: Is a directory\n`),
    JSON.stringify(screen.text),
  );
  reporter.report({ kind: "end" });
});

Deno.test("Reporter: lets no message act on the terminal", () => {
  const screen = new Screen();
  const reporter = new Reporter(screen, { ...plain, verbose: true });
  const hostile = "a\x1b[2K\r\nb\u202e\u009b\udcff";
  reporter.report({ kind: "failure", message: hostile });
  reporter.report({ kind: "warning", message: hostile });
  reporter.report({ kind: "verbose", message: () => hostile });
  const shown = "a\\033[2K\\015\\012b\\342\\200\\256\\302\\233\\377";
  reporter.report({
    kind: "excluded",
    label: "",
    path: hostile,
    reason: hostile,
  });
  reporter.report({
    kind: "skipped",
    path: "a",
    target: hostile,
    reason: "same size and time",
  });
  assertEquals(screen.said, [
    shown,
    `warning: ${shown}`,
    shown,
    `excluded ${shown}: ${shown}`,
    `skipped ${shown}: same size and time`,
  ]);
});

Deno.test("Reporter: lists what a dry run would do and leave out, on standard output", () => {
  const screen = new Screen();
  const reporter = new Reporter(screen, { ...plain, listsPlans: true });
  const target = { label: "far: ", path: "a\x1bb" };
  const source = { label: "", path: "f" };
  const copy = { kind: "planned", action: "copy", source, target, bytes: 1 };
  for (const replaces of [true, false]) {
    reporter.report({ ...copy, replaces } as CopyEvent);
  }
  reporter.report(copy as CopyEvent);
  reporter.report({ kind: "planned", action: "make directory", target });
  for (const replaces of [true, false]) {
    reporter.report({
      kind: "planned",
      action: "make link",
      target,
      destination: "\x1b",
      replaces,
    });
  }
  reporter.report({
    kind: "excluded",
    label: "far: ",
    path: "a\x1bb",
    reason: "--exclude *",
  });
  reporter.report({
    kind: "skipped",
    path: "f",
    target: "far: a\x1bb",
    reason: "the target is newer",
  });
  assertEquals(screen.said, []);
  assertEquals(screen.written.join("").split("\n"), [
    "would copy f to far: a\\033b: replaces what is there",
    "would copy f to far: a\\033b: new",
    "would copy f to far: a\\033b",
    "would make directory far: a\\033b",
    "would make link far: a\\033b to \\033: replaces what is there",
    "would make link far: a\\033b to \\033: new",
    "excluded far: a\\033b: --exclude *",
    "skipped far: a\\033b: the target is newer",
    "",
  ]);
});

Deno.test("Reporter: says failures and warnings under the program's name, steps without it", () => {
  const screen = new Screen();
  const reporter = new Reporter(screen, {
    ...plain,
    verbose: true,
    program: "scp",
  });
  tellAll(reporter);
  reporter.report({
    kind: "failure",
    message: "far: lost connection",
    isConnection: true,
  });
  assertEquals(screen.said, [
    "Sink: C0644 10 f",
    "scp: warning: took the other protocol",
    "scp: g: No such file or directory",
    "scp: far: lost connection",
  ]);
});

Deno.test("Reporter: tells of a new try in one line, unless it is to be quiet", () => {
  for (const quiet of [false, true]) {
    const screen = new Screen();
    const reporter = new Reporter(screen, {
      ...plain,
      quiet,
      program: "seacp",
    });
    reporter.report({
      kind: "retry",
      host: "n\x1bear",
      reason: "connection lost",
      seconds: 3.2,
      attempt: 2,
      attempts: 5,
    });
    assertEquals(
      screen.said,
      quiet ? [] : ["seacp: n\\033ear: connection lost, again in 4 s (2 of 5)"],
    );
  }
});

Deno.test("Reporter: tells from where on a file is copied, unless it is to be quiet", () => {
  for (const quiet of [false, true]) {
    const screen = new Screen();
    const reporter = new Reporter(screen, { ...plain, quiet });
    const [at, size] = [12_345_678, 99_999_999];
    reporter.report({ kind: "resumed", path: "f", at, size });
    assertEquals(
      screen.said,
      quiet ? [] : ["f: resumed at 12,345,678 of 99,999,999 bytes"],
    );
  }
});
