import type { CopyEvent } from "../events/copy_event.ts";

/** Kind of a failure, for programs; more may come. */
export type ErrorKind =
  | "no_space"
  | "permission"
  | "not_found"
  | "exists"
  | "connection"
  | "auth"
  | "host_key"
  | "protocol"
  | "changed"
  | "verify"
  | "usage"
  | "interrupted"
  | "other";

type Failure = Extract<CopyEvent, { readonly kind: "failure" }>;

/** Kinds of failures by their reasons, in the words of systems and servers. */
const REASONS: readonly (readonly [ErrorKind, RegExp])[] = [
  ["interrupted", /\binterrupted\b/],
  [
    "verify",
    /\bis not what (was sent|is there)\b|\bcannot be read back\b/,
  ],
  ["no_space", /\bno space left\b|\bquota exceeded\b|\bfile too large\b/i],
  [
    "permission",
    /\b(permission denied|not permitted|read-only file system)\b/i,
  ],
  ["not_found", /\bno such (file|directory)\b|\bnot found\b/i],
  ["exists", /\bfile exists\b|\balready exists\b/i],
  ["connection", /\blost connection\b/],
  ["changed", /\bthe file (grew|shrank)\b/],
];

/** Kinds of lost logins by what ssh said. */
const SSH_REASONS: readonly (readonly [ErrorKind, RegExp])[] = [
  [
    "host_key",
    /host key verification failed|host identification has changed/i,
  ],
  ["auth", /permission denied \(|too many authentication failures/i],
];

/** Failures to speak a protocol. */
const NO_PROTOCOL =
  /neither protocol begins|did not begin|the remote (said|does)/;

/** Failure of a host to tell a SHA-256. */
const CANNOT_VERIFY = /^[^:]+: cannot verify: /;

/**
 * Tells the kind of a failure by its words.
 *
 * @param sshOutput Last text on the standard error of an ssh.
 */
export function errorKind(failure: Failure, sshOutput: string): ErrorKind {
  const { message, path, isConnection, endsSession } = failure;
  const reason = reasonIn(message, path);
  if (path === undefined && CANNOT_VERIFY.test(message)) return "verify";
  const isInterrupted = /\binterrupted\b/.test(reason);
  if (isConnection && !isInterrupted) {
    return kindIn(sshOutput, SSH_REASONS) ??
      (NO_PROTOCOL.test(message) ? "protocol" : "connection");
  }
  return kindIn(reason, REASONS) ?? (endsSession ? "protocol" : "other");
}

function kindIn(
  text: string,
  kinds: readonly (readonly [ErrorKind, RegExp])[],
): ErrorKind | undefined {
  return kinds.find(([, words]) => words.test(text))?.[0];
}

/** Gives a message without the path in it: its name is no reason. */
function reasonIn(message: string, path: string | undefined): string {
  const at = path === undefined ? -1 : message.lastIndexOf(`${path}: `);
  return at < 0
    ? message.slice(message.lastIndexOf(": ") + 1)
    : message.slice(at + path!.length);
}
