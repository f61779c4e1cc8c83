import type { RemoteLocation } from "../location/location.ts";
import { Source } from "../scp/source.ts";
import type { CopyContext } from "./context.ts";

/** Copies local paths, in their order, through one session to one target. */
export async function upload(
  paths: readonly string[],
  target: RemoteLocation,
  { job, files, reporter, farSide }: CopyContext,
): Promise<void> {
  await farSide.run("-t", target, async (channel) => {
    const source = new Source(channel, files, job.options, reporter);
    await source.begin();
    for (const path of paths) await source.send(path);
  });
}
