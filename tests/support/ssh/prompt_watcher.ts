// deno-lint-ignore-file no-console -- what it sees is its output
/**
 * Watches for prompts while a shell command runs, its argument; prints whether
 * there were any before it, and twice after it.
 */

import { watchPrompts } from "../../../lib/ssh/prompt_watch.ts";

using watch = watchPrompts();
const before = watch.hasPrompted;
await new Deno.Command("sh", {
  args: ["-c", Deno.args[0]!],
  stdin: "inherit",
  stdout: "null",
  stderr: "null",
}).output();
console.log([before, watch.hasPrompted, watch.hasPrompted].join(" "));
