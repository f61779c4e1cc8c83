import { assertEquals } from "@std/assert";
import { NestedLayout } from "../../../lib/scp/layout.ts";
import type { SentDirectory } from "../../../lib/scp/sent_entry.ts";

function directory(
  name: string,
  above: SentDirectory | undefined,
  isAnnounced = true,
): SentDirectory {
  const path = above === undefined ? name : `${above.path}/${name}`;
  return {
    path,
    identity: undefined,
    above,
    canReopen: true,
    announcement: isAnnounced
      ? {
        path,
        record: { kind: "directory", mode: 0o755, name },
        times: { modified: 1000, accessed: 2000 },
      }
      : undefined,
  };
}

function names(
  innermost: SentDirectory | undefined,
  outermost?: string,
): string[] {
  return new NestedLayout(outermost).levelsInto(innermost)
    .map(({ announcement: { path, record } }) => `${path} as ${record.name}`);
}

Deno.test("NestedLayout: leads into a directory after those above it", () => {
  const inner = directory("c", directory("b", directory("a", undefined)));
  assertEquals(names(inner), ["a as a", "a/b as b", "a/b/c as c"]);
  assertEquals(names(undefined), []);
});

Deno.test("NestedLayout: renames the outermost directory alone", () => {
  const inner = directory("b", directory("a", undefined));
  assertEquals(names(inner, "new"), ["a as new", "a/b as b"]);
});

Deno.test("NestedLayout: leaves out a directory that was not announced", () => {
  const inner = directory("b", directory(".", undefined, false));
  assertEquals(names(inner, "new"), ["./b as b"]);
});
