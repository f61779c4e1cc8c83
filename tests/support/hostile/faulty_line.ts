import { assert } from "@std/assert";
import { findProgram } from "../../../scripts/peers.ts";
import { type Cut, CutProxy } from "./cut_proxy.ts";
import { type Door, writeScript } from "../doors.ts";
import { isRunning, until } from "../process/processes.ts";
import type { Sshd } from "../ssh/sshd.ts";

/**
 * The way of one run to an sshd, on which things go wrong: the connection can
 * be cut or halted, and the ids of both processes it is held between are known,
 * so that either can be killed and both can be asked after.
 */
export class FaultyLine implements Door {
  readonly options: readonly string[];
  readonly home: string;
  readonly proxy: CutProxy;
  readonly #directory = Deno.makeTempDirSync({ prefix: "seacp-line-" });

  constructor(sshd: Sshd, cut?: Cut) {
    this.home = sshd.home;
    this.proxy = new CutProxy(sshd.port, cut);
    const program = writeScript(
      `${this.#directory}/ssh`,
      noteIds(this.#directory),
    );
    this.options = [
      ...["-F", sshd.config, "-S", program],
      ...["-P", String(this.proxy.port)],
      ...["-o", `HostKeyAlias=[127.0.0.1]:${sshd.port}`],
    ];
  }

  /** The id of ssh, once it runs. */
  async sshId(): Promise<number> {
    return await this.#id("near");
  }

  /** The id of the remote's scp, once it runs. */
  async scpId(): Promise<number> {
    return await this.#id("far");
  }

  async #id(side: string): Promise<number> {
    await until(`the ${side} side starts`, () => this.#ids(side).length > 0);
    return this.#ids(side)[0]!;
  }

  /** Expects that ssh is gone, and that the remote's scp ends, too. */
  async assertNobodyLeft(): Promise<void> {
    assert(!this.#ids("near").some(isRunning), "ssh still runs");
    this.proxy.drop();
    await until(
      "the remote's scp ends",
      () => !this.#ids("far").some(isRunning),
    );
  }

  #ids(side: string): number[] {
    try {
      return Deno.readTextFileSync(`${this.#directory}/${side}`)
        .split("\n").filter((line) => line !== "").map(Number);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

/**
 * For a `-S` program: runs ssh with its arguments, but has the remote shell write
 * down its id before the command, the last argument, takes its place. Where that
 * is a subsystem, its program is run by the shell, too.
 */
function noteIds(directory: string): string {
  return `echo $$ >> ${directory}/near
left=$#
for arg; do
  shift
  left=$((left - 1))
  [ "$arg" = -s ] && continue
  [ $left -eq 0 ] && [ "$arg" = sftp ] && arg='${findProgram("sftp-server")}'
  [ $left -eq 0 ] && arg="echo \\$\\$ >> ${directory}/far; exec $arg"
  set -- "$@" "$arg"
done
exec ssh "$@"
`;
}
