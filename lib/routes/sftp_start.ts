import { asConnectionFailure, type ConnectionFailure } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { CopyOptions } from "../options/copy_options.ts";
import type { Channel } from "../channel/channel.ts";
import type { SftpSession, SftpSessionOptions } from "../sftp/session.ts";
import {
  type LoginPart,
  neverPrompts,
  sftpArguments,
  sftpServerArguments,
} from "../ssh/arguments.ts";
import type { SshSession } from "../ssh/session.ts";
import type { SessionContext } from "./route.ts";
import { pacedChannel, startSsh } from "./session_start.ts";

/**
 * Time for connections to remove what is not whole after an interrupt, in
 * milliseconds: the process ends half a second later.
 */
const REMOVAL_MILLISECONDS = 1000;

/** Longest wait for a server to close a channel that is done, in milliseconds. */
export const CLOSE_MILLISECONDS = 2000;

/** Connection to an SFTP server that begins. */
export interface BegunConnection {
  readonly ssh: SshSession;
  /** Session that it is to carry, or why it does not. */
  readonly starting: Promise<SftpSession | ConnectionFailure>;
}

/** Settings of a connection that begins. */
export interface ConnectionStart extends Pick<SftpSessionOptions, "looks"> {
  /** Observer that hears of its ssh. */
  readonly observer: Observer;
  /** True where the rate is limited. */
  readonly isPaced: boolean;
  /** Ends it when aborted. */
  readonly ended: AbortSignal;
}

/**
 * Starts the SFTP server of a location, and begins a session with it.
 *
 * @param part Part of this ssh; absent where it is the only one.
 * @throws {SessionError} If ssh cannot be started.
 */
export function beginSftp(
  location: RemoteLocation,
  part: LoginPart | undefined,
  context: SessionContext,
  { observer, isPaced, ended, looks = [] }: ConnectionStart,
): BegunConnection {
  const { job: { options: { lockstep } } } = context;
  const ssh = startSftp(location, part, context, { observer, ended });
  const channel = isPaced ? pacedChannel(ssh.channel, context) : ssh.channel;
  return { ssh, starting: beginSession(channel, { lockstep, looks }) };
}

/** Begins a session; what it needs is loaded while ssh logs in. */
async function beginSession(
  channel: Channel,
  options: SftpSessionOptions,
): Promise<SftpSession | ConnectionFailure> {
  const { SftpSession } = await import("../sftp/session.ts");
  return await SftpSession.begin(channel, options).catch(asConnectionFailure);
}

function startSftp(
  location: RemoteLocation,
  part: LoginPart | undefined,
  { job: { options }, hosts }: Pick<SessionContext, "job" | "hosts">,
  { observer, ended }: Pick<ConnectionStart, "observer" | "ended">,
): SshSession {
  const { sftpServer } = options;
  const ssh = hosts.sshFor(location);
  return startSsh(
    {
      location,
      program: sftpServer ?? ssh.program,
      args: sftpServer === undefined
        ? sftpArguments(ssh, location, part)
        : sftpServerArguments(location),
      command: "sftp",
      service: "SFTP server",
      // It can still remove what is not whole.
      isOutOfReach: neverPrompts(part),
      holdsInterrupts: removesBeginnings(options),
    },
    { observer },
    ended,
  );
}

/** Tells a copy that removes each file that does not arrive whole. */
function removesBeginnings(
  { isAtomic, existing }: Pick<CopyOptions, "isAtomic" | "existing">,
): boolean {
  return isAtomic === true || existing?.keepsAll === true;
}

/**
 * Gives a signal that ends the connections of an interrupted job. Where a file that
 * is not whole may not stay, they have some time to remove it.
 *
 * @param hasBegun Tells whether a copy has begun, so that there may be such a file.
 */
export function removalSignal(
  interrupted: AbortSignal,
  options: Pick<CopyOptions, "jobs" | "isAtomic" | "existing">,
  hasBegun: () => boolean,
): AbortSignal {
  if (options.jobs === 1 && !removesBeginnings(options)) return interrupted;
  const delayed = new AbortController();
  const end = () => delayed.abort(interrupted.reason);
  interrupted.addEventListener("abort", () => {
    if (hasBegun()) setTimeout(end, REMOVAL_MILLISECONDS);
    else end();
  });
  return delayed.signal;
}
