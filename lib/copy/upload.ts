import { RefusalError } from "../errors.ts";
import { isNameless } from "../files/names.ts";
import type { RemoteLocation } from "../location/location.ts";
import { Source } from "../scp/source.ts";
import type { CopyContext } from "./context.ts";

/** Copies local paths, in their order, through one session to one target. */
export async function upload(
  paths: readonly string[],
  target: RemoteLocation,
  { job, files, reporter, farSide }: CopyContext,
): Promise<void> {
  const { recursive, targetIsFolder } = job.options;
  // What a nameless folder holds goes straight into the target.
  const fillsTarget = recursive &&
    paths.some((path) => isNameless(files.nameOf(path)));
  const remote = {
    role: "-t",
    location: target,
    targetIsFolder: targetIsFolder || fillsTarget,
  } as const;
  let begun = 0;
  await farSide.run(remote, async (channel) => {
    begun = 0;
    const source = new Source(channel, files, {
      ...job.options,
      announceNameless: false,
    }, reporter);
    const refusal = await source.begin();
    if (refusal !== undefined) throw new RefusalError(refusal);
    for (const path of paths) {
      begun++;
      await source.send(path);
    }
  });
  if (begun === 0) return;
  for (const path of paths.slice(begun)) reporter.failed(`${path}: not sent`);
}
