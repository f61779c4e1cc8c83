import { assertEquals } from "@std/assert";
import { isOfferable, offered } from "../../../lib/completion/offered.ts";
import { ODD_NAMES } from "../../support/fixtures/odd_names.ts";

Deno.test("isOfferable(): accepts names that can be typed and shown", () => {
  for (const name of ODD_NAMES) assertEquals(isOfferable(name), true, name);
  const refused = [
    "",
    "a\nb",
    "a\tb",
    "\x1b[31m",
    "a\x7f",
    "a\x9bb",
    "a\u202eb",
    "a\u2028b",
    "a\udc80b",
    "a\ud800b",
    "a\0b",
  ];
  for (const name of refused) {
    assertEquals(isOfferable(name), false, JSON.stringify(name));
  }
});

Deno.test("offered(): sorts the names that fit, hidden ones after a typed dot", () => {
  const all = [".b", "b", "ab", "a", "a\n", ".a"].map((name) => ({ name }));
  const names = (beginning: string) =>
    offered(all, beginning).map(({ name }) => name);
  assertEquals(names(""), ["a", "ab", "b"]);
  assertEquals(names("a"), ["a", "ab"]);
  assertEquals(names("."), [".a", ".b"]);
  assertEquals(names("c"), []);
});

Deno.test("offered(): keeps the common beginning of too many names", () => {
  const all = Array.from({ length: 5000 }, (_, at) => ({ name: `a${at}` }));
  const names = offered([...all, { name: "b" }], "").map(({ name }) => name);
  assertEquals([names.length, names[0], names.at(-1)], [2000, "a0", "b"]);
});
