import { assertEquals } from "@std/assert";
import { fishValue } from "../../../lib/completion/fish_token.ts";

Deno.test("fishValue() removes quotes as fish does, open ones too", () => {
  const rows = [
    ["", ""],
    ["host:a", "host:a"],
    ["a\\ b\\'", "a b'"],
    ["'a b", "a b"],
    ["'a\\'b\\\\c\\d'", "a'b\\c\\d"],
    ['"a\\"b\\$c\\d', 'a"b$c\\d'],
    [`a'b'"c"d`, "abcd"],
    ["a\\", "a"],
    ["$x/é", "$x/é"],
  ] as const;
  for (const [token, value] of rows) {
    assertEquals(fishValue(token), value, token);
  }
});
