import { answerTo } from "../completion/answers.ts";
import { SCRIPTS } from "../completion/scripts.ts";
import type { Shell } from "../options/shell_names.ts";
import type { LocationRules } from "../location/location.ts";
import { parseCopyOptions } from "../options/command_line.ts";

/** What `--completions` prints. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

/**
 * What a shell's completion function is answered while somebody types: nothing,
 * if anything is wrong.
 *
 * @param words What the function said.
 */
export async function completionAnswer(
  shell: Shell,
  words: readonly string[],
  rules: LocationRules,
): Promise<string> {
  try {
    return await answerTo(shell, words, {
      rules,
      reachBy: (given) => parseCopyOptions(given, rules),
    });
  } catch {
    return "";
  }
}
