import type { Observer } from "../events/copy_event.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { CopyOptions } from "../options/copy_options.ts";
import {
  type LoginPart,
  neverPrompts,
  sftpArguments,
  sftpServerArguments,
} from "../ssh/arguments.ts";
import type { SshSession } from "../ssh/session.ts";
import { startSsh } from "./session_start.ts";

/**
 * Time for connections to remove what is not whole after an interrupt, in
 * milliseconds: the process ends half a second later.
 */
const REMOVAL_MILLISECONDS = 1000;

/** Longest wait for a server to close a channel that is done, in milliseconds. */
export const CLOSE_MILLISECONDS = 2000;

/**
 * Starts the SFTP server of a location.
 *
 * @param part Part of this ssh; absent where it is the only one.
 * @param interrupted Ends ssh when aborted.
 * @throws {SessionError} If ssh cannot be started.
 */
export function startSftp(
  location: RemoteLocation,
  part: LoginPart | undefined,
  { options: { ssh, sftpServer, isAtomic }, observer, interrupted }: {
    options: CopyOptions;
    observer: Observer;
    interrupted: AbortSignal;
  },
): SshSession {
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
      holdsInterrupts: isAtomic === true,
    },
    { observer },
    interrupted,
  );
}

/**
 * Gives a signal that ends the connections of an interrupted copy. Where files are
 * written under temporary names, they have some time to remove what is not whole.
 */
export function removalSignal(
  interrupted: AbortSignal,
  { jobs, isAtomic }: Pick<CopyOptions, "jobs" | "isAtomic">,
): AbortSignal {
  if (jobs === 1 && !isAtomic) return interrupted;
  const delayed = new AbortController();
  interrupted.addEventListener("abort", () => {
    setTimeout(() => delayed.abort(interrupted.reason), REMOVAL_MILLISECONDS);
  });
  return delayed.signal;
}
