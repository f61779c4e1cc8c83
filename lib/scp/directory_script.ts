/**
 * Script that makes the directories of a target before a sink starts, in the same
 * login, for any POSIX shell. It says a marker, reads the directories and makes
 * those that are missing. Then it runs scp, not in the target but in a directory of
 * its own, which holds a link to each directory of the target:
 *
 *     KEY/0             the outermost directory
 *     KEY/1/NAME …      others, in groups in which no two have the same name
 *
 * A directory that is replaced meanwhile makes a link that the sink refuses. What is
 * in flight behind it stays in the private directory, and is removed with that.
 */

import { encodeName } from "../names/name_bytes.ts";

/** Name of the link to the outermost directory. */
export const OUTERMOST = "0";

/** Exit status of the script where it could not prepare the sink's directory. */
export const SCRIPT_FAILED = 75;

/** Directories whose paths are given to one `mkdir` and one `ln`. */
const AT_ONCE = 64;

/**
 * The script. `$0` is the key, `$1` the target, `$2` the name of the directory that
 * is sent, and the rest is the command of a sink without its target. It holds none
 * of the characters that some shell reads in single quotes.
 */
export const DIRECTORY_SCRIPT = [
  "k=$0 t=$1 n=$2; shift 2",
  "case $t in /*) a=$t;; *) a=$PWD/$t;; esac",
  "w=new",
  'if [ -d "$t" ]; then w=there a=$a/$n; fi',
  "r=${TMPDIR:-/tmp}/$k",
  'c() { rm -rf "$r"; }',
  // Some systems copy in place of a link.
  '(umask 077; mkdir "$r" && ln -s / "$r/l" && [ -h "$r/l" ]) 2>/dev/null' +
  " && p=yes || p=no",
  "trap c 0; trap 'exit 1' 1 2 13 15".replaceAll("'", '"'),
  'echo "$k"; echo "$w $p"',
  `IFS= read -r x || exit ${SCRIPT_FAILED}`,
  'if [ -z "$x" ]; then c; trap - 0; exec "$@" "$t"; fi',
  // Names are bytes; scp keeps its language.
  "(LC_ALL=C u=$(umask) g=$x i=1; set --",
  'while [ $i -le $g ]; do set -- "$@" "$r/$i"; i=$((i+1)); done',
  `[ $# -eq 0 ] || mkdir "$@" || exit ${SCRIPT_FAILED}`,
  "f() { [ $# -eq 0 ] && return;" +
  ' mkdir "$@" 2>/dev/null; ln -s "$@" "$r/$i" || exit 1; }',
  "i=0; set --",
  'while IFS= read -r x && [ -n "$x" ]; do case $x in ' +
  '"="*) f "$@"; set --; umask "$u"; [ "$x" = "=" ] || umask "${x#=}";; ' +
  '.) mkdir "$a" 2>/dev/null; ln -s "$a" "$r/0" || exit 1;; ' +
  '+) f "$@"; set --; i=$((i+1));; ' +
  `*) set -- "$@" "$a$x"; if [ $# -ge ${AT_ONCE} ]; then f "$@"; set --; fi;; ` +
  "esac; done",
  `f "$@") || exit ${SCRIPT_FAILED}`,
  '"$@" "$r"; exit $?',
].join("; ").replaceAll("do; ", "do ").replaceAll("then; ", "then ");

/** Answer of the script, before it reads anything. */
export interface ScriptAnswer {
  /** True where the target is a directory that was there. */
  readonly isThere: boolean;
  /** True where the script can make directories. */
  readonly isReady: boolean;
}

/**
 * Gives the words with which a shell runs the script.
 *
 * @param quoted Quotes a word for a remote shell.
 * @param target Target as the remote shell is given it.
 * @param sink Command of a sink without its target.
 */
export function scriptCommand(
  { key, target, name, sink }: {
    key: string;
    target: string;
    name: string;
    sink: string;
  },
  quoted: (word: string) => string,
): string {
  return ["sh -c", quoted(DIRECTORY_SCRIPT), key, target, quoted(name), sink]
    .join(" ");
}

/** Reads the script's answer, a line behind its key; `undefined` if it is none. */
export function parseAnswer(line: string): ScriptAnswer | undefined {
  const [, where, ready] = /^(new|there) (yes|no)\r?$/.exec(line) ?? [];
  if (where === undefined) return undefined;
  return { isThere: where === "there", isReady: ready === "yes" };
}

/** Input of the script that makes no directory. */
export const NO_DIRECTORIES: Uint8Array = encodeName("\n");

/** Directory that the script is to make. */
export interface ScriptedDirectory {
  /** Path below the outermost directory, with a slash before each name. */
  readonly path: string;
  /** Octal 0 to 777. */
  readonly mode: number;
  /** Group of its link, from 1 on; 0 for the outermost directory. */
  readonly group: number;
}

/**
 * Gives the input of the script.
 *
 * @param directories The outermost one first, then by their groups; each one comes
 * behind the one above it.
 */
export function scriptInput(
  directories: readonly ScriptedDirectory[],
): Uint8Array {
  const lines = [String(directories.at(-1)?.group ?? 0)];
  let mode: number | undefined;
  let group = 0;
  for (const directory of directories) {
    for (; group < directory.group; group++) lines.push("+");
    if (directory.mode !== mode) {
      mode = directory.mode;
      lines.push(`=${maskFor(mode)}`);
    }
    lines.push(directory.path === "" ? "." : directory.path);
  }
  return encodeName(lines.join("\n") + "\n\n");
}

/** Permissions of a group and of others: what `umask` calls them, and their bits. */
const PERMISSIONS = [
  { who: "g", bits: [["r", 0o040], ["w", 0o020], ["x", 0o010]] },
  { who: "o", bits: [["r", 0o004], ["w", 0o002], ["x", 0o001]] },
] as const;

/**
 * Gives the argument of `umask` that takes away what a mode does not permit, on top
 * of the user's own umask: `g-w,o-w` for 755, nothing for 777.
 */
function maskFor(mode: number): string {
  return PERMISSIONS.flatMap(({ who, bits }) => {
    const denied = bits.filter(([, bit]) => (mode & bit) === 0)
      .map(([letter]) => letter).join("");
    return denied === "" ? [] : `${who}-${denied}`;
  }).join(",");
}
