/** Modes that the user gives to all that arrives. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { childDoor, peerTest, systemDoors } from "../support/doors.ts";
import { Place, underUmask } from "../support/fixtures/place.ts";
import type { TreeEntry } from "../support/fixtures/tree.ts";

const TREE: readonly TreeEntry[] = [
  { path: "dir/f", content: "f", mode: 0o4755, modified: 946_684_800 },
  { path: "dir/deep/g", content: "", mode: 0o600 },
  { path: "dir/deep/", mode: 0o700, modified: 946_684_800 },
  { path: "dir/", mode: 0o711 },
];

function modeOf(path: string): string {
  return (Deno.statSync(path).mode! & 0o7777).toString(8);
}

function modesOf(root: string): string[] {
  return ["dir", "dir/deep", "dir/f", "dir/deep/g"]
    .map((path) => modeOf(`${root}/${path}`));
}

for (const door of systemDoors) {
  for (const isUp of [true, false]) {
    const direction = isUp ? "up" : "down";
    peerTest(
      `given modes: --chmod sets modes, new or not, ${direction} by ${door.name}`,
      door.needs,
      async () => {
        await using opened = await door.open();
        using place = new Place(opened);
        const to = isUp ? place.far : place.near;
        if (isUp) place.makeNear(TREE);
        else place.makeFar(TREE);
        const operands = isUp
          ? ["dir", place.remote(".")]
          : [place.remote("dir"), "."];
        for (
          const [modes, directory, file] of [
            ["D750,F640", "750", "640"],
            ["F666,D777", "777", "666"],
            ["D555,F444", "555", "444"],
          ] as const
        ) {
          await place.copyWell(["-r", "--chmod", modes, ...operands], {
            wrapper: underUmask("077"),
          });
          assertEquals(modesOf(to), [directory, directory, file, file]);
          Deno.chmodSync(`${to}/dir`, 0o700);
          Deno.chmodSync(`${to}/dir/deep`, 0o700);
        }
        // Times are no part of it.
        assertEquals(
          Deno.statSync(`${to}/dir/f`).mtime!.getTime() > 1e12,
          true,
        );
        await place.copyWell(["-rp", "--chmod", "F604", ...operands]);
        assertEquals(modesOf(to), ["711", "700", "604", "604"]);
        assertEquals(
          Deno.statSync(`${to}/dir/f`).mtime!.getTime(),
          946_684_800_000,
        );
      },
    );
  }

  peerTest(
    `given modes: --chmod for files alone, up by ${door.name}`,
    door.needs,
    async () => {
      await using opened = await door.open();
      using place = new Place(opened);
      place.makeNear(TREE);
      const { status, stderr } = await place.copy([
        ...["-r", "--chmod", "F604", "dir", place.remote(".")],
      ]);
      if (door.protocol === "scp") {
        assertEquals(status, 1);
        assertStringIncludes(stderr, "--chmod needs SFTP: over SCP it takes");
        return;
      }
      assertEquals([status, stderr], [0, ""]);
      assertEquals(modesOf(place.far), ["711", "700", "604", "604"]);
    },
  );
}

peerTest(
  "given modes: --chmod sets modes of a local copy, and between two hosts over SCP",
  childDoor.needs,
  async () => {
    await using opened = await childDoor.open();
    using place = new Place(opened);
    place.makeNear(TREE);
    place.makeFar(TREE);
    const options = ["-r", "--chmod", "D770,F660"];
    await place.copyWell([...options, "dir", "new"], {
      wrapper: underUmask("077"),
    });
    assertEquals(modeOf(`${place.near}/new/deep`), "770");
    assertEquals(modeOf(`${place.near}/new/f`), "660");
    await place.copyWell([
      ...[...options, place.remote("dir"), place.remote("new", "other")],
    ], { wrapper: underUmask("077") });
    assertEquals(modeOf(`${place.far}/new/deep`), "770");
    assertEquals(modeOf(`${place.far}/new/f`), "660");
  },
);
