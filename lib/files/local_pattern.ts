/** Patterns in local operands, for a system whose shell expands none: Windows. */

import { EntryError, entryError } from "../errors.ts";
import { type MatchedDisk, matchesBelow, MAX_MATCHES } from "./path_pattern.ts";
import { matchesName } from "./pattern.ts";
import { isPattern } from "./remote_path.ts";
import { textOf, type Word } from "./shell_word.ts";

/** A drive, `\\server\share` or `\\?\C:`, and the separators behind it. */
const ROOT = /^(?:[\\/]{2}[^\\/]+[\\/]+[^\\/]+|[a-z]:)?[\\/]*/i;

/**
 * Gives the paths that a local source names on Windows, as Microsoft's scp finds
 * them: `\` separates and escapes nothing, and case does not matter. What exists
 * as it is written comes before what a pattern matches.
 *
 * @throws {EntryError} If nothing matches a pattern, or too many entries do.
 */
export async function pathsOnWindows(
  path: string,
  disk: MatchedDisk,
): Promise<readonly string[]> {
  const [root] = ROOT.exec(path)!;
  const pattern = wordOf(path.slice(root.length).replaceAll("\\", "/"));
  if (!isPattern(pattern)) return [path];
  const found = await disk.find(path).catch(entryError);
  if (found !== undefined && !(found instanceof EntryError)) return [path];
  const matches = await matchesBelow(disk, root, pattern, {
    most: MAX_MATCHES,
    matches: (component, name) =>
      matchesName(wordOf(textOf(component).toLowerCase()), name.toLowerCase()),
  });
  if (matches.length === 0) {
    throw new EntryError(`${disk.label}${path}: No such file or directory`);
  }
  return matches.map((match) => match.path);
}

function wordOf(text: string): Word {
  return [...text].map((char) => ({ char, quoted: false }));
}
