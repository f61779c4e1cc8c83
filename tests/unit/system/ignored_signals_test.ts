import { assertEquals } from "@std/assert";
import { lacksLibrary, testUnless } from "../../support/c_library.ts";
import { runProgram } from "../../support/process/program.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const MODULE = new URL(
  "../../../lib/system/ignored_signals.ts",
  import.meta.url,
);

/** Runs a module that a shell starts after a trap, and gives its output. */
async function outputAfter(trap: string, code: string): Promise<string> {
  using directory = new TempDirectory();
  const script = `${directory.path}/script.ts`;
  Deno.writeTextFileSync(
    script,
    `import { ignore, ignoredSignals } from "${MODULE}";\n${code}`,
  );
  const { stdout, stderr } = await runProgram([
    "sh",
    "-c",
    `${trap}; exec "$@"`,
    "sh",
    Deno.execPath(),
    "run",
    "--quiet",
    "-A",
    script,
  ]);
  assertEquals(stderr, "");
  return stdout;
}

const ASK =
  'console.log(ignoredSignals(["SIGHUP", "SIGINT", "SIGTERM"]).join(" "));';

testUnless(
  lacksLibrary,
  "ignoredSignals(): gives the signals that were ignored at the start",
  async () => {
    assertEquals(await outputAfter("trap '' HUP INT", ASK), "SIGHUP SIGINT\n");
    assertEquals(await outputAfter("true", ASK), "\n");
  },
);

testUnless(
  lacksLibrary,
  "ignore(): ignores a signal from then on",
  async () => {
    assertEquals(
      await outputAfter("true", `ignore("SIGTERM"); ${ASK}`),
      "SIGTERM\n",
    );
  },
);
