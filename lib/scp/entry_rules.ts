/** What a source may announce: one place for whoever receives or relays it. */

import { isPlainName, type Platform } from "../files/names.ts";
import {
  type FileRecord,
  type FolderRecord,
  LAST_MOMENT,
  type TimesRecord,
} from "./messages.ts";

export interface EntryRules {
  /** Accept folders. */
  readonly recursive: boolean;
  /** Whose disk names have to suit. */
  readonly platform: Platform;
  /**
   * Meaning of the entries at the top. `named`: each has the name that it gets.
   * `content`: the operand has no name of its own (`.`, `..`, `~`, `/`), so that
   * one directory comes, called whatever the source likes, and its content goes
   * straight into the target.
   */
  readonly top: "named" | "content";
  /** Why a name that comes at the top is not one that was asked for. */
  objectionTo(name: string): string | undefined;
}

/** Why an entry is refused. */
export interface Refusal {
  /** In OpenSSH's words, for the source. */
  readonly answer: string;
  /** For the user. */
  readonly said: string;
}

/** Position of an entry among those that a source sends. */
export interface EntryPlace {
  /** True where it is in no directory that the source sends. */
  readonly isTop: boolean;
  /** Entries that came before it. */
  readonly entriesBefore: number;
}

/** Tells why a source may not send this entry; `undefined` if it may. */
export function refusalOf(
  record: FileRecord | FolderRecord,
  place: EntryPlace,
  rules: EntryRules,
): Refusal | undefined {
  const { kind, name } = record;
  const { platform, recursive } = rules;
  if (isContent(place, rules)) {
    if (kind === "file" || place.entriesBefore > 0) {
      return refusal(`error: unexpected filename: ${name}`);
    }
  } else {
    if (!isPlainName(name, platform)) {
      return refusal(`error: unexpected filename: ${name}`);
    }
    const objection = place.isTop ? rules.objectionTo(name) : undefined;
    if (objection !== undefined) {
      const answer = "protocol error: filename does not match request";
      return { answer, said: `${answer}: ${objection}` };
    }
  }
  return kind === "folder" && !recursive
    ? refusal("protocol error: received directory without -r")
    : undefined;
}

/** Tells if only the content of what comes there is wanted. */
export function isContent(
  { isTop }: Pick<EntryPlace, "isTop">,
  { top }: Pick<EntryRules, "top">,
): boolean {
  return isTop && top === "content";
}

function refusal(answer: string): Refusal {
  return { answer, said: answer };
}

/** Whether a clock can hold these times; OpenSSH, too, sets no others. */
export function areReal({ modified, accessed }: TimesRecord): boolean {
  return Math.max(modified, accessed) <= LAST_MOMENT;
}
