/** Routes over SFTP: each one a copyTree between two file systems. */

import { currentUmask } from "../disk/local_file_system.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { makeDirectories } from "../filesystem/made_directories.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { SftpFileSystem } from "../sftp/sftp_file_system.ts";
import {
  looksAtSource,
  looksAtTarget,
  namedEntries,
  targetPath,
} from "../sftp/operand_paths.ts";
import type { TransferOptions } from "../tree/options.ts";
import { copyTree, type Sources, type Target } from "../tree/copy_tree.ts";
import { writtenFiles } from "./dry_run.ts";
import { chosenFiles } from "./filters.ts";
import { hashedFiles, verifiedSides } from "./verified_copy.ts";
import type { Route, RouteContext } from "./route.ts";
import type { SftpCopy, SftpSessions } from "./sftp_sessions.ts";
import { uploadWidth } from "./upload_width.ts";

/** Tools of the routes over SFTP. */
export interface SftpContext extends RouteContext {
  readonly sftpSessions: SftpSessions;
}

/** Options that depend on where a copy goes. */
type PlaceOptions = Pick<
  TransferOptions,
  "store" | "platform" | "namedBy" | "verified"
>;

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
  const { files, job, rules } = context;
  const roots = paths.map(withoutTrailingSlashes);
  const width = () =>
    uploadWidth(roots, chosenFiles(files, { roots, rules }), job.options);
  const looks = looksAtTarget(target.path, files.nameOf(roots[0]!));
  return routeTo([target], context, { width, looks }, async ([server]) => {
    const entries = roots.map((path) => ({ path }));
    await copy(
      sourcesOf(hashedFiles(files, job.options), entries, context),
      {
        ...await targetOn(server!, target, context),
        mustBeDirectory: job.options.targetIsDirectory,
        makesDirectory: true,
      },
      context,
      { ...ontoServer(context), ...verifiedSides("target", job.options) },
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
  const start = { width: ONE, looks: looksAtSource(source.path, job.options) };
  return routeTo([source], context, start, async ([server]) => {
    const entries = await namedEntries(server!, source.path);
    await copy(
      sourcesOf(server!, entries, context),
      {
        files: hashedFiles(files, job.options),
        path: target,
        among,
        ...placeFor(entries),
      },
      context,
      {
        store: {
          preserve: job.options.preserve,
          umask: currentUmask(),
          modeBits: MODE_BITS,
          given: job.options.modes,
        },
        platform: job.rules.platform,
        namedBy: "target",
        ...verifiedSides("source", job.options),
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
  const start = { width: ONE, looks: looksAtSource(source.path, job.options) };
  return routeTo([source, target], context, start, async ([from, to]) => {
    const entries = await namedEntries(from!, source.path);
    const { targetIsDirectory } = job.options;
    await copy(
      // What a server copies within itself does not pass.
      sourcesOf(
        from === to ? from! : hashedFiles(from!, job.options),
        entries,
        context,
      ),
      {
        ...await targetOn(to!, target, context),
        ...(targetIsDirectory ? { mustBeDirectory: true } : placeFor(entries)),
      },
      context,
      { ...ontoServer(context), ...verifiedSides("both", job.options) },
    );
  });
}

/** Gives the sources of a copy, which show what is to be copied. */
function sourcesOf(
  files: FileSystem,
  entries: Sources["entries"],
  { rules, observer, job: { options } }: SftpContext,
): Sources {
  const roots = entries.map(({ path }) => path);
  const keepsLinks = options.keepsLinks === true;
  return {
    files: chosenFiles(files, { roots, rules, keepsLinks, observer }),
    scanned: chosenFiles(files, { roots, rules, keepsLinks }),
    entries,
  };
}

/**
 * Gives a target on a server; makes it where that is asked for.
 *
 * @throws {EntryError} If it cannot be made.
 */
async function targetOn(
  server: SftpFileSystem,
  target: RemoteLocation,
  { job: { options }, planned, observer }: SftpContext,
): Promise<Pick<Target, "files" | "path">> {
  const path = await targetPath(server, target.path);
  const files = writtenFiles(server, options, { planned, observer });
  if (options.makesTarget) await makeDirectories(files, path);
  return { files, path };
}

/** @param width Counts the connections that the copy has work for. */
function routeTo(
  locations: readonly RemoteLocation[],
  { sftpSessions }: SftpContext,
  { width, looks }: Pick<SftpCopy, "looks"> & { width(): Promise<number> },
  run: SftpCopy["run"],
): Route {
  return {
    connect: async (options) => {
      const copy = { run, looks, width: await width() };
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
    store: {
      preserve: job.options.preserve,
      modeBits: MODE_BITS,
      given: job.options.modes,
    },
    platform: "posix",
    namedBy: "source",
  };
}

async function copy(
  sources: Sources,
  target: Target,
  { job, observer, settledLinks, scan, memory }: SftpContext,
  options: PlaceOptions,
): Promise<void> {
  await copyTree(sources, target, {
    options: {
      ...options,
      recursive: job.options.recursive,
      existing: job.options.existing,
      isAtomic: job.options.isAtomic,
      dryRun: job.options.isDry ? "seen" : undefined,
      links: job.options.keepsLinks ? settledLinks : "followed",
      confinesLinks: true,
      isWatched: true,
      resumes: job.options.resumes,
      memory,
      interrupted: job.interrupted,
    },
    observer,
    scan,
  });
}
