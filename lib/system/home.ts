/**
 * Gives the user's home directory, which Windows names in a variable of its
 * own; empty where no variable does.
 */
export function homeFolder(
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
): string {
  return variable("HOME") || variable("USERPROFILE") || "";
}
