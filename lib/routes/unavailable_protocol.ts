/** Reasons why a host does not offer a protocol, read from how ssh ended. */

import type { RemoteLocation } from "../location/location.ts";
import { quoted } from "../names/printable.ts";
import { type Protocol, PROTOCOL_NAMES } from "./protocol_choice.ts";

/** Protocol that a host does not offer, as far as can be told. */
export interface UnavailableProtocol {
  readonly location: RemoteLocation;
  /** Text without the host. */
  readonly reason: string;
  /** True where later runs may rely on it, for the host itself says so. */
  readonly isProven: boolean;
  /** Present where the connection was lost, or a quiet ssh failed. */
  readonly wasLost?: true;
}

/** Exit of a session in which the remote never spoke the protocol. */
export interface SilentExit {
  readonly protocol: Protocol;
  /** Exit status of ssh; 255 is its own, else the remote command's. */
  readonly code: number;
  /** Lines of ssh's standard error. */
  readonly errorLines: readonly string[];
}

/** Meaning of such an exit. */
export type ExitMeaning =
  /** The host does not offer the protocol, as far as can be told. */
  | {
    readonly kind: "unavailable";
    readonly reason: string;
    readonly isProven: boolean;
    readonly wasLost?: true;
  }
  /** The remote shell found nothing that a pattern matches. */
  | { readonly kind: "no match" }
  /** ssh could not connect, or was ended. */
  | { readonly kind: "failed" };

/** Statuses of a shell for a program that it does not find or cannot run. */
const NO_PROGRAM: readonly number[] = [126, 127];

/** Status of ssh itself. */
const SSH_FAILED = 255;

/** Highest status of a command, git-shell's; a higher one tells a signal. */
const LAST_STATUS = 128;

const CLOSED = /^Connection to .* closed by remote host\./;

const REQUEST_REFUSED = /^(?:exec|shell|subsystem) request failed on channel/;

/** Messages of zsh, csh and fish about a pattern that matches nothing. */
const NO_MATCH = /\bno match(?:es found)?\b|\bNo matches for wildcard\b/i;

/** Messages of a host that serves SFTP alone. */
const SFTP_ALONE = /sftp[^\n]*\bonly\b|\bonly\b[^\n]*sftp|allowed[^\n]*sftp/i;

/** Messages of a shell or a server that runs no program for the user. */
const NO_ACCESS =
  /\bnot available\b|unrecognized command|\bnot (?:allowed|permitted)\b|no shell access|scp[^\n]*not (?:found|recognized)|not (?:found|recognized)[^\n]*scp/i;

/** Legal notices to everybody who logs in, which refuse nobody in particular. */
const LEGAL_NOTICE = /unauthori[sz]ed|prohibited|prosecuted/i;

/** Tells what the exit of a session means that never spoke the protocol. */
export function meaningOf(
  { protocol, code, errorLines }: SilentExit,
): ExitMeaning {
  const program = protocol === "scp" ? "scp" : "SFTP server";
  if (NO_PROGRAM.includes(code)) {
    const reason = `there is no ${program} (exit status ${code})`;
    return { kind: "unavailable", reason, isProven: true };
  }
  const refusal = errorLines.find((line) => REQUEST_REFUSED.test(line));
  if (refusal !== undefined) {
    const reason = `the server refuses it: ${refusal}`;
    return { kind: "unavailable", reason, isProven: true };
  }
  if (code === SSH_FAILED && errorLines.length === 0) {
    // With -q ssh says neither that a request was refused nor that the line
    // was lost.
    return {
      kind: "unavailable",
      reason: "ssh failed (exit status 255)",
      isProven: false,
      wasLost: true,
    };
  }
  if (errorLines.some((line) => CLOSED.test(line))) {
    return {
      kind: "unavailable",
      reason: "the server closed the connection",
      isProven: false,
      wasLost: true,
    };
  }
  if (code > LAST_STATUS) return { kind: "failed" };
  if (errorLines.some((line) => NO_MATCH.test(line))) {
    return { kind: "no match" };
  }
  const lastLine = errorLines.at(-1);
  const status = `exit status ${code}`;
  const reason = `${PROTOCOL_NAMES[protocol]} did not begin: ` +
    (lastLine === undefined ? status : `${quoted(lastLine)} (${status})`);
  const isProven = protocol === "scp" &&
    errorLines.some((line) => SFTP_ALONE.test(line));
  return { kind: "unavailable", reason, isProven };
}

/**
 * Gives the reason why there is no scp, from output that came in its place.
 *
 * @returns Absent where a shell printed a banner and may start scp yet.
 */
export function refusalIn(
  output: string,
): Omit<UnavailableProtocol, "location"> | undefined {
  const isSftpAlone = SFTP_ALONE.test(output);
  const isRefusal = NO_ACCESS.test(output) && !LEGAL_NOTICE.test(output);
  if (!isSftpAlone && !isRefusal) return undefined;
  return {
    reason: `scp is refused: the server said ${output}`,
    isProven: isSftpAlone,
  };
}
