/** Resumption of an upload in another dialogue, after its sink was lost. */

import type { Channel } from "../channel/channel.ts";
import { asEntryError } from "../errors.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import { homeIn, isDotPath, isPlainPath } from "../names/remote_path.ts";
import type { RemoteLocation } from "../location/location.ts";
import { ScpPeer } from "../scp/peer.ts";
import type { Reconnection } from "../scp/reconnect.ts";
import type { CopyOptions } from "../options/copy_options.ts";
import type { RemoteScp } from "./remote_scp.ts";
import type { RouteContext } from "./route.ts";
import { isShellsToRead, targetText } from "./scp_request.ts";

/** Starts another dialogue in place of the one with an scp. */
export type Resume = (scp: RemoteScp) => Promise<Reconnection>;

/**
 * Plans how to resume an upload in another dialogue. A single directory goes into
 * its target or, if the target is missing, becomes it; afterwards the target
 * exists either way, so that a sink has to be asked which it was.
 *
 * @param targetIsDirectory True where the target has to be a directory.
 * @returns Absent where nobody can tell where the remaining entries belong.
 */
export async function planResume(
  paths: readonly string[],
  { path: target }: RemoteLocation,
  { files, options, targetIsDirectory }: Pick<RouteContext, "files"> & {
    options: CopyOptions;
    targetIsDirectory: boolean;
  },
): Promise<Resume | undefined> {
  const restart = restartBy(options);
  const isHome = homeIn(target) === withoutTrailingSlashes(target);
  if (targetIsDirectory || isHome || isDotPath(target)) {
    return async (scp) => ({ channel: await restart(scp, target) });
  }
  const source = withoutTrailingSlashes(paths[0]!);
  const name = files.nameOf(source);
  const inTarget = `${withoutTrailingSlashes(target)}/${name}`;
  if (isShellsToRead(options) && !isPlainPath(inTarget)) return undefined;
  // An entry of the same name inside the source would look like the source.
  const twin = await files.find(files.join(source, name)).catch(asEntryError);
  if (twin !== undefined) return undefined;
  return (scp) =>
    resumeInTarget(
      (path, preserve) => restart(scp, path, preserve),
      { target, inTarget },
    );
}

/**
 * Resumes an upload of a single directory whose place is known.
 *
 * @param isThere True where the target was there, so that the directory is in it.
 */
export async function resumeInPlace(
  scp: RemoteScp,
  { target, isThere }: { target: string; isThere: boolean },
  options: CopyOptions,
): Promise<Reconnection> {
  const restart = restartBy(options);
  // With a slash at its end, messages would have two.
  return isThere
    ? { channel: await restart(scp, withoutTrailingSlashes(target)) }
    : await resumeAsTarget((path) => restart(scp, path), target);
}

function restartBy(
  options: CopyOptions,
): (scp: RemoteScp, path: string, preserve?: boolean) => Promise<Channel> {
  return (scp, path, preserve = false) =>
    scp.restart({
      path: targetText(path, options),
      targetIsDirectory: true,
      preserve,
    });
}

async function resumeInTarget(
  restart: (path: string, preserve?: boolean) => Promise<Channel>,
  { target, inTarget }: { target: string; inTarget: string },
): Promise<Reconnection> {
  const channel = await restart(inTarget, true);
  const probe = new ScpPeer(channel, { mayHearShell: false });
  if (await hasTarget(probe)) return { channel: await restart(target) };
  return await resumeAsTarget(restart, target);
}

/** Resumes a directory that became the target itself. */
async function resumeAsTarget(
  restart: (path: string) => Promise<Channel>,
  target: string,
): Promise<Reconnection> {
  const { parent, name } = entryOfParent(target);
  return { channel: await restart(parent), outermost: name };
}

/** Gives the path of the directory that a target lies in, and its name there. */
export function entryOfParent(
  target: string,
): { readonly parent: string; readonly name: string } {
  const given = withoutTrailingSlashes(target);
  const end = given.lastIndexOf("/") + 1;
  const parent = end === 0 ? "." : given.slice(0, end);
  return { parent, name: given.slice(end) };
}

/**
 * Tells whether a sink has its target. Some sinks look for it when the first
 * record comes.
 */
async function hasTarget(sink: ScpPeer): Promise<boolean> {
  if (await sink.nextWarning() !== undefined) return false;
  await sink.send({ kind: "times", modified: 0, accessed: 0 });
  return await sink.nextWarning() === undefined;
}
