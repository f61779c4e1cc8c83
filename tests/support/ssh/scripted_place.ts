import { fileURLToPath } from "node:url";
import { scriptedSsh } from "../../../scripts/test/scripted_ssh.ts";
import { BUILT } from "../process/executable.ts";
import { type Running, startProgram } from "../process/program.ts";
import {
  SCRIPT_FILES,
  SCRIPT_VARIABLE,
  type ServedEntry,
  type SshScript,
} from "./ssh_script.ts";
import { TempDirectory } from "../fixtures/temp_directory.ts";
import { makeTree, type TreeEntry } from "../fixtures/tree.ts";

/** Settings of a start. */
export interface StartOptions {
  readonly script?: SshScript;
  readonly env?: Record<string, string>;
  /** Standard input; there is none without. */
  readonly input?: string;
  /** Program that runs the executable, and the arguments before it. */
  readonly wrapper?: readonly string[];
}

/** Path of the program that stands for ssh. */
export const SCRIPTED_SSH: string = fileURLToPath(
  scriptedSsh(Deno.build.target),
);

/**
 * Directory in which the executable is run, and an ssh that plays a script. It
 * goes with its case.
 */
export class ScriptedPlace implements Disposable {
  readonly #directory = new TempDirectory();
  /** Directory that the executable runs in. */
  readonly path: string;

  /** @param entries Entries that are there before. */
  constructor(entries: readonly TreeEntry[]) {
    this.path = `${this.#directory.path}/near`;
    Deno.mkdirSync(this.path);
    makeTree(this.path, entries);
  }

  /** Starts the executable, whose ssh is to play the script. */
  start(
    args: readonly string[],
    { script = {}, env = {}, input, wrapper = [] }: StartOptions = {},
  ): Running {
    const { path } = this.#directory;
    Deno.writeTextFileSync(
      `${path}/${SCRIPT_FILES.script}`,
      JSON.stringify(script),
    );
    return startProgram([...wrapper, BUILT, ...args], {
      cwd: this.path,
      env: { [SCRIPT_VARIABLE]: path, ...env },
      ...(input === undefined ? {} : { input: Promise.resolve(input) }),
    });
  }

  /** Path of the file that each ssh writes to when it starts. */
  get callsFile(): string {
    return `${this.#directory.path}/${SCRIPT_FILES.calls}`;
  }

  /** Gives the arguments of each ssh so far, in the order of their starts. */
  get calls(): readonly (readonly string[])[] {
    return this.#read(SCRIPT_FILES.calls).split("\n").slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  /** Gives what the last SFTP server held in the end. */
  get served(): readonly ServedEntry[] {
    return JSON.parse(this.#read(SCRIPT_FILES.served) || "[]");
  }

  #read(name: string): string {
    try {
      return Deno.readTextFileSync(`${this.#directory.path}/${name}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]();
  }
}
