import {
  isReadableWithin,
  O_CLOEXEC,
  O_NONBLOCK,
  read,
  receiveSome,
  send,
  setReceiveTime,
  write,
} from "./descriptors.ts";
import { entryCalls } from "./entries.ts";
import { checked } from "./libc.ts";
import { O_WRONLY } from "./fcntl.ts";
import { AT_EMPTY_PATH, S_IFMT, statusCalls } from "./status.ts";

/**
 * Longest wait of an input, in milliseconds: signals wait for it, too. A server has
 * nothing else to do, and answers sooner than where another thread waits.
 */
const WAIT_MILLISECONDS = 20;

/** Input whose reads wait for a moment. */
export interface PatientInput extends Disposable {
  readonly descriptor: number;
  /** Reads as `read` of descriptors does; `undefined` where nothing comes. */
  read(buffer: Uint8Array): number | undefined;
}

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
 * Finds a way to read standard input and to write to standard output.
 *
 * @returns `undefined` where they are no pipes or sockets, or the system has no such
 * call.
 */
export function patientStreams():
  | { readonly input: PatientInput; readonly output: PatientOutput }
  | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const kinds = [kindOf(0), kindOf(1)];
    if (!kinds.every((kind) => kind === S_IFIFO || kind === S_IFSOCK)) {
      return undefined;
    }
    const [input, output] = kinds;
    return {
      input: input === S_IFSOCK ? socketInput(0) : pipeInput(0),
      output: output === S_IFSOCK
        ? { descriptor: 1, write: (bytes) => send(1, bytes) }
        : pipeOutput(),
    };
  } catch {
    return undefined;
  }
}

/** Reads from a pipe, or anything else that can be waited for. */
export function pipeInput(descriptor: number): PatientInput {
  return {
    descriptor,
    read: (buffer) =>
      isReadableWithin(descriptor, WAIT_MILLISECONDS)
        ? read(descriptor, buffer)
        : undefined,
    [Symbol.dispose]: () => {},
  };
}

/**
 * Reads from a socket, which waits by itself: one call less for each request.
 * Disposing of it takes the limit of its waits away, which others may share.
 *
 * @throws {LibcError} If its waits cannot be limited.
 */
export function socketInput(descriptor: number): PatientInput {
  setReceiveTime(descriptor, WAIT_MILLISECONDS);
  return {
    descriptor,
    read: (buffer) => receiveSome(descriptor, buffer),
    [Symbol.dispose]: () => setReceiveTime(descriptor, 0),
  };
}

/** Opens the pipe once more: other programs may share the flags of its descriptor. */
function pipeOutput(): PatientOutput {
  const path = new TextEncoder().encode("/proc/self/fd/1\0");
  const flags = O_WRONLY | O_NONBLOCK | O_CLOEXEC;
  const descriptor = checked(() => entryCalls().open(path, flags, 0));
  return { descriptor, write: (bytes) => write(descriptor, bytes) };
}

/** Gives the bits of `S_IFMT` of what a descriptor names. */
function kindOf(fd: number): number {
  const { look, whole } = statusCalls();
  checked(() => look(fd, NUL, AT_EMPTY_PATH));
  return whole().permissions & S_IFMT;
}
