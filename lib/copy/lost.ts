import type { RemoteLocation } from "../location/location.ts";
import type { SshEnd } from "../ssh/session.ts";
import type { CopyJob } from "./job.ts";

/** What to say of a lost connection, once it is known how its ssh ended. */
export function lostMessage(
  { host }: RemoteLocation,
  { message }: Error,
  { end, job }: {
    end: Pick<SshEnd, "failure">;
    job: Pick<CopyJob, "interrupted">;
  },
): string {
  const why = job.interrupted.aborted
    ? "interrupted"
    : end.failure ?? "the far side ended too early";
  return `${host}: ${message}: ${why}`;
}
