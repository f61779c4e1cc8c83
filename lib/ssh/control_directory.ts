/** Sockets of masters, by which other ssh processes share a login. */

import { onWindows } from "../system/own_platform.ts";

/**
 * Longest path of a socket, in bytes: macOS takes 103, and ssh makes the socket
 * under a name that is 17 bytes longer (mux.c).
 */
const MAX_SOCKET_BYTES = 86;

/** Characters of a path that ssh_config(5) takes as they are. */
const PLAIN_PATH = /^\/[\w./+-]*$/;

/** Name of the directory, and the letters that the system adds to it. */
const PREFIX = "seacp-";
const ADDED_LETTERS = "xxxxxxxxxxxxxxxx";

/**
 * Directory that is the user's alone and holds the sockets of this run's masters.
 * It is removed when it is disposed of, or else when the process exits.
 */
export class ControlDirectory implements Disposable {
  readonly #path: string;
  readonly #remove = () => this[Symbol.dispose]();
  #sockets = 0;

  private constructor(path: string) {
    this.#path = path;
    globalThis.addEventListener("unload", this.#remove);
  }

  /**
   * Makes the directory; gives `undefined` where ssh has no masters, as on Windows,
   * or no directory for temporary files has a path that is short enough.
   */
  static make(): ControlDirectory | undefined {
    if (onWindows) return undefined;
    const parents = [
      Deno.env.get("XDG_RUNTIME_DIR"),
      Deno.env.get("TMPDIR"),
      "/tmp",
    ];
    for (const dir of parents) {
      if (dir === undefined || !isFit(dir)) continue;
      try {
        return new ControlDirectory(
          Deno.makeTempDirSync({ dir, prefix: PREFIX }),
        );
      } catch {
        // The next one may be writable.
      }
    }
    return undefined;
  }

  /** Gives a path for another socket. */
  nextSocket(): string {
    return socketIn(this.#path, this.#sockets++);
  }

  [Symbol.dispose](): void {
    globalThis.removeEventListener("unload", this.#remove);
    try {
      Deno.removeSync(this.#path, { recursive: true });
    } catch {
      // Somebody else has removed it.
    }
  }
}

function socketIn(directory: string, number: number): string {
  return `${directory}/${number}`;
}

/** Tells whether a directory's path leaves room for sockets below it. */
function isFit(parent: string): boolean {
  const longest = socketIn(`${parent}/${PREFIX}${ADDED_LETTERS}`, 999);
  return PLAIN_PATH.test(parent) && longest.length <= MAX_SOCKET_BYTES;
}
