import type { RemoteLocation } from "../location/location.ts";
import { BATCH_MODE, type SshSettings } from "../options/copy_options.ts";

/** Options that come first, so that the user's cannot override them. */
const FIXED = [
  "-x",
  "-oPermitLocalCommand=no",
  "-oClearAllForwardings=yes",
  "-oRemoteCommand=none",
  "-oRequestTTY=no",
];

/** Part that an ssh has in a login of several. */
export type LoginPart =
  /** Logs in, and may prompt. */
  | { readonly kind: "first" }
  /** The same, and has others share the login by way of this socket. */
  | { readonly kind: "master"; readonly socket: string }
  /** Logs in without a prompt, or fails. */
  | { readonly kind: "silent" }
  /** Shares the login of the master at this socket, or of the user's, or fails. */
  | { readonly kind: "shared"; readonly socket?: string };

/** Tells whether an ssh of a part never prompts, so that it needs no terminal. */
export function neverPrompts(part: LoginPart | undefined): boolean {
  return part?.kind === "silent" || part?.kind === "shared";
}

/** Gives the options of an ssh's part, which come before the user's. */
function partOptions(part: LoginPart): readonly string[] {
  switch (part.kind) {
    case "first":
      return ["-oControlMaster=no"];
    case "master":
      return [
        "-oControlMaster=yes",
        ...controlPath(part.socket),
        "-oControlPersist=no",
      ];
    case "silent":
      return ["-oControlMaster=no", BATCH_MODE];
    case "shared":
      return [
        "-oControlMaster=no",
        ...controlPath(part.socket),
        BATCH_MODE,
        // Where the master refuses a session, ssh would log in anew.
        "-oProxyCommand=false",
      ];
    default:
      return part satisfies never;
  }
}

function controlPath(socket: string | undefined): readonly string[] {
  return socket === undefined ? [] : [`-oControlPath=${socket}`];
}

/** Spells `-J` as an option that a `ProxyCommand` before it overrides. */
function withoutJump(flags: readonly string[]): readonly string[] {
  return flags.map((flag, at) =>
    flags[at - 1] === "-J" ? `ProxyJump=${flag}` : flag === "-J" ? "-o" : flag
  );
}

/** Gives the options before a login: our own, those of a part, and the user's. */
function optionsOf({ flags }: SshSettings, part: LoginPart): readonly string[] {
  return [
    ...FIXED,
    ...partOptions(part),
    ...(part.kind === "shared" ? withoutJump(flags) : flags),
    "-oForwardAgent=no",
  ];
}

/** User, host and port of a login. */
export type Login = Omit<RemoteLocation, "kind" | "path">;

/**
 * Gives the arguments with which OpenSSH's scp 10.5 has ssh run a command. In a
 * copy between two hosts both get the same ones, so either ssh may prompt.
 *
 * @param part Part of this ssh where several copy at once.
 */
export function sshArguments(
  settings: SshSettings,
  { user, host, port = settings.port }: Login,
  command: string,
  part: LoginPart = { kind: "first" },
): string[] {
  return [
    ...optionsOf(settings, part),
    ...loginArguments(user, port),
    "--",
    host,
    command,
  ];
}

/**
 * Gives the arguments with which OpenSSH's scp 10.5 has ssh reach a host's SFTP
 * server, which is a subsystem.
 *
 * @param part Part of this ssh where several copy at once.
 */
export function sftpArguments(
  settings: SshSettings,
  { user, host, port = settings.port }: Login,
  part: LoginPart = { kind: "first" },
): string[] {
  return [
    ...optionsOf(settings, part),
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

/**
 * Gives the beginning of a command that makes a directory first, and those above
 * it. Where that fails, the scp that follows refuses its target.
 *
 * @param path Text for the remote shell.
 */
export function makingCommand(path: string): string {
  return `mkdir -p -- ${path}; `;
}

/** Gives a command whose output begins with `marker`, behind any banner. */
export function markedCommand(command: string, marker: string): string {
  return `echo ${marker}; exec ${command}`;
}
