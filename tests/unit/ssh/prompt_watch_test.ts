import { assertEquals } from "@std/assert";
import { peerTest } from "../../support/doors.ts";
import { runProgram } from "../../support/process/program.ts";
import {
  LENDS_TERMINAL,
  onTerminal,
  quoted,
} from "../../support/process/pseudo_terminal.ts";

const WATCHER =
  new URL("../../support/ssh/prompt_watcher.ts", import.meta.url).pathname;

const COMMAND = [Deno.execPath(), "run", "--quiet", "--allow-all", WATCHER];

/** Environment in which no graphical program prompts. */
const PLAIN = {
  SSH_ASKPASS_REQUIRE: "",
  DISPLAY: "",
  WAYLAND_DISPLAY: "",
};

/** Gives the output of a watch on a terminal while a command runs there. */
async function seenOnTerminal(
  command: string,
  env: Record<string, string> = {},
): Promise<string> {
  const words = [...COMMAND, command].map(quoted).join(" ");
  const { stdout } = await onTerminal(words, 80, { env: { ...PLAIN, ...env } });
  return stdout.trimEnd();
}

/** Gives its output in a session without a terminal. */
async function seenWithout(
  command: string,
  env: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await runProgram(["setsid", "-w", ...COMMAND, command], {
    env: { ...PLAIN, ...env },
  });
  return stdout.trimEnd();
}

/** Times that other programs may open a terminal by accident. */
const ACCIDENTS = 4;

/** Expects an output, unless other programs open a terminal meanwhile. */
async function assertSeen(
  look: () => Promise<string>,
  expected: string,
): Promise<void> {
  let seen = await look();
  for (let left = ACCIDENTS; left > 0 && seen !== expected; left--) {
    seen = await look();
  }
  assertEquals(seen, expected);
}

const NEEDS = [LENDS_TERMINAL, "stty", "setsid"];
const ignore = Deno.build.os !== "linux";

/** Registers a test that needs Linux. */
function test(name: string, fn: () => Promise<void>): void {
  if (ignore) Deno.test({ name: `${name} (on Linux)`, ignore, fn });
  else peerTest(name, NEEDS, fn);
}

test("watchPrompts(): sees that the terminal is opened, and remembers it", async () => {
  await assertSeen(() => seenOnTerminal(": < /dev/tty"), "false true true");
  await assertSeen(() => seenOnTerminal(": > /dev/tty"), "false true true");
  await assertSeen(
    () => seenOnTerminal("sh -c 'exec 3<>/dev/tty'"),
    "false true true",
  );
});

test("watchPrompts(): sees nothing where the terminal is only used", async () => {
  await assertSeen(
    () => seenOnTerminal("tty; stty -g; test -t 0"),
    "false false false",
  );
  await assertSeen(
    () => seenOnTerminal("test -c /dev/tty && ls /dev"),
    "false false false",
  );
});

test("watchPrompts(): sees nothing without a terminal", async () => {
  await assertSeen(() => seenWithout(": < /dev/tty"), "false false false");
});

/** Environments, and whether ssh prompts through a program in them (ssh(1)). */
const ENVIRONMENTS: readonly (readonly [
  env: Record<string, string>,
  onTerminal: boolean,
  without: boolean,
])[] = [
  [{}, false, false],
  [{ SSH_ASKPASS_REQUIRE: "force" }, true, true],
  [{ SSH_ASKPASS_REQUIRE: "prefer" }, true, true],
  [{ SSH_ASKPASS_REQUIRE: "never" }, false, false],
  [{ SSH_ASKPASS_REQUIRE: "never", DISPLAY: ":0" }, false, false],
  [{ DISPLAY: ":0" }, false, true],
  [{ WAYLAND_DISPLAY: "wayland-0" }, false, true],
];

for (const [env, there, elsewhere] of ENVIRONMENTS) {
  test(`watchPrompts(): knows whether a program may prompt, with ${JSON.stringify(env)}`, async () => {
    const seen = (isAsked: boolean) => Array(3).fill(isAsked).join(" ");
    await assertSeen(() => seenOnTerminal(":", env), seen(there));
    await assertSeen(() => seenWithout(":", env), seen(elsewhere));
  });
}
