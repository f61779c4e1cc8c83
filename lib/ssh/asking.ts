import { close, O_CLOEXEC, O_NONBLOCK, read } from "../system/descriptors.ts";
import { checked, libcCalls } from "../system/libc.ts";

const FUNCTIONS = {
  inotify_init1: { parameters: ["i32"], result: "i32" },
  inotify_add_watch: { parameters: ["i32", "buffer", "u32"], result: "i32" },
} as const;

/** Path of the terminal that programs ask at, whatever their standard streams. */
export const TERMINAL = "/dev/tty";

/** Tells whether ssh may have asked somebody for something. */
export interface AskingWatch extends Disposable {
  /** Whether it may have, since the watch began. */
  readonly hasAsked: boolean;
}

/**
 * Begins to watch: ssh opens the terminal for nothing else than to ask for a
 * password, a passphrase, or whether to trust a host. Another program that
 * opens a terminal meanwhile counts as well; what an agent asks by itself, and a
 * key that wants to be touched, do not. Where nobody can tell, on other
 * systems than Linux or where a graphical program asks, the answer is yes.
 */
export function watchAsking(): AskingWatch {
  const isKnown = Deno.build.os === "linux" && !asksByProgram();
  try {
    if (isKnown) return new TerminalWatch();
  } catch {
    // The system has no such watch.
  }
  return { hasAsked: true, [Symbol.dispose]: () => {} };
}

/** Whether ssh would ask through a program of its own, as ssh(1) tells. */
function asksByProgram(): boolean {
  const required = Deno.env.get("SSH_ASKPASS_REQUIRE");
  if (required === "never") return false;
  if (required !== undefined && required !== "") return true;
  const hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].some((name) =>
    Deno.env.get(name)
  );
  return hasDisplay && !hasTerminal();
}

/** Tells whether there is a terminal to ask at; on Windows, a console in use. */
export function hasTerminal(): boolean {
  if (Deno.build.os === "windows") {
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

class TerminalWatch implements AskingWatch {
  readonly #fd: number;
  readonly #opened: DisposableStack;
  #hasAsked = false;

  constructor() {
    const IN_OPEN = 0x20;
    const libc = libcCalls(FUNCTIONS);
    const path = new TextEncoder().encode(`${TERMINAL}\0`);
    using opened = new DisposableStack();
    this.#fd = checked(() => libc.inotify_init1(O_NONBLOCK | O_CLOEXEC));
    opened.adopt(this.#fd, close);
    checked(() => libc.inotify_add_watch(this.#fd, path, IN_OPEN));
    this.#opened = opened.move();
  }

  get hasAsked(): boolean {
    const ROOM_BYTES = 4096;
    this.#hasAsked ||= read(this.#fd, new Uint8Array(ROOM_BYTES)) !== undefined;
    return this.#hasAsked;
  }

  [Symbol.dispose](): void {
    this.#opened.dispose();
  }
}
