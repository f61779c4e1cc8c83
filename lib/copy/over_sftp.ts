/** The routes over SFTP: each one a transfer between two places. */

import { currentUmask } from "../files/local_files.ts";
import { withoutTrailingSlashes } from "../files/names.ts";
import type { RemoteLocation } from "../location/location.ts";
import {
  namedEntries,
  type Reading,
  targetPath,
} from "../sftp/operand_paths.ts";
import type { TransferOptions } from "../transfer/options.ts";
import { type Sources, type Target, transfer } from "../transfer/transfer.ts";
import type { RouteContext } from "./context.ts";
import type { SftpServers } from "./sftp_servers.ts";
import { mustBeFolder } from "./target_rules.ts";

export interface SftpContext extends RouteContext {
  readonly sftpServers: SftpServers;
}

/** What depends on where a copy goes. */
type PlaceOptions = Pick<TransferOptions, "store" | "platform" | "namedBy">;

/**
 * Bits that go over SFTP, as with OpenSSH's scp: set-id bits from another
 * machine are never ours to grant, nor does it grant ours.
 */
const MODE_BITS = 0o1777;

/** Copies local paths, in their order, to one target. */
export async function uploadOverSftp(
  paths: readonly string[],
  target: RemoteLocation,
  context: SftpContext,
): Promise<void> {
  const { files, sftpServers } = context;
  await sftpServers.run([target], farSide, async ([server]) => {
    const entries = paths.map((path) => ({
      path: withoutTrailingSlashes(path),
    }));
    await copy(
      { files, entries },
      {
        files: server!,
        path: await targetPath(server!, target.path, readingOf(context)),
        mustBeFolder: mustBeFolder(paths, context),
      },
      context,
      ontoServer(context),
    );
  });
}

/** Copies what a remote operand names to a path on this machine. */
export async function downloadOverSftp(
  source: RemoteLocation,
  target: string,
  context: SftpContext,
): Promise<void> {
  const { files, job, sftpServers } = context;
  await sftpServers.run([source], farSide, async ([server]) => {
    const entries = await namedEntries(
      server!,
      source.path,
      readingOf(context),
    );
    await copy(
      { files: server!, entries },
      { files, path: target, mustBeFolder: false },
      context,
      {
        store: {
          preserve: job.options.preserve,
          umask: currentUmask(),
          modeBits: MODE_BITS,
        },
        platform: job.rules.platform,
        namedBy: "target",
      },
    );
  });
}

/** Copies what a remote operand names to another host, through this one. */
export async function relayOverSftp(
  source: RemoteLocation,
  target: RemoteLocation,
  context: SftpContext,
): Promise<void> {
  const { sftpServers } = context;
  await sftpServers.run([source, target], oneOfTwo, async ([from, to]) => {
    const reading = readingOf(context);
    const entries = await namedEntries(from!, source.path, reading);
    await copy(
      { files: from!, entries },
      {
        files: to!,
        path: await targetPath(to!, target.path, reading),
        mustBeFolder: mustBeFolder(
          entries.map(({ path }) => path),
          context,
        ),
      },
      context,
      ontoServer(context),
    );
  });
}

/** A server has a umask of its own, which is not told. */
function ontoServer({ job }: SftpContext): PlaceOptions {
  return {
    store: { preserve: job.options.preserve, modeBits: MODE_BITS },
    platform: "posix",
    namedBy: "source",
  };
}

/** How messages begin that are about the far side, as with scp. */
function farSide(): string {
  return "scp: ";
}

function oneOfTwo({ host }: RemoteLocation): string {
  return `${host}: scp: `;
}

/** An operand that a far shell was to read keeps the meaning it has there. */
function readingOf({ protocols }: SftpContext): Reading {
  return protocols.canChange ? "shell" : "plain";
}

async function copy(
  sources: Sources,
  target: Target,
  { job, reporter }: SftpContext,
  options: PlaceOptions,
): Promise<void> {
  const { recursive, preserve } = job.options;
  await transfer(sources, target, {
    options: {
      ...options,
      recursive,
      preserve,
      links: "followed",
      isWatched: true,
      interrupted: job.interrupted,
    },
    observer: reporter,
  });
}
