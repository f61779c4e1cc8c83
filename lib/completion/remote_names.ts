import { deadline } from "@std/async/deadline";
import type { SshSettings } from "../options/copy_options.ts";
import { asEntryError } from "../errors.ts";
import type { Listing } from "../filesystem/file_system.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import type { RemoteLocation } from "../location/location.ts";
import { checkLogin } from "../location/login.ts";
import { SftpFileSystem } from "../sftp/sftp_file_system.ts";
import { SftpSession } from "../sftp/session.ts";
import { sftpArguments, sftpServerArguments } from "../ssh/arguments.ts";
import { SshSession } from "../ssh/session.ts";
import {
  type Cache,
  KNOWN_MILLISECONDS,
  type RemoteName,
  SILENT_MILLISECONDS,
} from "./cache.ts";
import { isOfferable, offered } from "./offered.ts";
import type { NameKind, TypedPath } from "./typed_path.ts";

/** Way to a remote. */
export interface Reach {
  readonly ssh: SshSettings;
  /** Path of a local SFTP server that is run in place of ssh. */
  readonly sftpServer?: string;
}

/** Options of `remoteNames()`. */
export interface RemoteNamesOptions {
  readonly cache: Cache;
  /** Callback before a program is run. */
  readonly prepare?: () => void;
  /**
   * Limit of the whole, in milliseconds.
   *
   * @default {1000}
   */
  readonly limit?: number;
}

/** Time that a user waits for a host after Tab, in milliseconds. */
const LIMIT_MILLISECONDS = 1000;

/** Time that ssh has to end once it is not needed any more, in milliseconds. */
const GRACE_MILLISECONDS = 100;

/** Most names of a directory that are kept in the cache as a whole. */
const MOST_KEPT = 20_000;

/** Most links of a directory that are followed. */
const MOST_LINKS = 256;

/** Size of reads and writes in bytes: none is done. */
const LEAST_BLOCK_BYTES = 4096;

/** Arguments that come first, so that ssh asks nothing and changes no file. */
const SILENT = [
  "-q",
  "-oBatchMode=yes",
  "-oConnectTimeout=1",
  "-oConnectionAttempts=1",
  "-oUpdateHostKeys=no",
  "-oAddKeysToAgent=no",
];

/**
 * Gives the names in a remote's directory that begin as a path is typed,
 * sorted; none if there is no such directory, or the remote does not answer in
 * time.
 *
 * @throws {EntryError} If the host or user could be taken for something else.
 */
export async function remoteNames(
  location: RemoteLocation,
  path: TypedPath,
  { ssh, sftpServer, cache, prepare, limit = LIMIT_MILLISECONDS }:
    & Reach
    & RemoteNamesOptions,
): Promise<RemoteName[]> {
  checkLogin(location);
  const settings = { ...ssh, flags: [...SILENT, ...ssh.flags] };
  const command = sftpServer === undefined
    ? [ssh.program, ...sftpArguments(settings, location)]
    : [sftpServer, ...sftpServerArguments(location)];
  // Relative paths of a program or configuration depend on the directory.
  const host = JSON.stringify([Deno.cwd(), command]);
  const directory = JSON.stringify([host, path.directory, path.hasTilde]);
  const beginning = JSON.stringify([directory, path.beginning]);
  for (const key of [host, directory, beginning]) {
    const known = await cache.get(key);
    if (known !== undefined) return offered(known, path.beginning);
  }
  prepare?.();
  const asked = await ask(command, path, limit);
  if (asked.names === undefined) {
    await cache.put(
      asked.isAnswering ? directory : host,
      [],
      SILENT_MILLISECONDS,
    );
    return [];
  }
  const names = offered(asked.names, path.beginning);
  const isSmall = asked.names.length <= MOST_KEPT;
  await cache.put(
    isSmall ? directory : beginning,
    isSmall ? asked.names : names,
    KNOWN_MILLISECONDS,
  );
  return names;
}

/** Result of asking a remote. */
interface Asked {
  /** True where an SFTP server answered. */
  isAnswering: boolean;
  /** All names of the directory; absent if they did not come in time. */
  names?: RemoteName[];
}

async function ask(
  [program, ...args]: readonly string[],
  path: TypedPath,
  limit: number,
): Promise<Asked> {
  const asked: Asked = { isAnswering: false };
  const enough = new AbortController();
  const timers = [
    setTimeout(() => enough.abort(), limit - GRACE_MILLISECONDS),
  ];
  const work = async () => {
    await using ssh = SshSession.start(program!, args, {
      interrupted: enough.signal,
      service: "SFTP server",
      onStderr: () => {},
    });
    const session = await SftpSession.begin(ssh.channel, { patience: limit });
    asked.isAnswering = true;
    asked.names = await namesIn(path, session);
    timers.push(setTimeout(() => enough.abort(), GRACE_MILLISECONDS));
  };
  await deadline(work(), limit).catch(() => {
    // Whatever failed or is late: `asked` holds all that came in time.
  });
  timers.forEach(clearTimeout);
  return { ...asked };
}

async function namesIn(
  { directory, hasTilde }: TypedPath,
  session: SftpSession,
): Promise<RemoteName[]> {
  const files = await SftpFileSystem.of(session, {
    label: "",
    tuning: {},
    blockBytes: LEAST_BLOCK_BYTES,
  });
  const expanded = hasTilde ? await files.expandPath(directory) : directory;
  const path = withoutTrailingSlashes(expanded) || ".";
  const names: RemoteName[] = [];
  await readNames(await files.readdir(path), names);
  const links = names.entries().filter(([, { kind }]) => kind === "unknown");
  await Promise.all(
    links.take(MOST_LINKS).map(async ([at, { name }]) => {
      names[at] = { name, kind: await kindOfTarget(files, path, name) };
    }),
  );
  return names;
}

async function readNames(listing: Listing, names: RemoteName[]): Promise<void> {
  try {
    for await (const { name, attributes } of listing) {
      if (!isOfferable(name)) continue;
      const kind = attributes === undefined
        ? "unknown"
        : attributes.kind === "directory"
        ? "directory"
        : "file";
      names.push({ name, kind });
    }
  } catch (error) {
    // Some names cannot be decoded: the others are offered.
    asEntryError(error);
  }
}

/** Gives the kind of a link's target; a dangling link counts as a file. */
async function kindOfTarget(
  files: SftpFileSystem,
  directory: string,
  name: string,
): Promise<NameKind> {
  try {
    const { kind } = await files.stat(files.join(directory, name));
    return kind === "directory" ? "directory" : "file";
  } catch (error) {
    asEntryError(error);
    return "file";
  }
}
