import type { TransferOptions } from "../../../lib/tree/options.ts";

/** Gives the options of a copy with `-r` under the umask 022, never interrupted. */
export function transferOptions(
  options: Partial<TransferOptions> = {},
): TransferOptions {
  return {
    recursive: true,
    store: { preserve: false, umask: 0o022, modeBits: 0o777 },
    links: "followed",
    platform: "posix",
    isWatched: false,
    namedBy: "target",
    interrupted: new AbortController().signal,
    ...options,
  };
}
