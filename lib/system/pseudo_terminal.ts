/** Pseudo-terminals, for programs that want one on their standard error. */

import { close, O_CLOEXEC, type Pipe, setCloseOnExec } from "./descriptors.ts";
import { checked, libcCalls, LibcError } from "./libc.ts";
import { abi } from "./abi.ts";

const FUNCTIONS = {
  posix_openpt: { parameters: ["i32"], result: "i32" },
  grantpt: { parameters: ["i32"], result: "i32" },
  unlockpt: { parameters: ["i32"], result: "i32" },
  ptsname_r: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  tcgetattr: { parameters: ["i32", "buffer"], result: "i32" },
  cfmakeraw: { parameters: ["buffer"], result: "void" },
  tcsetattr: { parameters: ["i32", "i32", "buffer"], result: "i32" },
} as const;

/** Of <fcntl.h>, the same on Linux and macOS. */
const O_RDWR = 2;

/** Longest path of a terminal, in bytes. */
const PATH_BYTES = 128;

/** Size that every system's `struct termios` fits in, in bytes. */
const SETTINGS_BYTES = 256;

/**
 * Opens a pseudo-terminal in raw mode: bytes written at one end are read at the
 * other, unchanged. It becomes no process's controlling terminal.
 *
 * @throws {LibcError} If the system has none left.
 */
export function openPseudoTerminal(): Pipe & { readonly path: string } {
  const libc = libcCalls(FUNCTIONS);
  const flags = O_RDWR | abi.O_NOCTTY;
  using opened = new DisposableStack();
  const readEnd = checked(() => libc.posix_openpt(flags));
  opened.adopt(readEnd, close);
  setCloseOnExec(readEnd);
  checked(() => libc.grantpt(readEnd));
  checked(() => libc.unlockpt(readEnd));
  const path = new Uint8Array(PATH_BYTES);
  const error = libc.ptsname_r(readEnd, path, BigInt(PATH_BYTES));
  if (error !== 0) throw new LibcError(error);
  const name = new TextDecoder().decode(path.subarray(0, path.indexOf(0)));
  const writeEnd = openForWriting(name);
  opened.adopt(writeEnd, close);
  const settings = new Uint8Array(SETTINGS_BYTES);
  checked(() => libc.tcgetattr(writeEnd, settings));
  libc.cfmakeraw(settings);
  const TCSANOW = 0; // Of <termios.h>, the same on Linux and macOS.
  checked(() => libc.tcsetattr(writeEnd, TCSANOW, settings));
  opened.move();
  return { readEnd, writeEnd, path: name };
}

/**
 * Opens a terminal or a device to be written; no program we run inherits it.
 *
 * @throws {LibcError} If it cannot be opened.
 */
export function openForWriting(path: string): number {
  const name = new TextEncoder().encode(`${path}\0`);
  const flags = O_RDWR | abi.O_NOCTTY | O_CLOEXEC;
  const fd = checked(() => libcCalls(FUNCTIONS).open(name, flags));
  setCloseOnExec(fd);
  return fd;
}
