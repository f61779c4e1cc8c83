import type { Observer } from "../events/copy_event.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { CopyOptions, SshSettings } from "../options/copy_options.ts";
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
  { options, ssh, observer, interrupted }: {
    options: CopyOptions;
    ssh: SshSettings;
    observer: Observer;
    interrupted: AbortSignal;
  },
): SshSession {
  const { sftpServer } = options;
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
    interrupted,
  );
}

/** Tells a copy that removes each file that does not arrive whole. */
function removesBeginnings(
  { isAtomic, existing }: Pick<CopyOptions, "isAtomic" | "existing">,
): boolean {
  return isAtomic === true || existing?.keepsAll === true;
}

/**
 * Gives a signal that ends the connections of an interrupted copy. Where a file that
 * is not whole may not stay, they have some time to remove it.
 */
export function removalSignal(
  interrupted: AbortSignal,
  options: Pick<CopyOptions, "jobs" | "isAtomic" | "existing">,
): AbortSignal {
  if (options.jobs === 1 && !removesBeginnings(options)) return interrupted;
  const delayed = new AbortController();
  interrupted.addEventListener("abort", () => {
    setTimeout(() => delayed.abort(interrupted.reason), REMOVAL_MILLISECONDS);
  });
  return delayed.signal;
}
