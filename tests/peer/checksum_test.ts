/** Files that are skipped by their content, over SFTP and on this machine. */

import { assertEquals, assertMatch } from "@std/assert";
import { peerTest, sftpSshdDoor } from "../support/doors.ts";
import type { Place } from "../support/fixtures/place.ts";
import type { TreeEntry } from "../support/fixtures/tree.ts";
import { jsonEvents } from "../support/json_events.ts";
import { WAYS } from "../support/sftp_ways.ts";
import { against, SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sftpSshdDoor.needs, "sha256sum"];

/** Time of files that are touched, in seconds since 1970. */
const Y2K = 946_684_800;

const sshd = new SharedSshd();

/** Gives the files `t/a`, `t/b` and so on, by their content. */
function treeOf(...contents: readonly string[]): readonly TreeEntry[] {
  return contents.map((content, at) => ({ path: `t/${"abc"[at]}`, content }));
}

/** Gives the files that a run copied and those that it skipped, with the reason. */
async function actionsOf(
  place: Place,
  args: readonly string[],
): Promise<readonly string[]> {
  const { status, stdout, stderr } = await place.copy(["--json", ...args]);
  assertEquals([status, stderr], [0, ""]);
  return jsonEvents(stdout, 0)
    .filter(({ type }) => type === "file")
    .map(({ path, action, reason = "" }) =>
      `${String(path).split("/").at(-1)} ${action} ${reason}`.trimEnd()
    )
    .toSorted();
}

for (const way of WAYS) {
  peerTest(
    `checksum: files of the same content are skipped, whatever their time, ${way.name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      const { from, to } = way.sides(place);
      Deno.mkdirSync(`${from}/t`);
      Deno.mkdirSync(`${to}/t`, { recursive: true });
      for (
        const [name, ours, theirs] of [
          ["same", "content", "content"],
          ["changed", "content", "another"],
          ["longer", "content", "content of old"],
          ["empty", "", ""],
        ] as const
      ) {
        Deno.writeTextFileSync(`${from}/t/${name}`, ours);
        Deno.writeTextFileSync(`${to}/t/${name}`, theirs);
        Deno.utimeSync(`${from}/t/${name}`, Y2K, Y2K);
        // By size and time, the one that has changed would be taken for the same.
        const time = name === "changed" ? Y2K : Y2K + 9;
        Deno.utimeSync(`${to}/t/${name}`, time, time);
      }
      Deno.writeTextFileSync(`${from}/t/new`, "content");
      assertEquals(
        await actionsOf(place, [
          ...["-r", "--checksum"],
          ...way.operands(place, "t", "."),
        ]),
        [
          "changed copied",
          "empty skipped same content",
          "longer copied",
          "new copied",
          "same skipped same content",
        ],
      );
      for (const name of ["changed", "longer", "new"]) {
        assertEquals(Deno.readTextFileSync(`${to}/t/${name}`), "content");
      }
      const { mtime } = Deno.statSync(`${to}/t/same`);
      assertEquals(mtime!.getTime(), (Y2K + 9) * 1000);
    },
  );
}

peerTest(
  "checksum: with --skip-unchanged the content decides, and files get times",
  NEEDS,
  async () => {
    using place = await sshd.place();
    place.makeNear([{ path: "f", content: "content", modified: Y2K }]);
    place.makeFar([{ path: "f", content: "another", modified: Y2K }]);
    const args = [
      ...["--checksum", "--skip-unchanged", "f"],
      place.remote("f"),
    ];
    assertEquals(await actionsOf(place, args), ["f copied"]);
    const { mtime } = Deno.statSync(`${place.far}/f`);
    assertEquals(mtime!.getTime(), Y2K * 1000);
    assertEquals(await actionsOf(place, args), ["f skipped same content"]);
  },
);

peerTest(
  "checksum: what is the same is verified by nobody, the rest is",
  NEEDS,
  async () => {
    using place = await sshd.place();
    place.makeNear(treeOf("1", "2"));
    place.makeFar(treeOf("1"));
    const { stdout } = await place.copy([
      ...["-r", "--json", "--checksum", "--verify"],
      ...["t", place.remote(".")],
    ]);
    const { files_copied, files_skipped, files_verified } = jsonEvents(
      stdout,
      0,
    ).at(-1)!;
    assertEquals([files_copied, files_skipped, files_verified], [1, 1, 1]);
  },
);

peerTest(
  "checksum: a dry run tells what is the same",
  NEEDS,
  async () => {
    using place = await sshd.place();
    place.makeNear(treeOf("1", "2"));
    place.makeFar(treeOf("1", "3"));
    const { status, stdout } = await place.copy([
      ...["-r", "--checksum", "--dry-run"],
      ...["t", place.remote(".")],
    ]);
    assertEquals(status, 0);
    assertMatch(stdout, /a: same content/);
    assertEquals(Deno.readTextFileSync(`${place.far}/t/b`), "3");
  },
);

peerTest(
  "checksum: files of the same length are copied where the server hashes none",
  NEEDS,
  async () => {
    await against({ sftp: "only" }, async (place) => {
      place.makeNear(treeOf("1", "2"));
      place.makeFar(treeOf("1", "3"));
      const { status, stderr } = await place.copy([
        ...["-r", "--checksum"],
        ...["t", place.remote(".")],
      ]);
      assertEquals([status, stderr], [
        0,
        place.said(
          "warning: far: files of the same length are copied: " +
            "the server runs no commands",
        ),
      ]);
      assertEquals(Deno.readTextFileSync(`${place.far}/t/b`), "2");
    });
  },
);

peerTest("checksum: -O says that it needs SFTP", NEEDS, async () => {
  using place = await sshd.place();
  place.makeNear([{ path: "f", content: "1" }]);
  for (const operands of [["f", place.remote("f")], [place.remote("f"), "g"]]) {
    const { status, stderr } = await place.copy([
      ...["-O", "--checksum"],
      ...operands,
    ]);
    assertEquals(status, 1);
    assertMatch(stderr, /--checksum needs SFTP: SCP tells no SHA-256/);
  }
});
