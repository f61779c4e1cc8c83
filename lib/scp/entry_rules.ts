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

/**
 * Why a source may not send this entry; `undefined` if it may.
 *
 * @param isTop Whether it is in no folder that the source sends.
 */
export function refusalOf(
  { kind, name }: FileRecord | FolderRecord,
  isTop: boolean,
  { recursive, platform, objectionTo }: EntryRules,
): Refusal | undefined {
  if (!isPlainName(name, platform)) {
    return refusal(`error: unexpected filename: ${name}`);
  }
  const objection = isTop ? objectionTo(name) : undefined;
  if (objection !== undefined) {
    const answer = "protocol error: filename does not match request";
    return { answer, said: `${answer}: ${objection}` };
  }
  return kind === "folder" && !recursive
    ? refusal("protocol error: received directory without -r")
    : undefined;
}

function refusal(answer: string): Refusal {
  return { answer, said: answer };
}

/** Whether a clock can hold these times; OpenSSH, too, sets no others. */
export function areReal({ modified, accessed }: TimesRecord): boolean {
  return Math.max(modified, accessed) <= LAST_MOMENT;
}
