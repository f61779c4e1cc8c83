import { fileURLToPath } from "node:url";
import { peerTest } from "./doors.ts";

/** What `task build` made of this checkout; `task test` makes it anew. */
export const BUILT: string = fileURLToPath(
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
): void {
  peerTest(`The executable: ${name}`, [BUILT, ...needs], fn);
}
