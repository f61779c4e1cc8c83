import { currentUmask } from "../files/local_files.ts";
import type { RemoteLocation } from "../location/location.ts";
import { Sink } from "../scp/sink.ts";
import type { CopyContext } from "./context.ts";
import { checkReceived, requestChecker } from "./request.ts";

/** Copies what a remote operand asks for to a path on this machine. */
export async function download(
  source: RemoteLocation,
  target: string,
  { job, files, reporter, farSide }: CopyContext,
): Promise<void> {
  const { recursive, preserve, targetIsFolder } = job.options;
  const objectionTo = requestChecker(source, job.options);
  const failuresBefore = reporter.failures;
  const remote = { role: "-f", location: source, targetIsFolder } as const;
  await farSide.run(remote, async (channel) => {
    const sink = new Sink(channel, files, {
      recursive,
      targetIsFolder,
      overwriteTarget: false,
      mayHearShell: true,
      objectionTo,
      platform: job.rules.platform,
      // Set-id bits from another machine are never ours to grant.
      store: { preserve, umask: currentUmask(), modeBits: 0o777 },
    }, reporter);
    checkReceived(await sink.receive(target), source.path, {
      isExplained: reporter.failures > failuresBefore,
    });
  });
}
