import { EntryError } from "../errors.ts";
import type { RemoteLocation } from "./location.ts";

/**
 * Refuses host and user names that could be taken for options, hold control
 * characters, or mean something to a shell that a %-token of `ssh_config`
 * passes them to. The sets of characters are ssh's own (OpenSSH 10.1 and 10.3).
 *
 * @throws {EntryError} If the host or the user is refused.
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
 * Refuses user names that scp does not take from a source: those with quotes,
 * blanks, `#` or a character that is not ASCII.
 *
 * @throws {EntryError} If the user is refused.
 */
export function checkSourceUser({ user }: RemoteLocation): void {
  // deno-lint-ignore no-control-regex
  if (user !== undefined && /['"` #]|[^\x00-\x7f]/.test(user)) {
    throw new EntryError(`${user}: invalid user name`);
  }
}

/** Gives the key of a location's user, host and port. */
export function loginOf({ user, host, port }: RemoteLocation): string {
  return JSON.stringify([user, host, port]);
}
