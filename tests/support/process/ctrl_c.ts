import { fileURLToPath } from "node:url";
import { onWindows } from "../platform.ts";
import { lengthOf, until } from "./processes.ts";
import type { Outcome, Running } from "./program.ts";

/**
 * Starts a program, and presses Ctrl-C once a file holds something. Windows has
 * no signal for that: there the program gets a console of its own.
 *
 * @param start Starts it behind the words of a wrapper.
 * @returns The exit status.
 */
export async function statusAfterCtrlC(
  start: (wrapper: readonly string[]) => Running,
  file: string,
): Promise<Outcome["status"]> {
  if (onWindows) {
    const options = ["run", "--quiet", "--allow-all", "--no-check"];
    const script = fileURLToPath(import.meta.url);
    const wrapper = [Deno.execPath(), ...options, script, file];
    return (await start(wrapper).outcome).status;
  }
  const { pid, outcome } = start([]);
  await until(`${file} is written`, () => lengthOf(file) > 0);
  Deno.kill(pid, "SIGINT");
  return (await outcome).status;
}

/** Calls of `consoleapi.h` and `wincon.h`; each gives 0 where it fails. */
const CONSOLE_CALLS = {
  FreeConsole: { parameters: [], result: "i32" },
  AllocConsole: { parameters: [], result: "i32" },
  SetConsoleCtrlHandler: { parameters: ["pointer", "i32"], result: "i32" },
  GenerateConsoleCtrlEvent: { parameters: ["u32", "u32"], result: "i32" },
} as const;

/**
 * Runs a program in a new console, and presses Ctrl-C there once a file holds
 * something; what the program prints is dropped.
 *
 * @returns The exit status.
 */
async function statusInConsole(
  [file, program, ...args]: readonly string[],
): Promise<number> {
  const CTRL_C_EVENT = 0;
  const ALL_IN_THE_CONSOLE = 0;
  const { symbols } = Deno.dlopen("kernel32.dll", CONSOLE_CALLS);
  symbols.FreeConsole();
  if (symbols.AllocConsole() === 0) throw new Error("There is no new console");
  const child = new Deno.Command(program!, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await until(`${file} is written`, () => lengthOf(file!) > 0);
  // From now on this process ignores it; those started before do not.
  symbols.SetConsoleCtrlHandler(null, 1);
  symbols.GenerateConsoleCtrlEvent(CTRL_C_EVENT, ALL_IN_THE_CONSOLE);
  return (await child.status).code;
}

if (import.meta.main) Deno.exit(await statusInConsole(Deno.args));
