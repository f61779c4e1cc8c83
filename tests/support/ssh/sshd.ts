import { findProgram } from "../../../scripts/peers.ts";

/** What a login to an sshd of the tests is like. */
export interface LoginSettings {
  /** Settings a shell puts before a login's command. */
  readonly environment?: string;
  /** The shell that runs the command; bash reads its `.bashrc`. */
  readonly shell?: "sh" | "bash";
  /**
   * How SFTP is served: by a program that a login's shell starts; by nothing; or
   * by sshd itself, which then serves nothing else.
   */
  readonly sftp?: "program" | "none" | "only";
  /** Makes in the server's directory all that its own settings name. */
  readonly prepare?: (directory: string) => Promise<ServerSettings>;
}

/** Settings of a server itself, before it starts. */
export interface ServerSettings {
  /** Further lines of its sshd_config; they come before all others. */
  readonly lines?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A real sshd of one's own: fresh keys, a free loopback port, a home directory
 * for whoever logs in, and a client configuration that knows it as `far`.
 * Everything lives in one directory and ends with it.
 */
export class Sshd implements AsyncDisposable {
  /** What to give ssh with `-F`; it knows the host `far`. */
  readonly config: string;
  /** Where a login begins, and what `~` is there. */
  readonly home: string;
  readonly port: number;
  /** Holds the keys `user` and `host`, `known_hosts` and the configurations. */
  readonly directory: string;
  readonly #child: Deno.ChildProcess;
  readonly #log: string[];

  private constructor(
    directory: string,
    port: number,
    child: Deno.ChildProcess,
    log: string[],
  ) {
    this.config = `${directory}/ssh_config`;
    this.home = `${directory}/home`;
    this.port = port;
    this.directory = directory;
    this.#child = child;
    this.#log = log;
  }

  /**
   * Starts one, and waits until it listens.
   *
   * @param settings What each login is like.
   */
  static async start(settings: LoginSettings = {}): Promise<Sshd> {
    const directory = Deno.makeTempDirSync({ prefix: "seacp-sshd-" });
    Deno.mkdirSync(`${directory}/home`);
    await Promise.all([
      makeKey(`${directory}/host`),
      makeKey(`${directory}/user`),
    ]);
    Deno.copyFileSync(`${directory}/user.pub`, `${directory}/authorized_keys`);
    if (Deno.uid() === 0) Deno.mkdirSync("/run/sshd", { recursive: true });
    const own = await settings.prepare?.(directory) ?? {};
    for (let tries = 5; tries > 0; tries--) {
      const port = freePort();
      writeConfigurations(directory, port, settings);
      prependLines(`${directory}/sshd_config`, own.lines);
      const log: string[] = [];
      const child = spawnServer(directory, own.environment);
      if (await isListening(child, log)) {
        return new Sshd(directory, port, child, log);
      }
      await child.status;
    }
    throw new Error("sshd found no port to listen on");
  }

  /** What the server has said so far: for a failing test. */
  get log(): string {
    return this.#log.join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    Deno.removeSync(this.directory, { recursive: true });
  }
}

async function makeKey(path: string): Promise<void> {
  await new Deno.Command(findProgram("ssh-keygen")!, {
    args: ["-q", "-t", "ed25519", "-N", "", "-f", path],
  }).output();
}

export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function writeConfigurations(
  directory: string,
  port: number,
  settings: LoginSettings,
): void {
  const home = `${directory}/home`;
  Deno.writeTextFileSync(
    `${directory}/sshd_config`,
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${directory}/host
AuthorizedKeysFile ${directory}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PidFile none
MaxStartups 200
${servedSftp(settings)}
SetEnv SHLVL=1
ForceCommand ${forcedCommand(home, settings)}
`,
  );
  const hostKey = Deno.readTextFileSync(`${directory}/host.pub`);
  Deno.writeTextFileSync(
    `${directory}/known_hosts`,
    `[127.0.0.1]:${port} ${hostKey}`,
  );
  Deno.writeTextFileSync(
    `${directory}/ssh_config`,
    `Host far other
  HostName 127.0.0.1
  Port ${port}
Host *
  IdentityFile ${directory}/user
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${directory}/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  ControlPath none
  BatchMode yes
  LogLevel ERROR
`,
  );
}

function prependLines(path: string, lines = ""): void {
  Deno.writeTextFileSync(path, `${lines}\n${Deno.readTextFileSync(path)}`);
}

function servedSftp({ sftp = "program" }: LoginSettings): string {
  if (sftp === "none") return "";
  return `Subsystem sftp ${findProgram("sftp-server") ?? "internal-sftp"}`;
}

/**
 * bash takes whoever logs in for somebody who wants their own `.bashrc` read, if
 * no shell is above it; only a login of the tests is to have one, of its own.
 */
function forcedCommand(
  home: string,
  { environment = "", shell = "sh", sftp }: LoginSettings,
): string {
  if (sftp === "only") return `internal-sftp -d ${home}`;
  return `cd ${home} && HOME=${home} SHLVL=0 ${environment} ` +
    `exec ${shell} -c "$SSH_ORIGINAL_COMMAND"`;
}

function spawnServer(
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  return new Deno.Command(findProgram("sshd")!, {
    args: ["-D", "-e", ...lenientOptions(`${directory}/sshd_config`)],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    env,
  }).spawn();
}

/**
 * Gives sshd's options for a configuration. From 9.8 on, a server shuts out for
 * a while whoever breaks off too often, and the tests do; the servers before do
 * not know the option.
 */
export function lenientOptions(config: string): string[] {
  const options = ["-f", config];
  const lenient = [...options, "-o", "PerSourcePenalties=no"];
  const { success } = new Deno.Command(findProgram("sshd")!, {
    args: ["-t", ...lenient],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).outputSync();
  return success ? lenient : options;
}

/** Whether it came to listen; what it says goes to `log` from then on. */
function isListening(
  child: Deno.ChildProcess,
  log: string[],
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const text = child.stderr.pipeThrough(new TextDecoderStream());
  (async () => {
    for await (const part of text) {
      log.push(part);
      if (log.join("").includes("Server listening on")) resolve(true);
    }
    resolve(false);
  })();
  return promise;
}
