import { environmentVariable } from "./private_directory.ts";

/**
 * Gives the user's home directory, which Windows names in a variable of its
 * own; empty where no variable does.
 */
export function homeDirectory(
  variable: (name: string) => string | undefined = environmentVariable,
): string {
  return variable("HOME") || variable("USERPROFILE") || "";
}
