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
import {
  DownloadProof,
  RelayProof,
  type SourceProof,
} from "./scp_source_proof.ts";
import { UploadProof } from "./scp_upload_proof.ts";

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
    const { scpSessions, job } = context;
    const proof = job.options.verifies
      ? new UploadProof(paths, target, context, scpSessions)
      : undefined;
    const dialogue = await UploadDialogue.prepare(paths, target, {
      ...context,
      tree: await survey(),
      planLogin: () => scpSessions.planFor(target),
      proof,
    });
    const { request } = dialogue;
    await proof?.begin(request.targetIsDirectory);
    const result = await scpSessions.connect([request], dialogue, options);
    return proof === undefined ? result : await endingWith(result, proof);
  });
}

/** Copies what a remote operand names to a path on this machine. */
export function downloadOverScp(
  source: RemoteLocation,
  target: string,
  context: ScpContext,
): Route {
  return routeTo(source, (options) => {
    const { scpSessions, job } = context;
    const attempts = sourceReadings(source.path, job.options).map((reading) => {
      const place = { ...reading, source, target };
      const proof = job.options.verifies
        ? new DownloadProof(place, context, scpSessions)
        : undefined;
      return {
        dialogue: new DownloadDialogue(
          source,
          { ...reading, target },
          context,
          proof,
        ),
        proof,
      };
    });
    return connectFirst(
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
  return routeTo(source, (options) => {
    const { scpSessions, job } = context;
    const attempts = sourceReadings(source.path, job.options).map((reading) => {
      const place = { ...reading, source, target };
      const proof = job.options.verifies
        ? new RelayProof(place, context, scpSessions)
        : undefined;
      return {
        dialogue: new RelayDialogue(source, target, reading, context, proof),
        proof,
      };
    });
    return connectFirst(
      attempts,
      options,
      ({ dialogue }, options) =>
        scpSessions.connect(dialogue.requests, dialogue, options),
    );
  });
}

/** Gives a result whose copy ends a proof, or the result if there is no copy. */
async function endingWith(
  result: ConnectResult,
  proof: { end(): Promise<void> },
): Promise<ConnectResult> {
  if (result.kind !== "connected") {
    await proof.end();
    return result;
  }
  return {
    ...result,
    run: async () => {
      try {
        return await result.run();
      } finally {
        await proof.end();
      }
    },
    close: async () => {
      await Promise.all([result.close(), proof.end()]);
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
  /** Proof of what arrives; absent where nobody wants one. */
  readonly proof: SourceProof | undefined;
}

/** Connects the first attempt; each next one follows where that found nothing. */
async function connectFirst<A extends Attempt>(
  [first, ...others]: readonly A[],
  options: ConnectOptions,
  connect: (attempt: A, options: ConnectOptions) => Promise<ConnectResult>,
): Promise<ConnectResult> {
  const { dialogue, proof } = first!;
  await proof?.begin();
  const connected = await connect(first!, options);
  const result = proof === undefined
    ? connected
    : await endingWith(connected, proof);
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
