import type { RemoteLocation } from "../location/location.ts";
import type { SshSettings } from "../options/copy_options.ts";

/** Options that come first, so that the user's cannot override them. */
const FIXED = [
  "-x",
  "-oPermitLocalCommand=no",
  "-oClearAllForwardings=yes",
  "-oRemoteCommand=none",
  "-oRequestTTY=no",
  "-oControlMaster=no",
];

/** User, host and port of a login. */
export type Login = Omit<RemoteLocation, "kind" | "path">;

/**
 * Gives the arguments with which OpenSSH's scp 10.5 has ssh run a command. In a
 * copy between two hosts both get the same ones, so either ssh may prompt.
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
    ...loginArguments(user, port),
    "--",
    host,
    command,
  ];
}

/**
 * Gives the arguments with which OpenSSH's scp 10.5 has ssh reach a host's SFTP
 * server, which is a subsystem.
 */
export function sftpArguments(
  settings: SshSettings,
  { user, host, port = settings.port }: Login,
): string[] {
  return [
    ...FIXED,
    ...settings.flags,
    "-oForwardAgent=no",
    ...loginArguments(user, port),
    "-s",
    "--",
    host,
    SFTP_SUBSYSTEM,
  ];
}

/** Gives the arguments of a local SFTP server that runs in ssh's place. */
export function sftpServerArguments({ host }: Login): string[] {
  return ["--", host, SFTP_SUBSYSTEM];
}

const SFTP_SUBSYSTEM = "sftp";

/**
 * Gives the arguments with which OpenSSH's scp 10.5 has one host copy to another
 * by itself: neither `-P` nor a limit applies. Unlike OpenSSH's, an IPv6 address
 * keeps its brackets.
 *
 * @param target Target, whose port is left out: scp has no option for it.
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
    ...loginArguments(source.user, source.port),
    "--",
    source.host,
    scpArguments(options).join(" "),
    source.path,
    `${user}${host}:${target.path}`,
  ];
}

/** Gives the options for the user and port of a login. */
export function loginArguments(
  user: string | undefined,
  port: number | undefined,
): string[] {
  return [
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
  ];
}

/** Options of a remote scp. */
export interface RemoteScpOptions {
  readonly verbose: boolean;
  readonly recursive: boolean;
  readonly preserve: boolean;
  readonly targetIsDirectory: boolean;
}

/**
 * Gives the command that OpenSSH's scp has the remote shell run.
 *
 * @param path Text for that shell, as the user wrote it or quoted.
 */
export function remoteScpCommand(
  role: "-t" | "-f",
  path: string,
  options: RemoteScpOptions,
): string {
  return `${remoteScpWithout(role, path, options)} ${path}`;
}

/** Gives the same command without the path, which follows it. */
export function remoteScpWithout(
  role: "-t" | "-f",
  path: string,
  options: RemoteScpOptions,
): string {
  return [
    ...scpArguments(options),
    role,
    ...(/^['\\]?-/.test(path) ? ["--"] : []),
  ].join(" ");
}

function scpArguments(
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

/** Gives a command whose output begins with `marker`, behind any banner. */
export function markedCommand(command: string, marker: string): string {
  return `echo ${marker}; exec ${command}`;
}
