import config from "./deno.json" with { type: "json" };
import { run } from "./lib/cli/run.ts";
import type { Compilation } from "./lib/cli/version.ts";
import { processTerminal } from "./lib/terminal/terminal.ts";
import { ignore, ignoredSignals } from "./lib/system/ignored_signals.ts";
import { programName } from "./lib/system/program_name.ts";
import { rawArguments } from "./lib/system/raw_arguments.ts";

/** Signals that end a copy, and the exit status for each: 128 and its number. */
const ENDING: readonly (readonly [Deno.Signal, number])[] =
  Deno.build.os === "windows"
    ? [["SIGINT", 130]]
    : [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]];

/** Character that the runtime puts for bytes of an argument that are not UTF-8. */
const REPLACED = "\ufffd";

/** Gives the arguments as they were typed. */
function givenArguments(isCompiled: boolean): readonly string[] {
  const mayDiffer = isCompiled ||
    Deno.args.some((arg) => arg.includes(REPLACED));
  return mayDiffer ? rawArguments(Deno.args, isCompiled) : Deno.args;
}

/**
 * Time that a copy may take to end after an interrupt: the whole process ends in
 * less than two seconds, whatever a peer does.
 */
const PATIENCE_MILLISECONDS = 1500;

/**
 * Gives a signal that is aborted by the first INT, TERM or HUP, its reason the exit
 * status. A signal that was ignored when the process started stays ignored, for ssh
 * too.
 *
 * @param last Called before the process ends without the run.
 */
function interruption(last: () => void): AbortSignal {
  const interruption = new AbortController();
  // Ask before anything listens: the runtime then listens to other signals, too.
  const ignored = ignoredSignals(ENDING.map(([signal]) => signal));
  const exit = (status: number) => {
    last();
    Deno.exit(status);
  };
  for (const [signal, status] of ENDING) {
    Deno.addSignalListener(signal, () => {
      if (ignored.includes(signal)) return;
      // A user who interrupts twice does not want to wait.
      if (interruption.signal.aborted) exit(status);
      interruption.abort(status);
      setTimeout(() => exit(status), PATIENCE_MILLISECONDS);
    });
  }
  // Deno 2.9 listens half a second after its start, and would end the process.
  for (const signal of ignored) ignore(signal);
  return interruption.signal;
}

/** Calls a function each time that the process goes on after a stop. */
function onContinuation(listener: () => void): void {
  if (Deno.build.os === "windows") return;
  Deno.addSignalListener("SIGCONT", listener);
}

/**
 * Runs the program as this process, to its end.
 *
 * @param compiled Facts of the compilation; absent where it runs from source.
 */
export async function main(compiled?: Compilation): Promise<never> {
  const isCompiled = compiled !== undefined;
  Deno.exit(
    await run(givenArguments(isCompiled), {
      terminal: processTerminal(onContinuation),
      programName: programName(isCompiled),
      build: {
        version: config.version,
        compiled,
        target: Deno.build.target,
        os: Deno.build.os,
        deno: Deno.version.deno,
      },
      interruption,
    }),
  );
}

if (import.meta.main) await main();
