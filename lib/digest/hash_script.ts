/**
 * Script that hashes files on a host, for any POSIX shell. It says its key, the first
 * tool that hashes an empty input right, and `there` or `new` for its first operand, as
 * that is a directory or not. Then it reads requests, and answers each with what the
 * tool says, and a last line with a dot and the exit status. No name of a file is part
 * of the command.
 *
 * A request is a line for one file, or lines for several, which one call of the tool
 * hashes:
 *
 *     [LENGTH][l][e] PATH
 *     +COUNT, and COUNT lines with a PATH each
 *
 * `LENGTH` is that of the beginning to hash, in bytes; `l` marks a large file, which
 * is worth the start of openssl; with `e` the path is written for `printf %b`. Others
 * ask for lengths, or set the mode and times of a file; the first answer to several is
 * a line for each, with `+` or `-` as a file is there or not:
 *
 *     s[e] PATH
 *     s+COUNT, and COUNT lines with a PATH each
 *     a:MODE:ACCESSED:MODIFIED[e] PATH
 *
 * Two requests are the last ones, since nothing that follows may be read as a request
 * (see `file_rest.ts`):
 *
 *     r:FIRST[e] PATH    the file from its byte FIRST on, which counts from 1
 *     w:BLOCKS[e] PATH   takes the rest of the input for the file's, behind so many blocks
 *
 * Lines without an answer set the base of the paths that follow:
 *
 *     =             the directory that the script runs in
 *     =t            its first operand
 *     =f            its first operand that is there
 *     =l            its last one
 *     =COUNT[e] N   of the operands with the name N that are there, the COUNT-th
 */

import { EntryError } from "../errors.ts";
import { encodeName } from "../names/name_bytes.ts";
import { literalWord } from "../names/remote_path.ts";
import { quotedForShell } from "../names/shell_quoting.ts";
import { formatAttributes, type GivenAttributes } from "./given_attributes.ts";

/** SHA-256 of nothing. */
export const EMPTY_HASH =
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * Tools that hash their input, or each of their arguments: then a line begins with the
 * hash. The first ones are on most systems.
 */
const TOOLS: readonly string[] = [
  "sha256sum",
  "shasum -a 256",
  "sha256 -q",
  "cksum -a sha256 --untagged",
  "openssl dgst -sha256 -r",
  "digest -a sha256",
  "busybox sha256sum",
  "toybox sha256sum",
];

/** Most files, and most bytes of their paths, that one call of a tool hashes. */
const MOST_FILES = 64;
const MOST_PATH_BYTES = 32 * 1024;

/** Length from which on a file is worth the fastest tool, in bytes. */
const LARGE_BYTES = 8 * 1024 * 1024;

/** Block that a file's rest begins at, and that `dd` moves, in bytes. */
export const BLOCK_BYTES = 65536;

/**
 * The script. `$0` is the key. It holds none of the characters that some shell reads
 * in single quotes.
 */
export const HASH_SCRIPT = [
  `echo "$0"; e=${EMPTY_HASH} t= l= b= z=$# d="$" j=0`,
  'for a do j=$((j+1)); eval "o$j=${d}a"; done',
  "LC_ALL=C; export LC_ALL",
  // A tool that is there may be another one than its name says.
  'o() { case $(: | $1 2>/dev/null) in *"$e"*) return 0;; esac; return 1; }',
  `for c in ${TOOLS.map((tool) => `"${tool}"`).join(" ")}`,
  'do if o "$c"; then t=$c; break; fi; done',
  'l=$t; if o "openssl dgst -sha256 -r"; then l="openssl dgst -sha256 -r"; fi',
  'case $(echo ab | head -c 1 2>/dev/null) in a) p() { head -c "$1"; };; ' +
  `*) p() { dd bs=${BLOCK_BYTES} count=$(($1/${BLOCK_BYTES})); ` +
  `dd bs=1 count=$(($1%${BLOCK_BYTES})); };; esac`,
  'echo "${t:-none}"; [ -n "$t" ] || exit 0',
  'if [ -d "${o1:-.}" ]; then echo there; else echo new; fi',
  "g() { f=${b:+$b${f:+/}}$f; case $f in /*) ;; *) f=./$f;; esac; }",
  'while IFS= read -r x; do [ -n "$x" ] || continue; case $x in ' +
  '"=") b=; continue;; "=t") b=${o1:-.}; continue;; ' +
  '"=f") b=/dev/null j=$z; [ $j -gt 0 ] || b=.; while [ $j -gt 0 ]; do eval "a=${d}o$j"; ' +
  '[ -e "${a:-.}" ] && b=${a:-.}; j=$((j-1)); done; continue;; ' +
  '"=l") b=/dev/null j=0; while [ $j -lt $z ]; do j=$((j+1)); eval "a=${d}o$j"',
  '[ -e "$a" ] && b=$a; done; continue;; ' +
  '"="*) x=${x#=} k=${x%% *} m=${x#* }',
  'case $k in *e) k=${k%e} m=$(printf %b. "$m") m=${m%.};; esac',
  "b=/dev/null j=0; while [ $j -lt $z ]; do j=$((j+1))",
  'eval "a=${d}o$j"; case ${a%/} in "$m"|*/"$m") if [ -e "$a" ]',
  "then k=$((k-1)); [ $k -ne 0 ] || b=${a%/}; fi;; esac; done; continue;; " +
  '"s+"*) c=${x#s+}; set --; while [ $c -gt 0 ]; do IFS= read -r f; g',
  'if [ -f "$f" ]; then set -- "$@" "$f"; echo +; else echo -; fi; c=$((c-1)); done',
  '[ $# -eq 0 ] || wc -c "$@" </dev/null 2>/dev/null; echo ".$?"; continue;; ' +
  "+*) c=${x#+} s=; set --; while [ $c -gt 0 ]; do IFS= read -r f; g",
  '[ -f "$f" ] || s=9; set -- "$@" "$f"; c=$((c-1)); done',
  '(exit $s) && $t "$@" </dev/null 2>/dev/null; echo ".$?"; continue;; esac',
  "h=$t n=${x%% *} f=${x#* }",
  'case $n in *e) n=${n%e} f=$(printf %b. "$f") f=${f%.};; esac; g',
  "case $n in *l) n=${n%l} h=$l;; " +
  's) { if [ -f "$f" ]; then wc -c < "$f"; else echo -; fi; } 2>/dev/null',
  'echo ".$?"; continue;; ' +
  "a:*) n=${n#a:} m=${n%%:*} n=${n#*:}; u=${n%:*} v=${n#*:}",
  '{ { [ -z "$u" ] || { TZ=UTC0 touch -a -t "$u" "$f" && TZ=UTC0 touch -m -t "$v" "$f"; }; } && ' +
  '{ [ -z "$m" ] || chmod "$m" "$f"; }; } </dev/null >/dev/null 2>/dev/null',
  'echo ".$?"; continue;; ' +
  'r:*) [ -f "$f" ] || exit 9; echo +; exec tail -c "+${n#r:}" < "$f";; ' +
  `w:*) n=\${n#w:}; [ -f "$f" ] && [ $(($(wc -c < "$f"))) -ge $((n*${BLOCK_BYTES})) ] || exit 9`,
  `echo +; m=$(dd bs=${BLOCK_BYTES} seek="$n" conv=notrunc of="$f" 2>&1 >/dev/null); k=$?`,
  'echo "$m"; wc -c < "$f"; echo ".$k"; exit 0;; esac',
  'if [ -f "$f" ]; then case $n in "") $h < "$f";; ' +
  '*) { p "$n" | $h; } < "$f";; esac; else (exit 9); fi 2>/dev/null',
  'echo ".$?"; done',
].join("; ");

/**
 * Input that the script passes over. Sent before it has spoken, it makes an SFTP
 * server end that a host runs in its place, which would wait; a shell does nothing.
 */
export const HASH_PROBE: Uint8Array = encodeName("\n\n\n\n");

/**
 * Gives the command that has a remote shell run the script.
 *
 * @param operands Operands as the remote shell is given them.
 */
export function hashCommand(key: string, operands = ""): string {
  const script = quotedForShell(literalWord(HASH_SCRIPT));
  return `exec /bin/sh -c ${script} ${key} ${operands}`.trimEnd();
}

/** Reads the script's first line behind its key; gives the tool, if there is one. */
export function parseTool(line: string): string | undefined {
  const tool = line.trimEnd();
  return TOOLS.find((each) => each === tool);
}

/** Operand of the script that a path begins at. */
export type HashBase =
  | { readonly kind: "target" }
  /** The first operand that is there, or the last one. */
  | { readonly kind: "first" | "last" }
  | {
    readonly kind: "source";
    /** Last component of the operand. */
    readonly name: string;
    /** Number of the operand among those of that name, from 1 on. */
    readonly count: number;
  };

/** File to be hashed by the script, or what else is asked of it. */
export interface HashRequest {
  /** Its length is asked for, or it is to get attributes; absent where it is hashed. */
  readonly asks?: "size" | GivenAttributes;
  /** Path behind the base, if there is one; empty for the base itself. */
  readonly path: string;
  readonly base?: HashBase | undefined;
  /** Length of the beginning that is hashed, in bytes; all if absent. */
  readonly length?: number | undefined;
  /** Length of the file, in bytes, as far as it is known. */
  readonly size?: number | undefined;
}

/** Tells a request that may share a call of the tool with others. */
export function isShareable(
  { path, length, size = 0, asks }: HashRequest,
): boolean {
  if (path.includes("\n")) return false;
  if (asks !== undefined) return asks === "size";
  return length === undefined && size < LARGE_BYTES;
}

/**
 * Takes the first requests of a queue that are sent together: one, or several that
 * share a call of the tool.
 */
export function takeRequests<R extends HashRequest>(queue: R[]): readonly R[] {
  const base = baseLine(queue[0]?.base);
  const asks = queue[0]?.asks;
  let count = 0;
  let bytes = 0;
  while (count < Math.min(queue.length, MOST_FILES)) {
    const request = queue[count]!;
    bytes += request.path.length;
    const fits = isShareable(request) && bytes <= MOST_PATH_BYTES &&
      request.asks === asks && baseLine(request.base) === base;
    if (!fits && count > 0) break;
    count++;
    if (!fits) break;
  }
  return queue.splice(0, count);
}

/**
 * Encodes requests that are sent together.
 *
 * @param before Base of the request before; absent where it had none.
 * @throws {EntryError} If a path stands for no bytes.
 */
export function formatRequests(
  requests: readonly HashRequest[],
  before?: HashBase,
): Uint8Array {
  const first = requests[0]!;
  const line = baseLine(first.base);
  const base = line === baseLine(before) ? "" : line;
  if (requests.length === 1) return encodeName(base + lineOf(first));
  const kind = first.asks === "size" ? "s" : "";
  const lines = [
    `${kind}+${requests.length}`,
    ...requests.map(({ path }) => path),
  ];
  return encodeName(`${base}${lines.join("\n")}\n`);
}

/** Gives the line that sets a base. */
export function baseLine(base: HashBase | undefined): string {
  if (base === undefined) return "=\n";
  if (base.kind !== "source") return `=${base.kind[0]}\n`;
  const { text, flag } = encoded(base.name);
  return `=${base.count}${flag} ${text}\n`;
}

/** Gives a name as a line can hold it, and the flag that says so. */
export function encoded(name: string): { text: string; flag: "e" | "" } {
  if (!name.includes("\n")) return { text: name, flag: "" };
  const text = name.replaceAll("\\", "\\0134").replaceAll("\n", "\\0012");
  return { text, flag: "e" };
}

/** Gives the line of a request for one file. */
function lineOf({ path, length, size = 0, asks }: HashRequest): string {
  const { text, flag } = encoded(path);
  if (asks === "size") return `s${flag} ${text}\n`;
  if (asks !== undefined) return `${formatAttributes(asks)}${flag} ${text}\n`;
  const isLarge = (length ?? size) >= LARGE_BYTES;
  return `${length ?? ""}${isLarge ? "l" : ""}${flag} ${text}\n`;
}

/**
 * Checks that a path can be sent.
 *
 * @throws {EntryError} If it stands for no bytes that a file can have for a name.
 */
export function checkPath(path: string): void {
  encodeName(path);
  if (!path.includes("\0")) return;
  throw new EntryError(`${path}: no name has a NUL in it`);
}

/**
 * Answers in the order of their requests: hashes, or lengths as digits, `-` where there
 * is no file, and nothing for attributes that were set; `undefined` for a file that
 * cannot be read. Where several were sent together, one of those leaves all without.
 */
export type HashAnswers = readonly (string | undefined)[];

/** Most lines of an answer to some requests, its last one left out. */
export function mostLines(requests: readonly HashRequest[]): number {
  // A call for several lengths tells their sum, too.
  return requests[0]!.asks === "size"
    ? 2 * requests.length + 1
    : requests.length;
}

/**
 * Reads a line of an answer.
 *
 * @param before Lines of the same answer that came before.
 * @param requests Requests that it answers.
 * @returns `undefined` where the answer goes on.
 */
export function parseAnswerLine(
  line: string,
  before: readonly string[],
  requests: readonly HashRequest[],
): HashAnswers | undefined {
  const [, status] = /^\.(\d+)\r?$/.exec(line) ?? [];
  if (status === undefined) return undefined;
  const [{ asks } = {}] = requests;
  const count = requests.length;
  const answers = asks === undefined
    ? before.map(hashAtStart)
    : asks === "size"
    ? sizesIn(before, count)
    : [""];
  const isWhole = status === "0" && answers.length === count;
  return isWhole ? answers : Array.from({ length: count }, () => undefined);
}

/** Gives the SHA-256 that a line begins with; GNU's tools put a `\\` before some. */
function hashAtStart(line: string): string | undefined {
  const [, hash] = /^\\?([0-9a-f]{64})(?![0-9a-f])/i.exec(line) ?? [];
  return hash?.toLowerCase();
}

/** Gives the lengths in an answer; too few where it is no answer. */
function sizesIn(lines: readonly string[], count: number): HashAnswers {
  if (count === 1) return [sizeAtStart(lines[0] ?? "")];
  const flags = lines.slice(0, count).map((line) => line.trimEnd());
  const sizes = lines.slice(count).map(sizeAtStart);
  const there = flags.filter((flag) => flag === "+").length;
  if (sizes.length < there) return [];
  return flags.map((flag) => flag === "+" ? sizes.shift() : flag);
}

/** Gives the length that a line begins with, or the `-` that it is. */
function sizeAtStart(line: string): string | undefined {
  return /^\s*(\d{1,15}|-)(?!\S)/.exec(line)?.[1];
}
