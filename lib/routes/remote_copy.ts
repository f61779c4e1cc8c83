import type { Location, RemoteLocation } from "../location/location.ts";
import { whyCutIsFinal } from "./cut_copies.ts";
import { copyWithFallback, type Routes } from "./fallback.ts";
import type { CopyFacts } from "./hosts.ts";
import type { Choice } from "./protocol_choice.ts";
import type { ProtocolRoutes } from "./protocol_routes.ts";
import type { Retries } from "./retries.ts";
import type { RouteContext } from "./route.ts";
import { sftpNeedOf, type Way } from "./sftp_needs.ts";

/** Copy to or from a host, or between two. */
export interface RemoteCopy {
  readonly way: Way;
  readonly locations: readonly RemoteLocation[];
  readonly target: Pick<Location, "kind" | "path">;
  readonly routes: Routes;
  readonly facts: Partial<CopyFacts>;
}

/** Facts of a copy for which nothing else is said. */
const NO_FACTS: CopyFacts = {
  sendsTree: false,
  bringsTree: false,
  hasTwoHosts: false,
  mayNest: false,
  isLengthless: false,
  leavesOut: false,
  makesTarget: false,
  hasLineBreak: false,
  sendsSeveral: false,
};

/** Chooses the protocol of a copy and makes it, as often as is asked for. */
export async function copyRemotely(
  { way, locations, target, routes, facts }: RemoteCopy,
  { hosts, observer, job, files, retries, memory, protocols }: RouteContext & {
    readonly retries: Retries;
    readonly protocols: Pick<ProtocolRoutes, "load">;
  },
): Promise<void> {
  const { interrupted, options } = job;
  const need = sftpNeedOf(options, way);
  if (need !== undefined && options.protocol === "scp") {
    const message = `${locations[0]!.host}: ${need}: leave out -O`;
    return observer.report({ kind: "failure", message });
  }
  await hosts.noticeDeadLines(locations);
  const cutIsFinal = options.retries === undefined
    ? undefined
    : await whyCutIsFinal(target, options, files);
  const saysWhy = options.retries !== undefined &&
    !await hosts.areQuiet(locations);
  const watched = retries.watched(routes, locations, hosts);
  await retries.run({
    locations,
    cutIsFinal,
    attempt: async ({ isLast, goesOn }) => {
      const chosen = await hosts.choose(
        locations,
        { ...NO_FACTS, need, ...facts },
        (protocol) => protocols.load(protocol),
      );
      // What was begun over SFTP has another target for an scp.
      const choice: Choice = goesOn
        ? { ...chosen, protocol: "sftp", mayChange: false }
        : chosen;
      await copyWithFallback(watched, choice, {
        hosts,
        observer,
        interrupted,
        mendsLost: !isLast && saysWhy,
      });
    },
  });
  // What is left on a host cannot be reached any more.
  if (target.kind === "local") await memory?.removeSuspended(files);
}
