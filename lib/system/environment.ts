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
