import config from "./deno.json" with { type: "json" };
import { run } from "./lib/cli/run.ts";
import type { Compilation } from "./lib/cli/version.ts";
import { processTerminal } from "./lib/terminal/terminal.ts";
import { ignore, ignoredSignals } from "./lib/system/ignored_signals.ts";
import { programName } from "./lib/system/program_name.ts";

/** Signals that end a copy, and the exit status for each: 128 and its number. */
const ENDING: readonly (readonly [Deno.Signal, number])[] =
  Deno.build.os === "windows"
    ? [["SIGINT", 130]]
    : [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]];

/** What the runtime puts for bytes of an argument that are no UTF-8. */
const REPLACED = "\ufffd";

/** The arguments as they were given. */
async function givenArguments(isCompiled: boolean): Promise<readonly string[]> {
  const mayDiffer = isCompiled ||
    Deno.args.some((arg) => arg.includes(REPLACED));
  if (!mayDiffer) return Deno.args;
  const { rawArguments } = await import("./lib/system/raw_arguments.ts");
  return rawArguments(Deno.args, isCompiled);
}

/**
 * Time that what has been interrupted may take to end: all of it takes less than
 * two seconds, whatever a peer does.
 */
const PATIENCE_MILLISECONDS = 1500;

/**
 * Is aborted, with the exit status to give, by the first signal that ends us. A
 * signal that was ignored when we were started stays ignored, for ssh too.
 */
function interruption(): AbortSignal {
  const interruption = new AbortController();
  // To be asked before anything listens: the runtime then listens to others too.
  const ignored = ignoredSignals(ENDING.map(([signal]) => signal));
  for (const [signal, status] of ENDING) {
    Deno.addSignalListener(signal, () => {
      if (ignored.includes(signal)) return;
      // Whoever asks twice does not want to wait for what has yet to end.
      if (interruption.signal.aborted) Deno.exit(status);
      interruption.abort(status);
      setTimeout(() => Deno.exit(status), PATIENCE_MILLISECONDS);
    });
  }
  // Else Deno 2.9 would come to listen half a second after its start, and end us.
  for (const signal of ignored) ignore(signal);
  return interruption.signal;
}

/**
 * Runs the program as this process, to its end.
 *
 * @param compiled What it was compiled from; absent where it runs from its
 * source.
 */
export async function main(compiled?: Compilation): Promise<never> {
  const isCompiled = compiled !== undefined;
  Deno.exit(
    await run(await givenArguments(isCompiled), {
      terminal: processTerminal(),
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
