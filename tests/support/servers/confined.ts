/** Servers whose clients stay in a directory, behind a real sshd. */

import { findProgram } from "../../../scripts/peers.ts";
import { type Outcome, runProgram, SEACP, seacp } from "../process/program.ts";
import { Sshd } from "../ssh/sshd.ts";
import { listing } from "../fixtures/listing.ts";

/** A server with a directory, and what its clients must never reach beside it. */
export class ConfinedServer implements AsyncDisposable {
  /** Directory that is served. */
  readonly served: string;
  /** Directory beside it, with a name that begins alike. */
  readonly outside: string;
  /** Directory of the clients. */
  readonly near: string;
  readonly log: string;
  readonly #sshd: Sshd;

  private constructor(sshd: Sshd) {
    this.#sshd = sshd;
    this.served = `${sshd.directory}/served`;
    this.outside = `${sshd.directory}/served-not`;
    this.near = `${sshd.directory}/near`;
    this.log = `${sshd.directory}/log`;
  }

  /**
   * Starts one whose forced command has these options; it serves the subsystem
   * `sftp`, too.
   */
  static async start(options: readonly string[] = []): Promise<ConfinedServer> {
    const sshd = await Sshd.start({
      prepare: (directory) => {
        const words = [
          ...[...SEACP, "--serve", `${directory}/served`, ...options],
          ...["--log", `${directory}/log`],
        ];
        return Promise.resolve({ lines: `ForceCommand ${words.join(" ")}` });
      },
    });
    const server = new ConfinedServer(sshd);
    for (const path of [server.served, server.outside, server.near]) {
      Deno.mkdirSync(path);
    }
    return server;
  }

  /** ssh's options that lead to the host `far`. */
  get config(): readonly string[] {
    return ["-F", this.#sshd.config];
  }

  /** Port and files of the sshd. */
  get sshd(): Sshd {
    return this.#sshd;
  }

  /** Has ssh ask for a command. */
  async ask(command: string): Promise<Outcome> {
    const ssh = findProgram("ssh")!;
    return await runProgram([ssh, ...this.config, "far", command]);
  }

  /** Runs OpenSSH's scp in the clients' directory. */
  async scp(args: readonly string[]): Promise<Outcome> {
    const scp = findProgram("scp")!;
    return await runProgram([scp, ...this.config, ...args], { cwd: this.near });
  }

  /** Runs the program under test there. */
  async seacp(args: readonly string[]): Promise<Outcome> {
    return await seacp([...this.config, ...args], { cwd: this.near });
  }

  /** Entries of the served directory. */
  get entries(): readonly string[] {
    return listing(this.served);
  }

  /** Lines of the log, without their times. */
  get sessions(): readonly string[] {
    return Deno.readTextFileSync(this.log).trimEnd().split("\n")
      .map((line) => line.replace(/^\S+ seacp\[\d+\]: /, ""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sshd[Symbol.asyncDispose]();
  }
}
