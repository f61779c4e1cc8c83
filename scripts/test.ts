// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Runs every test, or those below the folders given as arguments: with
 * `--built`, on the executable in place of the source. What the tests need of
 * the system is installed first where that can be done, and the executable is
 * made; where that fails, the tests that lack it are shown as ignored, or fail
 * in CI.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build, type Product, productHere } from "./build.ts";
import { ensurePeers } from "./peers.ts";

async function buildIfPossible(product: Product): Promise<void> {
  try {
    await build([product], { official: false });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}

/** Runs `deno test`, shows what it prints, and gives its status and text. */
async function runTests(
  folders: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; output: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--parallel", "--trace-leaks", ...folders],
    cwd: new URL("../", import.meta.url),
    env: { ...env, NO_COLOR: "1" },
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
  const { values, positionals } = parseArgs({
    args: Deno.args,
    options: { built: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  ensurePeers({ forTests: true });
  const product = productHere();
  await buildIfPossible(product);
  const { code, output } = await runTests(
    positionals.length > 0 ? positionals : ["tests"],
    values.built ? { SEACP_EXECUTABLE: fileURLToPath(product.output) } : {},
  );
  console.log(summary(output));
  Deno.exit(code);
}
