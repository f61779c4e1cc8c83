import { fileURLToPath } from "node:url";
import { peerTestUnless } from "./doors.ts";
import { EXECUTABLE } from "./program.ts";

/**
 * The executable under test, else what `task build` made of this checkout;
 * `task test` makes it anew.
 */
export const BUILT: string = EXECUTABLE ?? fileURLToPath(
  new URL(
    Deno.build.os === "windows" ? "../../dist/seacp.exe" : "../../dist/seacp",
    import.meta.url,
  ),
);

/** Registers a test of the built executable, which needs these, too. */
export function builtTest(
  name: string,
  needs: readonly string[],
  fn: () => Promise<void>,
  { lacks }: { readonly lacks?: string | undefined } = {},
): void {
  peerTestUnless(lacks)(`The executable: ${name}`, [BUILT, ...needs], fn);
}
