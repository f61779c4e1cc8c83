import { fileURLToPath } from "node:url";
import { build, productsFor } from "../build.ts";
import { isThere } from "../build/files.ts";
import { unpackFile } from "../build/npm_package.ts";
import { installWine, underWine, wineDirectory } from "../emulation/wine.ts";
import { runTests, type TestResult } from "./deno_test.ts";
import { buildScriptedSsh } from "./scripted_ssh.ts";

const TRIPLE = "x86_64-pc-windows-msvc";

/**
 * Runs tests on Deno for Windows, and the executable for Windows in them.
 *
 * @param paths The tests; if there are none, the unit tests and those that play
 * ssh by scripts.
 * @throws {Error} If Wine cannot be set up here, or the executable not be made:
 * with the reason.
 */
export async function testUnderWine(
  paths: readonly string[],
): Promise<TestResult> {
  await installWine();
  const [product] = productsFor([TRIPLE]);
  await build([product!], { official: false });
  await buildScriptedSsh(TRIPLE);
  return await runTests({
    paths: paths.length > 0
      ? paths
      : ["tests/unit", "tests/built/scripted_ssh_test.ts"],
    options: ["--allow-all", "--no-check", "--parallel", "--trace-leaks"],
    // Wine calls the root of this system's files `Z:`.
    env: { SEACP_EXECUTABLE: `Z:${fileURLToPath(product!.output)}` },
    deno: underWine(await windowsDeno()),
  });
}

/** Gives the path of this very Deno for Windows. */
async function windowsDeno(): Promise<string> {
  const { deno } = Deno.version;
  const kept = new URL(`deno-${deno}.exe`, wineDirectory);
  if (!isThere(kept)) {
    const program = await unpackFile({
      package: `@deno/win32-x64@${deno}`,
      path: "package/deno.exe",
    });
    Deno.writeFileSync(kept, program);
  }
  return fileURLToPath(kept);
}
