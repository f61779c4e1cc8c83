import { findQuietly } from "../filesystem/find_quietly.ts";
import type { RemoteLocation } from "../location/location.ts";
import { isDotName, withoutTrailingSlashes } from "../names/names.ts";
import { isPlainPath } from "../names/remote_path.ts";
import type { CopyOptions } from "../options/copy_options.ts";
import {
  concernsSurvey,
  surveyTree,
  type TreeSurvey,
} from "../scp/tree_survey.ts";
import { chosenFiles } from "./filters.ts";
import type { RouteContext } from "./route.ts";
import { recordModeBits } from "./scp_request.ts";

/**
 * Surveys a single tree whose directories can be made in advance: in the default
 * mode, and with `-O` for several connections where every shell reads the target as
 * it is written.
 *
 * @returns `undefined` where that is not what is sent.
 */
export async function surveyOf(
  paths: readonly string[],
  { path: target }: Pick<RemoteLocation, "path">,
  { files, rules, job: { options } }: Pick<
    RouteContext,
    "files" | "rules" | "job"
  >,
): Promise<TreeSurvey | undefined> {
  const { recursive, lockstep } = options;
  const isLeftOut = lockstep || !mayPrepare(target, options);
  if (!recursive || isLeftOut || paths.length !== 1) return undefined;
  const path = withoutTrailingSlashes(paths[0]!);
  const name = files.nameOf(path);
  if (isDotName(name) || /[\n\r]/.test(name)) return undefined;
  const found = await findQuietly(files, path);
  if (found?.kind !== "directory") return undefined;
  // The copy judges the files: here each verdict would cost once more.
  const chosen = chosenFiles(files, {
    roots: [path],
    rules,
    concerns: concernsSurvey,
  });
  return await surveyTree(chosen, path, {
    name,
    modeBits: recordModeBits(options),
    given: options.modes,
  });
}

/** Tells whether a script may be given the target. */
function mayPrepare(
  target: string,
  { protocol, jobs }: Pick<CopyOptions, "protocol" | "jobs">,
): boolean {
  if (protocol === undefined) return true;
  return protocol === "scp" && jobs > 1 && isPlainPath(target);
}
