/** A machine for a shell script to run on: its tools, its home, its names. */

import { findProgram } from "../../../scripts/peers.ts";
import { writeScript } from "../doors.ts";
import {
  type Outcome,
  type Running,
  startProgram,
} from "../process/program.ts";
import { TempDirectory } from "../fixtures/temp_directory.ts";

/** Description of a machine and its programs. */
export interface MachineOptions {
  /** Output of `uname -s`. */
  readonly system?: string;
  /** Output of `uname -m`. */
  readonly processor?: string;
  /** The body of the script that is `ldd`; `null` for none. */
  readonly ldd?: string | null;
  /** Programs of the real machine that are found, besides the usual ones. */
  readonly tools?: readonly string[];
}

export interface MachineRunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Promise<string>;
}

/** Programs of every machine that the script supports. */
const USUAL_TOOLS = [
  "cat",
  "chmod",
  "cp",
  "gzip",
  "mkdir",
  "mktemp",
  "mv",
  "rm",
  "sed",
  "tail",
  "tar",
  "tr",
];

/** A machine with nothing in its PATH but what it was given. */
export class PretendMachine implements Disposable {
  readonly #directory = new TempDirectory();

  constructor({
    system = "Linux",
    processor = "x86_64",
    ldd = "echo 'ldd (Tests GLIBC 2.36) 2.36'\n",
    tools = ["curl", "sha256sum"],
  }: MachineOptions = {}) {
    for (const directory of [this.bin, this.home, this.temp]) {
      Deno.mkdirSync(directory);
    }
    for (const tool of [...USUAL_TOOLS, ...tools]) this.link(tool);
    this.fake(
      "uname",
      `case $* in -s) echo '${system}' ;; -m) echo '${processor}' ;; *) exit 9 ;; esac\n`,
    );
    if (ldd !== null) this.fake("ldd", ldd);
  }

  /** A directory of the test's own, in which all of the machine is. */
  get path(): string {
    return this.#directory.path;
  }

  /** The one directory in its PATH. */
  get bin(): string {
    return `${this.path}/bin`;
  }

  get home(): string {
    return `${this.path}/home`;
  }

  /** Directory for temporary files. */
  get temp(): string {
    return `${this.path}/temp`;
  }

  /** The names of the temporary files that are left. */
  get leftovers(): string[] {
    return [...Deno.readDirSync(this.temp)].map(({ name }) => name);
  }

  /** Has a program of the real machine found, by another name maybe. */
  link(program: string, name: string = program): void {
    const path = findProgram(program);
    if (path === undefined) throw new Error(`not installed: ${program}`);
    Deno.symlinkSync(path, `${this.bin}/${name}`);
  }

  /** Puts a script in a program's place. */
  fake(name: string, body: string): void {
    this.lose(name);
    writeScript(`${this.bin}/${name}`, body);
  }

  /** Has a program not found. */
  lose(name: string): void {
    try {
      Deno.removeSync(`${this.bin}/${name}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Runs a program on it. */
  async run(
    command: readonly string[],
    options: MachineRunOptions = {},
  ): Promise<Outcome> {
    return await this.start(command, options).outcome;
  }

  /** The same, not waited for. */
  start(
    command: readonly string[],
    { env, ...options }: MachineRunOptions = {},
  ): Running {
    return startProgram(command, {
      ...options,
      env: {
        PATH: this.bin,
        HOME: this.home,
        TMPDIR: this.temp,
        SEACP_INSTALL: "",
        SEACP_RELEASES: "",
        SEACP_VERSION: "",
        no_proxy: "127.0.0.1",
        NO_PROXY: "127.0.0.1",
        ...env,
      },
    });
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]();
  }
}
