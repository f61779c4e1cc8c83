import { EntryError } from "../errors.ts";
import type { RemoteLocation } from "./location.ts";

/**
 * Refuses host and user names that could be taken for options, reach a shell
 * in `ssh_config` through a %-token, or hold control characters. The sets are
 * ssh's own (OpenSSH 10.1 and 10.3), applied before ssh runs.
 *
 * @throws {EntryError} That names the part it refuses.
 */
export function checkLogin({ host, user }: RemoteLocation): void {
  // deno-lint-ignore no-control-regex
  if (/^-|['`"$\\;&<>|(){},\s\x00-\x1f\x7f]/.test(host)) {
    throw new EntryError(`${host}: invalid host name`);
  }
  if (user !== undefined && isDangerousUser(user)) {
    throw new EntryError(`${user}: invalid user name`);
  }
}

function isDangerousUser(user: string): boolean {
  // deno-lint-ignore no-control-regex
  return /^-|['`";&<>|(){}\x00-\x1f\x7f]| -|\\$/.test(user);
}

/**
 * Refuses user names that scp does not take from a source operand: quotes,
 * blanks, `#` and anything that is not ASCII.
 *
 * @throws {EntryError} That names the user.
 */
export function checkSourceUser({ user }: RemoteLocation): void {
  // deno-lint-ignore no-control-regex
  if (user !== undefined && /['"` #]|[^\x00-\x7f]/.test(user)) {
    throw new EntryError(`${user}: invalid user name`);
  }
}

/** The same text for all locations that one login leads to. */
export function loginOf({ user, host, port }: RemoteLocation): string {
  return JSON.stringify([user, host, port]);
}
