/** Routes over SCP: each one a dialogue with an scp on each host. */

import { asEntryError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type {
  ConnectOptions,
  ConnectResult,
  Route,
  RouteContext,
} from "./route.ts";
import { DownloadDialogue } from "./scp_download.ts";
import { RelayDialogue } from "./scp_relay.ts";
import { sourceReadings } from "./scp_request.ts";
import type { Dialogue, ScpSessions } from "./scp_sessions.ts";
import type { TreeSurvey } from "../scp/tree_survey.ts";
import { UploadDialogue } from "./scp_upload.ts";

/** Tools of the routes over SCP. */
export interface ScpContext extends RouteContext {
  readonly scpSessions: ScpSessions;
}

/** Copies local paths, in their order, through one session to one target. */
export function uploadOverScp(
  paths: readonly string[],
  target: RemoteLocation,
  { survey, ...context }: ScpContext & {
    /** Surveys the tree that is sent; gives `undefined` where none is. */
    survey(): Promise<TreeSurvey | undefined>;
  },
): Route {
  return routeTo(target, async (options) => {
    const dialogue = await UploadDialogue.prepare(paths, target, {
      ...context,
      tree: await survey(),
      planLogin: () => context.scpSessions.planFor(target),
    });
    return await context.scpSessions
      .connect([dialogue.request], dialogue, options);
  });
}

/** Copies what a remote operand names to a path on this machine. */
export function downloadOverScp(
  source: RemoteLocation,
  target: string,
  context: ScpContext,
): Route {
  return routeTo(source, (options) => {
    const attempts = sourceReadings(source.path, context.job.options)
      .map((reading) =>
        new DownloadDialogue(source, { ...reading, target }, context)
      );
    return connectFirst(
      attempts,
      options,
      (dialogue, options) =>
        context.scpSessions.connect([dialogue.request], dialogue, options),
    );
  });
}

/** Copies what a remote operand names to another host, through this one. */
export function relayOverScp(
  source: RemoteLocation,
  target: RemoteLocation,
  context: ScpContext,
): Route {
  return routeTo(source, (options) => {
    const attempts = sourceReadings(source.path, context.job.options)
      .map((reading) => new RelayDialogue(source, target, reading, context));
    return connectFirst(
      attempts,
      options,
      (dialogue, options) =>
        context.scpSessions.connect(dialogue.requests, dialogue, options),
    );
  });
}

/** Gives a route that is unavailable where no remote shell can be given a path. */
function routeTo(
  location: RemoteLocation,
  connect: Route["connect"],
): Route {
  return {
    connect: async (options) => {
      try {
        return await connect(options);
      } catch (error) {
        const reason = asEntryError(error).message;
        return { kind: "unavailable", location, reason, isProven: false };
      }
    },
  };
}

/** Dialogue that may find nothing, where another attempt follows. */
interface Attempt extends Dialogue {
  readonly foundNothing: boolean;
}

/** Connects the first attempt; each next one follows where that found nothing. */
async function connectFirst<A extends Attempt>(
  [first, ...others]: readonly A[],
  options: ConnectOptions,
  connect: (dialogue: A, options: ConnectOptions) => Promise<ConnectResult>,
): Promise<ConnectResult> {
  const result = await connect(first!, options);
  if (result.kind !== "connected" || others.length === 0) return result;
  return {
    ...result,
    run: async () => {
      const unavailable = await result.run();
      if (unavailable !== undefined || !first!.foundNothing) return unavailable;
      const next = await connectFirst(others, {}, connect);
      if (next.kind === "connected") return await next.run();
      return next.kind === "unavailable" ? next : undefined;
    },
  };
}
