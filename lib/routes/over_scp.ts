/** The routes over SCP: each one a dialogue with an scp on a host. */

import { asEntryError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Beginning, Route, Terms } from "./beginning.ts";
import type { RouteContext } from "./context.ts";
import { sourceTexts } from "./request.ts";
import { DownloadDialogue } from "./scp_download.ts";
import { RelayDialogue } from "./scp_relay.ts";
import type { Dialogue, ScpSessions } from "./scp_sessions.ts";
import { UploadDialogue } from "./scp_upload.ts";

export interface ScpContext extends RouteContext {
  readonly scpSessions: ScpSessions;
}

/** Copies local paths, in their order, through one session to one target. */
export function uploadOverScp(
  paths: readonly string[],
  target: RemoteLocation,
  context: ScpContext,
): Route {
  return routeTo(target, async (terms) => {
    const dialogue = await UploadDialogue.prepare(paths, target, context);
    return await context.scpSessions.begin([dialogue.request], dialogue, terms);
  });
}

/** Copies what a remote operand asks for to a path on this machine. */
export function downloadOverScp(
  source: RemoteLocation,
  target: string,
  context: ScpContext,
): Route {
  return routeTo(source, (terms) => {
    const tries = triesFor(source, context).map((reading) =>
      new DownloadDialogue(source, { ...reading, target }, context)
    );
    return beginTries(
      tries,
      terms,
      (dialogue, terms) =>
        context.scpSessions.begin([dialogue.request], dialogue, terms),
    );
  });
}

/** Copies what a remote operand asks for to another host, through this one. */
export function relayOverScp(
  source: RemoteLocation,
  target: RemoteLocation,
  context: ScpContext,
): Route {
  return routeTo(source, (terms) => {
    const tries = triesFor(source, context).map((reading) =>
      new RelayDialogue(source, target, reading, context)
    );
    return beginTries(
      tries,
      terms,
      (dialogue, terms) =>
        context.scpSessions.begin(dialogue.requests, dialogue, terms),
    );
  });
}

/** A path that no remote shell can be given is no failure of SFTP. */
function routeTo(
  location: RemoteLocation,
  begin: (terms: Terms) => Promise<Beginning>,
): Route {
  return {
    begin: async (terms) => {
      try {
        return await begin(terms);
      } catch (error) {
        const why = asEntryError(error).message;
        return { kind: "absent", location, why, isProven: false };
      }
    },
  };
}

/** Readings of a source operand, in the order of the tries. */
function triesFor(
  { path }: RemoteLocation,
  { job }: RouteContext,
): readonly { readonly path: string; readonly hasNext: boolean }[] {
  const texts = sourceTexts(path, job.options);
  return texts.map((path, at) => ({ path, hasNext: at + 1 < texts.length }));
}

/** A dialogue that may find nothing, where another reading comes after it. */
interface Try extends Dialogue {
  readonly foundNothing: boolean;
}

/** Begins the first try; each next one follows where that found nothing. */
async function beginTries<T extends Try>(
  [first, ...others]: readonly T[],
  terms: Terms,
  begin: (dialogue: T, terms: Terms) => Promise<Beginning>,
): Promise<Beginning> {
  const beginning = await begin(first!, terms);
  if (beginning.kind !== "begun" || others.length === 0) return beginning;
  return {
    ...beginning,
    run: async () => {
      const absence = await beginning.run();
      if (absence !== undefined || !first!.foundNothing) return absence;
      const next = await beginTries(others, {}, begin);
      if (next.kind === "begun") return await next.run();
      return next.kind === "absent" ? next : undefined;
    },
  };
}
