import { findProgram } from "../../../scripts/peers.ts";
import { type Cut, CutProxy } from "../hostile/cut_proxy.ts";
import { writeScript } from "../doors.ts";
import { isRunning, until } from "../process/processes.ts";
import { runProgram } from "../process/program.ts";
import { seacpCommand } from "../process/pseudo_terminal.ts";
import { type ServerSettings, Sshd } from "../ssh/sshd.ts";

/** Facts a client needs to log in. */
export interface Site {
  readonly port: number;
  readonly user: string;
  /** Path of the private key, in OpenSSH's format. */
  readonly key: string;
  /** Path of the private key, in PuTTY's format. */
  readonly puttyKey: string;
  readonly knownHosts: string;
  /** Base64 of the host key's SHA-256, unpadded. */
  readonly fingerprint: string;
}

/** A connection of its own to a site. */
export interface Line extends AsyncDisposable {
  readonly site: Site;
}

/**
 * A real sshd whose `scp` is the program under test, or the system's; or one that
 * has the program under test serve its home directory, and nothing else.
 */
export class ClientSite implements AsyncDisposable {
  readonly #sshd: Sshd;
  readonly #directory: string;
  readonly #fingerprint: string;

  private constructor(sshd: Sshd, directory: string, fingerprint: string) {
    this.#sshd = sshd;
    this.#directory = directory;
    this.#fingerprint = fingerprint;
  }

  static async start(
    scp: "seacp" | "system" | "confined",
  ): Promise<ClientSite> {
    const directory = Deno.makeTempDirSync({ prefix: "seacp-path-" });
    const command = scp === "seacp" ? seacpCommand([]) : findProgram("scp")!;
    writeScript(
      `${directory}/scp`,
      `echo $$ >> ${directory}/pids\nexec ${command} "$@"\n`,
    );
    const sshd = await Sshd.start(
      scp === "confined"
        ? { prepare: servingHome }
        : { environment: `PATH=${directory}:$PATH` },
    );
    const site = new ClientSite(
      sshd,
      directory,
      await fingerprintOf(`${sshd.directory}/host.pub`),
    );
    if (findProgram("puttygen")) await site.#writePuttyKey();
    return site;
  }

  get home(): string {
    return this.#sshd.home;
  }

  /** Path of the configuration for `ssh -F`, with the host `far`. */
  get config(): string {
    return this.#sshd.config;
  }

  get site(): Site {
    const { port, directory } = this.#sshd;
    return {
      port,
      user: userName(),
      key: `${directory}/user`,
      puttyKey: `${this.#directory}/user.ppk`,
      knownHosts: `${directory}/known_hosts`,
      fingerprint: this.#fingerprint,
    };
  }

  async #writePuttyKey(): Promise<void> {
    const { key, puttyKey } = this.site;
    await runProgram(
      [findProgram("puttygen")!, key, "-O", "private", "-o", puttyKey],
      { env: { HOME: this.#directory } },
    );
  }

  /** Leads to the same site; is cut once so many bytes have passed. */
  cutAfter(cut: Cut): Line {
    const proxy = new CutProxy(this.#sshd.port, cut);
    const knownHosts = `${this.#directory}/known_hosts.${proxy.port}`;
    const hostKey = Deno.readTextFileSync(`${this.#sshd.directory}/host.pub`);
    Deno.writeTextFileSync(knownHosts, `[127.0.0.1]:${proxy.port} ${hostKey}`);
    return {
      site: { ...this.site, port: proxy.port, knownHosts },
      [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
    };
  }

  /** Expects that every scp that was started here ends. */
  async assertNobodyLeft(): Promise<void> {
    const pids = Deno.readTextFileSync(`${this.#directory}/pids`)
      .trim().split("\n").map(Number);
    await until("the remote scp ends", () => !pids.some(isRunning));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sshd[Symbol.asyncDispose]();
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

/** Gives the settings of a server whose clients stay in its home directory. */
// deno-lint-ignore require-await
async function servingHome(directory: string): Promise<ServerSettings> {
  const command = seacpCommand(["--serve", `${directory}/home`]);
  return { lines: `ForceCommand ${command}` };
}

/** The account that runs the tests, which is who logs in. */
function userName(): string {
  const { stdout } = new Deno.Command("id", { args: ["-un"] }).outputSync();
  return new TextDecoder().decode(stdout).trim();
}

async function fingerprintOf(publicKey: string): Promise<string> {
  const { stdout } = await runProgram([
    findProgram("ssh-keygen")!,
    ...["-lf", publicKey],
  ]);
  return /SHA256:(\S+)/.exec(stdout)![1]!;
}
