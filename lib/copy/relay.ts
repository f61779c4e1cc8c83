import type { RemoteLocation } from "../location/location.ts";
import { Relay } from "../scp/relay.ts";
import type { CopyContext } from "./context.ts";
import { breach } from "./far_side.ts";
import { checkReceived, requestChecker } from "./request.ts";

/** Copies what a remote operand asks for to another host, through this one. */
export async function relay(
  source: RemoteLocation,
  target: RemoteLocation,
  { job, reporter, farSide }: CopyContext,
): Promise<void> {
  const { recursive, preserve, targetIsFolder } = job.options;
  const objectionTo = requestChecker(source, job.options);
  const failuresBefore = reporter.failures;
  await farSide.runAll([
    { role: "-f", location: source, targetIsFolder },
    { role: "-t", location: target, targetIsFolder, isSecond: true },
  ], async ([from, to]) => {
    const relay = new Relay(
      { host: source.host, channel: from! },
      { host: target.host, channel: to! },
      // Names that are fit for one disk are not for another: its scp knows.
      { preserve, rules: { recursive, platform: "posix", objectionTo } },
      reporter,
    );
    try {
      checkReceived(await relay.run(), source.path, {
        isExplained: reporter.failures > failuresBefore,
      });
      return [undefined, undefined];
    } catch (error) {
      return relay.isTargetBroken
        ? [undefined, breach(error)]
        : [breach(error), undefined];
    }
  });
}
