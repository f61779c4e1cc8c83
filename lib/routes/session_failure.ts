/** Messages about sessions that failed, for both protocols. */

import {
  type ConnectionFailure,
  interruptedMessage,
  isConnectionFailure,
  LimitError,
  ProtocolError,
  RefusalError,
  SessionError,
  UnexpectedOutputError,
} from "../errors.ts";
import type { CopyEvent } from "../events/copy_event.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { ExitStatus } from "../ssh/exit_status.ts";
import { abi } from "../system/abi.ts";
import { EPIPE, LibcError } from "../system/libc.ts";
import { mayMend } from "./mendable.ts";
import type { Protocol } from "./protocol_choice.ts";
import { meaningOf, type UnavailableProtocol } from "./unavailable_protocol.ts";

/** Event that reports a failure. */
export type FailureEvent = Extract<CopyEvent, { readonly kind: "failure" }>;

/** Facts about a session that its messages depend on. */
export interface SessionFacts {
  readonly protocol: Protocol;
  readonly location: RemoteLocation;
  /** True where the user named the protocol. */
  readonly isNamed: boolean;
  /** True where the user interrupted the copy. */
  readonly isInterrupted: boolean;
}

/** Exit of a session. */
interface SessionExit extends SessionFacts {
  /** Exit of ssh; absent where ssh did not start or was not waited for. */
  readonly status?: ExitStatus | undefined;
}

/** Exit of a session whose remote never spoke the protocol. */
export interface StartExit extends SessionExit {
  /** Lines of ssh's standard error. */
  readonly errorLines: readonly string[];
}

/** Exit of a session whose remote spoke the protocol. */
export interface DialogueExit extends SessionExit {
  readonly lockstep: boolean;
  /** True where the dialogue was held with several remotes. */
  readonly hasSeveral: boolean;
  /** True where the dialogue reported failures already. */
  readonly hasReported: boolean;
  /** Refusal of a sink that was read after the dialogue. */
  readonly lateRefusal?: string | undefined;
}

/** Meaning of a session that did not start. */
export type StartFailure =
  /** The host does not offer the protocol, as far as can be told. */
  | ({ readonly kind: "unavailable" } & Omit<UnavailableProtocol, "location">)
  /** The protocol failed, which is no failure while the other one may start. */
  | {
    readonly kind: "failed";
    /** Text without the host. */
    readonly reason: string;
    readonly event: FailureEvent;
  }
  /** The source is missing, over either protocol. */
  | { readonly kind: "missing"; readonly event: FailureEvent };

/** Texts that quote output which is not the protocol's. */
const QUOTED_OUTPUT = /the remote (?:said|does not speak)/;

/** Status from which on an exit is ssh's own, not scp's. */
const SSH_FAILED = 255;

/** Program name that an scp puts before its messages. */
const SCP_PREFIX = "scp: ";

/** Tells what a session means that did not start. */
export function startFailure(
  failure: ConnectionFailure,
  exit: StartExit,
): StartFailure {
  const { protocol, isNamed, isInterrupted, status } = exit;
  if (status !== undefined) return silentExit(failure, exit, status);
  const { message } = failure;
  // The host is a field of its own where the protocol is unavailable.
  const reason = isConnectionFailure(failure.cause)
    ? failure.cause.message
    : message;
  if (failure instanceof SessionError) {
    const event = { kind: "failure", message, isConnection: true } as const;
    return { kind: "failed", reason, event };
  }
  if (protocol === "sftp" && isInterrupted) return lostStart(failure, exit);
  const isUnavailable = protocol === "sftp" ||
    (QUOTED_OUTPUT.test(reason) && !isNamed);
  return isUnavailable
    ? { kind: "unavailable", reason, isProven: false }
    : { kind: "failed", reason, event: { kind: "failure", message } };
}

function silentExit(
  failure: ConnectionFailure,
  exit: StartExit,
  status: ExitStatus,
): StartFailure {
  const { protocol, location: { host, path }, errorLines } = exit;
  const meaning = meaningOf({ protocol, ...status, errorLines });
  if (meaning.kind === "unavailable" && !exit.isInterrupted) return meaning;
  if (meaning.kind === "no match" && protocol === "scp") {
    const message = `${host}: ${path}: No such file or directory`;
    return { kind: "missing", event: { kind: "failure", message } };
  }
  return lostStart(failure, exit);
}

function lostStart(failure: ConnectionFailure, exit: StartExit): StartFailure {
  const reason = lostReason(failure, exit);
  const mends = isSshs(exit) && mayMend(exit.errorLines);
  const event = lostEvent(exit, reason);
  return {
    kind: "failed",
    reason,
    event: mends ? { ...event, mendable: "login" } : event,
  };
}

/** Tells whether ssh itself has failed, and nobody ended it. */
function isSshs({ status, isInterrupted }: SessionExit): boolean {
  return status?.code === SSH_FAILED && !isInterrupted;
}

/**
 * Gives the messages about one session of a dialogue that is over, in their
 * order.
 *
 * @param failure Absent where nothing broke the dialogue.
 */
export function dialogueFailures(
  failure: ConnectionFailure | undefined,
  exit: DialogueExit,
): readonly FailureEvent[] {
  if (failure instanceof ProtocolError) {
    const isOwnWords = failure instanceof RefusalError && !exit.hasSeveral;
    const message = failure.message + lockstepHint(failure, exit);
    return [{ ...remoteEvent(message, exit, { isOwnWords }), ...hit(failure) }];
  }
  if (failure !== undefined) {
    const event = {
      ...lostEvent(exit, lostReason(failure, exit)),
      ...hit(failure),
    };
    return [isSshs(exit) ? { ...event, mendable: exit.protocol } : event];
  }
  const refusals = exit.lateRefusal === undefined
    ? []
    : [remoteEvent(exit.lateRefusal, exit, { isOwnWords: true })];
  const hasReported = exit.hasReported || refusals.length > 0;
  return [...refusals, ...exitFailures({ ...exit, hasReported })];
}

/** Gives the path of the entry that a failure hit, as a field of its event. */
function hit({ path }: ConnectionFailure): Pick<FailureEvent, "path"> {
  return path === undefined ? {} : { path };
}

function exitFailures(
  { protocol, location: { host }, ...exit }: DialogueExit,
): readonly FailureEvent[] {
  const { code, failure } = exit.status ?? { code: 0 };
  // An scp that could not copy something has said so, and ends with 1.
  const isExplained = exit.hasReported && (code === 1 || exit.isInterrupted);
  if (failure === undefined || isExplained) return [];
  const message = `${host}: ${failure}`;
  const mends = code === SSH_FAILED && !exit.isInterrupted;
  return protocol === "sftp" || code >= SSH_FAILED
    ? [{
      kind: "failure",
      message,
      isConnection: true,
      ...(mends ? { mendable: protocol } : {}),
    }]
    : [{ kind: "failure", message }];
}

function lostEvent(
  { location: { host } }: SessionExit,
  reason: string,
): FailureEvent {
  return {
    kind: "failure",
    message: `${host}: ${reason}`,
    isConnection: true,
  };
}

function lostReason(
  failure: ConnectionFailure,
  { isInterrupted, status }: SessionExit,
): string {
  if (isInterrupted) return interruptedMessage(failure);
  const reason = status?.failure ?? ownReason(failure) ??
    "the remote ended too early";
  return `${failure.message}: ${reason}`;
}

/** Gives the system's reason where a call of ours failed, and no peer had closed. */
function ownReason({ cause }: ConnectionFailure): string | undefined {
  if (isConnectionFailure(cause)) return ownReason(cause);
  if (!(cause instanceof LibcError)) return undefined;
  return [EPIPE, abi.ECONNRESET].includes(cause.code)
    ? undefined
    : cause.message;
}

/** Words a message about a remote: with -O an scp's own words stay as they are. */
function remoteEvent(
  message: string,
  { isNamed, location: { host } }: SessionExit,
  { isOwnWords }: { isOwnWords: boolean },
): FailureEvent {
  if (!isNamed) {
    return { kind: "failure", message: asHostMessage(host, message) };
  }
  return {
    kind: "failure",
    message: isOwnWords ? message : `${host}: ${message}`,
  };
}

/** Gives a remote scp's message with the host in place of the program's name. */
export function asHostMessage(host: string, message: string): string {
  const text = isScpMessage(message)
    ? message.slice(SCP_PREFIX.length)
    : message;
  return `${host}: ${text}`;
}

/** Tells whether a message begins with scp's name. */
export function isScpMessage(message: string): boolean {
  return message.startsWith(SCP_PREFIX);
}

/**
 * Gives the end of a message where messages that were sent early may have
 * confused a remote: it breaks the protocol, or says that the client does.
 */
function lockstepHint(
  failure: ProtocolError,
  { lockstep }: Pick<DialogueExit, "lockstep">,
): string {
  const isConfused = failure instanceof RefusalError
    ? failure.message.includes("protocol error")
    : !(failure instanceof UnexpectedOutputError ||
      failure instanceof LimitError);
  return isConfused && !lockstep ? ": try --lockstep" : "";
}
