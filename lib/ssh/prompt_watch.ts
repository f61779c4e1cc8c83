/** Prompts of a running ssh, seen as it opens the terminal. */

import { onWindows } from "../system/own_platform.ts";
import { close, O_CLOEXEC, O_NONBLOCK, read } from "../system/descriptors.ts";
import { checked, libcCalls } from "../system/libc.ts";

const FUNCTIONS = {
  inotify_init1: { parameters: ["i32"], result: "i32" },
  inotify_add_watch: { parameters: ["i32", "buffer", "u32"], result: "i32" },
} as const;

/** Terminal that programs prompt at, whatever their standard streams. */
export const TERMINAL = "/dev/tty";

/** Watch for prompts of ssh. */
export interface PromptWatch extends Disposable {
  /** True where ssh may have prompted since the watch began. */
  readonly hasPrompted: boolean;
  /** True where no prompt can be seen. */
  readonly isBlind: boolean;
}

/**
 * Begins to watch. ssh opens the terminal only to prompt for a password, a
 * passphrase, or trust in a host. Other programs that open a terminal count as
 * well; an agent's own prompts and keys that want a touch do not. Reports a prompt
 * where none can be seen: on systems other than Linux, or where a graphical
 * program prompts.
 */
export function watchPrompts(): PromptWatch {
  const canSee = Deno.build.os === "linux" && !promptsByProgram();
  try {
    if (canSee) return new TerminalWatch();
  } catch {
    // The system has no such watch.
  }
  return { hasPrompted: true, isBlind: true, [Symbol.dispose]: () => {} };
}

/** Tells whether ssh would prompt through another program (ssh(1)). */
function promptsByProgram(): boolean {
  const required = Deno.env.get("SSH_ASKPASS_REQUIRE");
  if (required === "never") return false;
  if (required !== undefined && required !== "") return true;
  const hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].some((name) =>
    Deno.env.get(name)
  );
  return hasDisplay && !hasTerminal();
}

/** Tells whether there is a terminal to prompt at; on Windows, a console in use. */
export function hasTerminal(): boolean {
  if (onWindows) {
    return [Deno.stdin, Deno.stdout, Deno.stderr]
      .some((stream) => stream.isTerminal());
  }
  try {
    Deno.openSync(TERMINAL).close();
    return true;
  } catch {
    return false;
  }
}

class TerminalWatch implements PromptWatch {
  readonly isBlind = false;
  readonly #fd: number;
  readonly #opened: DisposableStack;
  #hasPrompted = false;

  constructor() {
    const IN_OPEN = 0x20; // Of <sys/inotify.h>.
    const libc = libcCalls(FUNCTIONS);
    const path = new TextEncoder().encode(`${TERMINAL}\0`);
    using opened = new DisposableStack();
    this.#fd = checked(() => libc.inotify_init1(O_NONBLOCK | O_CLOEXEC));
    opened.adopt(this.#fd, close);
    checked(() => libc.inotify_add_watch(this.#fd, path, IN_OPEN));
    this.#opened = opened.move();
  }

  get hasPrompted(): boolean {
    const BUFFER_BYTES = 4096;
    this.#hasPrompted ||=
      read(this.#fd, new Uint8Array(BUFFER_BYTES)) !== undefined;
    return this.#hasPrompted;
  }

  [Symbol.dispose](): void {
    this.#opened.dispose();
  }
}
