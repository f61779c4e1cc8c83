import { fileURLToPath } from "node:url";
import { build, productsFor } from "../build.ts";
import { dist } from "../build/root.ts";
import { emulatedArm64 } from "../emulation/arm64.ts";
import { ensurePeers } from "../peers.ts";
import { runTests, type TestResult } from "./deno_test.ts";

const TRIPLE = "aarch64-unknown-linux-gnu";

/**
 * Runs tests on the executable for aarch64 Linux, which qemu emulates; the ssh,
 * sshd and scp that it works with are the system's own.
 *
 * @param paths The tests; if there are none, those of what is essential.
 */
export async function testArm64(
  paths: readonly string[],
): Promise<TestResult> {
  ensurePeers({ forTests: true });
  const products = productsFor([TRIPLE]);
  await build(products, { official: false });
  return await runTests({
    paths: paths.length > 0 ? paths : ["tests/built/essential_test.ts"],
    options: ["--allow-all", "--parallel"],
    env: {
      SEACP_EXECUTABLE: starterOf(fileURLToPath(products[0]!.output)),
      SEACP_EXECUTABLE_TARGET: TRIPLE,
      SEACP_EMULATOR: "qemu",
    },
  });
}

/** Makes the script that starts an emulated program under its own name. */
function starterOf(program: string): string {
  const starter = new URL("emulated/seacp", dist);
  Deno.mkdirSync(new URL(".", starter), { recursive: true });
  const NAME = "NAME";
  const words = emulatedArm64(program, NAME).map((word) =>
    word === NAME ? '"$0"' : `'${word}'`
  );
  Deno.writeTextFileSync(
    starter,
    `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`,
    { mode: 0o755 },
  );
  return fileURLToPath(starter);
}
