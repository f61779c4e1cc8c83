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
import { signalName } from "./signal_name.ts";
import type { Process, ProcessEnd } from "./spawner.ts";

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
  waitid: {
    parameters: ["i32", "u32", "buffer", "i32"],
    result: "i32",
    nonblocking: true,
  },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
} as const;

type Library = Calls<typeof FUNCTIONS>;

let loaded: Library | undefined;

function libc(): Library {
  return loaded ??= libcCalls(FUNCTIONS);
}

let hasWhatItTakes: boolean | undefined;

/** Whether this system and its library have what it takes. */
export function canStartProcesses(): boolean {
  return hasWhatItTakes ??= findWhatItTakes();
}

function findWhatItTakes(): boolean {
  if (!["linux", "darwin"].includes(Deno.build.os)) return false;
  try {
    libc();
    return hasWorkingDescriptors();
  } catch {
    return false;
  }
}

/** Descriptors that a program gets as its standard streams. */
export interface Streams {
  readonly input: number;
  readonly output: number;
  readonly error: number;
}

/**
 * Starts the program that the first word names, with these words as its
 * arguments, our environment as it is, and no descriptor of ours but these
 * streams. Signals are to it as if a shell had started it.
 *
 * @throws {LibcError} If it cannot be started.
 */
export function startProcess(
  words: readonly string[],
  streams: Streams,
): Process {
  keepChildren();
  try {
    return new RawProcess(spawn(words, streams));
  } catch (error) {
    if (!(error instanceof LibcError) || error.code !== ENOEXEC) throw error;
    return new RawProcess(spawn([...SCRIPT_SHELL, ...words], streams));
  }
}

/** Runs what is no program, as a script without `#!`: what execvp(3) does. */
const SCRIPT_SHELL = ["/bin/sh", "-c", `exec "$0" "$@"`] as const;

/** What any of the library's records fits in; they are 336 bytes at most. */
const RECORD_BYTES = 512;

/** Gives the process id. */
function spawn(
  words: readonly string[],
  { input, output, error }: Streams,
): number {
  const attributes = new Uint8Array(RECORD_BYTES);
  const actions = new Uint8Array(RECORD_BYTES);
  succeeds(libc().posix_spawnattr_init(attributes));
  succeeds(libc().posix_spawn_file_actions_init(actions));
  try {
    resetSignals(attributes);
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

/** The runtime ignores SIGPIPE, which programs do not expect. */
function resetSignals(attributes: Uint8Array<ArrayBuffer>): void {
  // Of <signal.h> and <spawn.h>, the same on Linux and macOS.
  const SIGPIPE = 13;
  const POSIX_SPAWN_SETSIGDEF = 0x04;
  const POSIX_SPAWN_SETSIGMASK = 0x08;
  const set = new Uint8Array(RECORD_BYTES);
  succeeds(libc().sigemptyset(set));
  succeeds(libc().posix_spawnattr_setsigmask(attributes, set));
  succeeds(libc().sigaddset(set, SIGPIPE));
  succeeds(libc().posix_spawnattr_setsigdefault(attributes, set));
  succeeds(
    libc().posix_spawnattr_setflags(
      attributes,
      POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK,
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
      // What this begins with is the program's name.
      encoded,
      actions,
      attributes,
      addressesOf(encoded),
      environment(),
    ),
  );
  return id[0]!;
}

/** The bytes of each word and a NUL after each, at an address that stays. */
function encodedWords(words: readonly string[]): Uint8Array<ArrayBuffer> {
  if (words.some((word) => word.includes("\0"))) throw new LibcError(EINVAL);
  const bytes = encodeName(words.map((word) => `${word}\0`).join(""));
  const encoded = new Uint8Array(new ArrayBuffer(bytes.length));
  encoded.set(bytes);
  return encoded;
}

/** Where each word begins, and a null pointer after the last one. */
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
  return new Deno.UnsafePointerView(environmentPlace()).getPointer()!;
}

/** Where the variable is that points to our environment. */
function environmentPlace(): Deno.PointerObject {
  if (Deno.build.os !== "darwin") return libcAddresses(["environ"])["environ"]!;
  const { _NSGetEnviron } = libcCalls({
    _NSGetEnviron: { parameters: [], result: "pointer" },
  });
  return _NSGetEnviron()!;
}

/** Where children's ends are ignored, as by some who start us, none is told. */
function keepChildren(): void {
  const { SIGCHLD } = abi;
  const SIG_IGN = 1n; // Of <signal.h>, the same on Linux and macOS.
  const action = new BigUint64Array(RECORD_BYTES / 8);
  checked(() => libc().sigaction(SIGCHLD, null, action));
  if (action[0] !== SIG_IGN) return;
  checked(() => libc().sigaction(SIGCHLD, action.fill(0n), null));
}

/** For a call that gives its error, or 0. */
function succeeds(error: number): void {
  if (error !== 0) throw new LibcError(error);
}

class RawProcess implements Process {
  readonly id: number;
  readonly ended: Promise<ProcessEnd>;
  #isReaped = false;

  constructor(id: number) {
    this.id = id;
    this.ended = this.#awaitEnd();
  }

  stop(): void {
    if (!this.#isReaped) Deno.kill(this.id, "SIGTERM");
  }

  /**
   * Waits on a thread, and reaps here: so the process id is known to be this
   * program's until then.
   */
  async #awaitEnd(): Promise<ProcessEnd> {
    const WNOHANG = 1; // Of <sys/wait.h>, the same on Linux and macOS.
    const status = new Int32Array(1);
    do {
      await this.#ends();
    } while (
      checked(() => libc().waitpid(this.id, status, WNOHANG)) !== this.id
    );
    this.#isReaped = true;
    return endOf(status[0]!);
  }

  /** Resolves when it has ended, or it is time to look whether it has. */
  async #ends(): Promise<void> {
    // Of <sys/wait.h>, the same on Linux and macOS.
    const P_PID = 1;
    const WEXITED = 4;
    const { WNOWAIT } = abi;
    const told = new Uint8Array(RECORD_BYTES);
    const error = await libc().waitid(P_PID, this.id, told, WEXITED | WNOWAIT);
    // Only now may the garbage collector take it.
    told.fill(0);
    // A signal came between, or a container's filter refuses the call.
    if (error !== 0) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
    }
  }
}

/** Time between looks for the end of a program that cannot be waited for. */
const LOOK_MILLISECONDS = 10;

/** @param status As waitpid(2) gives it. */
function endOf(status: number): ProcessEnd {
  const signal = status & 0x7f;
  return signal === 0
    ? { code: status >> 8 & 0xff, signal: null }
    : { code: 128 + signal, signal: signalName(signal, Deno.build.os) };
}
