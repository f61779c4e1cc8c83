import config from "./deno.json" with { type: "json" };
import { run } from "./lib/cli/run.ts";
import { rawArguments } from "./lib/files/raw_arguments.ts";
import { processTerminal } from "./lib/progress/terminal.ts";

/** Signals that end a copy, and the exit status for each: 128 and its number. */
const ENDING: readonly (readonly [Deno.Signal, number])[] =
  Deno.build.os === "windows"
    ? [["SIGINT", 130]]
    : [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]];

/** How long what has been interrupted may take to end. */
const PATIENCE_MILLISECONDS = 2000;

if (import.meta.main) {
  const interruption = new AbortController();
  for (const [signal, status] of ENDING) {
    Deno.addSignalListener(signal, () => {
      // Whoever asks twice does not want to wait for what has yet to end.
      if (interruption.signal.aborted) Deno.exit(status);
      interruption.abort(status);
      setTimeout(() => Deno.exit(status), PATIENCE_MILLISECONDS);
    });
  }
  Deno.exit(
    await run(rawArguments(Deno.args), {
      terminal: processTerminal(),
      build: {
        version: config.version,
        target: Deno.build.target,
        os: Deno.build.os,
        deno: Deno.version.deno,
      },
      interrupted: interruption.signal,
    }),
  );
}
