/** Copies on systems that refuse a call, as an older one or a container does. */

import { assertEquals } from "@std/assert";
import { childDoor, peerTest, sftpChildDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { refusing } from "../support/process/refused_calls.ts";
import { describeTree } from "../support/fixtures/tree.ts";

const TREE = [
  { path: "tree/a", content: "1", mode: 0o640, modified: 946_684_800 },
  { path: "tree/in/empty", content: "", mode: 0o600, modified: 1 },
  { path: "tree/in/large", content: "l".repeat(300_000), modified: 2 },
  { path: "tree/in/", mode: 0o750, modified: 3 },
  { path: "tree/", mode: 0o755, modified: 4 },
];

const FACTS = { modes: true, times: true };

for (
  const [call, refusal, door] of [
    ["statx", "EPERM", childDoor],
    ["statx", "ENOSYS", sftpChildDoor],
    ["waitid", "EPERM", childDoor],
    ["setsockopt", "EPERM", childDoor],
    ["inotify_init1", "ENOSYS", childDoor],
  ] as const
) {
  peerTest(
    `refused calls: a tree goes up, down and next to itself where ${call} gives ${refusal}: ${door.name}`,
    [...door.needs, "python3"],
    async () => {
      await using opened = await door.open();
      using place = new Place(opened);
      place.makeNear(TREE);
      const wrapper = refusing(call, refusal);
      for (
        const operands of [
          ["tree", place.remote("up")],
          [place.remote("up"), "down"],
          ["tree", "local"],
        ]
      ) {
        await place.copyWell(["-rp", ...operands], { wrapper });
      }
      const sent = await describeTree(`${place.near}/tree`, FACTS);
      const up = `${place.far}/up`;
      for (const copy of [up, `${place.near}/down`, `${place.near}/local`]) {
        assertEquals(await describeTree(copy, FACTS), sent);
      }
    },
  );
}

peerTest("refused calls: a file replaces a longer one where statx is refused", [
  ...childDoor.needs,
  "python3",
], async () => {
  await using door = await childDoor.open();
  using place = new Place(door);
  const older = [{ path: "f", content: "older and longer" }];
  place.makeNear([{ path: "new", content: "new" }, ...older]);
  place.makeFar(older);
  const wrapper = refusing("statx", "EPERM");
  await place.copyWell(["new", place.remote("f")], { wrapper });
  await place.copyWell([place.remote("f"), "f"], { wrapper });
  assertEquals(Deno.readTextFileSync(`${place.near}/f`), "new");
});
