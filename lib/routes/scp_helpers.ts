/**
 * Helpers of copies over SCP, which few copies want: proofs of what arrives, and ways to
 * go on with what is there.
 */

import type { RemoteLocation } from "../location/location.ts";
import { DownloadResume } from "./download_resume.ts";
import type { HashSession } from "./hash_session.ts";
import { type RestHost, restHost } from "./rest_session.ts";
import type { RouteContext } from "./route.ts";
import type { Download, DownloadHelpers } from "./scp_download.ts";
import { DownloadProof } from "./scp_source_proof.ts";
import type { UploadHelpers } from "./scp_upload.ts";
import {
  hashSessionFor,
  type PlansBeside,
  UploadProof,
} from "./scp_upload_proof.ts";
import { UploadResume } from "./upload_resume.ts";

/** Sessions beside a copy. */
export interface Beside {
  /** Finds out what has to be known of the target, before the copy begins. */
  begin(): Promise<void>;
  end(): Promise<void>;
}

/** Helpers of an upload, and their sessions. */
export interface UploadHelp extends Pick<Beside, "end"> {
  readonly helpers: UploadHelpers;
  /** Does the same, for a target that may have to be a directory. */
  begin(targetIsDirectory: boolean): Promise<void>;
}

/** Helpers of a download, and their sessions. */
export interface DownloadHelp {
  readonly helpers: DownloadHelpers;
  readonly beside: Beside;
}

/** Context of a copy over SCP, and its logins. */
type HelperContext = RouteContext & { readonly scpSessions: PlansBeside };

/**
 * Gives the helpers of an upload.
 *
 * @param operand Target as the remote shell is given it.
 */
export function uploadHelpers(
  paths: readonly string[],
  target: RemoteLocation,
  operand: string,
  context: HelperContext,
): UploadHelp {
  const { job: { options } } = context;
  const sessions = sessionsFor(operand, target, context);
  const proof = options.verifies
    ? new UploadProof(paths, target, context, sessions.session)
    : undefined;
  const resume = options.resumes
    ? new UploadResume(paths, target, context, sessions)
    : undefined;
  return {
    helpers: { proof, resume },
    begin: async (targetIsDirectory) => {
      await proof?.begin(targetIsDirectory);
      await resume?.begin(targetIsDirectory);
    },
    end: () => endAll(sessions, resume),
  };
}

/** Gives the helpers of a download. */
export function downloadHelpers(
  place: Download & { readonly source: RemoteLocation },
  context: HelperContext,
): DownloadHelp {
  const { job: { options } } = context;
  const { path: operand, source } = place;
  const sessions = sessionsFor(operand, source, context);
  const proof = options.verifies
    ? new DownloadProof(place, context, sessions.session)
    : undefined;
  const resume = options.resumes
    ? new DownloadResume(place, context, sessions)
    : undefined;
  return {
    helpers: { proof, resume },
    beside: {
      begin: async () => {
        await proof?.begin();
        await resume?.begin();
      },
      end: () => endAll(sessions, resume),
    },
  };
}

/** Sessions that helpers may use, none of which has begun. */
interface Sessions {
  readonly session: HashSession;
  readonly host: RestHost;
}

function sessionsFor(
  operand: string,
  location: RemoteLocation,
  context: HelperContext,
): Sessions {
  const { scpSessions } = context;
  return {
    session: hashSessionFor(operand, location, context, scpSessions),
    host: restHost(operand, location, scpSessions),
  };
}

async function endAll(
  { session }: Sessions,
  resume: { end(): void } | undefined,
): Promise<void> {
  resume?.end();
  await session.end();
}
