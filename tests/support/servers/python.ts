import { findProgram } from "../../../scripts/peers.ts";

const CANDIDATES = [findProgram("python3"), "/usr/bin/python3"]
  .filter((path) => path !== undefined);

/** Absolute path of a python3; the plain name where there is none. */
export const PYTHON = CANDIDATES[0] ?? "python3";

/**
 * Finds the python3 that has a module: its absolute path, or words for what is
 * missing, which no file is called.
 */
export function pythonWith(module: string): string {
  return CANDIDATES.find((path) => has(path, module)) ??
    `python3 with ${module}`;
}

function has(python: string, module: string): boolean {
  const probe = `import importlib.util as u, sys; ` +
    `sys.exit(u.find_spec("${module}") is None)`;
  try {
    const { success } = new Deno.Command(python, {
      args: ["-c", probe],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Path of a script beside this file. */
export function script(name: string): string {
  return new URL(name, import.meta.url).pathname;
}
