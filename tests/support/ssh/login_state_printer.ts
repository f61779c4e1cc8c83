// deno-lint-ignore-file no-console -- what it sees is its output
/**
 * Runs a shell command, its argument, and says each change in what is seen of
 * it until it has ended.
 */

import { readLoginState } from "../../../lib/ssh/login_state.ts";

const child = new Deno.Command("sh", {
  args: ["-c", Deno.args[0]!],
  stdin: "null",
  stdout: "null",
  stderr: "null",
}).spawn();

let hasEnded = false;
child.status.then(() => hasEnded = true);
let shown = "";
while (!hasEnded) {
  const { login, isPrompting } = readLoginState(child.pid);
  const view = `${login}${isPrompting ? ", asking" : ""}`;
  if (view !== shown) console.log(`<${view}>`);
  shown = view;
  await new Promise((resolve) => setTimeout(resolve, 10));
}
