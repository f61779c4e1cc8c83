// deno-lint-ignore-file no-console -- what it sees is its output
/**
 * Runs a shell command, its argument, and prints each change of its login state
 * until it has ended.
 */

import { poll } from "@std/async/poll";
import { readLoginState } from "../../../lib/ssh/login_state.ts";

const child = new Deno.Command("sh", {
  args: ["-c", Deno.args[0]!],
  stdin: "null",
  stdout: "null",
  stderr: "null",
}).spawn();

let hasEnded = false;
child.status.then(() => hasEnded = true);
let printed = "";
await poll(
  () => {
    const { login, isPrompting } = readLoginState(child.pid);
    const state = `${login}${isPrompting ? ", asking" : ""}`;
    if (state !== printed) console.log(`<${state}>`);
    printed = state;
    return hasEnded;
  },
  Boolean,
  { interval: 10 },
);
