// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Runs every test, or those below the directories given as arguments: with
 * `--built`, on the executable in place of the source; with `--without-ffi`, as
 * on systems where the C library is not called; with `--arm64`, the essential ones
 * on the emulated executable for that processor; with `--wine`, on Windows' Deno
 * and executable the unit tests and those that play ssh by scripts. What the tests
 * need of the system is installed first where that can be done, and the executable
 * is made; where that fails, the tests that lack it are shown as ignored, or fail
 * in CI.
 */

import { parseArgs } from "@std/cli/parse-args";
import { fileURLToPath } from "node:url";
import {
  build,
  type Product,
  productHere,
  productWithoutFfi,
} from "./build.ts";
import { ensurePeers } from "./peers.ts";
import { refuseArgument, runTask } from "./task.ts";
import { testArm64 } from "./test/arm64.ts";
import { runTests, summary, type TestResult } from "./test/deno_test.ts";
import { buildScriptedSsh } from "./test/scripted_ssh.ts";
import { testUnderWine } from "./test/wine.ts";
import { testWithoutFfi } from "./test/without_ffi.ts";

/** Runs the tests on this system as it is, all of them unless told which. */
async function testHere(
  paths: readonly string[],
  { built }: { readonly built: boolean },
): Promise<TestResult> {
  ensurePeers({ forTests: true });
  const product = productHere();
  await buildIfPossible(product);
  return await runTests({
    paths: paths.length > 0 ? paths : ["tests"],
    options: ["--allow-all", "--parallel", "--trace-leaks"],
    env: built ? { SEACP_EXECUTABLE: fileURLToPath(product.output) } : {},
  });
}

/** Runs the tests without the C library, all those of its code paths unless told. */
async function testHereWithoutFfi(
  paths: readonly string[],
): Promise<TestResult> {
  ensurePeers({ forTests: true });
  const product = productWithoutFfi();
  await buildIfPossible(product);
  return await testWithoutFfi(paths, product);
}

async function buildIfPossible(product: Product): Promise<void> {
  try {
    await build([product], { official: false });
    await buildScriptedSsh(product.target.triple);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}

if (import.meta.main) {
  await runTask(async () => {
    const options = parseArgs(Deno.args, {
      boolean: ["built", "without-ffi", "arm64", "wine"],
      unknown: (arg, name) => name === undefined || refuseArgument(arg),
    });
    const paths = options._.map(String);
    const result = options["without-ffi"]
      ? await testHereWithoutFfi(paths)
      : options.arm64
      ? await testArm64(paths)
      : options.wine
      ? await testUnderWine(paths)
      : await testHere(paths, options);
    console.log(summary(result));
    Deno.exit(result.code);
  });
}
