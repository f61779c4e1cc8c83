import { poll } from "@std/async/poll";
import type { Door } from "../doors.ts";
import { Account, USER } from "./account.ts";

/** Command line of a daemon, and what it finds in its environment. */
export interface Command {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Option that names a protocol; empty where none is named. */
export type ModeFlag = "" | "-s" | "-O";

/** Of modes and times, those that arrive on a server. */
export type Kept =
  | "everything"
  | "all but times of directories"
  | "times of files"
  | "nothing";

/** A server program and the way it is set up. */
export interface ServerKind {
  readonly name: string;
  /** Programs and files it cannot do without. */
  readonly needs: readonly string[];
  /** Protocols that it serves. */
  readonly speaks: Readonly<Record<"scp" | "sftp", boolean>>;
  /** Modes worth a try where another kind behaves much the same; absent: all. */
  readonly modes?: readonly ModeFlag[];
  /** Absent: everything may be written. */
  readonly isReadOnly?: true;
  /** Attributes that -p preserves there; absent: everything. */
  readonly keeps?: Kept;
  /** Text in a listing for a tab in a name; absent: the tab. */
  readonly listsTab?: string;
  /** The account's login shell. */
  readonly shell?: string;
  /** Directory for the account's files; that of other temporary files if absent. */
  readonly directory?: string;
  /** Writes its configuration; gives the command that stays in the foreground. */
  prepare(account: Account, port: number): Command | Promise<Command>;
}

/** Longest that a daemon may take until it listens, in milliseconds. */
const START_MILLISECONDS = 30_000;

/** Ports that are tried: another process may take one that was free. */
const PORTS_TRIED = 5;

/** A running server of a kind, known to ssh as `far`; it ends with its directory. */
export class Server implements Door {
  readonly options: readonly string[];
  readonly home: string;
  readonly port: number;
  readonly #account: Account;
  readonly #child: Deno.ChildProcess;

  private constructor(
    account: Account,
    port: number,
    child: Deno.ChildProcess,
  ) {
    this.home = account.home;
    this.options = ["-F", writeClientConfiguration(account, port)];
    this.port = port;
    this.#account = account;
    this.#child = child;
  }

  /** Starts one and waits until it listens. */
  static async start(kind: ServerKind): Promise<Server> {
    const account = await Account.make(kind);
    for (let tries = PORTS_TRIED; tries > 0; tries--) {
      const port = freePort();
      const command = await kind.prepare(account, port);
      const child = spawn(command, `${account.directory}/log`);
      if (await listens(port, child)) return new Server(account, port, child);
      await child.status;
    }
    const log = Deno.readTextFileSync(`${account.directory}/log`);
    account[Symbol.dispose]();
    throw new Error(`${kind.name} does not listen: ${log}`);
  }

  /** Everything that the server has said so far. */
  get log(): string {
    return Deno.readTextFileSync(`${this.#account.directory}/log`);
  }

  /** Makes an empty directory that ends with the server. */
  newDirectory(): string {
    return Deno.makeTempDirSync({ dir: this.#account.directory });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    this.#account[Symbol.dispose]();
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function spawn({ args, env = {}, cwd }: Command, log: string) {
  return new Deno.Command("sh", {
    args: ["-c", 'log=$1; shift; exec "$@" >"$log" 2>&1', "sh", log, "env"]
      .concat(Object.entries(env).map(([name, value]) => `${name}=${value}`))
      .concat(args),
    ...(cwd === undefined ? {} : { cwd }),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Resolves to true once somebody answers on the port, to false if it ended. */
async function listens(
  port: number,
  child: Deno.ChildProcess,
): Promise<boolean> {
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  const signal = AbortSignal.timeout(START_MILLISECONDS);
  try {
    await poll(
      async () => hasEnded || await isOpen(port),
      Boolean,
      { interval: 10, signal },
    );
    return !hasEnded;
  } catch (error) {
    if (!signal.aborted) throw error;
    child.kill("SIGKILL");
    return false;
  }
}

async function isOpen(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}

function writeClientConfiguration(account: Account, port: number): string {
  const path = `${account.directory}/ssh_config`;
  Deno.writeTextFileSync(
    path,
    `Host far
  HostName 127.0.0.1
  Port ${port}
  User ${USER}
  IdentityFile ${account.userKey}
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${account.directory}/known_hosts
  GlobalKnownHostsFile /dev/null
  HostKeyAlias far
  StrictHostKeyChecking accept-new
  ControlPath none
  BatchMode yes
  LogLevel ERROR
`,
  );
  return path;
}
