// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Runs every test, or those below the folders given as arguments. What the
 * tests need of the system is installed first where that can be done; where it
 * cannot, the tests that lack it are shown as ignored, or fail in CI.
 */

import { ensurePeers } from "./peers.ts";

/** Runs `deno test`, shows what it prints, and gives its status and text. */
async function runTests(
  folders: readonly string[],
): Promise<{ code: number; output: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--parallel", "--trace-leaks", ...folders],
    cwd: new URL("../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    Deno.stdout.writeSync(new TextEncoder().encode(text));
    output += text;
  }
  return { code: (await child.status).code, output };
}

/** The counts in one plain line, whatever else was printed. */
function summary(output: string): string {
  const counts = /\| (\d+) passed.*?\| (\d+) failed(?:.*?\| (\d+) ignored)?/;
  const [, passed = "0", failed = "0", ignored] = counts.exec(output) ?? [];
  return `${passed} passed, ${failed} failed` +
    (ignored === undefined ? "" : `, ${ignored} skipped`);
}

if (import.meta.main) {
  ensurePeers();
  const folders = Deno.args.length > 0 ? Deno.args : ["tests"];
  const { code, output } = await runTests(folders);
  console.log(summary(output));
  Deno.exit(code);
}
