/** Changes to this process, which lives for one completion, around its ssh. */

import { libcCalls } from "../system/libc.ts";

const FUNCTIONS = {
  setsid: { parameters: [], result: "i32" },
  signal: { parameters: ["i32", "usize"], result: "pointer" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
} as const;

/**
 * Keeps ssh, a jump host's too, from prompting: no askpass program runs, and
 * this process leaves its session and with it the terminal.
 *
 * @returns True where this process now leads a process group of its own.
 */
export function keepFromPrompting(): boolean {
  Deno.env.set("SSH_ASKPASS_REQUIRE", "never");
  // OpenSSH before 8.4 ran an askpass program wherever there was a display.
  for (const name of ["SSH_ASKPASS", "DISPLAY"]) Deno.env.delete(name);
  try {
    return libcCalls(FUNCTIONS).setsid() !== -1;
  } catch {
    return false;
  }
}

/** Ends all other processes of this process's group, which it has to lead. */
export function endGroup(): void {
  const SIGTERM = 15;
  const SIG_IGN = 1n;
  const OUR_GROUP = 0;
  try {
    const { signal, kill } = libcCalls(FUNCTIONS);
    signal(SIGTERM, SIG_IGN);
    kill(OUR_GROUP, SIGTERM);
  } catch {
    // Windows has neither these calls nor a group to end.
  }
}
