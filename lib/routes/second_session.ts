import type { Observer } from "../events/copy_event.ts";
import type { LookRequest } from "../sftp/looks_ahead.ts";
import type { SftpSession } from "../sftp/session.ts";
import { type Protocol, PROTOCOL_NAMES } from "./protocol_choice.ts";
import type { Server } from "./open_server.ts";
import type { Route } from "./route.ts";

/**
 * Look at scp on a host. An account that may use SFTP alone is mostly shut in a
 * directory that has none.
 */
export const SCP_LOOK: LookRequest = { kind: "stat", path: "/usr/bin/scp" };

/**
 * Makes a copy over SCP in a second session of an SFTP server's login, which prompts for
 * nothing. A session that does not begin is no failure.
 *
 * @param scp Route of the copy over SCP.
 * @returns True where it made the copy, and reported its failures.
 */
export async function copyInSecondSession(
  { second: part, sftp, location }: Pick<Server, "second" | "location"> & {
    readonly sftp: Pick<SftpSession, "request">;
  },
  scp: Route,
  observer: Observer,
): Promise<boolean> {
  if (part === undefined) return false;
  const found = await sftp.request(SCP_LOOK);
  if (found.kind !== "attributes") return false;
  const { signal: abandoned } = new AbortController();
  const session = await scp.connect({ part, abandoned });
  // The failure of a source that is missing was reported.
  if (session.kind !== "connected") return session.kind === "failed";
  const report = (protocol: Protocol, reason: string) =>
    observer.report({
      kind: "host",
      hosts: [location.host],
      protocol: PROTOCOL_NAMES[protocol],
      reason,
    });
  report("scp", "it is the faster one, in a second session of the login");
  const unavailable = await session.run();
  if (unavailable === undefined) return true;
  report("sftp", unavailable.reason);
  return false;
}
