/** Routes over SFTP. The copies themselves are loaded while ssh logs in. */

import type { RemoteLocation } from "../location/location.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import { looksAtSource, looksAtTarget } from "../sftp/operand_looks.ts";
import { chosenFiles } from "./filters.ts";
import type { Route, RouteContext } from "./route.ts";
import type { SftpCopy, SftpSessions } from "./sftp_sessions.ts";
import { uploadWidth } from "./upload_width.ts";

/** Tools of the routes over SFTP. */
export interface SftpContext extends RouteContext {
  readonly sftpSessions: SftpSessions;
}

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
  return routeTo([target], context, {
    width,
    looks,
    run: ({ copyUp }, [server]) => copyUp(roots, target, server!, context),
  });
}

/** Copies what a remote operand names to a path on this machine. */
export function downloadOverSftp(
  source: RemoteLocation,
  target: string,
  context: SftpContext,
): Route {
  return routeTo([source], context, {
    ...widthsFrom(context),
    looks: looksAtSource(source.path, context.job.options),
    run: ({ copyDown }, [server]) => copyDown(source, server!, target, context),
  });
}

/** Copies what a remote operand names to another host, through this one. */
export function relayOverSftp(
  source: RemoteLocation,
  target: RemoteLocation,
  context: SftpContext,
): Route {
  return routeTo([source, target], context, {
    ...widthsFrom(context),
    looks: looksAtSource(source.path, context.job.options),
    run: ({ copyAcross }, [from, to]) =>
      copyAcross(source, target, { from: from!, to: to! }, context),
  });
}

/** Copy over servers that are to be connected. */
interface PlannedCopy extends Pick<SftpCopy, "looks"> {
  /** Counts the connections that it has work for. */
  width(): Promise<number>;
  /** Connections that it is likely to have work for, where that shows only later. */
  readonly likelyWidth?: number;
  /** Makes it. */
  run(
    copies: typeof import("./sftp_copies.ts"),
    files: Parameters<SftpCopy["run"]>[0],
  ): Promise<void>;
}

function routeTo(
  locations: readonly RemoteLocation[],
  { sftpSessions }: SftpContext,
  { width, likelyWidth, looks, run }: PlannedCopy,
): Route {
  return {
    connect: async (options) => {
      const connections = await width();
      const copies = import("./sftp_copies.ts");
      const copy: SftpCopy = {
        run: async (files) => await run(await copies, files),
        looks,
        width: connections,
        likelyWidth: likelyWidth ?? connections,
      };
      return await sftpSessions.connect(locations, copy, options);
    },
  };
}

/**
 * Gives the widths of a copy from a server, whose files show one after the other. Who
 * asks for several connections and names no tree has large files, or many.
 */
function widthsFrom(
  { job: { options: { recursive, jobs } } }: RouteContext,
): Pick<PlannedCopy, "width" | "likelyWidth"> {
  return {
    width: async () => 1,
    likelyWidth: recursive ? 1 : jobs,
  };
}
