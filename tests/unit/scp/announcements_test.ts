import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { EntryError } from "../../../lib/errors.ts";
import {
  guard,
  recordsOf,
  warnIfEncoded,
} from "../../../lib/scp/announcements.ts";
import type { Announcement } from "../../../lib/scp/sent_entry.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";

function fileNamed(name: string): Announcement {
  return {
    path: `x/${name}`,
    record: { kind: "file", mode: 0o4755, size: 3, name },
    times: { modified: 7_999, accessed: 8_001 },
  };
}

function texts(records: readonly Uint8Array[]): string[] {
  return records.map((record) => new TextDecoder().decode(record));
}

Deno.test("recordsOf(): gives an entry's record with the mode bits that are sent", () => {
  const observer = new RecordingObserver();
  const options = { preserve: false, modeBits: 0o777 };
  assertEquals(texts(recordsOf(fileNamed("a"), options, observer)), [
    "C0755 3 a\n",
  ]);
  assertEquals(observer.verboseLines, ["Sending file modes: C0755 3 a"]);
});

Deno.test("recordsOf(): puts times in whole seconds before the record", () => {
  const observer = new RecordingObserver();
  const { path, times } = fileNamed("d");
  const record = { kind: "directory", mode: 0o700, name: "d" } as const;
  const options = { preserve: true, modeBits: 0o6777 };
  assertEquals(texts(recordsOf({ path, record, times }, options, observer)), [
    "T7 0 8 0\n",
    "D0700 0 d\n",
  ]);
  assertEquals(observer.verboseLines, [
    "Sending file timestamps: T7 0 8 0",
    "Entering directory: D0700 0 d",
  ]);
});

Deno.test("recordsOf(): throws an EntryError for a name that fits no record, and reports nothing", () => {
  const observer = new RecordingObserver();
  const options = { preserve: true, modeBits: 0o6777 };
  assertThrows(
    () => recordsOf(fileNamed("a".repeat(2047)), options, observer),
    EntryError,
    "name too long",
  );
  assertEquals(observer.verboseLines, []);
});

Deno.test("warnIfEncoded(): warns of a newline in a name alone", () => {
  const observer = new RecordingObserver();
  warnIfEncoded(fileNamed("a"), observer);
  warnIfEncoded(fileNamed("a\nb"), observer);
  assertEquals(observer.warnings, [
    "x/a\nb: a newline cannot travel in a name: it arrives encoded",
  ]);
});

Deno.test("guard(): gives the times of now, in whole seconds", () => {
  using _time = new FakeTime(1_000_000_000_999);
  assertEquals(texts([guard()]), ["T1000000000 0 1000000000 0\n"]);
});
