/** Copies over SFTP: each one a copyTree between two file systems. */

import { currentUmask } from "../disk/local_file_system.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { makeDirectories } from "../filesystem/made_directories.ts";
import type { RemoteLocation } from "../location/location.ts";
import { namedEntries, targetPath } from "../sftp/operand_paths.ts";
import type { SftpFileSystem } from "../sftp/sftp_file_system.ts";
import { copyTree, type Sources, type Target } from "../tree/copy_tree.ts";
import type { TransferOptions } from "../tree/options.ts";
import { writtenFiles } from "./dry_run.ts";
import { chosenFiles } from "./filters.ts";
import type { RouteContext } from "./route.ts";
import { hashedFiles, verifiedSides } from "./verified_copy.ts";

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

/**
 * Copies local paths, in their order, to one target.
 *
 * @throws {EntryError} If the target is none for any of them.
 */
export async function copyUp(
  roots: readonly string[],
  target: RemoteLocation,
  server: SftpFileSystem,
  context: RouteContext,
): Promise<void> {
  const { files, job } = context;
  const entries = roots.map((path) => ({ path }));
  await copy(
    sourcesOf(hashedFiles(files, job.options), entries, context),
    {
      ...await targetOn(server, target, context),
      mustBeDirectory: job.options.targetIsDirectory,
      makesDirectory: true,
    },
    context,
    { ...ontoServer(context), ...verifiedSides("target", job.options) },
  );
}

/**
 * Copies what a remote operand names to a path on this machine.
 *
 * @throws {EntryError} If it names nothing, or the target is none for it.
 */
export async function copyDown(
  source: RemoteLocation,
  server: SftpFileSystem,
  target: string,
  context: RouteContext,
): Promise<void> {
  const { files, job, among } = context;
  const entries = await namedEntries(server, source.path);
  await copy(
    sourcesOf(server, entries, context),
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
}

/** Files of the servers that a copy goes between; one server has the same ones. */
interface Ends {
  readonly from: SftpFileSystem;
  readonly to: SftpFileSystem;
}

/**
 * Copies what a remote operand names to another host, through this one.
 *
 * @throws {EntryError} If it names nothing, or the target is none for it.
 */
export async function copyAcross(
  source: RemoteLocation,
  target: RemoteLocation,
  { from, to }: Ends,
  context: RouteContext,
): Promise<void> {
  const { job } = context;
  const entries = await namedEntries(from, source.path);
  const { targetIsDirectory } = job.options;
  await copy(
    // What a server copies within itself does not pass.
    sourcesOf(
      from === to ? from : hashedFiles(from, job.options),
      entries,
      context,
    ),
    {
      ...await targetOn(to, target, context),
      ...(targetIsDirectory ? { mustBeDirectory: true } : placeFor(entries)),
    },
    context,
    { ...ontoServer(context), ...verifiedSides("both", job.options) },
  );
}

/** Gives the sources of a copy, which show what is to be copied. */
function sourcesOf(
  files: FileSystem,
  entries: Sources["entries"],
  { rules, observer, job: { options } }: RouteContext,
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
  { job: { options }, planned, observer }: RouteContext,
): Promise<Pick<Target, "files" | "path">> {
  const path = await targetPath(server, target.path);
  const files = writtenFiles(server, options, { planned, observer });
  if (options.makesTarget) await makeDirectories(files, path);
  return { files, path };
}

/** Gives the target's rules: several entries need a directory, made if missing. */
function placeFor(
  entries: readonly unknown[],
): Pick<Target, "mustBeDirectory" | "makesDirectory"> {
  return { mustBeDirectory: entries.length > 1, makesDirectory: true };
}

/** Gives the options of a copy to a server, which applies its own umask. */
function ontoServer({ job }: RouteContext): PlaceOptions {
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
  { job, observer, settledLinks, scan, memory }: RouteContext,
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
