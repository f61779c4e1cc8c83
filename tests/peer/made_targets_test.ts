/** Targets that a copy makes, with the directories above them. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  childDoor,
  peerTest,
  sftpSshdDoor,
  systemDoors,
} from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { placeAt } from "../support/ssh/shared_sshd.ts";
import { Sshd } from "../support/ssh/sshd.ts";
import { listed, type TreeEntry } from "../support/fixtures/tree.ts";

const TREE: readonly TreeEntry[] = [{ path: "dir/deep/f", content: "f" }];

for (const door of systemDoors) {
  for (const isUp of [true, false]) {
    const direction = isUp ? "up" : "down";
    peerTest(
      `made targets: --mkdir makes what is missing, ${direction} by ${door.name}`,
      door.needs,
      async () => {
        await using opened = await door.open();
        for (const target of ["a/b", "a/b/", "-a/b", "a b/it's"]) {
          if (target.includes(" ") && door.protocol === "scp") continue;
          using place = new Place(opened);
          const [from, to] = isUp
            ? [place.near, place.far]
            : [place.far, place.near];
          if (isUp) place.makeNear(TREE);
          else place.makeFar(TREE);
          // Twice: what is there stays.
          for (let round = 0; round < 2; round++) {
            await place.copyWell([
              ...["-r", "--mkdir"],
              ...isUp
                ? ["dir", place.remote(target)]
                : [place.remote("dir"), `./${target}`],
            ]);
          }
          const path = target.replace(/\/$/, "");
          assertEquals(
            listed(to).filter((each) => each.endsWith("/f")),
            [`${path}/dir/deep/f`],
            from,
          );
        }
      },
    );
  }

  peerTest(
    `made targets: --mkdir takes no file for a directory, by ${door.name}`,
    door.needs,
    async () => {
      await using opened = await door.open();
      using place = new Place(opened);
      place.makeNear([{ path: "f", content: "ours" }]);
      place.makeFar([{ path: "g", content: "theirs" }]);
      const { status, stderr } = await place.copy([
        ...["--mkdir", "f", place.remote("g")],
      ]);
      assertEquals(status === 0, false);
      assertStringIncludes(stderr, "Not a directory\n");
      assertEquals(Deno.readTextFileSync(`${place.far}/g`), "theirs");
    },
  );
}

peerTest(
  "made targets: --mkdir makes the target of a local copy, and of one between two hosts over SCP",
  childDoor.needs,
  async () => {
    await using opened = await childDoor.open();
    using place = new Place(opened);
    place.makeNear([{ path: "f", content: "f" }]);
    place.makeFar([{ path: "f", content: "f" }]);
    await place.copyWell(["--mkdir", "f", "a/b"]);
    assertEquals(Deno.readTextFileSync(`${place.near}/a/b/f`), "f");
    await place.copyWell([
      ...["--mkdir", place.remote("f"), place.remote("a/b", "other")],
    ]);
    assertEquals(Deno.readTextFileSync(`${place.far}/a/b/f`), "f");
  },
);

peerTest(
  "made targets: --mkdir makes the target of a tree where there is no SFTP",
  sftpSshdDoor.needs,
  async () => {
    await using sshd = await Sshd.start({ sftp: "none" });
    using place = placeAt(sshd);
    place.makeNear(TREE);
    const { status, stderr } = await place.copy([
      ...["-qr", "--mkdir", "dir", place.remote("a b/it's")],
    ]);
    assertEquals([status, stderr], [0, ""]);
    assertEquals(
      Deno.readTextFileSync(`${place.far}/a b/it's/dir/deep/f`),
      "f",
    );
  },
);
