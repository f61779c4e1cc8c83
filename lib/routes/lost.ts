import type { RemoteLocation } from "../location/location.ts";
import type { SshEnd } from "../ssh/session.ts";
import type { CopyJob } from "../options/copy_options.ts";

interface Loss {
  readonly end: Pick<SshEnd, "failure">;
  readonly job: Pick<CopyJob, "interrupted">;
}

/** What to say of a lost connection, once it is known how its ssh ended. */
export function lostMessage(
  { host }: RemoteLocation,
  error: Error,
  loss: Loss,
): string {
  return `${host}: ${lostReason(error, loss)}`;
}

/** Gives the same without the host. */
export function lostReason({ message }: Error, { end, job }: Loss): string {
  const why = job.interrupted.aborted
    ? "interrupted"
    : end.failure ?? "the remote ended too early";
  return `${message}: ${why}`;
}
