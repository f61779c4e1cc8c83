/**
 * What a shell's completion function is told: lines, the first of which says
 * what else is to be done. Candidates hold nothing that could end a line.
 */

import { homeDirectory } from "../system/environment.ts";
import { readBashLine } from "./bash_line.ts";
import {
  type Candidate,
  type CompletedProgram,
  type Completion,
  completionOf,
  localCandidates,
} from "./candidates.ts";
import { fishValue } from "./fish_token.ts";
import type { Shell } from "../options/shell_names.ts";

/**
 * Answers a completion function.
 *
 * @param args What it said of what is typed: see each shell's.
 */
export async function answerTo(
  shell: Shell,
  args: readonly string[],
  program: CompletedProgram,
): Promise<string> {
  const lines = shell === "bash"
    ? await linesForBash(args, program)
    : linesFor(shell, await completionOf(wordsFrom(shell, args), program));
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * fish tells the last word as it is typed. PowerShell drops arguments that are
 * empty, so each has a `=` before it.
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
 * `files`: there is nothing, and bash may look for files. `open` and `whole`:
 * candidates, and whether a blank follows if there is one only.
 */
async function linesForBash(
  [ability, text = "", replaced = ""]: readonly string[],
  program: CompletedProgram,
): Promise<string[]> {
  // Before version 4 it can do neither: no file is looked for, no blank follows.
  const isOld = ability === "old";
  const line = readBashLine({ text, replaced });
  if (line === undefined) return isOld ? ["open"] : ["files"];
  const completion = await completionOf(line.words, program);
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
