import { type Calls, libcCalls } from "./libc.ts";

/** Gives an environment variable; `undefined` if it is not set. */
export function environmentVariable(name: string): string | undefined {
  return Deno.env.get(name);
}

/**
 * Gives the user's directory for caches; `undefined` where no variable names one.
 * Relative paths are ignored, as the XDG base directory specification demands.
 */
export function cacheHome(
  variable: (name: string) => string | undefined = environmentVariable,
): string | undefined {
  const named = variable("XDG_CACHE_HOME") || variable("LOCALAPPDATA");
  if (named && /^([A-Za-z]:)?[\\/]/.test(named)) return named;
  const home = variable("HOME");
  return home ? `${home}/.cache` : undefined;
}

/**
 * Gives the user's home directory, which Windows names in a variable of its
 * own; empty where no variable does.
 */
export function homeDirectory(
  variable: (name: string) => string | undefined = environmentVariable,
): string {
  return variable("HOME") || variable("USERPROFILE") || "";
}

const FUNCTIONS = {
  clearenv: { parameters: [], result: "i32" },
  getenv: { parameters: ["buffer"], result: "pointer" },
  strlen: { parameters: ["pointer"], result: "usize" },
} as const;

/**
 * Takes every variable out of the process's environment, on Linux.
 *
 * @throws {Error} If the C library may not be used.
 */
export function clearEnvironment(): void {
  // The runtime's own call passes over variables that are not UTF-8.
  const libc: Calls<typeof FUNCTIONS> = libcCalls(FUNCTIONS);
  libc.clearenv();
}

/**
 * Gives the bytes of an environment variable, which need not be UTF-8; `undefined`
 * if it is not set.
 *
 * @throws {Error} If the C library may not be used.
 */
export function variableBytes(name: string): Uint8Array | undefined {
  const libc: Calls<typeof FUNCTIONS> = libcCalls(FUNCTIONS);
  const value = libc.getenv(new TextEncoder().encode(`${name}\0`));
  if (value === null) return undefined;
  const length = Number(libc.strlen(value));
  return new Uint8Array(
    Deno.UnsafePointerView.getArrayBuffer(value, length),
  ).slice();
}
