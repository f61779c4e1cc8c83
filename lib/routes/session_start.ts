/** Start of a session with a remote, over either protocol. */

import type { Channel } from "../channel/channel.ts";
import { PacedChannel } from "../channel/paced_channel.ts";
import type { Observer } from "../events/copy_event.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Patience } from "../ssh/first_output.ts";
import { SshSession } from "../ssh/session.ts";
import { type Protocol, PROTOCOL_NAMES } from "./protocol_choice.ts";
import type { ConnectOptions, ConnectResult, SessionContext } from "./route.ts";
import type { FailureEvent, StartFailure } from "./session_failure.ts";

/** Result of an attempt that did not connect. */
export type Unconnected = Exclude<
  ConnectResult,
  { readonly kind: "connected" }
>;

/** Timeouts of a silent remote before the other protocol is tried. */
const FIRST_TIMEOUTS: Patience = { afterLogin: 8000, unseen: 15_000 };

/** Timeouts once the other protocol was tried. */
const LAST_TIMEOUTS: Patience = { afterLogin: 20_000, unseen: 30_000 };

/**
 * Longest wait, in milliseconds, for each sign of a second session of a login, without
 * which the copy is made, too.
 */
export const TRIAL_MILLISECONDS = 1000;

/** Timeouts of such a session. */
const TRIAL_TIMEOUTS: Patience = {
  afterLogin: TRIAL_MILLISECONDS,
  unseen: TRIAL_MILLISECONDS,
};

/** Timeouts where the user named the protocol, so that there is no other one. */
const ONLY_TIMEOUTS: Patience = { afterLogin: 60_000, unseen: 60_000 };

/** Session whose remote has yet to speak. */
type StartingSession = Pick<SshSession, "awaitFirstOutput"> & {
  readonly channel: Pick<SshSession["channel"], "awaitInput">;
};

/** Program that is to run on a remote, and the ssh that starts it. */
export interface SshRequest {
  readonly location: RemoteLocation;
  readonly program: string;
  readonly args: readonly string[];
  /** Remote command as verbose messages show it. */
  readonly command: string;
  /** Name of the remote program in messages. */
  readonly service: string;
  /** True for the second host of a copy between two. */
  readonly isSecond?: boolean;
  /** True where a Ctrl-C on the terminal reaches us alone. */
  readonly isOutOfReach?: boolean;
  /** True where it need not heed an interrupt or the end of the terminal. */
  readonly holdsInterrupts?: boolean;
}

/**
 * Starts ssh for a session.
 *
 * @param interrupted Ends ssh when aborted.
 * @throws {SessionError} If ssh cannot be started.
 */
export function startSsh(
  {
    location,
    program,
    args,
    command,
    service,
    isSecond = false,
    isOutOfReach = false,
    holdsInterrupts = false,
  }: SshRequest,
  { observer }: { readonly observer: Observer },
  interrupted: AbortSignal,
): SshSession {
  observer.report({
    kind: "verbose",
    message: () =>
      `Executing: ${isSecond ? "2nd " : ""}program ${program} ` +
      `host ${location.host}, user ${location.user ?? "(unspecified)"}, ` +
      `command ${command}`,
  });
  observer.report({ kind: "sshStarted" });
  return SshSession.start(program, args, {
    interrupted,
    service,
    isOutOfReach,
    holdsInterrupts,
    onStderr: (text) => observer.report({ kind: "sshOutput", text }),
  });
}

/** Gives a signal that ends a session: the user's, or the other protocol's. */
export function endSignal(
  { job: { interrupted } }: {
    readonly job: Pick<SessionContext["job"], "interrupted">;
  },
  { abandoned }: ConnectOptions,
): AbortSignal {
  return abandoned === undefined
    ? interrupted
    : AbortSignal.any([interrupted, abandoned]);
}

/** Gives the channel at the rate that the user allows. */
export function pacedChannel(
  channel: Channel,
  { pacer }: Pick<SessionContext, "pacer">,
): Channel {
  return pacer === undefined ? channel : new PacedChannel(channel, pacer);
}

/**
 * Waits until the remote of a session has spoken, and tries the other protocol
 * while it is silent.
 *
 * @returns `silent` where the remote still is, or the other protocol has
 * connected.
 */
export async function awaitFirstOutput(
  session: StartingSession,
  { mayChange }: { mayChange: boolean },
  { onSilence, part }: ConnectOptions,
): Promise<"spoke" | "ended" | "silent"> {
  if (part !== undefined) {
    return await session.awaitFirstOutput(TRIAL_TIMEOUTS);
  }
  if (!mayChange) return await session.awaitFirstOutput(ONLY_TIMEOUTS);
  if (onSilence === undefined) {
    return await session.awaitFirstOutput(LAST_TIMEOUTS);
  }
  const sign = await session.awaitFirstOutput(FIRST_TIMEOUTS);
  if (sign !== "silent") return sign;
  const silentSince = performance.now();
  if (await onSilence(session.channel.awaitInput())) return "silent";
  const waited = performance.now() - silentSince;
  return await session.awaitFirstOutput({
    afterLogin: Math.max(0, LAST_TIMEOUTS.afterLogin - waited),
    unseen: Math.max(0, LAST_TIMEOUTS.unseen - waited),
  });
}

/** Gives the result where a remote stays silent. */
export function silentRemote(
  location: RemoteLocation,
  protocol: Protocol,
): Unconnected {
  const reason = `${PROTOCOL_NAMES[protocol]} did not begin: ` +
    "the server says nothing";
  return { kind: "unavailable", location, reason, isProven: true };
}

/** Gives the result of a session that did not start, and reports its failure. */
export function reportStart(
  location: RemoteLocation,
  failure: StartFailure,
  { observer, abandoned }: Pick<SessionContext, "observer"> & ConnectOptions,
): Unconnected {
  if (failure.kind === "unavailable") return { ...failure, location };
  if (failure.kind === "failed" && abandoned !== undefined) {
    const { reason } = failure;
    return { kind: "unavailable", location, reason, isProven: false };
  }
  const endsSession = failure.kind === "failed";
  reportExit(observer, location, { events: [failure.event], endsSession });
  return { kind: "failed" };
}

/** Reports what failed of a session with a host. */
export function reportExit(
  observer: Observer,
  { host }: RemoteLocation,
  { events, endsSession }: {
    readonly events: readonly FailureEvent[];
    /** True where its other entries were not tried. */
    readonly endsSession: boolean;
  },
): void {
  for (const event of events) {
    observer.report({ ...event, host, endsSession });
  }
}
