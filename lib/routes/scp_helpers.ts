/**
 * Helpers of copies over SCP, which few copies want: proofs of what arrives, and ways to
 * go on with what is there.
 */

import type { RemoteLocation } from "../location/location.ts";
import { DownloadResume } from "./download_resume.ts";
import { restHost } from "./rest_session.ts";
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
  const { scpSessions, job: { options } } = context;
  const session = hashSessionFor(operand, target, context, scpSessions);
  const host = restHost(operand, target, scpSessions);
  const proof = options.verifies
    ? new UploadProof(paths, target, context, session)
    : undefined;
  const resume = options.resumes
    ? new UploadResume(paths, target, context, { session, host })
    : undefined;
  return {
    helpers: { proof, resume },
    begin: async (targetIsDirectory) => {
      await proof?.begin(targetIsDirectory);
      await resume?.begin(targetIsDirectory);
    },
    end: async () => {
      resume?.end();
      await session.end();
    },
  };
}

/** Gives the helpers of a download. */
export function downloadHelpers(
  place: Download & { readonly source: RemoteLocation },
  context: HelperContext,
): DownloadHelp {
  const { scpSessions, job: { options } } = context;
  const { path: operand, source } = place;
  const session = hashSessionFor(operand, source, context, scpSessions);
  const host = restHost(operand, source, scpSessions);
  const proof = options.verifies
    ? new DownloadProof(place, context, session)
    : undefined;
  const resume = options.resumes
    ? new DownloadResume(place, context, { session, host })
    : undefined;
  return {
    helpers: { proof, resume },
    beside: {
      begin: async () => {
        await proof?.begin();
        await resume?.begin();
      },
      end: async () => {
        resume?.end();
        await session.end();
      },
    },
  };
}
