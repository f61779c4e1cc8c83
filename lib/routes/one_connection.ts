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
  const message = `${hosts}: going on with 1 of ${job.options.jobs} ` +
    "connections: over SCP there is one";
  return {
    connect: async (options) => {
      const result = await route.connect(options);
      if (result.kind !== "connected") return result;
      return {
        ...result,
        run: () => {
          observer.report({ kind: "warning", message });
          return result.run();
        },
      };
    },
  };
}
