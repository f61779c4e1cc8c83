/** Requests to a remote scp: text for its shell, and the names that answer it. */

import { SessionError, UnexpectedOutputError } from "../errors.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import { nameMatcher, shellNameMatcher } from "../names/pattern.ts";
import {
  homeIn,
  isDotPath,
  isPattern,
  isPlainPath,
  literalWord,
  nameInPath,
  sourceWord,
} from "../names/remote_path.ts";
import { quotedForShell } from "../names/shell_quoting.ts";
import { textOf } from "../names/shell_word.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { AckPolicy } from "../scp/replies.ts";
import type { EntryRules } from "../scp/entry_rules.ts";
import { RECORD_MODE_BITS } from "../scp/wire/records.ts";
import type { Received } from "../scp/entry_reader.ts";
import type { CopyOptions } from "../options/copy_options.ts";

/** Bits of a mode without those that let a file run as its owner. */
export const PERMISSION_BITS = 0o777;

/**
 * Tells whether the remote shell reads the paths as they were typed: with `-O`,
 * whose contract that is.
 */
export function isShellsToRead(
  { protocol }: Pick<CopyOptions, "protocol">,
): boolean {
  return protocol === "scp";
}

/**
 * Gives the mode bits that go to a sink. Set-id bits do with `-O`, as scp -O
 * sends them; over SFTP no scp of today does.
 */
export function recordModeBits(options: CopyOptions): number {
  return isShellsToRead(options) ? RECORD_MODE_BITS : PERMISSION_BITS;
}

/**
 * Gives a target's path for the remote shell: it is never a pattern.
 *
 * @throws {EntryError} If no shell can be given it.
 */
export function targetText(path: string, options: CopyOptions): string {
  return isShellsToRead(options) ? path : quotedForShell(literalWord(path));
}

/**
 * Gives a source's path for the remote shell, in the order of the tries: what
 * exists as it is written comes before what a pattern matches.
 *
 * @throws {EntryError} If no shell can be given it.
 */
export function sourceTexts(
  path: string,
  options: CopyOptions,
): readonly [string, ...string[]] {
  if (isShellsToRead(options)) return [path];
  const literal = quotedForShell(literalWord(path));
  const word = sourceWord(path);
  const isSame = !isPattern(word) && textOf(word) === path;
  return isSame ? [literal] : [literal, quotedForShell(word)];
}

/** Tells how far a sink may acknowledge in advance what answers a request. */
export function ackPolicyFor(
  path: string,
  options: Pick<CopyOptions, "recursive" | "lockstep" | "protocol">,
): AckPolicy {
  const { recursive, lockstep } = options;
  const isOneEntry = isShellsToRead(options)
    ? isPlainPath(path)
    : !isPattern(sourceWord(path));
  if (lockstep || (isOneEntry && !recursive)) return "none";
  return isOneEntry ? "window" : "certain";
}

/** Rules for what comes at the top in answer to a request. */
export type TopRules =
  & Pick<
    EntryRules,
    "top" | "objectionTo" | "warnsOfEncoded"
  >
  & {
    /** Name of what comes; absent: the one that the request allows. */
    readonly topName?: string;
  };

/**
 * Gives the rules for what answers a request. A directory without a name of its
 * own brings its content; a name that was not asked for is refused; `~user` is
 * called by that user, not by what a host says of it.
 */
export function topRules(
  { host, path }: RemoteLocation,
  options: CopyOptions,
): TopRules {
  const { checkNames } = options;
  const isShells = isShellsToRead(options);
  const isContent = isDotPath(path) && (!isShells || isPlainPath(path));
  const warnsOfEncoded = !isShells;
  const objectionTo = (): undefined => undefined;
  if (isContent) return { top: "content", warnsOfEncoded, objectionTo };
  if (!checkNames) return { top: "named", warnsOfEncoded, objectionTo };
  const matches = isShells ? shellNameMatcher(path) : nameMatcher(path);
  const home = homeIn(path);
  const isHome = !isShells && home.length > 1 &&
    withoutTrailingSlashes(path) === home;
  return {
    top: "named",
    warnsOfEncoded,
    ...(isHome ? { topName: nameInPath(path) } : {}),
    objectionTo: (name) =>
      matches(name)
        ? undefined
        : `${host} sent ${name} for ${path}: -T takes any name`,
  };
}

/**
 * Checks that a source answered a request to its end.
 *
 * @param isExplained Whether it was reported why nothing came.
 * @throws {UnexpectedOutputError} If it ended what it had not begun.
 * @throws {SessionError} If it ended inside a directory, or sent nothing.
 */
export function checkReceived(
  { entries, isToldEnd, endedInside }: Received,
  request: string,
  { isExplained }: { isExplained: boolean },
): void {
  if (endedInside !== undefined) {
    throw new SessionError(`lost connection inside ${endedInside}`);
  }
  if (entries > 0 || isExplained) return;
  if (isToldEnd) {
    throw new UnexpectedOutputError(
      "protocol error: the remote ended a directory that it did not begin",
    );
  }
  throw new SessionError(`nothing came for ${request}`);
}
