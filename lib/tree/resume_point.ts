/** Rule by which a file goes on where an earlier copy was cut. */

import type { Observer } from "../events/copy_event.ts";
import type { Attributes } from "../filesystem/file_system.ts";

/** Point from which on a file is copied. */
export type ResumePoint =
  /** All of it is there. */
  | { readonly kind: "same" }
  /** The bytes before this one are there. */
  | { readonly kind: "at"; readonly at: number }
  | WholeFile;

/** File that is copied whole. */
export interface WholeFile {
  readonly kind: "whole";
  readonly reason: string;
}

/** Result of a comparison of two beginnings; a reason where nothing tells. */
export type Comparison = "same" | "other" | { readonly reason: string };

/**
 * Bytes at the end of a file that was cut which may have holes among them: blocks
 * are written in any order, and more than these are never in flight.
 */
const LOOSE_BYTES = 16 * 1024 * 1024;

/**
 * Finds the point for a file. What is there is believed only where its SHA-256 is that of
 * the source's beginning: its length and time prove nothing.
 *
 * @param lengths Lengths of the source and of what is there, in bytes.
 * @param compare Compares the beginnings of both, of so many bytes.
 */
export async function findPoint(
  { size, there }: { readonly size: number; readonly there: number },
  compare: (length: number) => Promise<Comparison>,
): Promise<ResumePoint> {
  if (there > size) return whole("what is there is longer");
  const first = await compare(there);
  if (first === "same") {
    return there === size ? { kind: "same" } : { kind: "at", at: there };
  }
  if (first !== "other") return whole(first.reason);
  if (there === size) return whole("what is there has another content");
  const sure = there - LOOSE_BYTES;
  return sure > 0 && await compare(sure) === "same"
    ? { kind: "at", at: sure }
    : whole("what is there is not its beginning");
}

/** Gives the point of a file that is copied whole. */
export function whole(reason: string): WholeFile {
  return { kind: "whole", reason };
}

/** Point of a file whose source is no longer the one that was compared. */
export const SOURCE_CHANGED: WholeFile = whole(
  "its source has changed meanwhile",
);

/** Reports a file of which something is there, and that is copied whole. */
export function reportWhole(
  observer: Observer,
  path: string,
  { reason }: WholeFile,
): void {
  const message = `${path}: copied whole: ${reason}`;
  observer.report({ kind: "warning", message });
}

/** Tells a file that is as it was, by its length and time. */
export function isUnchanged(one: Attributes, other: Attributes): boolean {
  return one.size === other.size && one.modified === other.modified;
}
