/** How an upload goes on in another dialogue, once its sink was lost. */

import { entryError } from "../errors.ts";
import { withoutTrailingSlashes } from "../files/names.ts";
import type { RemoteLocation } from "../location/location.ts";
import { ScpPeer } from "../scp/peer.ts";
import type { NextDialogue } from "../scp/source.ts";
import type { RouteContext } from "./context.ts";
import type { FarScp } from "./far_scp.ts";
import { isPlainPath } from "./plain_path.ts";

/** Paths that lead to a folder, if they lead anywhere. */
const FOLDER_PATH = /^(|~|\/|(.*\/)?\.\.?)$/;

/** Begins another dialogue in the place of one with this scp. */
export type BeginNext = (scp: FarScp) => Promise<NextDialogue>;

/**
 * How to go on with an upload; `undefined` if there is no telling where its
 * entries belong once some of them arrived. A single folder goes into its target
 * or, if there was nothing, becomes it: afterwards the target is there anyway.
 *
 * @param targetIsFolder Whether it has to be one.
 */
export async function nextUpload(
  paths: readonly string[],
  { path: target }: RemoteLocation,
  { files, targetIsFolder }: Pick<RouteContext, "files"> & {
    targetIsFolder: boolean;
  },
): Promise<BeginNext | undefined> {
  if (targetIsFolder || FOLDER_PATH.test(target)) {
    return async (scp) => ({ channel: await scp.restart(target) });
  }
  const source = withoutTrailingSlashes(paths[0]!);
  const name = files.nameOf(source);
  const inTarget = `${withoutTrailingSlashes(target)}/${name}`;
  if (!isPlainPath(inTarget)) return undefined;
  // A folder of that name inside would look like the one that it is in.
  const twin = await files.find(files.join(source, name)).catch(entryError);
  if (twin !== undefined) return undefined;
  return (scp) => goOnWhereItIs(scp, target, inTarget);
}

async function goOnWhereItIs(
  scp: FarScp,
  target: string,
  inTarget: string,
): Promise<NextDialogue> {
  const channel = await scp.restart(inTarget, { preserve: true });
  const probe = new ScpPeer(channel, { mayHearShell: false });
  if (await isThere(probe)) return { channel: await scp.restart(target) };
  const given = withoutTrailingSlashes(target);
  const end = given.lastIndexOf("/") + 1;
  const above = end === 0 ? "." : given.slice(0, end);
  return { channel: await scp.restart(above), outermost: given.slice(end) };
}

/** Some sinks look at their target when the first record comes. */
async function isThere(sink: ScpPeer): Promise<boolean> {
  if (await sink.nextWarning() !== undefined) return false;
  await sink.send({ kind: "times", modified: 0, accessed: 0 });
  return await sink.nextWarning() === undefined;
}
