/** Executables that run on another Deno than their tests. */

import { lacksLinuxLibrary } from "../c_library.ts";
import { EXECUTABLE } from "./program.ts";

/**
 * Why a test is ignored of what the runtime alone gets wrong before 2.9: it
 * waits for a FIFO to be opened, and takes times before 1970 for ones after it.
 * `undefined` where it does neither, or the C library is called instead.
 */
export const lacksRecentRuntime: string | undefined = lacksLinuxLibrary &&
  EXECUTABLE && reasonOf(EXECUTABLE);

function reasonOf(executable: string): string | undefined {
  const { stdout } = new Deno.Command(executable, { args: ["--version"] })
    .outputSync();
  const told = new TextDecoder().decode(stdout);
  const [, version] = /^deno: +(\S+)$/m.exec(told) ?? [];
  return version === Deno.version.deno
    ? undefined
    : `the executable's runtime is that of Deno ${version}`;
}
