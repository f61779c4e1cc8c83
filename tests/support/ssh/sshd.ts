import { findProgram } from "../../../scripts/peers.ts";
import { isRunning, until } from "../process/processes.ts";

/** Settings of the logins to an sshd. */
export interface LoginSettings {
  /** Assignments of variables before a login's command. */
  readonly environment?: string;
  /** Shell that runs the command; bash reads its `.bashrc`. */
  readonly shell?: "sh" | "bash";
  /**
   * SFTP server: a program that a login's shell starts; none; or sshd itself,
   * which then serves nothing else.
   */
  readonly sftp?: "program" | "none" | "only";
  /** Makes the files that the server's own settings name, in its directory. */
  readonly prepare?: (directory: string) => Promise<ServerSettings>;
}

/** Settings of the server itself. */
export interface ServerSettings {
  /** Lines of sshd_config before all others. */
  readonly lines?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Real sshd with fresh keys, a free loopback port, a home directory for its logins,
 * and a client configuration that knows it as `far`. Everything lives in one
 * directory, which is removed at the end.
 */
export class Sshd implements AsyncDisposable {
  /** Path of the configuration for `ssh -F`, with the host `far`. */
  readonly config: string;
  /** Home directory, in which a login begins. */
  readonly home: string;
  readonly port: number;
  /** Directory of the keys `user` and `host`, `known_hosts` and configurations. */
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
   * Starts a server and waits until it listens.
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

  /** Log of the server so far, for a failing test. */
  get log(): string {
    return this.#log.join("");
  }

  /** Processes that each serve one connection, the oldest first; on Linux. */
  get connections(): readonly number[] {
    const { pid } = this.#child;
    return Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`)
      .split(" ").filter((word) => word !== "").map(Number);
  }

  /** Kills whatever serves a connection until a run that needs one has ended. */
  async killConnections(run: Promise<unknown>): Promise<void> {
    let hasEnded = false;
    run.then(() => hasEnded = true);
    // The system's list of a process's children may leave one out.
    await until("no connection is left to a run", () => {
      this.connections.filter(isRunning)
        .forEach((connection) => Deno.kill(connection, "SIGKILL"));
      return hasEnded;
    });
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

/** Gives a port of the loopback interface that is free now. */
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

/** Puts lines before all others; of MaxStartups sshd takes the last one. */
function prependLines(path: string, lines = ""): void {
  const usual = Deno.readTextFileSync(path);
  const others = lines.includes("MaxStartups")
    ? usual.replace(/^MaxStartups .*\n/m, "")
    : usual;
  Deno.writeTextFileSync(path, `${lines}\n${others}`);
}

function servedSftp({ sftp = "program" }: LoginSettings): string {
  if (sftp === "none") return "";
  return `Subsystem sftp ${findProgram("sftp-server") ?? "internal-sftp"}`;
}

/**
 * Gives the command of every login. bash reads `.bashrc` where no shell is above
 * it: the home directory keeps it from the one of whoever runs the tests.
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
 * Gives sshd's options for a configuration. From 9.8 on, a server bars clients
 * that break off as often as the tests do; older ones do not know the option.
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

/** Resolves to `true` once the server listens; collects its log from then on. */
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
