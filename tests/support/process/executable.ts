import { fileURLToPath } from "node:url";
import { peerTestUnless } from "../doors.ts";
import {
  EXECUTABLE,
  type Outcome,
  type RunOptions,
  runProgram,
} from "./program.ts";

/**
 * The executable that is tested: the one named, or else what `task build` made of
 * this checkout, which `task test` makes anew.
 */
export const BUILT: string = EXECUTABLE ?? fileURLToPath(
  new URL(
    Deno.build.os === "windows"
      ? "../../../dist/seacp.exe"
      : "../../../dist/seacp",
    import.meta.url,
  ),
);

/** The triple of the system that it was built for. */
export const BUILT_TARGET: string = Deno.env.get("SEACP_EXECUTABLE_TARGET") ??
  Deno.build.target;

/** Registers a test of the built executable, which needs these, too. */
export function builtTest(
  name: string,
  needs: readonly string[],
  fn: () => Promise<void>,
  { lacks }: { readonly lacks?: string | undefined } = {},
): void {
  peerTestUnless(lacks)(`executable: ${name}`, [BUILT, ...needs], fn);
}

/** Runs it with these arguments, without a terminal. */
export async function runBuilt(
  args: readonly string[],
  options: Omit<RunOptions, "wrapper"> = {},
): Promise<Outcome> {
  return await runProgram([BUILT, ...args], options);
}
