// deno-lint-ignore-file no-console -- what it sees is its output
/**
 * Watches whether somebody is asked while a shell command runs, its argument;
 * says so before and after it, the latter twice.
 */

import { watchPrompts } from "../../../lib/ssh/prompt_watch.ts";

using asking = watchPrompts();
const before = asking.hasPrompted;
await new Deno.Command("sh", {
  args: ["-c", Deno.args[0]!],
  stdin: "inherit",
  stdout: "null",
  stderr: "null",
}).output();
console.log([before, asking.hasPrompted, asking.hasPrompted].join(" "));
