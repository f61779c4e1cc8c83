import { SessionError } from "../errors.ts";
import { currentUmask } from "../files/local_files.ts";
import { requestMatcher } from "../files/pattern.ts";
import type { RemoteLocation } from "../location/location.ts";
import { Sink } from "../scp/sink.ts";
import type { CopyContext } from "./context.ts";

/** Copies what a remote operand asks for to a path on this machine. */
export async function download(
  source: RemoteLocation,
  target: string,
  { job, files, reporter, farSide }: CopyContext,
): Promise<void> {
  const { recursive, preserve, checkNames, targetIsFolder } = job.options;
  const matches = requestMatcher(source.path);
  const isWanted = (name: string) => {
    if (!checkNames || matches(name)) return true;
    reporter.warned(
      `${source.host} sent ${name} for ${source.path}: -T takes any name`,
    );
    return false;
  };
  const failuresBefore = reporter.failures;
  const remote = { role: "-f", location: source, targetIsFolder } as const;
  await farSide.run(remote, async (channel) => {
    const sink = new Sink(channel, files, {
      recursive,
      targetIsFolder,
      isWanted,
      platform: job.rules.platform,
      // Set-id bits from another machine are never ours to grant.
      store: { preserve, umask: currentUmask(), modeBits: 0o777 },
    }, reporter);
    const entries = await sink.receive(target);
    if (entries === 0 && reporter.failures === failuresBefore) {
      throw new SessionError(`nothing came for ${source.path}`);
    }
  });
}
