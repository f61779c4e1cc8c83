/** PowerShell: the one that is part of Windows, and the one for every system. */

import { onWindows } from "../platform.ts";
import { type Outcome, runProgram } from "./program.ts";

/** A PowerShell, told to run one line. */
export type Shell = (
  line: string,
  env?: Record<string, string>,
) => Promise<Outcome>;

/** Tells whether a PowerShell can be started. */
function isFound(program: string): boolean {
  try {
    return new Deno.Command(program, {
      args: ["-NoProfile", "-Command", "1"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch {
    return false;
  }
}

/**
 * Registers a test under each PowerShell. The one that is part of Windows has
 * to be there; everywhere else, one that is missing is shown with the reason.
 */
export function powerShellTest(
  title: string,
  system: "Windows" | "others" | "all",
  fn: (shell: Shell) => Promise<void>,
): void {
  for (const program of ["powershell", "pwsh"]) {
    const name = `${title}, under ${program}`;
    const fits = system === "all" || onWindows === (system === "Windows");
    const reason = !fits
      ? `${onWindows ? "not on" : "needs"} Windows`
      : isFound(program) || (onWindows && program === "powershell")
      ? undefined
      : `needs ${program}`;
    Deno.test({
      name: reason === undefined ? name : `${name} (${reason})`,
      ignore: reason !== undefined,
      fn: () => fn((line, env = {}) => run(program, line, env)),
    });
  }
}

/** Runs a line; an error is told by its message alone, with status 1. */
async function run(
  program: string,
  line: string,
  env: Record<string, string>,
): Promise<Outcome> {
  const command = `try { ${line} } catch { ` +
    "[Console]::Error.WriteLine($_.Exception.Message); exit 1 }";
  return await runProgram(
    [program, "-NoProfile", "-ExecutionPolicy", "Bypass", "-Command", command],
    {
      env: {
        SEACP_VERSION: "",
        SEACP_INSTALL: "",
        SEACP_RELEASES: "",
        ...env,
      },
    },
  );
}
