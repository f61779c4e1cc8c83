import { EntryError } from "../errors.ts";
import type { LabelledPath } from "../events/copy_event.ts";
import { encodeName } from "../names/name_bytes.ts";

/** A path as JSON tells it. */
export interface JsonPath {
  /** The path; U+FFFD stands for each byte that is not UTF-8. */
  readonly path: string;
  /** Its bytes, in base64; present where they are not all UTF-8. */
  readonly path_base64?: string;
}

/**
 * Gives a line of JSON in ASCII, so that no name in it acts on a terminal. A text's
 * bytes that are not UTF-8 become U+FFFD.
 */
export function jsonLine(value: object): string {
  const text = JSON.stringify(
    value,
    (_, each) => typeof each === "string" ? each.toWellFormed() : each,
  );
  return text.replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"),
  ) + "\n";
}

/** Gives a path as JSON tells it. */
export function jsonPath(path: string): JsonPath {
  if (path.isWellFormed()) return { path };
  const bytes = bytesOf(path);
  return bytes === undefined ? { path } : {
    path,
    path_base64: btoa(
      Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""),
    ),
  };
}

/** Gives a path as JSON tells it, behind its host as in an operand: `host:path`. */
export function jsonLocation({ label, path }: LabelledPath): JsonPath {
  const host = label.replace(/: $/, "");
  if (host === "") return jsonPath(path);
  return jsonPath(`${host.includes(":") ? `[${host}]` : host}:${path}`);
}

/** Gives the bytes of a path; `undefined` for one of Windows that has none. */
function bytesOf(path: string): Uint8Array | undefined {
  try {
    return encodeName(path);
  } catch (error) {
    if (error instanceof EntryError) return undefined;
    throw error;
  }
}
