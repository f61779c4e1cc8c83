import { GreetingError, SessionError } from "../errors.ts";
import { requestMatcher } from "../files/pattern.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Ahead } from "../scp/answers.ts";
import type { Received } from "../scp/sink.ts";
import type { CopyOptions } from "./job.ts";
import { isPlainPath } from "./plain_path.ts";

/** How far a sink may acknowledge ahead what a request is answered with. */
export function aheadFor(
  path: string,
  { recursive, lockstep }: Pick<CopyOptions, "recursive" | "lockstep">,
): Ahead {
  const isOneEntry = isPlainPath(path);
  if (lockstep || (isOneEntry && !recursive)) return "none";
  return isOneEntry ? "window" : "certain";
}

/**
 * Gives the test for names that a source answers a request with: why one is
 * not what was asked for.
 */
export function requestChecker(
  { host, path }: RemoteLocation,
  { checkNames }: Pick<CopyOptions, "checkNames">,
): (name: string) => string | undefined {
  if (!checkNames) return () => undefined;
  const matches = requestMatcher(path);
  return (name) =>
    matches(name)
      ? undefined
      : `${host} sent ${name} for ${path}: -T takes any name`;
}

/**
 * Checks that a source answered a request to its end.
 *
 * @param isExplained Whether it was reported why nothing came.
 * @throws {GreetingError} If it ended what it had not begun.
 * @throws {SessionError} If it ended inside a folder, or sent nothing.
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
    throw new GreetingError(
      "protocol error: the far side ended a folder that it did not begin",
    );
  }
  throw new SessionError(`nothing came for ${request}`);
}
