/** Logs of a server, on Linux: a file, or the system's log. */

import { O_APPEND, O_CREAT, O_WRONLY } from "./fcntl.ts";
import { encodeName } from "../names/name_bytes.ts";
import { close, O_CLOEXEC, O_NONBLOCK, write } from "./descriptors.ts";
import { entryCalls } from "./entries.ts";
import { bytesOf, type Calls, checked, libcCalls } from "./libc.ts";

const FUNCTIONS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
} as const;

/** Log that is open, and takes lines. */
export interface SessionLog extends Disposable {
  /**
   * Writes a line, in one piece.
   *
   * @throws {LibcError} If it cannot be written.
   */
  write(line: string): void;
}

/**
 * Opens a file that each session adds its line to; makes it, for its owner alone.
 *
 * @throws {LibcError} If it cannot be opened.
 */
export function openLogFile(path: string): SessionLog {
  const name = bytesOf(encodeName(`${path}\0`));
  const flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK;
  const fd = checked(() => entryCalls().open(name, flags, 0o600));
  return {
    write: (line) => {
      const time = new Date().toISOString();
      write(fd, encodeName(`${time} seacp[${Deno.pid}]: ${line}\n`));
    },
    [Symbol.dispose]: () => close(fd),
  };
}

/** Socket that the system's log listens on. */
const SYSTEM_LOG = "/dev/log";

/** Priority of the lines: of a login's server (LOG_AUTH), for information. */
const PRIORITY = 4 * 8 + 6;

/**
 * Connects to the system's log.
 *
 * @param path Path of its socket.
 * @throws {LibcError} If nobody listens there.
 */
export function openSystemLog(path: string = SYSTEM_LOG): SessionLog {
  const libc: Calls<typeof FUNCTIONS> = libcCalls(FUNCTIONS);
  // Of Linux's <sys/socket.h>.
  const AF_UNIX = 1;
  const SOCK_DGRAM = 2;
  const fd = checked(() => libc.socket(AF_UNIX, SOCK_DGRAM | O_CLOEXEC, 0));
  try {
    const name = new TextEncoder().encode(`${path}\0`);
    const address = new Uint8Array(2 + name.length);
    new DataView(address.buffer).setUint16(0, AF_UNIX, true);
    address.set(name, 2);
    checked(() => libc.connect(fd, address, address.length));
  } catch (error) {
    close(fd);
    throw error;
  }
  return {
    write: (line) => {
      write(fd, encodeName(`<${PRIORITY}>seacp[${Deno.pid}]: ${line}`));
    },
    [Symbol.dispose]: () => close(fd),
  };
}
