/** What is copied in the benchmark. */

import type { TreeEntry } from "../../tests/support/tree.ts";

/** Up or down between here and a host. */
export type Direction = "up" | "down";

/** One copy that is timed. */
export interface Work {
  readonly name: string;
  readonly direction: Direction;
  /** What is copied, by its name in the folder of sources. */
  readonly source: string;
  /** Options that the copy needs. */
  readonly options: readonly string[];
  /** The round-trip time that is added, in milliseconds. */
  readonly roundTrip: number;
}

export interface WorkSizes {
  /** The large file, in bytes. */
  readonly fileBytes: number;
  /** How many small files there are, in ten folders. */
  readonly files: number;
  /** The round-trip time of the works that have one, in milliseconds. */
  readonly roundTrip: number;
}

const SMALL_BYTES = 1024;

const FOLDERS = 10;

/** Each work up and down. */
export function works({ fileBytes, files, roundTrip }: WorkSizes): Work[] {
  const large = {
    name: `one file of ${fileBytes / 1024 ** 2} MiB`,
    source: "large",
    options: [],
    roundTrip: 0,
  };
  const small = {
    name: `${files} files of ${SMALL_BYTES} bytes`,
    source: "small",
    options: ["-r"],
    roundTrip: 0,
  };
  const rows = [
    large,
    small,
    { ...small, name: `${small.name}, -p`, options: ["-rp"] },
    { ...small, name: `${small.name}, ${roundTrip} ms away`, roundTrip },
  ];
  return rows.flatMap((row) => [
    { ...row, direction: "up" as const },
    { ...row, direction: "down" as const },
  ]);
}

/** The files that all works copy. */
export function sources({ fileBytes, files }: WorkSizes): TreeEntry[] {
  return [
    { path: "large", content: randomBytes(fileBytes) },
    ...Array.from({ length: files }, (_, index) => ({
      path: `small/d${index % FOLDERS}/f${index}`,
      content: randomBytes(SMALL_BYTES),
    })),
  ];
}

function randomBytes(count: number): Uint8Array {
  const MOST_AT_ONCE = 65536;
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += MOST_AT_ONCE) {
    crypto.getRandomValues(bytes.subarray(at, at + MOST_AT_ONCE));
  }
  return bytes;
}
