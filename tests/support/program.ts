/** The program under test, run as a user runs it. */

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** How a program ended. */
export interface Outcome {
  /** The exit status; 128 and the number if a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** What stands before the program: a wrapper and its arguments. */
  readonly wrapper?: readonly string[];
}

/** The command line that starts the program from its source. */
export const SEACP: readonly string[] = [
  Deno.execPath(),
  "run",
  "--quiet",
  "--allow-all",
  MAIN,
];

/** Runs the program with these arguments, without a terminal. */
export async function seacp(
  args: readonly string[],
  { wrapper = [], ...options }: RunOptions = {},
): Promise<Outcome> {
  return await runProgram([...wrapper, ...SEACP, ...args], options);
}

/** Runs any program, without a terminal. */
export async function runProgram(
  [program, ...args]: readonly string[],
  { cwd, env = {} }: Omit<RunOptions, "wrapper"> = {},
): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    args,
    ...(cwd === undefined ? {} : { cwd }),
    env: { LC_ALL: "C.UTF-8", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return {
    status: code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}
