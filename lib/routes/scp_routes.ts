/** Routes over SCP: each one a dialogue with an scp on each host. */

import { asEntryError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { CopyOptions } from "../options/copy_options.ts";
import type {
  ConnectOptions,
  ConnectResult,
  Route,
  RouteContext,
} from "./route.ts";
import { DownloadDialogue, type DownloadHelpers } from "./scp_download.ts";
import type { Beside } from "./scp_helpers.ts";
import { RelayDialogue } from "./scp_relay.ts";
import { sourceReadings, targetText } from "./scp_request.ts";
import type { Dialogue, ScpSessions } from "./scp_sessions.ts";
import { UploadDialogue, type UploadHelpers } from "./scp_upload.ts";
import { surveyOf } from "./upload_survey.ts";

/** Tools of the routes over SCP. */
export interface ScpContext extends RouteContext {
  readonly scpSessions: ScpSessions;
}

/** Copies local paths, in their order, through one session to one target. */
export function uploadOverScp(
  paths: readonly string[],
  target: RemoteLocation,
  context: ScpContext,
): Route {
  return routeTo(target, async (options) => {
    const { scpSessions, job } = context;
    const operand = targetText(target.path, job.options);
    const help = wantsHelp(job.options)
      ? (await import("./scp_helpers.ts"))
        .uploadHelpers(paths, target, operand, context)
      : undefined;
    const dialogue = await UploadDialogue.prepare(paths, target, {
      ...context,
      tree: await surveyOf(paths, target, context),
      planLogin: () => scpSessions.planFor(target),
      helpers: help?.helpers ?? NO_HELPERS,
    });
    const { request } = dialogue;
    await help?.begin(request.targetIsDirectory);
    const result = await scpSessions.connect([request], dialogue, options);
    return help === undefined ? result : await endingWith(result, help);
  });
}

/** Copies what a remote operand names to a path on this machine. */
export function downloadOverScp(
  source: RemoteLocation,
  target: string,
  context: ScpContext,
): Route {
  return routeTo(source, async (options) => {
    const { scpSessions, job } = context;
    const loaded = wantsHelp(job.options)
      ? await import("./scp_helpers.ts")
      : undefined;
    const attempts = sourceReadings(source.path, job.options).map((reading) => {
      const place = { ...reading, source, target };
      const help = loaded?.downloadHelpers(place, context);
      const helpers = help?.helpers ?? NO_HELPERS;
      return {
        dialogue: new DownloadDialogue(source, place, context, {
          helpers,
          part: options.part,
        }),
        beside: help?.beside,
      };
    });
    return await connectFirst(
      attempts,
      options,
      ({ dialogue }, options) =>
        scpSessions.connect([dialogue.request], dialogue, options),
    );
  });
}

/** Copies what a remote operand names to another host, through this one. */
export function relayOverScp(
  source: RemoteLocation,
  target: RemoteLocation,
  context: ScpContext,
): Route {
  return routeTo(source, async (options) => {
    const { scpSessions, job } = context;
    const loaded = job.options.verifies
      ? await import("./scp_source_proof.ts")
      : undefined;
    const attempts = sourceReadings(source.path, job.options).map((reading) => {
      const place = { ...reading, source, target };
      const proof = loaded &&
        new loaded.RelayProof(place, context, scpSessions);
      return {
        dialogue: new RelayDialogue(source, target, reading, context, proof),
        beside: proof,
      };
    });
    return await connectFirst(
      attempts,
      options,
      ({ dialogue }, options) =>
        scpSessions.connect(dialogue.requests, dialogue, options),
    );
  });
}

/** Helpers of a copy that wants none. */
const NO_HELPERS: DownloadHelpers & UploadHelpers = {
  proof: undefined,
  resume: undefined,
};

/** Tells whether a copy wants helpers. */
function wantsHelp({ verifies, resumes }: CopyOptions): boolean {
  return verifies === true || resumes === true;
}

/** Gives a result whose copy ends some sessions, or the result if there is no copy. */
async function endingWith(
  result: ConnectResult,
  beside: Pick<Beside, "end">,
): Promise<ConnectResult> {
  if (result.kind !== "connected") {
    await beside.end();
    return result;
  }
  return {
    ...result,
    run: async () => {
      try {
        return await result.run();
      } finally {
        await beside.end();
      }
    },
    close: async () => {
      await Promise.all([result.close(), beside.end()]);
    },
  };
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

/** Attempt that may find nothing, where another one follows. */
interface Attempt {
  readonly dialogue: Dialogue & { readonly foundNothing: boolean };
  /** Sessions beside it; absent where there are none. */
  readonly beside: Beside | undefined;
}

/** Connects the first attempt; each next one follows where that found nothing. */
async function connectFirst<A extends Attempt>(
  [first, ...others]: readonly A[],
  options: ConnectOptions,
  connect: (attempt: A, options: ConnectOptions) => Promise<ConnectResult>,
): Promise<ConnectResult> {
  const { dialogue, beside } = first!;
  await beside?.begin();
  const connected = await connect(first!, options);
  const result = beside === undefined
    ? connected
    : await endingWith(connected, beside);
  if (result.kind !== "connected" || others.length === 0) return result;
  return {
    ...result,
    run: async () => {
      const unavailable = await result.run();
      if (unavailable !== undefined || !dialogue.foundNothing) {
        return unavailable;
      }
      const next = await connectFirst(others, {}, connect);
      if (next.kind === "connected") return await next.run();
      return next.kind === "unavailable" ? next : undefined;
    },
  };
}
