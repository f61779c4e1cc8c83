import { assertEquals } from "@std/assert";
import { PreparedLayout } from "../../../lib/scp/prepared_layout.ts";
import type { SentDirectory } from "../../../lib/scp/sent_entry.ts";

const KEY = "seacp-key";

function planned(path: string, group: number) {
  return {
    source: `/src${path}`,
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    mode: 0o755,
    group,
  };
}

const LAYOUT = new PreparedLayout(
  [planned("", 0), planned("/a", 1), planned("/a/a", 2), planned("/b", 1)],
  { key: KEY, target: "target/src" },
);

function directory(
  path: string,
  above: SentDirectory | undefined,
): SentDirectory {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return {
    path,
    identity: undefined,
    above,
    canReopen: true,
    announcement: {
      path,
      record: { kind: "directory", mode: 0o755, name },
      times: { modified: 1000, accessed: 2000 },
    },
  };
}

const TOP = directory("/src", undefined);
const A = directory("/src/a", TOP);

function names(directory: SentDirectory | undefined): string[] {
  return LAYOUT.levelsInto(directory).map((level) => {
    const { announcement: { record: { name }, times }, isPrepared } = level;
    const notes = [
      ...(times === undefined ? ["without times"] : []),
      ...(isPrepared ? [] : ["waiting"]),
    ];
    return [name, ...notes].join(" ");
  });
}

Deno.test("PreparedLayout: leads into a directory by its group's link alone", () => {
  assertEquals(names(undefined), []);
  assertEquals(names(TOP), ["0 without times", "b"]);
  assertEquals(names(A), ["1 without times", "a"]);
  assertEquals(names(directory("/src/a/a", A)), ["2 without times", "a"]);
});

Deno.test("PreparedLayout: leads into a directory that is not prepared from the one above", () => {
  const late = directory("/src/a/late", A);
  assertEquals(names(late), ["1 without times", "a", "late waiting"]);
  assertEquals(
    names(directory("/src/a/late/x", late)),
    ["1 without times", "a", "late waiting", "x waiting"],
  );
});

Deno.test("PreparedLayout: words messages with the path in the target", () => {
  for (
    const [said, shown] of [
      [`scp: /tmp/${KEY}/0/b/f: full`, "scp: target/src/f: full"],
      [`/tmp x/${KEY}/1/a/f: full`, "target/src/a/f: full"],
      [`scp: /tmp/${KEY}/2/a/f g: full`, "scp: target/src/a/a/f g: full"],
      [`scp: /tmp/${KEY}/7/a/f: full`, "scp: target/src/a/f: full"],
      [`scp: ${KEY}: gone`, `scp: ${KEY}: gone`],
      ["scp: elsewhere: full", "scp: elsewhere: full"],
    ] as const
  ) {
    assertEquals(LAYOUT.reworded(said), shown);
  }
});
