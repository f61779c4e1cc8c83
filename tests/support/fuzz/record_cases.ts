import { assert, assertEquals } from "@std/assert";
import { EntryError, ProtocolError } from "../../../lib/errors.ts";
import {
  formatRecord,
  LAST_MOMENT,
  needsEncoding,
  parseRecord,
  RECORD_MODE_BITS,
  type ScpRecord,
  type SentRecord,
} from "../../../lib/scp/wire/records.ts";
import { bytesOf, literal } from "./byte_text.ts";
import { type FuzzCase, resultOf } from "./fuzz_case.ts";
import { mutated } from "./mutations.ts";
import type { Random } from "./random.ts";
import { NAMES, sourceSession } from "./sessions.ts";

/** A record that is written and read, or the other way round. */
export function recordCase(random: Random): FuzzCase {
  return random.chance(50) ? lineCase(random) : sentCase(random);
}

/** Reads a line, and expects that its written form reads the same. */
function lineCase(random: Random): FuzzCase {
  const lines = mutated(random, sourceSession(random)).split("\n");
  const line = random.pick(lines).slice(0, 2047);
  return {
    described: `the line\n${literal(line)}`,
    run: async () => {
      const record = resultOf(() => parseRecord(bytesOf(line)), ProtocolError);
      if (record !== undefined && record.kind !== "unknown") {
        assertReadsAsWritten(record);
      }
    },
  };
}

function sentCase(random: Random): FuzzCase {
  const record = sentRecord(random);
  return {
    described: `the record ${literal(JSON.stringify(record))}`,
    run: async () => assertReadsAsWritten(record),
  };
}

function sentRecord(random: Random): SentRecord {
  const text = random.chance(50) ? anyText(random) : random.pick(NAMES);
  const mode = random.below(0o10000);
  const size = random.pick([0, 1, random.below(2 ** 32), 2 ** 53 - 1]);
  const moment = () =>
    random.pick([0, -1, 1.5, 999.999, random.below(2 ** 32), LAST_MOMENT]);
  return random.pick<SentRecord>([
    { kind: "file", mode, size, name: text },
    { kind: "directory", mode, name: text },
    { kind: "warning", text },
    { kind: "fatal", text },
    { kind: "times", modified: moment(), accessed: moment() },
    { kind: "end" },
  ]);
}

/** Text as no file system allows it: each character may be any. */
function anyText(random: Random): string {
  const length = random.pick([0, 1, 5, 30, 700, 2100]);
  const limit = random.pick([0x80, 0x100, 0x10000]);
  return Array.from(
    { length },
    () => String.fromCharCode(random.below(limit)),
  ).join("");
}

function assertReadsAsWritten(record: SentRecord): void {
  const line = resultOf(() => formatRecord(record), EntryError);
  if (line === undefined) return;
  assert(line.length <= 2048, `${line.length} bytes are too many`);
  assertEquals(line.indexOf(0x0a), line.length - 1, "one newline, at the end");
  assertSame(parseRecord(line.subarray(0, -1)), record);
}

function assertSame(read: ScpRecord, sent: SentRecord): void {
  switch (sent.kind) {
    case "file":
    case "directory": {
      const mode = sent.mode & RECORD_MODE_BITS;
      // What has been encoded is another name.
      const isSame = !needsEncoding(sent.name);
      if (isSame) return assertEquals<ScpRecord>(read, { ...sent, mode });
      return assertEquals<ScpRecord>({ ...read, name: "" } as ScpRecord, {
        ...sent,
        mode,
        name: "",
      });
    }
    case "times":
      assert(read.kind === "times");
      assertClose(read.modified, sent.modified);
      return assertClose(read.accessed, sent.accessed);
    case "warning":
    case "fatal":
      // Texts are cut, and what is no text in them is replaced.
      return assertEquals(read.kind, sent.kind);
    case "end":
      return assertEquals<ScpRecord>(read, sent);
    default:
      return sent satisfies never;
  }
}

/** To the microsecond, as far as a number goes; nothing is before 1970. */
function assertClose(read: number, sent: number): void {
  if (sent > LAST_MOMENT) return;
  const precision = Math.max(0.001, sent * Number.EPSILON * 4);
  assert(
    Math.abs(read - Math.max(0, sent)) <= precision,
    `${read} for ${sent}`,
  );
}
