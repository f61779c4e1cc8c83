import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  CutError,
  EntryError,
  ProtocolError,
  RefusalError,
  SessionError,
} from "../../../lib/errors.ts";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import { TransferRun } from "../../../lib/tree/transfer_run.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";

/** A run of at most two steps at once, and what it reports. */
class Bench {
  readonly observer = new RecordingObserver();
  readonly interrupt = new AbortController();
  readonly run = new TransferRun({ size: 2, most: 2 }, {
    observer: this.observer,
    interrupted: this.interrupt.signal,
  });

  /** Begins a step that fails. */
  async beginFailing(error: unknown): Promise<void> {
    await this.run.begin(() => Promise.reject(error));
  }
}

Deno.test("TransferRun: reports the errors of entries in the order of their steps", async () => {
  const { run, observer } = new Bench();
  const slow = Promise.withResolvers<void>();
  await run.begin(async () => {
    await slow.promise;
    throw new EntryError("first");
  });
  await run.runOrReport(() => Promise.reject(new EntryError("second")));
  assertEquals(observer.failures, []);
  slow.resolve();
  await run.end();
  assertEquals(observer.failures, ["first", "second"]);
  assertEquals([run.isBroken, run.hasEnded], [false, false]);
});

Deno.test("TransferRun: tells the entries of a cut from those that failed by themselves", async () => {
  const events: CopyEvent[] = [];
  const run = new TransferRun({ size: 1, most: 1 }, {
    observer: { report: (event) => events.push(event) },
    interrupted: new AbortController().signal,
  });
  await run.runOrReport(() => Promise.reject(new EntryError("a: no")));
  const cut = new CutError("b: not sent", "not sent");
  await run.runOrReport(() => Promise.reject(cut));
  await run.end();
  assertEquals(events, [
    { kind: "failure", message: "a: no" },
    { kind: "failure", message: "b: not sent", cut: "not sent" },
  ]);
});

Deno.test("TransferRun: ends with the first connection failure, which names its file", async () => {
  const { run } = new Bench();
  run.fail("a", new SessionError("lost connection"));
  assertEquals([run.isBroken, run.hasEnded], [true, true]);
  const later = assertThrows(
    () => run.fail("b", new ProtocolError("late")),
    CutError,
  );
  assertEquals([later.message, later.state], ["b: late", "in flight"]);
  const end = await assertRejects(() => run.end(), SessionError);
  assertEquals(end.message, "a: lost connection");
});

Deno.test("TransferRun: after an interrupt no file says that a connection was lost", () => {
  const run = new TransferRun({ size: 1, most: 1 }, {
    observer: new RecordingObserver(),
    interrupted: AbortSignal.abort(130),
  });
  run.fail("a", new SessionError("lost connection"));
  const later = assertThrows(
    () => run.fail("b", new SessionError("lost connection after 1 of 2 bytes")),
    EntryError,
  );
  assertEquals(later.message, "b: interrupted after 1 of 2 bytes");
});

Deno.test("TransferRun: leaves the words of a peer that gives up as they are", async () => {
  const { run } = new Bench();
  run.fail("a", new RefusalError("scp: no"));
  const end = await assertRejects(() => run.end(), RefusalError);
  assertEquals(end.message, "scp: no");
});

Deno.test("TransferRun: throws what is no connection failure at once", async () => {
  const { run } = new Bench();
  const fault = new TypeError("a fault of the program");
  assertEquals(assertThrows(() => run.fail("a", fault), TypeError), fault);
  assertEquals(run.isBroken, false);
  await run.end();
});

Deno.test("TransferRun: throws in the end what a step threw that is no entry's error", async () => {
  const bench = new Bench();
  await bench.beginFailing(new TypeError("a fault of the program"));
  await bench.beginFailing(new EntryError("a"));
  await assertRejects(() => bench.run.end(), TypeError, "a fault");
  assertEquals(bench.observer.failures, ["a"]);
});

Deno.test("TransferRun: has ended, but is not broken, where it is interrupted", async () => {
  const { run, interrupt } = new Bench();
  interrupt.abort();
  assertEquals([run.isBroken, run.hasEnded], [false, true]);
  await run.end();
});

Deno.test("TransferRun: tells of the temporary files that no failure names", async () => {
  const events: CopyEvent[] = [];
  const run = new TransferRun({ size: 1, most: 1 }, {
    observer: { report: (event) => events.push(event) },
    interrupted: new AbortController().signal,
  });
  for (const path of ["/d/.a.seacp-a", "/d/.b.seacp-b", "/d/.c.seacp-c"]) {
    run.noteLeft(path, "far: ");
  }
  const cut = new CutError(
    "far: /d/a: interrupted after 3 bytes; /d/.a.seacp-a is left",
    "in flight",
  );
  await run.runOrReport(() => Promise.reject(cut));
  const lost = new SessionError("lost connection; /d/.b.seacp-b is left");
  await run.begin(async () => run.fail("far: /d/b", lost));
  await assertRejects(() => run.end(), SessionError);
  assertEquals(events, [
    // It has a line of its own, however many others were in flight.
    { kind: "failure", message: cut.message },
    { kind: "warning", message: "far: /d/.c.seacp-c may be left" },
  ]);
});
