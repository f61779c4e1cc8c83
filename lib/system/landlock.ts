/** Landlock: limits that the kernel puts on a thread, and nothing takes away. */

import { close } from "./descriptors.ts";
import { type Calls, checked, libcCalls, unlessErrno } from "./libc.ts";

const FUNCTIONS = {
  landlock_create_ruleset: {
    name: "syscall",
    parameters: ["i64", "buffer", "usize", "u32"],
    result: "i64",
  },
  landlock_add_rule: {
    name: "syscall",
    parameters: ["i64", "i32", "i32", "buffer", "u32"],
    result: "i64",
  },
  landlock_restrict_self: {
    name: "syscall",
    parameters: ["i64", "i32", "u32"],
    result: "i64",
  },
  prctl: {
    parameters: ["i32", "u64", "u64", "u64", "u64"],
    result: "i32",
  },
} as const;

let loaded: Calls<typeof FUNCTIONS> | undefined;

function libc(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS);
}

// Numbers of the calls, the same on every architecture.
const CREATE_RULESET = 444n;
const ADD_RULE = 445n;
const RESTRICT_SELF = 446n;

/** Rights by their bits, of <linux/landlock.h>. */
const RIGHTS = {
  writeFile: 1n << 1n,
  readFile: 1n << 2n,
  readDirectory: 1n << 3n,
  removeDirectory: 1n << 4n,
  removeFile: 1n << 5n,
  makeDirectory: 1n << 7n,
  makeFile: 1n << 8n,
  refer: 1n << 13n,
  truncate: 1n << 14n,
} as const;

/** Rights that each version of Landlock knows: all below this bit. */
const KNOWN_BITS: readonly number[] = [0, 13, 14, 15, 15, 16];

/** Rights of who reads below the directory, and of who writes there. */
const READING = RIGHTS.readFile | RIGHTS.readDirectory;
const WRITING = READING | RIGHTS.writeFile | RIGHTS.removeDirectory |
  RIGHTS.removeFile | RIGHTS.makeDirectory | RIGHTS.makeFile | RIGHTS.refer |
  RIGHTS.truncate;

// Of <errno.h>.
const EPERM = 1;
const ENOSYS = 38;
const EOPNOTSUPP = 95;

/** Gives the version of Landlock that the kernel has; 0 where it has none. */
export function landlockVersion(): number {
  const VERSION_FLAG = 1;
  return unlessErrno(
    [EPERM, ENOSYS, EOPNOTSUPP],
    () =>
      libc().landlock_create_ruleset(CREATE_RULESET, null, 0n, VERSION_FLAG),
  ) ?? 0;
}

/**
 * Confines this thread for good: of all files it can open, make and remove only
 * those below a directory. What is open stays open. All calls of the C library here
 * are this thread's; the runtime's own threads are not confined.
 *
 * @param root Descriptor of the directory.
 * @returns False where the kernel has no Landlock.
 * @throws {LibcError} If the kernel has it and refuses.
 */
export function confineThread(
  root: number,
  { mayWrite }: { mayWrite: boolean },
): boolean {
  const version = landlockVersion();
  if (version === 0) return false;
  const bits = KNOWN_BITS[Math.min(version, KNOWN_BITS.length - 1)]!;
  const known = (1n << BigInt(bits)) - 1n;
  const ruleset = checked(() =>
    libc().landlock_create_ruleset(
      CREATE_RULESET,
      BigUint64Array.of(known),
      8n,
      0,
    )
  );
  try {
    allowBelow(ruleset, root, (mayWrite ? WRITING : READING) & known);
    const PR_SET_NO_NEW_PRIVS = 38; // Of <linux/prctl.h>.
    checked(() => libc().prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n));
    checked(() => libc().landlock_restrict_self(RESTRICT_SELF, ruleset, 0));
  } finally {
    close(ruleset);
  }
  return true;
}

/** Adds the rule that a thread has some rights below a directory. */
function allowBelow(ruleset: number, root: number, rights: bigint): void {
  const PATH_BENEATH = 1;
  const rule = new DataView(new ArrayBuffer(12));
  rule.setBigUint64(0, rights, true);
  rule.setInt32(8, root, true);
  checked(() =>
    libc().landlock_add_rule(ADD_RULE, ruleset, PATH_BENEATH, rule, 0)
  );
}
