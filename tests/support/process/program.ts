/** The program under test, run as a user runs it. */

import { fileURLToPath } from "node:url";
import { RUNTIME_FLAGS } from "../../../scripts/build/runtime_flags.ts";
import { messagesOf } from "./summary.ts";
import { mayCallLibrary } from "../c_library.ts";

const MAIN = fileURLToPath(new URL("../../../main.ts", import.meta.url));

/** End of a program. */
export interface Outcome {
  /** The exit status; 128 and the number if a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Wrapper before the program, and its arguments. */
  readonly wrapper?: readonly string[];
  /** Input for the program, once that is known. */
  readonly input?: Promise<string>;
}

/** An executable to test in place of the source. */
export const EXECUTABLE: string | undefined = Deno.env.get("SEACP_EXECUTABLE");

/** Permissions of the source under test: those of its tests. */
const PERMISSIONS: readonly string[] = mayCallLibrary
  ? ["--allow-all"]
  : ["--allow-all", "--deny-ffi"];

/** The command line that starts the program. */
export const SEACP: readonly string[] = EXECUTABLE === undefined
  ? [Deno.execPath(), "run", "--quiet", ...RUNTIME_FLAGS, ...PERMISSIONS, MAIN]
  : [EXECUTABLE];

/** A program that was started and may not have ended yet. */
export interface Running {
  readonly pid: number;
  readonly outcome: Promise<Outcome>;
}

/**
 * Runs the program with these arguments, without a terminal. A summary of failures
 * is checked, and is no part of its standard error.
 */
export async function seacp(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  return await startSeacp(args, options).outcome;
}

/** The same, not waited for. */
export function startSeacp(
  args: readonly string[],
  { wrapper = [], ...options }: RunOptions = {},
): Running {
  const command = [...wrapper, ...SEACP, ...args];
  const { pid, outcome } = startProgram(command, options);
  return {
    pid,
    outcome: outcome.then(({ stderr, ...rest }) => ({
      ...rest,
      stderr: messagesOf(stderr),
    })),
  };
}

/** Runs any program, without a terminal. */
export async function runProgram(
  command: readonly string[],
  options: Omit<RunOptions, "wrapper"> = {},
): Promise<Outcome> {
  return await startProgram(command, options).outcome;
}

/** The same, not waited for. */
export function startProgram(
  [program, ...args]: readonly string[],
  { cwd, env = {}, input }: Omit<RunOptions, "wrapper">,
): Running {
  const child = new Deno.Command(program!, {
    args,
    ...(cwd === undefined ? {} : { cwd }),
    // What is learned of a host is not to reach other tests, nor the user.
    env: { LC_ALL: "C.UTF-8", SEACP_HOST_MEMORY: "no", ...env },
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (input !== undefined) feed(child.stdin, input);
  return { pid: child.pid, outcome: outcomeOf(child) };
}

async function outcomeOf(child: Deno.ChildProcess): Promise<Outcome> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    status: code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** Writes the input of a program, which may end before it has read all. */
async function feed(
  stdin: WritableStream<Uint8Array>,
  input: Promise<string>,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(await input));
    await writer.close();
  } catch (error) {
    // It may end without reading all of it.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
