/**
 * Dialogue with a shell's completion function, whose script passes the words as
 * they are typed. The answer is lines: the first one tells the function how to
 * treat the others, which are candidates and hold no line breaks.
 */

import { homeDirectory } from "../system/environment.ts";
import type { LocationRules } from "../location/location.ts";
import type { Shell } from "../options/option_table.ts";
import { readBashLine } from "./bash_line.ts";
import {
  type Candidate,
  type Completion,
  completionOf,
  localCandidates,
} from "./candidates.ts";
import { fishValue } from "./shell_text.ts";
import bash from "./shells/seacp.bash" with { type: "text" };
import fish from "./shells/seacp.fish" with { type: "text" };
import powershell from "./shells/seacp.ps1" with { type: "text" };
import zsh from "./shells/_seacp" with { type: "text" };

/** Script of each shell that defines its completion function. */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash,
  zsh,
  fish,
  powershell,
};

/**
 * Answers a completion function. The answer to a wrong command line is empty:
 * the user is still typing.
 *
 * @param args Arguments that the shell's script passes.
 */
export async function answerTo(
  shell: Shell,
  args: readonly string[],
  rules: LocationRules,
): Promise<string> {
  try {
    const lines = shell === "bash"
      ? await linesForBash(args, rules)
      : linesFor(shell, await completionOf(wordsFrom(shell, args), rules));
    return lines.map((line) => `${line}\n`).join("");
  } catch {
    return "";
  }
}

/**
 * Gives the words up to the cursor. fish passes the last one as it is typed;
 * PowerShell drops empty arguments, so its script puts a `=` before each.
 */
function wordsFrom(shell: Shell, args: readonly string[]): readonly string[] {
  switch (shell) {
    case "fish":
      return args.with(-1, fishValue(args.at(-1) ?? ""));
    case "powershell":
      return args.map((arg) => arg.slice(1));
    default:
      return args;
  }
}

function linesFor(
  shell: Exclude<Shell, "bash">,
  { candidates, withFiles }: Completion,
): string[] {
  const lines = candidates.map(({ text, isOpen, shown, description }) =>
    shell === "zsh"
      ? [isOpen ? "open" : "whole", text, shown ?? text, description ?? ""]
      : [text, description ?? ""]
  );
  return [
    withFiles ? "files" : "words",
    ...lines.map((fields) => fields.join("\t").trimEnd()),
  ];
}

/**
 * Gives bash's lines. `files` stands where only bash's own files are candidates;
 * after `whole` a blank follows the only candidate, after `open` none does.
 */
async function linesForBash(
  [ability, text = "", replaced = ""]: readonly string[],
  rules: LocationRules,
): Promise<string[]> {
  // Before version 4 bash can neither look for files then nor add a blank.
  const isOld = ability === "old";
  const line = readBashLine({ text, replaced });
  if (line === undefined) return isOld ? ["open"] : ["files"];
  const completion = await completionOf(line.words, rules);
  const candidates = withLocalOnes(completion, line.words.at(-1)!, isOld);
  if (candidates.length === 0 && completion.withFiles && !isOld) {
    return ["files"];
  }
  const isOne = candidates.length === 1;
  if (ability === "list" && !isOne) {
    return ["open", ...candidates.map(({ text, shown = text }) => shown)];
  }
  const lines = candidates.flatMap(({ text, isOpen }) =>
    line.replacement(text, isOne && !isOpen) ?? []
  );
  const blank = isOld && isOne && !candidates[0]!.isOpen && line.quoting === ""
    ? " "
    : "";
  return [
    isOne && !candidates[0]!.isOpen ? "whole" : "open",
    ...lines.map((line) => line + blank),
  ];
}

function withLocalOnes(
  { candidates, withFiles }: Completion,
  typed: string,
  isOld: boolean,
): readonly Candidate[] {
  const isWanted = withFiles && (isOld || candidates.length > 0);
  return isWanted
    ? [...candidates, ...localCandidates(typed, homeDirectory() || undefined)]
    : candidates;
}
