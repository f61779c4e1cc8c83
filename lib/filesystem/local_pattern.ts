/** Patterns in local operands, for a system whose shell expands none: Windows. */

import { EntryError } from "../errors.ts";
import { findQuietly } from "./find_quietly.ts";
import { type MatchedDisk, matchesBelow, MAX_MATCHES } from "./path_pattern.ts";
import { matchesName } from "../names/pattern.ts";
import { isPattern } from "../names/remote_path.ts";
import { textOf, type Word } from "../names/shell_word.ts";

/** A drive, `\\server\share` or `\\?\C:`, and the separators behind it. */
const ROOT = /^(?:[\\/]{2}[^\\/]+[\\/]+[^\\/]+|[a-z]:)?[\\/]*/i;

/**
 * Gives the paths that a local source names on Windows, as Microsoft's scp finds
 * them: `\` separates and escapes nothing, and case does not matter. A path, or a
 * directory at its beginning, that exists as it is written is no pattern.
 *
 * @throws {EntryError} If nothing matches a pattern, or too many entries do.
 */
export async function pathsOnWindows(
  path: string,
  disk: MatchedDisk,
): Promise<readonly string[]> {
  const root = await literalRoot(path, disk);
  const pattern = wordOf(path.slice(root.length).replaceAll("\\", "/"));
  if (!isPattern(pattern)) return [path];
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

/**
 * Gives the longest beginning of a path that looks like a pattern and exists as it
 * is written; else the root of the path: a drive or a share.
 */
async function literalRoot(path: string, disk: MatchedDisk): Promise<string> {
  const [{ length }] = ROOT.exec(path)!;
  const ends = [
    path.length,
    ...Array.from(path.matchAll(/[\\/]+/g), (it) => it.index + it[0].length)
      .toReversed(),
  ];
  for (const end of ends) {
    const beginning = path.slice(0, end);
    if (!isPattern(wordOf(beginning.slice(length)))) break;
    const name = beginning.replace(/[\\/]+$/, "");
    if (await findQuietly(disk, name) !== undefined) return beginning;
  }
  return path.slice(0, length);
}

function wordOf(text: string): Word {
  return [...text].map((char) => ({ char, quoted: false }));
}
