/** What tests of several connections have in common, over either protocol. */

import type { Door } from "./doors.ts";
import type { Outcome } from "./process/program.ts";
import { type LoginSettings, Sshd } from "./ssh/sshd.ts";

/** Reason to skip a test that looks for a server's processes; absent on Linux. */
export const LACKS_PROC = Deno.build.os === "linux"
  ? undefined
  : "sshd's processes are found on Linux alone";

/** Character that interrupts the program on a terminal. */
export const CTRL_C = "\x03";

/** Gives the way to a server that the test ends itself. */
export function doorTo({ config, home }: Sshd): Door {
  return {
    options: ["-F", config],
    home,
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Counts the ssh processes that a verbose copy started. */
export function sshCount({ stderr }: Pick<Outcome, "stderr">): number {
  return stderr.match(/^Executing: program /mg)?.length ?? 0;
}

/** Gives the lines of our own that are warnings. */
export function warnings(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.includes("warning: "));
}

/** Starts a server that logs each session. */
export async function startVerbose(
  settings: LoginSettings = {},
): Promise<Sshd> {
  return await Sshd.start({
    ...settings,
    prepare: async () => ({ lines: "LogLevel VERBOSE" }),
  });
}

/** Makes directories of 32 KiB each, 1.5 MiB in all: a second and more at 8 Mbit/s. */
export function makeDirectories(root: string): void {
  for (let at = 0; at < 48; at++) {
    Deno.mkdirSync(`${root}/tree/${at}`, { recursive: true });
    const content = new Uint8Array(32 * 1024).fill(at);
    Deno.writeFileSync(`${root}/tree/${at}/f`, content);
  }
}
