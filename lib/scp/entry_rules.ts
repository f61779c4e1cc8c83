/** Rules for the entries that a source announces. */

import { isPlainName } from "../names/names.ts";
import type { Observer } from "../events/copy_event.ts";
import {
  type DirectoryRecord,
  type FileRecord,
  LAST_MOMENT,
  type TimesRecord,
} from "./wire/records.ts";

/** Rules for a source's entries. */
export interface EntryRules {
  /** Accept directories. */
  readonly recursive: boolean;
  /**
   * Meaning of the entries at the top. `named`: each has the name that it gets.
   * `content`: the operand has no name of its own (`.`, `..`, `~`, `/`). Then one
   * directory comes, under any name, and its content goes straight into the
   * target.
   */
  readonly top: "named" | "content";
  /**
   * Warn of names that hold a newline as OpenSSH's source encodes it: over SFTP
   * they come as they are.
   */
  readonly warnsOfEncoded?: boolean;
  /** Tells why a name at the top was not asked for; `undefined` if it was. */
  objectionTo(name: string): string | undefined;
}

/** Reason why an entry is refused. */
export interface Refusal {
  /** Text for the source, in OpenSSH's words. */
  readonly reply: string;
  /** Text for the user. */
  readonly message: string;
  /** True for a limit of this program, which no shell's output reaches. */
  readonly isLimit?: true;
}

/** Depth of directories in each other that a source may send. */
export const MAX_DEPTH = 1000;

/** Position of an entry among those that a source sends. */
export interface EntryPlace {
  /** Number of the source's directories that it is in; 0 at the top. */
  readonly depth: number;
  /** Number of entries that came before it. */
  readonly entriesBefore: number;
}

/** Tells why a source may not send this entry; `undefined` if it may. */
export function refusalOf(
  record: FileRecord | DirectoryRecord,
  place: EntryPlace,
  rules: EntryRules,
): Refusal | undefined {
  const { kind, name } = record;
  if (isContent(place, rules)) {
    if (kind === "file" || place.entriesBefore > 0) {
      return refusal(`error: unexpected filename: ${name}`);
    }
  } else {
    if (!isPlainName(name)) {
      return refusal(`error: unexpected filename: ${name}`);
    }
    const objection = place.depth === 0 ? rules.objectionTo(name) : undefined;
    if (objection !== undefined) {
      const reply = "protocol error: filename does not match request";
      return { reply, message: `${reply}: ${objection}` };
    }
  }
  if (kind === "file") return undefined;
  if (!rules.recursive) {
    return refusal("protocol error: received directory without -r");
  }
  if (place.depth < MAX_DEPTH) return undefined;
  const deep = `protocol error: directories more than ${MAX_DEPTH} deep`;
  return { ...refusal(deep), isLimit: true };
}

/** Newline in a name, as OpenSSH's source encodes it by vis(3). */
const ENCODED_NEWLINE = "\\^J";

/** Warns of a name that its source may have encoded, if the rules ask for it. */
export function warnIfReceivedEncoded(
  { name }: FileRecord | DirectoryRecord,
  { warnsOfEncoded = false }: EntryRules,
  observer: Observer,
): void {
  if (!warnsOfEncoded || !name.includes(ENCODED_NEWLINE)) return;
  observer.report({
    kind: "warning",
    message:
      `${name}: scp may have encoded a newline so: -s copies the name as it is`,
  });
}

/** Tells if only the content of an entry at this depth is wanted. */
export function isContent(
  { depth }: Pick<EntryPlace, "depth">,
  { top }: Pick<EntryRules, "top">,
): boolean {
  return depth === 0 && top === "content";
}

function refusal(reply: string): Refusal {
  return { reply, message: reply };
}

/** Tells if a clock can hold these times; OpenSSH, too, sets no others. */
export function areReal({ modified, accessed }: TimesRecord): boolean {
  return Math.max(modified, accessed) <= LAST_MOMENT;
}
