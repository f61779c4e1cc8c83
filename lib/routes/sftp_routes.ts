/** Routes over SFTP: each one a copyTree between two file systems. */

import { currentUmask } from "../disk/local_file_system.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import type { RemoteLocation } from "../location/location.ts";
import { namedEntries, targetPath } from "../sftp/operand_paths.ts";
import type { TransferOptions } from "../tree/options.ts";
import { copyTree, type Sources, type Target } from "../tree/copy_tree.ts";
import type { Route, RouteContext } from "./route.ts";
import type { SftpCopy, SftpSessions } from "./sftp_sessions.ts";
import { uploadWidth } from "./upload_width.ts";

/** Tools of the routes over SFTP. */
export interface SftpContext extends RouteContext {
  readonly sftpSessions: SftpSessions;
}

/** Options that depend on where a copy goes. */
type PlaceOptions = Pick<TransferOptions, "store" | "platform" | "namedBy">;

/**
 * Mode bits that go over SFTP, as with OpenSSH's scp: neither machine grants the
 * set-id bits of the other.
 */
const MODE_BITS = 0o1777;

/** Copies local paths, in their order, to one target. */
export function uploadOverSftp(
  paths: readonly string[],
  target: RemoteLocation,
  context: SftpContext,
): Route {
  const { files, job } = context;
  const width = () => uploadWidth(paths, files, job.options);
  return routeTo([target], context, width, async ([server]) => {
    const entries = paths.map((path) => ({
      path: withoutTrailingSlashes(path),
    }));
    await copy(
      { files, entries },
      {
        files: server!,
        path: await targetPath(server!, target.path),
        mustBeDirectory: job.options.targetIsDirectory,
        makesDirectory: true,
      },
      context,
      ontoServer(context),
    );
  });
}

/** Copies what a remote operand names to a path on this machine. */
export function downloadOverSftp(
  source: RemoteLocation,
  target: string,
  context: SftpContext,
): Route {
  const { files, job, among } = context;
  return routeTo([source], context, ONE, async ([server]) => {
    const entries = await namedEntries(server!, source.path);
    await copy(
      { files: server!, entries },
      { files, path: target, among, ...placeFor(entries) },
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
export function relayOverSftp(
  source: RemoteLocation,
  target: RemoteLocation,
  context: SftpContext,
): Route {
  const { job } = context;
  return routeTo([source, target], context, ONE, async ([from, to]) => {
    const entries = await namedEntries(from!, source.path);
    const { targetIsDirectory } = job.options;
    await copy(
      { files: from!, entries },
      {
        files: to!,
        path: await targetPath(to!, target.path),
        ...(targetIsDirectory ? { mustBeDirectory: true } : placeFor(entries)),
      },
      context,
      ontoServer(context),
    );
  });
}

/** @param width Counts the connections that the copy has work for. */
function routeTo(
  locations: readonly RemoteLocation[],
  { sftpSessions }: SftpContext,
  width: () => Promise<number>,
  run: SftpCopy["run"],
): Route {
  return {
    connect: async (options) => {
      const copy = { run, width: await width() };
      return await sftpSessions.connect(locations, copy, options);
    },
  };
}

/** Count for a source on a server: the files show one after the other. */
const ONE = async (): Promise<number> => 1;

/** Gives the target's rules: several entries need a directory, made if missing. */
function placeFor(
  entries: readonly unknown[],
): Pick<Target, "mustBeDirectory" | "makesDirectory"> {
  return { mustBeDirectory: entries.length > 1, makesDirectory: true };
}

/** Gives the options of a copy to a server, which applies its own umask. */
function ontoServer({ job }: SftpContext): PlaceOptions {
  return {
    store: { preserve: job.options.preserve, modeBits: MODE_BITS },
    platform: "posix",
    namedBy: "source",
  };
}

async function copy(
  sources: Sources,
  target: Target,
  { job, observer, scan }: SftpContext,
  options: PlaceOptions,
): Promise<void> {
  await copyTree(sources, target, {
    options: {
      ...options,
      recursive: job.options.recursive,
      links: "followed",
      isWatched: true,
      interrupted: job.interrupted,
    },
    observer,
    scan,
  });
}
