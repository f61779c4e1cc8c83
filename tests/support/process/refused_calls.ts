/** Systems that refuse a call: old kernels, and containers with their filters. */

import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("refused_calls.py", import.meta.url));

/** Errors of a call that is refused, by <asm-generic/errno.h>. */
const ERRORS = { EPERM: 1, EAGAIN: 11, ENOSYS: 38 } as const;

/**
 * Refusal of a call: by a filter, by a kernel that does not know it, or by one that
 * can never carry it out now.
 */
type Refusal = keyof typeof ERRORS;

/** Numbers of calls, by <asm/unistd.h>. */
const NUMBERS = {
  x86_64: {
    ...{ statx: 332, waitid: 247, inotify_init1: 294, setsockopt: 54 },
    ...{ openat2: 437, landlock_create_ruleset: 444 },
  },
  aarch64: {
    ...{ statx: 291, waitid: 95, inotify_init1: 26, setsockopt: 208 },
    ...{ openat2: 437, landlock_create_ruleset: 444 },
  },
} as const;

type RefusedCall = keyof typeof NUMBERS["x86_64"];

/** Gives what stands before a program to which the system refuses a call. */
export function refusing(
  call: RefusedCall,
  refusal: Refusal,
): readonly string[] {
  const number = NUMBERS[Deno.build.arch][call];
  return ["python3", SCRIPT, String(ERRORS[refusal]), String(number)];
}
