/** Records of one entry, as a source sends them. */

import type { Times } from "../filesystem/file_system.ts";
import { decodeName } from "../names/name_bytes.ts";
import type { Observer } from "../events/copy_event.ts";
import { formatRecord, needsEncoding } from "./wire/records.ts";
import type { Announcement } from "./sent_entry.ts";

/**
 * Gives the records of an entry: its times, if they are preserved, and itself.
 *
 * @throws {EntryError} If a record would be longer than a peer accepts.
 */
export function recordsOf(
  { record, times }: Announcement,
  { preserve, modeBits }: {
    readonly preserve: boolean;
    readonly modeBits: number;
  },
  observer: Observer,
): Uint8Array[] {
  const title = record.kind === "file"
    ? "Sending file modes"
    : "Entering directory";
  const records: (readonly [title: string, bytes: Uint8Array])[] = [
    [title, formatRecord({ ...record, mode: record.mode & modeBits })],
  ];
  if (preserve && times !== undefined) {
    records.unshift(["Sending file timestamps", timesRecord(times)]);
  }
  return records.map(([title, bytes]) => {
    observer.report({
      kind: "verbose",
      message: () => `${title}: ${decodeName(bytes).trimEnd()}`,
    });
    return bytes;
  });
}

/** Warns of a name that has to be encoded in a record. */
export function warnIfEncoded(
  { path, record: { name } }: Announcement,
  observer: Observer,
): void {
  if (!needsEncoding(name)) return;
  observer.report({
    kind: "warning",
    message: `${path}: a newline cannot travel in a name: it arrives encoded`,
  });
}

/**
 * Gives a harmless record to send before the end of a directory. A sink that skips
 * unknown lines may swallow one record after a body that it refused. If that were
 * the end, the next directory would be made inside this one.
 */
export function guard(): Uint8Array {
  const now = Date.now();
  return timesRecord({ modified: now, accessed: now });
}

function timesRecord({ modified, accessed }: Times): Uint8Array {
  return formatRecord({
    kind: "times",
    modified: wholeSeconds(modified),
    accessed: wholeSeconds(accessed),
  });
}

/** OpenSSH sends no fractions of a second. */
function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
