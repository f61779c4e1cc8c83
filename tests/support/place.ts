import { assertEquals } from "@std/assert";
import type { Door } from "./doors.ts";
import {
  type Outcome,
  type Running,
  type RunOptions,
  startSeacp,
} from "./program.ts";
import { makeTree, removeTree, type TreeEntry } from "./tree.ts";

/**
 * Where one case happens: an empty directory on this side, another one on the far
 * side, and a door between them. It goes with the case.
 */
export class Place implements Disposable {
  /** The near directory; the program runs in it. */
  readonly near: string;
  /** The far directory, on this disk. */
  readonly far: string;
  readonly #door: Door;

  constructor(door: Door) {
    this.near = Deno.makeTempDirSync({ prefix: "seacp-near-" });
    this.far = Deno.makeTempDirSync({ dir: door.home });
    this.#door = door;
  }

  /** The door's options, which stand before all others. */
  get options(): readonly string[] {
    return this.#door.options;
  }

  /** True where SCP is named by -O, so that nobody's name is put before words. */
  get isNameless(): boolean {
    return this.#door.options.includes("-O");
  }

  /** Line that tells of something here. */
  said(message: string): string {
    return `${this.isNameless ? "" : "seacp: "}${message}\n`;
  }

  /** Line that tells of a path in the far directory: with -O, its scp's own words. */
  saidThere(path: string, reason: string, host = "far"): string {
    const operand = this.remote(path, host);
    return this.isNameless
      ? `scp: ${operand.slice(`${host}:`.length)}: ${reason}\n`
      : `seacp: ${host}: ${operand.slice(`${host}:`.length)}: ${reason}\n`;
  }

  /** The operand for a path in the far directory, relative to the home directory. */
  remote(path: string, host = "far"): string {
    return `${host}:${this.far.split("/").at(-1)}/${path}`;
  }

  makeNear(entries: readonly TreeEntry[]): void {
    makeTree(this.near, entries);
  }

  makeFar(entries: readonly TreeEntry[]): void {
    makeTree(this.far, entries);
  }

  /** Runs the program in the near directory, with the door's options. */
  async copy(
    args: readonly string[],
    options: RunOptions = {},
  ): Promise<Outcome> {
    return await this.start(args, options).outcome;
  }

  /** The same, not waited for. */
  start(args: readonly string[], options: RunOptions = {}): Running {
    return startSeacp([...this.options, ...args], {
      cwd: this.near,
      ...options,
    });
  }

  /** Runs it and expects that all went well and nothing was said. */
  async copyWell(
    args: readonly string[],
    options: RunOptions = {},
  ): Promise<void> {
    assertEquals(await this.copy(args, options), {
      status: 0,
      stdout: "",
      stderr: "",
    });
  }

  [Symbol.dispose](): void {
    removeTree(this.near);
    removeTree(this.far);
  }
}

/**
 * Runs a program with permissions minded although root starts it: without the
 * capabilities that let root read and write everything.
 */
export const UNPRIVILEGED: readonly string[] = Deno.uid() === 0
  ? [
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search",
    "--inh-caps=-dac_override,-dac_read_search",
  ]
  : [];

/** Runs a program under a umask. */
export function underUmask(umask: string): readonly string[] {
  return ["sh", "-c", `umask ${umask} && exec "$@"`, "sh"];
}
