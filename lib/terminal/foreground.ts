import { libcCalls } from "../system/libc.ts";

/**
 * Gives a test for whether this process is in its terminal's foreground, where
 * alone it may draw. Where the system cannot be asked, it counts as there.
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
