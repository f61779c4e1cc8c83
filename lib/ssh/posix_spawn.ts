/** Start of a process by posix_spawnp(3), on Linux and macOS. */

import { encodeName } from "../names/name_bytes.ts";
import { hasWorkingDescriptors } from "../system/descriptors.ts";
import {
  type Calls,
  checked,
  EINVAL,
  ENOEXEC,
  libcAddresses,
  libcCalls,
  LibcError,
} from "../system/libc.ts";
import { abi } from "../system/abi.ts";

const FUNCTIONS = {
  posix_spawnp: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "pointer"],
    result: "i32",
  },
  posix_spawnattr_init: { parameters: ["buffer"], result: "i32" },
  posix_spawnattr_destroy: { parameters: ["buffer"], result: "i32" },
  posix_spawnattr_setflags: { parameters: ["buffer", "i16"], result: "i32" },
  posix_spawnattr_setsigdefault: {
    parameters: ["buffer", "buffer"],
    result: "i32",
  },
  posix_spawnattr_setsigmask: {
    parameters: ["buffer", "buffer"],
    result: "i32",
  },
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_destroy: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_adddup2: {
    parameters: ["buffer", "i32", "i32"],
    result: "i32",
  },
  sigemptyset: { parameters: ["buffer"], result: "i32" },
  sigaddset: { parameters: ["buffer", "i32"], result: "i32" },
  sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
} as const;

type Library = Calls<typeof FUNCTIONS>;

let loaded: Library | undefined;

function libc(): Library {
  return loaded ??= libcCalls(FUNCTIONS);
}

let isUsable: boolean | undefined;

/** Tells whether this system and its C library can start a process so. */
export function canSpawn(): boolean {
  return isUsable ??= testLibrary();
}

function testLibrary(): boolean {
  if (!["linux", "darwin"].includes(Deno.build.os)) return false;
  try {
    libc();
    return hasWorkingDescriptors();
  } catch {
    return false;
  }
}

/** Descriptors that become a program's standard streams. */
export interface Streams {
  readonly input: number;
  readonly output: number;
  readonly error: number;
}

/** Settings of a process. */
export interface SpawnOptions {
  /** True where a Ctrl-C on the terminal is not to reach it. */
  readonly isOutOfReach?: boolean;
  /**
   * True where INT and HUP are held back from it, so that it need not lead a group
   * of its own: it can still ask its questions on the terminal.
   */
  readonly holdsInterrupts?: boolean;
}

/**
 * Starts the program that the first word names, with these words as its
 * arguments and our environment. It gets no descriptor but these streams, and
 * signals as if a shell had started it.
 *
 * @returns The process id.
 * @throws {LibcError} If it cannot be started.
 */
export function spawn(
  words: readonly string[],
  streams: Streams,
  options: SpawnOptions = {},
): number {
  keepChildren();
  try {
    return spawnProgram(words, streams, options);
  } catch (error) {
    if (!(error instanceof LibcError) || error.code !== ENOEXEC) throw error;
    return spawnProgram([...SCRIPT_SHELL, ...words], streams, options);
  }
}

/** Shell for a script without `#!`, as execvp(3) has it. */
const SCRIPT_SHELL = ["/bin/sh", "-c", `exec "$0" "$@"`] as const;

/** Bytes that any record of the C library fits in; the largest has 336. */
const RECORD_BYTES = 512;

function spawnProgram(
  words: readonly string[],
  { input, output, error }: Streams,
  options: SpawnOptions,
): number {
  const attributes = new Uint8Array(RECORD_BYTES);
  const actions = new Uint8Array(RECORD_BYTES);
  succeeds(libc().posix_spawnattr_init(attributes));
  succeeds(libc().posix_spawn_file_actions_init(actions));
  try {
    setAttributes(attributes, options);
    for (const [standard, fd] of [input, output, error].entries()) {
      succeeds(
        libc().posix_spawn_file_actions_adddup2(actions, fd, standard),
      );
    }
    return spawnWith(words, actions, attributes);
  } finally {
    libc().posix_spawn_file_actions_destroy(actions);
    libc().posix_spawnattr_destroy(attributes);
  }
}

/**
 * Restores SIGPIPE, which the runtime ignores and programs do not expect. A process
 * out of reach leads a group of its own: a terminal sends signals to one group.
 */
function setAttributes(
  attributes: Uint8Array<ArrayBuffer>,
  { isOutOfReach = false, holdsInterrupts = false }: SpawnOptions,
): void {
  // Of <signal.h> and <spawn.h>, the same on Linux and macOS.
  const SIGHUP = 1;
  const SIGINT = 2;
  const SIGPIPE = 13;
  const POSIX_SPAWN_SETPGROUP = 0x02;
  const POSIX_SPAWN_SETSIGDEF = 0x04;
  const POSIX_SPAWN_SETSIGMASK = 0x08;
  const set = new Uint8Array(RECORD_BYTES);
  succeeds(libc().sigemptyset(set));
  for (const signal of holdsInterrupts ? [SIGHUP, SIGINT] : []) {
    succeeds(libc().sigaddset(set, signal));
  }
  succeeds(libc().posix_spawnattr_setsigmask(attributes, set));
  succeeds(libc().sigemptyset(set));
  succeeds(libc().sigaddset(set, SIGPIPE));
  succeeds(libc().posix_spawnattr_setsigdefault(attributes, set));
  succeeds(
    libc().posix_spawnattr_setflags(
      attributes,
      POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
        (isOutOfReach ? POSIX_SPAWN_SETPGROUP : 0),
    ),
  );
}

function spawnWith(
  words: readonly string[],
  actions: Uint8Array<ArrayBuffer>,
  attributes: Uint8Array<ArrayBuffer>,
): number {
  const encoded = encodedWords(words);
  const id = new Int32Array(1);
  succeeds(
    libc().posix_spawnp(
      id,
      // Begins with the name of the program, ended by a NUL.
      encoded,
      actions,
      attributes,
      addressesOf(encoded),
      environment(),
    ),
  );
  return id[0]!;
}

/** Encodes words, a NUL after each, at an address that stays. */
function encodedWords(words: readonly string[]): Uint8Array<ArrayBuffer> {
  if (words.some((word) => word.includes("\0"))) throw new LibcError(EINVAL);
  const bytes = encodeName(words.map((word) => `${word}\0`).join(""));
  const encoded = new Uint8Array(new ArrayBuffer(bytes.length));
  encoded.set(bytes);
  return encoded;
}

/** Gives the address of each word, and a null pointer after the last one. */
function addressesOf(
  encoded: Uint8Array<ArrayBuffer>,
): BigUint64Array<ArrayBuffer> {
  const start = Deno.UnsafePointer.value(Deno.UnsafePointer.of(encoded));
  const addresses: bigint[] = [];
  for (let at = 0; at < encoded.length; at = encoded.indexOf(0, at) + 1) {
    addresses.push(start + BigInt(at));
  }
  return BigUint64Array.of(...addresses, 0n);
}

function environment(): Deno.PointerObject {
  return new Deno.UnsafePointerView(environmentVariable()).getPointer()!;
}

/** Gives the address of `environ` (environ(7)). */
function environmentVariable(): Deno.PointerObject {
  if (Deno.build.os !== "darwin") return libcAddresses(["environ"])["environ"]!;
  const { _NSGetEnviron } = libcCalls({
    _NSGetEnviron: { parameters: [], result: "pointer" },
  });
  return _NSGetEnviron()!;
}

/**
 * Stops ignoring SIGCHLD, as some programs that start us do: the ends of children
 * would be lost.
 */
function keepChildren(): void {
  const { SIGCHLD } = abi;
  const SIG_IGN = 1n; // Of <signal.h>, the same on Linux and macOS.
  const action = new BigUint64Array(RECORD_BYTES / 8);
  checked(() => libc().sigaction(SIGCHLD, null, action));
  if (action[0] !== SIG_IGN) return;
  checked(() => libc().sigaction(SIGCHLD, action.fill(0n), null));
}

/** Throws the error that a call gives; 0 is none. */
function succeeds(error: number): void {
  if (error !== 0) throw new LibcError(error);
}
