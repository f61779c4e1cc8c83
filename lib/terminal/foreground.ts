import { libcCalls } from "../system/libc.ts";

/**
 * Gives a test that tells whether this process is in its terminal's foreground,
 * the only place where it may draw. Where the system does not tell, it counts as
 * being there.
 */
export function foregroundTest(): () => boolean {
  let test: (() => boolean) | undefined;
  return () => (test ??= loadedTest())();
}

const FUNCTIONS = {
  tcgetpgrp: { parameters: ["i32"], result: "i32" },
  getpgrp: { parameters: [], result: "i32" },
} as const;

function loadedTest(): () => boolean {
  try {
    const { getpgrp, tcgetpgrp } = libcCalls(FUNCTIONS);
    return () => [getpgrp(), -1].includes(tcgetpgrp(1));
  } catch {
    return () => true;
  }
}
