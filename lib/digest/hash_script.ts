/**
 * Script that hashes files on a host, for any POSIX shell. It says its key and the
 * first tool that hashes an empty input right. Then it reads a request from each
 * line and answers it with what the tool says, and a last line with a dot and the
 * exit status. No name is part of the command.
 *
 * A request is letters and a number, a blank, and a path:
 *
 *     [LENGTH][l][e] PATH
 *
 * `LENGTH` is that of the beginning to hash, in bytes; `l` marks a large file, which
 * is worth the start of openssl; with `e` the path is written for `printf %b`.
 */

import { EntryError } from "../errors.ts";
import { hashIn } from "../filesystem/digest.ts";
import { decodeName, encodeName } from "../names/name_bytes.ts";
import { literalWord } from "../names/remote_path.ts";
import { quotedForShell } from "../names/shell_quoting.ts";

/** SHA-256 of nothing. */
export const EMPTY_HASH =
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Tools that hash their input, the first ones on most systems. */
const TOOLS: readonly string[] = [
  "sha256sum",
  "shasum -a 256",
  "sha256 -q",
  "cksum -a sha256",
  "openssl dgst -sha256",
  "digest -a sha256",
  "busybox sha256sum",
  "toybox sha256sum",
];

/** Length from which on a file is worth the fastest tool, in bytes. */
const LARGE_BYTES = 8 * 1024 * 1024;

/** Block of the tool that takes the place of `head -c`, in bytes. */
const BLOCK_BYTES = 65536;

/**
 * The script. `$0` is the key. It holds none of the characters that some shell reads
 * in single quotes.
 */
export const HASH_SCRIPT = [
  `echo "$0"; e=${EMPTY_HASH} t= l=`,
  "LC_ALL=C; export LC_ALL",
  // A tool that is there may be another one than its name says.
  'o() { case $(: | $1 2>/dev/null) in *"$e"*) return 0;; esac; return 1; }',
  `for c in ${TOOLS.map((tool) => `"${tool}"`).join(" ")}`,
  'do if o "$c"; then t=$c; break; fi; done',
  'l=$t; if o "openssl dgst -sha256"; then l="openssl dgst -sha256"; fi',
  'case $(echo ab | head -c 1 2>/dev/null) in a) p() { head -c "$1"; };; ' +
  `*) p() { dd bs=${BLOCK_BYTES} count=$(($1/${BLOCK_BYTES})); ` +
  `dd bs=1 count=$(($1%${BLOCK_BYTES})); };; esac`,
  'echo "${t:-none}"',
  '[ -n "$t" ] || exit 0',
  'while IFS= read -r x; do [ -n "$x" ] || continue; ' +
  "h=$t n=${x%% *} f=${x#* }",
  'case $n in *e) n=${n%e} f=$(printf %b. "$f") f=${f%.};; esac',
  "case $n in *l) n=${n%l} h=$l;; esac",
  'if [ -f "$f" ]; then case $n in "") $h < "$f";; ' +
  '*) { p "$n" | $h; } < "$f";; esac; else (exit 9); fi 2>/dev/null',
  'echo ".$?"; done',
].join("; ");

/**
 * Input that the script passes over. Sent before it has spoken, it makes an SFTP
 * server end that a host runs in its place, which would wait; a shell does nothing.
 */
export const HASH_PROBE: Uint8Array = encodeName("\n\n\n\n");

/** Gives the command that has a remote shell run the script. */
export function hashCommand(key: string): string {
  const script = quotedForShell(literalWord(HASH_SCRIPT));
  return `exec /bin/sh -c ${script} ${key}`;
}

/** Reads the script's first line behind its key; gives the tool, if there is one. */
export function parseTool(line: string): string | undefined {
  const tool = line.trimEnd();
  return TOOLS.find((each) => each === tool);
}

/** File to be hashed by the script. */
export interface HashRequest {
  readonly path: string;
  /** Length of the beginning that is hashed, in bytes; all if absent. */
  readonly length?: number | undefined;
  /** Length of the file, in bytes, as far as it is known. */
  readonly size?: number | undefined;
}

/**
 * Encodes a request.
 *
 * @throws {EntryError} If the path stands for no bytes.
 */
export function formatRequest(
  { path, length, size = 0 }: HashRequest,
): Uint8Array {
  if (path.includes("\0")) {
    throw new EntryError(`${path}: no name has a NUL in it`);
  }
  const isEncoded = /\n/.test(path);
  const text = isEncoded
    ? path.replaceAll("\\", "\\0134").replaceAll("\n", "\\0012")
    : path;
  const flags = `${length ?? ""}${(length ?? size) >= LARGE_BYTES ? "l" : ""}${
    isEncoded ? "e" : ""
  }`;
  return encodeName(`${flags} ${text}\n`);
}

/** Answer of the script. */
export interface HashAnswer {
  /** SHA-256; `undefined` where the file cannot be read. */
  readonly hash: string | undefined;
}

/**
 * Reads a line of an answer.
 *
 * @param before Lines of the same answer that came before.
 * @returns `undefined` where the answer goes on.
 */
export function parseAnswerLine(
  line: Uint8Array,
  before: readonly string[],
): HashAnswer | undefined {
  const text = decodeName(line);
  const [, status] = /^\.(\d+)\r?$/.exec(text) ?? [];
  if (status === undefined) return undefined;
  return { hash: status === "0" ? hashIn(before.join("\n")) : undefined };
}
