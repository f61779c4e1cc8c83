import type { RemoteLocation } from "../location/location.ts";

/** How ssh is called, whatever the host. */
export interface SshSettings {
  /** The program that stands for ssh: `ssh`, or what `-S` named. */
  readonly program: string;
  /** What the user's options say to ssh, in the order they were given. */
  readonly flags: readonly string[];
  /** What `-P` said; a URI's own port comes before it. */
  readonly port?: number;
}

/** What ssh reads first, and so cannot be told otherwise by the user. */
const FIXED = [
  "-x",
  "-oPermitLocalCommand=no",
  "-oClearAllForwardings=yes",
  "-oRemoteCommand=none",
  "-oRequestTTY=no",
  "-oControlMaster=no",
];

/** The arguments OpenSSH's scp 10.5 gives ssh to run `command` on a host. */
export function sshArguments(
  settings: SshSettings,
  { user, host, port = settings.port }: Omit<RemoteLocation, "kind" | "path">,
  command: string,
): string[] {
  return [
    ...FIXED,
    ...settings.flags,
    "-oForwardAgent=no",
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
    "--",
    host,
    command,
  ];
}

/** What the remote scp is told besides its path. */
export interface RemoteScpOptions {
  readonly verbose: boolean;
  readonly recursive: boolean;
  readonly preserve: boolean;
  readonly targetIsFolder: boolean;
}

/**
 * The command OpenSSH's scp gives the far shell. The path stays as the user
 * wrote it: quotes, globs and `~` are for that shell.
 */
export function remoteScpCommand(
  role: "-t" | "-f",
  path: string,
  { verbose, recursive, preserve, targetIsFolder }: RemoteScpOptions,
): string {
  return [
    "scp",
    ...(verbose ? ["-v"] : []),
    ...(recursive ? ["-r"] : []),
    ...(preserve ? ["-p"] : []),
    ...(targetIsFolder ? ["-d"] : []),
    role,
    ...(path.startsWith("-") ? ["--"] : []),
    path,
  ].join(" ");
}
