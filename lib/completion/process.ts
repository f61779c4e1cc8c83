/**
 * What is done to this process, which lives for one completion only, before it
 * runs an ssh and after that.
 */

import { libcCalls } from "../system/libc.ts";

const FUNCTIONS = {
  setsid: { parameters: [], result: "i32" },
  signal: { parameters: ["i32", "usize"], result: "pointer" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
} as const;

/**
 * Has no ssh, a jump host's included, ask anybody for anything: neither by a
 * program nor at the terminal, which is not ours any more.
 *
 * @returns Whether the processes we start are in a group of our own.
 */
export function askNobody(): boolean {
  Deno.env.set("SSH_ASKPASS_REQUIRE", "never");
  // Before 8.4 ssh asked by a program wherever there was a display.
  for (const name of ["SSH_ASKPASS", "DISPLAY"]) Deno.env.delete(name);
  try {
    return libcCalls(FUNCTIONS).setsid() !== -1;
  } catch {
    return false;
  }
}

/** Ends every process in our group but ourselves, which has to be our own. */
export function endGroup(): void {
  const SIGTERM = 15;
  const SIG_IGN = 1n;
  const OUR_GROUP = 0;
  try {
    const { signal, kill } = libcCalls(FUNCTIONS);
    signal(SIGTERM, SIG_IGN);
    kill(OUR_GROUP, SIGTERM);
  } catch {
    // There is no such call here: the group is no group.
  }
}
