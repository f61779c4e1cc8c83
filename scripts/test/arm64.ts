import { fileURLToPath } from "node:url";
import { build, productsFor } from "../build.ts";
import { dist } from "../build/root.ts";
import { ensurePeers, findProgram } from "../peers.ts";
import { runTests, type TestResult } from "./deno_test.ts";

const TRIPLE = "aarch64-unknown-linux-gnu";

/** The folder that stands for the root of an aarch64 system. */
const SYSROOT = "/usr/aarch64-linux-gnu";

/** Where Debian has from what runs a program for aarch64 on another processor. */
const EMULATION: Readonly<Record<string, string>> = {
  "qemu-aarch64": "qemu-user",
  [`${SYSROOT}/lib/libc.so.6`]: "libc6-arm64-cross",
  [`${SYSROOT}/lib/libgcc_s.so.1`]: "libgcc-s1-arm64-cross",
};

/**
 * Runs tests on the executable for aarch64 Linux, which qemu emulates; the ssh,
 * sshd and scp that it works with are the system's own.
 *
 * @param paths The tests; if there are none, those of what is essential.
 */
export async function testArm64(
  paths: readonly string[],
): Promise<TestResult> {
  ensurePeers({ forTests: true, more: EMULATION });
  const products = productsFor([TRIPLE]);
  await build(products, { official: false });
  const emulated = new URL("emulated/", dist);
  Deno.mkdirSync(emulated, { recursive: true });
  const starter = new URL("seacp", emulated);
  const words = [findProgram("qemu-aarch64"), "-L", SYSROOT, "-0", '"$0"'];
  Deno.writeTextFileSync(
    starter,
    `#!/bin/sh\nexec ${words.join(" ")} '${
      fileURLToPath(products[0]!.output)
    }' "$@"\n`,
    { mode: 0o755 },
  );
  return await runTests({
    paths: paths.length > 0 ? paths : ["tests/built/essential_test.ts"],
    options: ["--allow-all", "--parallel"],
    env: {
      SEACP_EXECUTABLE: fileURLToPath(starter),
      SEACP_EXECUTABLE_TARGET: TRIPLE,
      SEACP_EMULATOR: "qemu",
    },
  });
}
