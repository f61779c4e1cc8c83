/** Reasons why a protocol does not begin with a host, by how its ssh ended. */

import type { RemoteLocation } from "../location/location.ts";
import { quoted } from "../names/printable.ts";
import { type Protocol, PROTOCOL_NAMES } from "./protocol_choice.ts";

/** A protocol that does not begin with a host. */
export interface Absence {
  readonly location: RemoteLocation;
  readonly why: string;
  /** True where it holds for later runs too, for the host itself says so. */
  readonly isProven: boolean;
}

/** End of a session in which the remote never said a word of the protocol. */
export interface SilentEnd {
  readonly protocol: Protocol;
  /** Exit status of ssh; 255 is its own, else the remote command's. */
  readonly code: number;
  /** Signal or status in words; absent if the status is 0. */
  readonly failure?: string;
  /** Lines of ssh's standard error. */
  readonly said: readonly string[];
}

/** Meaning of such an end. */
export type EndMeaning =
  /** The host has none of this protocol, as far as can be told. */
  | {
    readonly kind: "absent";
    readonly why: string;
    readonly isProven: boolean;
  }
  /** The remote shell found nothing that a pattern matches. */
  | { readonly kind: "no match" }
  /** ssh could not connect, or was ended. */
  | { readonly kind: "failed"; readonly why: string };

/** Statuses of a shell for a program that it does not find, or cannot run. */
const NO_PROGRAM: readonly number[] = [126, 127];

/** ssh's own status. */
const SSH_FAILED = 255;

/** Status of git-shell; a higher one is a signal's. */
const LAST_STATUS = 128;

const CLOSED = /^Connection to .* closed by remote host\./;

const REQUEST_REFUSED = /^(?:exec|shell|subsystem) request failed on channel/;

/** zsh's, csh's and fish's words where a pattern matches nothing. */
const NO_MATCH = /\bno match(?:es found)?\b|\bNo matches for wildcard\b/i;

/** A host's words that it serves SFTP alone. */
const SFTP_ALONE = /sftp[^\n]*\bonly\b|\bonly\b[^\n]*sftp|allowed[^\n]*sftp/i;

/** Words of a shell or a server that gives no program to anybody. */
const NO_ACCESS =
  /\bnot available\b|unrecognized command|\bnot (?:allowed|permitted)\b|no shell access|scp[^\n]*not (?:found|recognized)|not (?:found|recognized)[^\n]*scp/i;

/** Words of a notice to all who log in, which refuses nobody in particular. */
const LEGAL_NOTICE = /unauthori[sz]ed|prohibited|prosecuted/i;

/** Tells what an end without a word of the protocol means. */
export function meaningOf(
  { protocol, code, failure, said }: SilentEnd,
): EndMeaning {
  const program = protocol === "scp" ? "scp" : "SFTP server";
  if (NO_PROGRAM.includes(code)) {
    const why = `there is no ${program} (exit status ${code})`;
    return { kind: "absent", why, isProven: true };
  }
  const refusal = said.find((line) => REQUEST_REFUSED.test(line));
  if (refusal !== undefined) {
    const why = `the server refuses it: ${refusal}`;
    return { kind: "absent", why, isProven: true };
  }
  if (code === SSH_FAILED && said.length === 0) {
    // With -q ssh does not tell a request that was refused from a lost line.
    return {
      kind: "absent",
      why: "ssh failed (exit status 255)",
      isProven: false,
    };
  }
  if (said.some((line) => CLOSED.test(line))) {
    return {
      kind: "absent",
      why: "the server closed the connection",
      isProven: false,
    };
  }
  if (code > LAST_STATUS) return { kind: "failed", why: failure ?? "" };
  if (said.some((line) => NO_MATCH.test(line))) return { kind: "no match" };
  const words = said.at(-1);
  const status = `exit status ${code}`;
  const why = `${PROTOCOL_NAMES[protocol]} did not begin: ` +
    (words === undefined ? status : `${quoted(words)} (${status})`);
  const isProven = protocol === "scp" &&
    said.some((line) => SFTP_ALONE.test(line));
  return { kind: "absent", why, isProven };
}

/**
 * Tells why there is no scp by the words that came in its place: absent where
 * they are a talkative shell's, which may start it yet.
 */
export function refusalIn(
  words: string,
): Pick<Absence, "why" | "isProven"> | undefined {
  const isSftpAlone = SFTP_ALONE.test(words);
  const isRefusal = NO_ACCESS.test(words) && !LEGAL_NOTICE.test(words);
  if (!isSftpAlone && !isRefusal) return undefined;
  return {
    why: `scp is refused: the server said ${words}`,
    isProven: isSftpAlone,
  };
}
