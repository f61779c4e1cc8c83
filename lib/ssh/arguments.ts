import type { RemoteLocation } from "../location/location.ts";
import type { SshSettings } from "../options/copy_options.ts";

/** What ssh reads first, and so cannot be told otherwise by the user. */
const FIXED = [
  "-x",
  "-oPermitLocalCommand=no",
  "-oClearAllForwardings=yes",
  "-oRemoteCommand=none",
  "-oRequestTTY=no",
  "-oControlMaster=no",
];

/** Who is logged in where. */
export type Login = Omit<RemoteLocation, "kind" | "path">;

/**
 * The arguments OpenSSH's scp 10.5 gives ssh to run `command` on a host. The
 * second host of a copy between two is no exception: its ssh may ask as well.
 */
export function sshArguments(
  settings: SshSettings,
  { user, host, port = settings.port }: Login,
  command: string,
): string[] {
  return [
    ...FIXED,
    ...settings.flags,
    "-oForwardAgent=no",
    ...login(user, port),
    "--",
    host,
    command,
  ];
}

/**
 * The arguments OpenSSH's scp 10.5 gives ssh to reach a host's SFTP server: the
 * subsystem of that name.
 */
export function sftpArguments(
  settings: SshSettings,
  { user, host, port = settings.port }: Login,
): string[] {
  return [
    ...FIXED,
    ...settings.flags,
    "-oForwardAgent=no",
    ...login(user, port),
    "-s",
    "--",
    host,
    SFTP_SUBSYSTEM,
  ];
}

/** The arguments it gives an SFTP server that runs here, in ssh's place. */
export function sftpServerArguments({ host }: Login): string[] {
  return ["--", host, SFTP_SUBSYSTEM];
}

const SFTP_SUBSYSTEM = "sftp";

/**
 * The arguments OpenSSH's scp 10.5 gives ssh to have one host copy to another
 * by itself: neither `-P` nor a limit applies. Unlike OpenSSH's, an IPv6
 * address keeps its brackets.
 *
 * @param target Its port is not told: no scp could be.
 */
export function directCopyArguments(
  settings: SshSettings,
  source: RemoteLocation,
  target: RemoteLocation,
  options: RemoteScpOptions,
): string[] {
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  const user = target.user === undefined ? "" : `${target.user}@`;
  return [
    "-x",
    "-oClearAllForwardings=yes",
    "-n",
    ...settings.flags,
    ...login(source.user, source.port),
    "--",
    source.host,
    scpWords(options).join(" "),
    source.path,
    `${user}${host}:${target.path}`,
  ];
}

function login(user: string | undefined, port: number | undefined): string[] {
  return [
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
  ];
}

/** What the remote scp is told besides its path. */
export interface RemoteScpOptions {
  readonly verbose: boolean;
  readonly recursive: boolean;
  readonly preserve: boolean;
  readonly targetIsDirectory: boolean;
}

/**
 * The command OpenSSH's scp gives the remote shell.
 *
 * @param path Text for that shell, as the user wrote it or quoted.
 */
export function remoteScpCommand(
  role: "-t" | "-f",
  path: string,
  options: RemoteScpOptions,
): string {
  return [
    ...scpWords(options),
    role,
    ...(/^['\\]?-/.test(path) ? ["--"] : []),
    path,
  ].join(" ");
}

function scpWords(
  { verbose, recursive, preserve, targetIsDirectory }: RemoteScpOptions,
): string[] {
  return [
    "scp",
    ...(verbose ? ["-v"] : []),
    ...(recursive ? ["-r"] : []),
    ...(preserve ? ["-p"] : []),
    ...(targetIsDirectory ? ["-d"] : []),
  ];
}

/** The same command, which a shell with a banner says `marker` before. */
export function markedCommand(command: string, marker: string): string {
  return `echo ${marker}; exec ${command}`;
}
