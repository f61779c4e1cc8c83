/** How an upload goes on in another dialogue, once its sink was lost. */

import type { Channel } from "../channel/channel.ts";
import { asEntryError } from "../errors.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import { homeIn, isDotPath, isPlainPath } from "../names/remote_path.ts";
import type { RemoteLocation } from "../location/location.ts";
import { ScpPeer } from "../scp/peer.ts";
import type { Reconnection } from "../scp/reconnect.ts";
import type { RouteContext } from "./context.ts";
import type { CopyOptions } from "../options/copy_options.ts";
import type { RemoteScp } from "./remote_scp.ts";
import { isShellsToRead, targetText } from "./request.ts";

/** Begins another dialogue in the place of one with this scp. */
export type BeginNext = (scp: RemoteScp) => Promise<Reconnection>;

/**
 * How to go on with an upload; `undefined` if there is no telling where its
 * entries belong once some of them arrived. A single directory goes into its target
 * or, if there was nothing, becomes it: afterwards the target is there anyway.
 *
 * @param targetIsDirectory Whether it has to be one.
 */
export async function nextUpload(
  paths: readonly string[],
  { path: target }: RemoteLocation,
  { files, options, targetIsDirectory }: Pick<RouteContext, "files"> & {
    options: CopyOptions;
    targetIsDirectory: boolean;
  },
): Promise<BeginNext | undefined> {
  const restart = (scp: RemoteScp, path: string, preserve = false) =>
    scp.restart({
      path: targetText(path, options),
      targetIsDirectory: true,
      preserve,
    });
  const isHome = homeIn(target) === withoutTrailingSlashes(target);
  if (targetIsDirectory || isHome || isDotPath(target)) {
    return async (scp) => ({ channel: await restart(scp, target) });
  }
  const source = withoutTrailingSlashes(paths[0]!);
  const name = files.nameOf(source);
  const inTarget = `${withoutTrailingSlashes(target)}/${name}`;
  if (isShellsToRead(options) && !isPlainPath(inTarget)) return undefined;
  // A directory of that name inside would look like the one that it is in.
  const twin = await files.find(files.join(source, name)).catch(asEntryError);
  if (twin !== undefined) return undefined;
  return (scp) =>
    goOnWhereItIs(
      (path, preserve) => restart(scp, path, preserve),
      { target, inTarget },
    );
}

async function goOnWhereItIs(
  restart: (path: string, preserve?: boolean) => Promise<Channel>,
  { target, inTarget }: { target: string; inTarget: string },
): Promise<Reconnection> {
  const channel = await restart(inTarget, true);
  const probe = new ScpPeer(channel, { mayHearShell: false });
  if (await isThere(probe)) return { channel: await restart(target) };
  const given = withoutTrailingSlashes(target);
  const end = given.lastIndexOf("/") + 1;
  const above = end === 0 ? "." : given.slice(0, end);
  return { channel: await restart(above), outermost: given.slice(end) };
}

/** Some sinks look at their target when the first record comes. */
async function isThere(sink: ScpPeer): Promise<boolean> {
  if (await sink.nextWarning() !== undefined) return false;
  await sink.send({ kind: "times", modified: 0, accessed: 0 });
  return await sink.nextWarning() === undefined;
}
