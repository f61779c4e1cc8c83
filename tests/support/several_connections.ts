/** What tests of several connections have in common, over either protocol. */

import { assertEquals } from "@std/assert";
import { Place } from "./fixtures/place.ts";
import { describeTree } from "./fixtures/tree.ts";
import { PASSWORD_ALONE, startWithPassword } from "./logins/passwords.ts";
import { answer } from "./logins/typed.ts";
import { openAt } from "./logins/way.ts";
import { seacpCommand } from "./process/pseudo_terminal.ts";
import type { Outcome } from "./process/program.ts";
import { type LoginSettings, Sshd } from "./ssh/sshd.ts";

/** Reason to skip a test that looks for a server's processes; absent on Linux. */
export const LACKS_PROC = Deno.build.os === "linux"
  ? undefined
  : "sshd's processes are found on Linux alone";

/** Character that interrupts the program on a terminal. */
export const CTRL_C = "\x03";

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

/**
 * Expects that a copy over several connections to a server that asks for a password
 * asks once, and how many of them it takes: all where they share the login, else one.
 *
 * @param make Makes the tree that goes up.
 */
export async function expectOneQuestion(
  options: readonly string[],
  jobs: number,
  make: (root: string) => void,
): Promise<void> {
  const count = options.includes("--share") ? jobs : 1;
  const sshd = await startWithPassword("open sesame");
  await using way = openAt({ far: sshd }, PASSWORD_ALONE);
  using place = new Place(way);
  make(place.near);
  const { status, said, asked } = await answer(
    seacpCommand([
      ...[...way.options, "--jobs", `${jobs}`, ...options, "-vr"],
      ...["tree", place.remote(".")],
    ]),
    {
      cwd: place.near,
      questions: [{ text: "'s password: ", answer: "open sesame" }],
    },
  );
  assertEquals([status, asked.length], [0, 1], said);
  assertEquals(sshCount({ stderr: said }), count, said);
  assertEquals(
    warnings(said).map((line) => line.replace(/^.*warning: /, "")),
    count === jobs ? [] : [
      `far: going on with 1 of ${jobs} connections: ssh would prompt for each: ` +
      "try --share",
    ],
  );
  assertEquals(await describeTree(place.far), await describeTree(place.near));
}
