/** Names that are not UTF-8, made and seen by programs that take bytes. */

import { lacksLinuxLibrary } from "./c_library.ts";
import { EXECUTABLE } from "./program.ts";

/** Why a test of such names is ignored; `undefined` where there are some. */
export const lacksRawNames: string | undefined = Deno.build.os === "linux"
  ? lacksLinuxLibrary
  : "names are any bytes on Linux alone";

/** The same for operands: Deno's runtime for compiled programs takes none. */
export const lacksRawOperands: string | undefined = lacksRawNames ??
  (EXECUTABLE && "the runtime of compiled programs takes no such arguments");

/**
 * Runs a program with bytes for arguments: each `\0ooo` in what follows is one,
 * in the program's own name too.
 */
export const DECODING: readonly string[] = [
  "sh",
  "-c",
  'for word; do shift; set -- "$@" "$(printf %b "$word")"; done; exec "$@"',
  "sh",
];

/** Runs a shell script in a directory; gives each byte it prints as a character. */
export function shell(script: string, cwd: string): string {
  const { success, stdout, stderr } = new Deno.Command("sh", {
    args: ["-ec", script],
    cwd,
    stdin: "null",
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return Array.from(stdout, (byte) => String.fromCharCode(byte)).join("");
}

/** Removes all there is in a directory at the end, whatever it is called. */
export function emptied(directory: string): Disposable {
  return {
    [Symbol.dispose]: () => {
      shell("chmod -R u+rwX . && find . -mindepth 1 -delete", directory);
    },
  };
}
