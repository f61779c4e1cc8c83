import { O_CLOEXEC, O_NONBLOCK, send, write } from "./descriptors.ts";
import { entryCalls } from "./entries.ts";
import { checked } from "./libc.ts";
import { O_WRONLY } from "./fcntl.ts";
import { AT_EMPTY_PATH, S_IFMT, statusCalls } from "./status.ts";

/** Output whose writes do not wait. */
export interface PatientOutput {
  readonly descriptor: number;
  /** Writes some of the bytes, as `write` of descriptors does. */
  write(bytes: Uint8Array): number | undefined;
}

/** Kinds of a pipe and of a socket, by <sys/stat.h>. */
const S_IFIFO = 0o010000;
const S_IFSOCK = 0o140000;

const NUL = Uint8Array.of(0);

/**
 * Finds a way to write to standard output without waits. Other programs may share the
 * flags of the descriptor: a pipe is opened once more.
 *
 * @returns `undefined` where input and output are no pipes or sockets, or the system
 * has no such call.
 */
export function patientOutput(): PatientOutput | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const kinds = [kindOf(0), kindOf(1)];
    if (!kinds.every((kind) => kind === S_IFIFO || kind === S_IFSOCK)) {
      return undefined;
    }
    if (kinds[1] === S_IFSOCK) {
      return { descriptor: 1, write: (bytes) => send(1, bytes) };
    }
    const path = new TextEncoder().encode("/proc/self/fd/1\0");
    const flags = O_WRONLY | O_NONBLOCK | O_CLOEXEC;
    const descriptor = checked(() => entryCalls().open(path, flags, 0));
    return { descriptor, write: (bytes) => write(descriptor, bytes) };
  } catch {
    return undefined;
  }
}

/** Gives the bits of `S_IFMT` of what a descriptor names. */
function kindOf(fd: number): number {
  const { look, whole } = statusCalls();
  checked(() => look(fd, NUL, AT_EMPTY_PATH));
  return whole().permissions & S_IFMT;
}
