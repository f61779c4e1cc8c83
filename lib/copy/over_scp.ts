/** The routes over SCP: each one a dialogue with an scp on the far side. */

import { ProtocolError, RefusalError } from "../errors.ts";
import { currentUmask } from "../files/local_files.ts";
import type { RemoteLocation } from "../location/location.ts";
import { Relay } from "../scp/relay.ts";
import { Sink } from "../scp/sink.ts";
import { type BeginAnew, Source } from "../scp/source.ts";
import { breach } from "./breach.ts";
import type { RouteContext } from "./context.ts";
import type { RemoteScp } from "./far_scp.ts";
import type { FarSide, Outcome } from "./far_side.ts";
import { nextUpload } from "./next_upload.ts";
import { aheadFor, checkReceived, requestChecker } from "./request.ts";
import { mustBeFolder } from "./target_rules.ts";

export interface ScpContext extends RouteContext {
  readonly farSide: FarSide;
}

/** Copies local paths, in their order, through one session to one target. */
export async function uploadOverScp(
  paths: readonly string[],
  target: RemoteLocation,
  { job, files, reporter, farSide }: ScpContext,
): Promise<Outcome> {
  const targetIsFolder = mustBeFolder(paths, { files, job });
  const { lockstep, recursive } = job.options;
  const beginNext = lockstep || (paths.length === 1 && !recursive)
    ? undefined
    : await nextUpload(paths, target, { files, targetIsFolder });
  const remote: RemoteScp = {
    role: "-t",
    location: target,
    targetIsFolder,
    mayRestart: beginNext !== undefined,
  };
  let begun = 0;
  const outcome = await farSide.run(remote, async (scp) => {
    begun = 0;
    const source = new Source(scp.channel, files, {
      ...job.options,
      dotPaths: "content",
    }, reporter);
    const refusal = await source.begin();
    if (refusal !== undefined) throw new RefusalError(refusal);
    const beginAnew: BeginAnew = async (isInside) => {
      if (isInside && beginNext !== undefined) return await beginNext(scp);
      if (isInside) throw new ProtocolError("one message at a time is taken");
      const channel = await scp.restart(target.path, { targetIsFolder });
      return { channel };
    };
    if (beginNext !== undefined && scp.canRestart) source.sendAhead(beginAnew);
    else if (!lockstep) source.restartBy(beginAnew);
    for (const path of paths) {
      begun++;
      await source.send(path);
    }
    await source.end();
  });
  if (begun > 0) {
    for (const path of paths.slice(begun)) reporter.failed(`${path}: not sent`);
  }
  return outcome;
}

/** Copies what a remote operand asks for to a path on this machine. */
export async function downloadOverScp(
  source: RemoteLocation,
  target: string,
  { job, files, reporter, farSide }: ScpContext,
): Promise<Outcome> {
  const { recursive, preserve, targetIsFolder } = job.options;
  const objectionTo = requestChecker(source, job.options);
  const failuresBefore = reporter.failures;
  const remote = { role: "-f", location: source, targetIsFolder } as const;
  return await farSide.run(remote, async (scp) => {
    const sink = new Sink(scp.channel, files, {
      recursive,
      targetIsFolder,
      overwriteTarget: false,
      mayHearShell: true,
      ahead: aheadFor(source.path, job.options),
      top: "named",
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

/** Copies what a remote operand asks for to another host, through this one. */
export async function relayOverScp(
  source: RemoteLocation,
  target: RemoteLocation,
  { job, reporter, farSide }: ScpContext,
): Promise<Outcome> {
  const { recursive, preserve, targetIsFolder, lockstep } = job.options;
  const objectionTo = requestChecker(source, job.options);
  const failuresBefore = reporter.failures;
  return await farSide.runAll([
    { role: "-f", location: source, targetIsFolder },
    { role: "-t", location: target, targetIsFolder, isSecond: true },
  ], async ([from, to]) => {
    const relay = new Relay(
      { host: source.host, channel: from!.channel },
      { host: target.host, channel: to!.channel },
      // Names that are fit for one disk are not for another: its scp knows.
      {
        preserve,
        lockstep,
        rules: { recursive, platform: "posix", top: "named", objectionTo },
      },
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
