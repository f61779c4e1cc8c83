/** Gives an environment variable; `undefined` if it is not set. */
export function environmentVariable(name: string): string | undefined {
  return Deno.env.get(name);
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
