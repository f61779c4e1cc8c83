import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { startFile } from "../../../lib/events/file_progress.ts";
import { Results } from "../../../lib/events/results.ts";
import { TotalCount } from "../../../lib/events/total_count.ts";
import { JsonStream } from "../../../lib/terminal/json_stream.ts";
import { type JsonEvent, jsonEvents } from "../../support/json_events.ts";
import { moving } from "../../support/moving.ts";
import { Screen } from "../../support/process/screen.ts";

const CALL = { version: "1.2.3", sources: ["a", "b\udcff"], target: "far:" };

/** Events of a run with this status, without those of the progress. */
function told(
  status: number,
  run: (stream: JsonStream) => void,
  { isDry = false } = {},
): JsonEvent[] {
  const screen = new Screen();
  const results = new Results();
  const stream = new JsonStream(screen, () => {});
  const report = stream.report.bind(stream);
  stream.report = (event) => {
    results.report(event);
    report(event);
  };
  stream.start({ ...CALL, isDry });
  run(stream);
  stream.end(status, results);
  stream.end(status, results);
  return jsonEvents(screen.written.join(""), status);
}

/** Takes the times out, which no two runs share. */
function timeless(events: readonly JsonEvent[]): object[] {
  return events.map(({ seconds: _, ...event }) => event);
}

Deno.test("JsonStream: begins with the call and ends with the counts", () => {
  assertEquals(timeless(told(0, () => {})), [
    {
      type: "start",
      schema: 1,
      version: "1.2.3",
      sources: [{ path: "a" }, { path: "b\ufffd", path_base64: "Yv8=" }],
      target: { path: "far:" },
    },
    {
      type: "summary",
      exit_status: 0,
      files_copied: 0,
      bytes_copied: 0,
      files_skipped: 0,
      files_verified: 0,
      entries_excluded: 0,
      failures: 0,
    },
  ]);
});

Deno.test("JsonStream: tells of a dry run what it would do", () => {
  const events = told(0, (stream) => {
    const target = { label: "far: ", path: "d" };
    stream.report({ kind: "planned", action: "make directory", target });
    stream.report({
      kind: "planned",
      action: "copy",
      source: { label: "", path: "a\udcff" },
      target,
      bytes: 3,
      replaces: true,
    });
    stream.report({
      kind: "planned",
      action: "make link",
      target,
      destination: "a",
      replaces: false,
    });
  }, { isDry: true });
  const target = { path: "far:d" };
  assertEquals(events.filter(({ type }) => type === "plan"), [
    { type: "plan", action: "make_directory", target },
    {
      type: "plan",
      action: "copy",
      source: { path: "a\ufffd", path_base64: "Yf8=" },
      target,
      bytes: 3,
      replaces: true,
    },
    {
      type: "plan",
      action: "make_link",
      target,
      replaces: false,
      destination: { path: "a" },
    },
  ]);
  const summary = events.at(-1)!;
  assertEquals([
    summary.files_planned,
    summary.bytes_planned,
    summary.directories_planned,
    summary.links_planned,
    summary.files_copied,
  ], [1, 3, 1, 1, 0]);
});

Deno.test("JsonStream: a session that fails names each file that it had begun", () => {
  const events = told(255, (stream) => {
    moving(stream, "a", 1).settled("copied");
    moving(stream, "b", 1);
    moving(stream, "c", 1).settled("failed");
    const message = "far: b and 1 more after it: lost connection";
    stream.report({ kind: "failure", message, isConnection: true });
    moving(stream, "d", 1).settled("failed");
    stream.report({
      kind: "failure",
      message: "far: d: lost connection",
      endsSession: true,
    });
  });
  assertEquals(
    events.filter(({ type }) => type === "error").map(({ path }) => path),
    [undefined, "d"],
  );
  assertEquals(
    events.filter(({ action }) => action === "failed")
      .map(({ path, reason }) => [path, reason]),
    [
      ["b", "far: b and 1 more after it: lost connection"],
      ["c", "far: b and 1 more after it: lost connection"],
      ["d", "far: d: lost connection"],
    ],
  );
});

Deno.test("JsonStream: a process that ends at once names what it had begun", () => {
  const events = told(130, (stream) => {
    moving(stream, "a", 1);
  });
  assertEquals(timeless(events.slice(1, -1)), [
    { type: "file", action: "failed", path: "a", reason: "not finished" },
  ]);
});

Deno.test("JsonStream: tells of each file how it ended", () => {
  const events = told(1, (stream) => {
    const file = moving(stream, "d/a", 10);
    file.moved(10);
    file.settled("copied");
    moving(stream, "d/a", 10).settled("again");
    const reason = "same size and time";
    stream.report({
      kind: "skipped",
      path: "s",
      target: "far: s",
      reason,
      bytes: 3,
    });
    stream.report({
      kind: "excluded",
      label: "far: ",
      path: ".git",
      reason: "x",
    });
    stream.report({
      kind: "failure",
      message: "far: d/b: Permission denied",
      path: "d/b",
      host: "far",
    });
  });
  const files = events.filter(({ type }) => type === "file");
  assertEquals(timeless(files), [
    { type: "file", action: "copied", path: "d/a", bytes: 10 },
    {
      type: "file",
      action: "skipped",
      path: "s",
      reason: "same size and time",
      bytes: 3,
    },
    { type: "file", action: "excluded", path: ".git", reason: "x" },
    {
      type: "file",
      action: "failed",
      path: "d/b",
      reason: "far: d/b: Permission denied",
    },
  ]);
  const [error] = events.filter(({ type }) => type === "error");
  assertEquals(error, {
    type: "error",
    kind: "permission",
    message: "far: d/b: Permission denied",
    path: "d/b",
    host: "far",
  });
  const { files_copied, files_skipped, entries_excluded } = events.at(-1)!;
  assertEquals([files_copied, files_skipped, entries_excluded], [1, 1, 1]);
});

Deno.test("JsonStream: tells of hosts, of a fallback and of warnings", () => {
  const events = told(0, (stream) => {
    const host = { kind: "host", hosts: ["far"] } as const;
    stream.report({ ...host, protocol: "SCP", reason: "it is faster" });
    stream.report({
      ...host,
      protocol: "SFTP",
      reason: "no scp there",
      isFallback: true,
    });
    stream.report({ kind: "warning", message: "going on over SFTP" });
  });
  assertEquals(events.slice(1, -1), [
    {
      type: "host",
      hosts: ["far"],
      protocol: "scp",
      reason: "it is faster",
      fell_back: false,
    },
    {
      type: "host",
      hosts: ["far"],
      protocol: "sftp",
      reason: "no scp there",
      fell_back: true,
    },
    { type: "warning", message: "going on over SFTP" },
  ]);
});

Deno.test("JsonStream: tells the progress twice a second, and none after the end", async () => {
  using time = new FakeTime();
  let last = 0;
  const events = told(0, (stream) => {
    const scan = new TotalCount(stream).begin(true);
    scan.add(2, 20);
    scan.end();
    moving(stream, "a", 10).moved(10);
    last = Date.now();
    time.tick(1600);
  });
  assert(Date.now() - last >= 1600);
  const progress = events.filter(({ type }) => type === "progress");
  assertEquals(progress.length, 3);
  const { files, bytes, total_files, total_bytes, percent } = progress[0]!;
  assertEquals([files, bytes, total_files, total_bytes, percent], [
    0,
    10,
    2,
    20,
    50,
  ]);
  await time.tickAsync(5000);
});

Deno.test("JsonStream: lets no name, message or operand act on a terminal", () => {
  const evil = "\x1b]0;x\x07\x9b2J\u202e\r\n\udc9b";
  const events = told(1, (stream) => {
    moving(stream, evil, 1).settled("copied");
    stream.report({ kind: "failure", message: evil, path: evil, host: evil });
    stream.report({ kind: "warning", message: evil });
    stream.report({
      kind: "host",
      hosts: [evil],
      protocol: "SCP",
      reason: evil,
    });
  });
  assertEquals(events.length, 7);
});

Deno.test("JsonStream: a closed output is told once, and ends it", () => {
  const screen = new Screen();
  let closed = 0;
  const stream = new JsonStream(screen, () => closed++);
  stream.start(CALL);
  screen.isClosed = true;
  stream.report({ kind: "warning", message: "w" });
  stream.report({ kind: "warning", message: "w" });
  stream.end(141, new Results());
  assertEquals([closed, screen.written.length], [1, 1]);
});

Deno.test("JsonStream: an output that is closed before the summary is no failure", () => {
  const screen = new Screen();
  let closed = 0;
  const stream = new JsonStream(screen, () => closed++);
  stream.start(CALL);
  screen.isClosed = true;
  stream.end(0, new Results());
  assertEquals(closed, 0);
});

Deno.test("JsonStream: tells a wrong call", () => {
  const screen = new Screen();
  const results = new Results();
  results.failures = 1;
  const stream = new JsonStream(screen, () => {});
  stream.start({ version: "1.2.3" });
  stream.usage("unknown option -- z");
  stream.end(1, results);
  const [start, error] = jsonEvents(screen.written.join(""), 1);
  assertEquals([start!.sources, start!.target], [undefined, undefined]);
  assertEquals(error, {
    type: "error",
    kind: "usage",
    message: "unknown option -- z",
  });
});

Deno.test("JsonStream: tells of a new try and its pause", () => {
  const events = told(0, (stream) =>
    stream.report({
      kind: "retry",
      host: "far",
      reason: "no connection",
      seconds: 0.7504,
      attempt: 1,
      attempts: 5,
    }));
  assertEquals(events[1], {
    type: "retry",
    host: "far",
    reason: "no connection",
    seconds: 0.75,
    attempt: 1,
    attempts: 5,
  });
});

Deno.test("JsonStream: tells which files are proven, and how", () => {
  const events = told(0, (stream) => {
    for (const proof of ["hashed", "read back"] as const) {
      moving(stream, "f", 1).settled("copied", proof);
    }
  });
  assertEquals(
    events.filter(({ type }) => type === "file")
      .map(({ verified, read_back }) => [verified, read_back]),
    [[true, false], [true, true]],
  );
});

Deno.test("JsonStream: tells where a file was resumed", () => {
  const [, event] = told(
    0,
    (stream) =>
      startFile(stream, { name: "f", path: "f", size: 9, resumedAt: 4 })
        .settled("copied"),
  );
  assertEquals([event!.bytes, event!.resumed_at], [9, 4]);
});
