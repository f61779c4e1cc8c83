// deno-lint-ignore-file no-console -- what it sees is its output
/**
 * Watches whether somebody is asked while a shell command runs, its argument;
 * says so before and after it, the latter twice.
 */

import { watchAsking } from "../../../lib/ssh/asking.ts";

using asking = watchAsking();
const before = asking.hasAsked;
await new Deno.Command("sh", {
  args: ["-c", Deno.args[0]!],
  stdin: "inherit",
  stdout: "null",
  stderr: "null",
}).output();
console.log([before, asking.hasAsked, asking.hasAsked].join(" "));
