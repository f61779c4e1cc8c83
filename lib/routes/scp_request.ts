/** Requests to a remote scp: paths for its shell, and rules for what answers. */

import { SessionError, UnexpectedOutputError } from "../errors.ts";
import { isPlainName, withoutTrailingSlashes } from "../names/names.ts";
import { nameMatcher, shellNameMatcher } from "../names/pattern.ts";
import {
  homeIn,
  isDotPath,
  isPattern,
  isPlainPath,
  lastName,
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
import type { TreeSurvey } from "../scp/tree_survey.ts";
import type { LoginPart } from "../ssh/arguments.ts";

/** Request for an scp on a host. */
export interface ScpRequest {
  /** Sink or source. */
  readonly role: "-t" | "-f";
  readonly location: RemoteLocation;
  /** Path as the remote shell is given it. */
  readonly path: string;
  readonly targetIsDirectory: boolean;
  /** True for the second host of a copy between two, which has no rate limit. */
  readonly isSecond?: boolean;
  /** True where a restart may be wanted. */
  readonly mayRestart?: boolean;
  /** True where no later ssh prompts, whatever this one did. */
  readonly restartsSilently?: boolean;
  /** True where the scp takes times, whatever the options are. */
  readonly preserve?: boolean;
  /** Tree whose directories are made before a sink starts; absent where none are. */
  readonly tree?: Pick<TreeSurvey, "name" | "directories">;
  /** Part of its ssh where there are several; absent where it is the only one. */
  readonly part?: LoginPart | undefined;
  /**
   * True where the copy is made without it, too, should it not begin: nobody hears of
   * its ssh before, and a marker proves that the remote runs what it is told to.
   */
  readonly isTrial?: boolean;
}

/** Mode bits without set-id bits, which let a file run as its owner. */
export const PERMISSION_BITS = 0o777;

/** Tells whether the remote shell reads the paths as they were typed, with `-O`. */
export function isShellsToRead(
  { protocol }: Pick<CopyOptions, "protocol">,
): boolean {
  return protocol === "scp";
}

/**
 * Gives the mode bits that go to a sink. Set-id bits go with `-O` alone, as
 * scp -O sends them; no scp sends them over SFTP.
 */
export function recordModeBits(options: CopyOptions): number {
  return isShellsToRead(options) ? RECORD_MODE_BITS : PERMISSION_BITS;
}

/**
 * Gives a target's path for the remote shell: a target is never a pattern.
 *
 * @throws {EntryError} If no shell can be given the path.
 */
export function targetText(path: string, options: CopyOptions): string {
  return isShellsToRead(options) ? path : quotedForShell(literalWord(path));
}

/** Name of a directory whose target gives it another one. */
const ANY_NAME = "new";

/** Gives a name for a directory that a sink is to make as its missing target. */
export function nameForMissing(target: string): string {
  const name = lastName(target);
  return isPlainName(name) ? name : ANY_NAME;
}

/** Reading of a source operand. */
export interface SourceReading {
  /** Path as the remote shell is given it. */
  readonly path: string;
  /** True where another reading is tried if this one finds nothing. */
  readonly hasNext: boolean;
}

/**
 * Gives the readings of a source operand, in the order in which they are tried:
 * the path as it is written comes before the pattern.
 *
 * @throws {EntryError} If no shell can be given the path.
 */
export function sourceReadings(
  path: string,
  options: CopyOptions,
): readonly SourceReading[] {
  if (isShellsToRead(options)) return [{ path, hasNext: false }];
  const literal = quotedForShell(literalWord(path));
  const word = sourceWord(path);
  const isSame = !isPattern(word) && textOf(word) === path;
  if (isSame) return [{ path: literal, hasNext: false }];
  return [
    { path: literal, hasNext: true },
    { path: quotedForShell(word), hasNext: false },
  ];
}

/** Gives the ack policy of a sink for what answers a request. */
export function ackPolicyFor(
  path: string,
  options: Pick<CopyOptions, "recursive" | "lockstep" | "protocol">,
): AckPolicy {
  const { recursive, lockstep } = options;
  const isOne = isOneEntry(path, options);
  if (lockstep || (isOne && !recursive)) return "none";
  return isOne ? "window" : "certain";
}

/** Tells an operand that names one entry, and no others beside it. */
export function isOneEntry(
  path: string,
  options: Pick<CopyOptions, "protocol">,
): boolean {
  return isShellsToRead(options)
    ? isPlainPath(path)
    : !isPattern(sourceWord(path));
}

/** Rules for the topmost entries that answer a request. */
export type TopRules =
  & Pick<EntryRules, "top" | "objectionTo" | "warnsOfEncoded">
  & {
    /** Name to give the entry; absent where it keeps its own. */
    readonly topName?: string;
  };

/**
 * Gives the rules for what answers a request. A dot path brings the content of
 * its directory; a name that was not asked for is refused; the directory `~user`
 * is named after that user, not as the remote names it.
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
 * @param isExplained True where the reason was reported why nothing came.
 * @throws {UnexpectedOutputError} If the source ended a directory that it had
 * not begun.
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
