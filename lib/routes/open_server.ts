import type { RemoteLocation } from "../location/location.ts";
import type { RequestSender } from "../sftp/request_sender.ts";
import type { SftpSession } from "../sftp/session.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import type { SftpFileSystem } from "../sftp/sftp_file_system.ts";
import type { SshSession } from "../ssh/session.ts";
import type { HashSession } from "./hash_session.ts";
import type { SessionContext } from "./route.ts";
import type { SftpConnections } from "./sftp_connections.ts";

/** Largest block that is moved at a time, in bytes. */
const BLOCK_BYTES = 256 * 1024;

/** Smallest block, however slow the copy is to be. */
const LEAST_BLOCK_BYTES = 4096;

/** Server of one login, and the ssh that leads to it. */
export interface Server {
  readonly location: RemoteLocation;
  readonly ssh: SshSession;
  readonly sftp: SftpSession;
  /** Session that hashes its files; absent where nothing is hashed. */
  readonly hashes: HashSession | undefined;
  /** Part of an ssh for a second session of the login; absent where none may start. */
  readonly second: LoginPart | undefined;
  /** Connections of the login; absent where there is only this one. */
  readonly connections: SftpConnections | undefined;
  /** Ends ssh when aborted; absent where nothing does. */
  readonly abandoned: AbortSignal | undefined;
}

/** Gives all sessions with a server, as one. */
export function allOf({ connections, sftp }: Server): RequestSender {
  return connections?.sftp ?? sftp;
}

/** Tells whether a server still answers, over one of its connections. */
export function isAlive(server: Server | undefined): boolean {
  return server !== undefined && allOf(server).isAlive;
}

/**
 * Gives the files of a server.
 *
 * @param sftp Sessions with it that carry what is asked.
 */
export async function filesOf(
  { location, hashes }: Server,
  sftp: RequestSender,
  { job, pacer }: Pick<SessionContext, "job" | "pacer">,
): Promise<SftpFileSystem> {
  const { SftpFileSystem } = await import("../sftp/sftp_file_system.ts");
  return await SftpFileSystem.of(sftp, {
    label: `${location.host}: `,
    tuning: job.options.sftpTuning,
    digester: hashes,
    blockBytes: Math.max(
      LEAST_BLOCK_BYTES,
      Math.min(BLOCK_BYTES, pacer?.sliceBytes ?? Infinity),
    ),
  });
}
