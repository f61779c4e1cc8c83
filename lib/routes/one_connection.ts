import type { RemoteLocation } from "../location/location.ts";
import type { Route, SessionContext } from "./route.ts";

/**
 * Gives a route that warns, once it makes its copy, that one connection makes it
 * where several were asked for.
 */
export function overOneConnection(
  route: Route,
  locations: readonly RemoteLocation[],
  { job, observer }: Pick<SessionContext, "job" | "observer">,
): Route {
  if (job.options.jobs === 1) return route;
  const hosts = locations.map(({ host }) => host).join(", ");
  return {
    connect: async (options) => {
      const result = await route.connect(options);
      if (result.kind !== "connected") return result;
      return {
        ...result,
        run: () => {
          warnOfOne(hosts, "over SCP only uploads have more", {
            job,
            observer,
          });
          return result.run();
        },
      };
    },
  };
}

/** Warns that one connection makes a copy where several were asked for. */
export function warnOfOne(
  host: string,
  reason: string,
  { job, observer }: Pick<SessionContext, "job" | "observer">,
): void {
  const { jobs } = job.options;
  const message = `${host}: going on with 1 of ${jobs} connections: ${reason}`;
  observer.report({ kind: "warning", message });
}
