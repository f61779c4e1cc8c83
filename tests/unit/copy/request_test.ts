import { assertEquals } from "@std/assert";
import { aheadFor } from "../../../lib/copy/request.ts";
import type { Ahead } from "../../../lib/scp/answers.ts";

/** Requests that a far shell makes one word of, and no names of others. */
const ONE_ENTRY: readonly string[] = [
  "",
  "d",
  "/srv/www",
  "~",
  "~user/d",
  "a.b-c_d+e,f:g@h%i=j",
  ".",
  "..",
];

/** Requests that may come to be several entries, or other ones. */
const PERHAPS_MORE: readonly string[] = [
  "*",
  "d/*.gz",
  "x?",
  "[ab]",
  "{a,b}",
  "a b",
  "'a b'",
  '"a"',
  "a\\ b",
  "$HOME",
  "`ls`",
  "$(ls)",
  "a;b",
  "a&b",
  "a|b",
  "a>b",
  "a\nb",
  "a\tb",
  "!!",
  "#a",
  "é",
  "a^b",
];

const ROWS: readonly (readonly [
  requests: readonly string[],
  options: { recursive: boolean; lockstep: boolean },
  ahead: Ahead,
])[] = [
  [ONE_ENTRY, { recursive: false, lockstep: false }, "none"],
  [ONE_ENTRY, { recursive: true, lockstep: false }, "window"],
  [ONE_ENTRY, { recursive: false, lockstep: true }, "none"],
  [ONE_ENTRY, { recursive: true, lockstep: true }, "none"],
  [PERHAPS_MORE, { recursive: false, lockstep: false }, "certain"],
  [PERHAPS_MORE, { recursive: true, lockstep: false }, "certain"],
  [PERHAPS_MORE, { recursive: false, lockstep: true }, "none"],
  [PERHAPS_MORE, { recursive: true, lockstep: true }, "none"],
];

for (const [requests, options, ahead] of ROWS) {
  Deno.test(`aheadFor() is ${ahead} with ${JSON.stringify(options)} for ${requests[1]} and its like`, () => {
    for (const request of requests) {
      assertEquals(aheadFor(request, options), ahead, JSON.stringify(request));
    }
  });
}
