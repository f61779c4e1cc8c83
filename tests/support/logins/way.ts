import type { Sshd } from "../ssh/sshd.ts";

/** A question of ssh's on the terminal, and what is typed then. */
export interface Question {
  /** Part of the question that it alone has. */
  readonly text: string;
  readonly answer: string;
}

/** A way in that is open: all that a client has to be told and asked. */
export interface OpenWay extends AsyncDisposable {
  /** Options that lead to the host `far`, for ssh, scp and the program. */
  readonly options: readonly string[];
  /** The remote home directory, on this disk. */
  readonly home: string;
  /** Environment of the client. */
  readonly env?: Readonly<Record<string, string>>;
  /** A program that runs the client, with its arguments. */
  readonly wrapper?: readonly string[];
  /** Questions of each login, in their order. */
  readonly questions?: readonly Question[];
  /** All that the servers have said: tells which way was taken. */
  log(): string;
}

/** Choices of a protocol, as a test names them. */
export type Mode = "by default" | "with -s" | "with -O";

/** A way to log in. */
export interface Way {
  readonly name: string;
  /** Programs and files it cannot do without. */
  readonly needs: readonly string[];
  /** Line that a server logs for a login of this way. */
  readonly proof: RegExp;
  /** Modes of the program that it has anything for; all, if absent. */
  readonly modes?: readonly Mode[];
  open(): Promise<OpenWay>;
}

/** Programs that every way needs. */
export const BASIC_NEEDS = ["ssh", "scp", "sshd", "ssh-keygen", "sftp-server"];

/** Settings that keep the machine's own keys, agents and masters out. */
const OWN_ONLY = `  GlobalKnownHostsFile /dev/null
  IdentityAgent none
  ControlPath none
  AddressFamily inet
  GSSAPIAuthentication no
  BatchMode yes
  StrictHostKeyChecking yes
  LogLevel ERROR
`;

/** Servers by the names that a client knows them by. */
export type Hosts = Readonly<Record<string, Sshd>> & { readonly far: Sshd };

/**
 * Gives the way in to servers, all of which end with it.
 *
 * @param settings Lines of an ssh_config for every host, before all others.
 * @param helpers Others that end with it, before the servers.
 */
export function openAt(
  hosts: Hosts,
  settings: string,
  helpers: readonly (AsyncDisposable | undefined)[] = [],
): OpenWay {
  const path = `${hosts.far.directory}/way_config`;
  const sections = Object.entries(hosts).map(([name, host]) =>
    hostSection(name, host)
  );
  Deno.writeTextFileSync(
    path,
    ["Host *", settings, ...sections, "Host *", OWN_ONLY].join("\n"),
  );
  const servers = Object.values(hosts);
  return {
    options: ["-F", path],
    home: hosts.far.home,
    log: () => servers.map(({ log }) => log).join(""),
    [Symbol.asyncDispose]: async () => {
      for (const each of [...helpers, ...servers]) {
        await each?.[Symbol.asyncDispose]();
      }
    },
  };
}

function hostSection(name: string, { port, directory }: Sshd): string {
  return `Host ${name}
  HostName 127.0.0.1
  Port ${port}
  HostKeyAlias [127.0.0.1]:${port}
  UserKnownHostsFile ${directory}/known_hosts`;
}

/** Setting for ways that have no key in a file, not even the account's own. */
export const NO_KEY_FILE = "  IdentityFile none";

/** Gives the account that runs the tests, which is who logs in. */
export function userName(): string {
  const { stdout } = new Deno.Command("id", { args: ["-un"] }).outputSync();
  return new TextDecoder().decode(stdout).trim();
}
