/**
 * Script that makes the directories of a target before a sink starts, in the same
 * login, for any POSIX shell. It says its key, reads the directories and makes those
 * that are missing. Then it runs scp, not in the target but in a directory of its
 * own, which holds a link to each directory of the target:
 *
 *     KEY/0/b           the outermost directory
 *     KEY/1/NAME …      others, in groups in which no two have the same name
 *
 * No link is in KEY itself: where a sink refuses one, the end of a directory that it
 * is not in leads it there, and the next name may be any.
 *
 * A directory that is replaced meanwhile makes a link that the sink refuses. What is
 * in flight behind it stays in the private directory, and is removed with that.
 */

import { encodeName } from "../names/name_bytes.ts";
import { literalWord } from "../names/remote_path.ts";
import { quotedForShell } from "../names/shell_quoting.ts";

/** Name of the link to the outermost directory, in a group of its own. */
export const OUTERMOST = "b";

/** Exit status of the script where it could not prepare the sink's directory. */
export const SCRIPT_FAILED = 75;

/**
 * The script. `$0` is the key, `$1` the target, `$2` the name of the directory that
 * is sent, and the rest is the command of a sink without its target. It holds none
 * of the characters that some shell reads in single quotes.
 *
 * A shell reads its input byte by byte, with a call of the system for each. So it
 * reads one line, which tells the lengths of three lists, and has `head` read these.
 * Where that one reads more than it is told to, `dd` reads byte by byte.
 */
export const DIRECTORY_SCRIPT = [
  "k=$0 t=$1 n=$2; shift 2",
  "case $t in /*) a=$t;; *) a=$PWD/$t;; esac",
  "w=new",
  'if [ -d "$t" ]; then w=there a=$a/$n; fi',
  'p=no; c() { [ $p = no ] || rm -rf "$r"; }',
  "if command -v scp >/dev/null; then",
  // Where the system keeps files in memory, links cost least. Some systems copy in
  // place of a link.
  'for x in "$XDG_RUNTIME_DIR" "$TMPDIR" /tmp; do [ -n "$x" ] || continue',
  "r=$x/$k",
  '(umask 077; mkdir "$r" && mkdir "$r/w" "$r/0" &&' +
  ' ln -s "$a" "$r/0/b" && [ -h "$r/0/b" ]) 2>/dev/null && p=yes && break; rm -rf "$r" 2>/dev/null;' +
  " done; fi",
  "trap c 0; trap 'exit 1' 1 2 13 15".replaceAll("'", '"'),
  'echo "$k"; echo "$w $p"',
  `read -r g x y z || exit ${SCRIPT_FAILED}`,
  'if [ -z "$g" ]; then c; trap - 0; exec "$@" "$t"; fi',
  // Names are bytes; scp keeps its language. Lists are split at their line breaks.
  '(LC_ALL=C u=$(umask) v= i=0; cd "$r/w" || exit; set -f',
  "IFS=$(echo; echo x); IFS=${IFS%x}",
  'h() { head -c "$1"; }; echo abcd | (h 2 >/dev/null; read -r l;' +
  ' [ "$l" = cd ]) 2>/dev/null || h() { dd bs=1 "count=$1" 2>/dev/null; }',
  // Each takes a list of 64 paths at most.
  'add() { v=$v$IFS$1 i=$((i+1)); [ $i -lt 64 ] || "$2"; }',
  'md() { [ -z "$v" ] || mkdir $v 2>/dev/null; v= i=0; }',
  'li() { [ -z "$v" ] || ln -s $v ../$o || exit; v= i=0; }',
  "while [ $g -gt 0 ]; do add ../$g md; g=$((g-1)); done; md",
  "dirs() { for l do case $l in " +
  '=*) md; umask "$u"; [ "$l" = "=" ] || umask "${l#=}";; ' +
  '.) mkdir "$a" 2>/dev/null;; *) add "../0/b$l" md;; esac; done; md; }',
  // A short link takes no block of a disk.
  "links() { for l do case $l in +*) li; o=${l#+};; " +
  '*) add "../0/b$l" li;; esac; done; li; }',
  "dirs $(h $x); y=$(h $y); z=$(h $z)",
  // The other half is waited for in any case: it writes where the shell would remove.
  "{ (links $y) || echo >failed; } & (links $z) || { wait; exit 1; }",
  `wait; if [ -e failed ]; then exit 1; fi) || exit ${SCRIPT_FAILED}`,
  '"$@" "$r"; exit $?',
].join("; ").replaceAll("then; ", "then ");

/** Answer of the script, before it reads anything. */
export interface ScriptAnswer {
  /** True where the target is a directory that was there. */
  readonly isThere: boolean;
  /** True where the script can make directories. */
  readonly isReady: boolean;
}

/**
 * Gives the command that has a remote shell run the script.
 *
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
): string {
  const [script, quotedName] = [DIRECTORY_SCRIPT, name]
    .map((word) => quotedForShell(literalWord(word)));
  return ["sh -c", script, key, target, quotedName, sink].join(" ");
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
 * Gives the input of the script: a line with the number of groups and the lengths of
 * three lists, then these: the directories to make, and those to link, each group's
 * behind its number, in two halves that are linked at the same time.
 *
 * @param directories The outermost one first, then by their groups; each one comes
 * behind the one above it.
 */
export function scriptInput(
  directories: readonly ScriptedDirectory[],
): Uint8Array {
  const groups = directories.at(-1)!.group;
  const half = Math.ceil(groups / 2);
  const linked = directories.slice(1);
  const lists = [
    madeList(directories),
    linkedList(linked.filter(({ group }) => group <= half)),
    linkedList(linked.filter(({ group }) => group > half)),
  ].map((lines) => lines.map((line) => `${line}\n`).join(""));
  const lengths = lists.map((list) => encodeName(list).length);
  return encodeName(`${[groups, ...lengths].join(" ")}\n${lists.join("")}`);
}

/** Gives paths to make, with a line where the mode changes. */
function madeList(directories: readonly ScriptedDirectory[]): string[] {
  let last: number | undefined;
  return directories.flatMap(({ path, mode }) => {
    const change = mode === last ? [] : [`=${maskFor(mode)}`];
    last = mode;
    return [...change, path === "" ? "." : path];
  });
}

/** Gives paths to link, with a line where the group changes. */
function linkedList(directories: readonly ScriptedDirectory[]): string[] {
  let last: number | undefined;
  return directories.flatMap(({ path, group }) => {
    const change = group === last ? [] : [`+${group}`];
    last = group;
    return [...change, path];
  });
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
