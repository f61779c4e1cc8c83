/**
 * Uploads of which a real scp, OpenSSH's or our own, refuses some files while
 * their bodies are in flight: where a directory stands, or where a name is too long.
 */

import { assertEquals } from "@std/assert";
import {
  childDoor,
  type Door,
  peerTest,
  seacpDoors,
  sshdDoor,
} from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import {
  checkUpload,
  LARGE_TREE,
  REFUSALS,
  type SentFile,
  sentFiles,
  TREE,
} from "../support/scp/refusals.ts";
import { Sshd } from "../support/ssh/sshd.ts";
import type { TreeEntry } from "../support/fixtures/tree.ts";

const DOORS = [childDoor, sshdDoor, seacpDoors[0]!];

/** Has a directory stand in the place of each of these, in the copy of the tree. */
function refuse(place: Place, copy: string, files: readonly SentFile[]): void {
  place.makeFar(files.map(({ path }) => ({ path: `${copy}/${path}/` })));
}

/** A file whose name is too long once its newline is encoded. */
function tooLong(directory: string, name: string): TreeEntry {
  return {
    path: `${directory}/${name}${"\\".repeat(130)}\n`,
    content: `${name}\n`,
    modified: 1_000_000_000,
  };
}

/** Directories that are there, and what the tree is called in them. */
const DIRECTORIES: readonly (readonly [target: string, copy: string])[] = [
  ["", "tree"],
  ["in", "in/tree"],
  ["in/", "in/tree"],
  ["tree", "tree/tree"],
];

for (const { name, needs, open } of DOORS) {
  let opened: Promise<Door> | undefined;
  Deno.test.afterAll(async () => {
    await (await opened)?.[Symbol.asyncDispose]();
  });

  const test = (title: string, run: (place: Place) => Promise<void>) =>
    peerTest(`${title}: ${name}`, needs, async () => {
      using place = new Place(await (opened ??= open()));
      await run(place);
    });

  // A terminal that others open meanwhile is not asked at: -B.
  for (const [at, { name, pick }] of REFUSALS.entries()) {
    const preserve = at % 2 === 1;
    const flags = preserve ? "-OBrpv" : "-OBrv";
    test(`refused files: all but what is refused arrives where that is ${name} (${flags})`, async (place) => {
      place.makeNear(TREE);
      const refused = pick(sentFiles(`${place.near}/tree`));
      refuse(place, "tree", refused);
      const outcome = await place.copy([flags, "tree", place.remote(".")]);
      const isLost = refused.some(({ isAhead }) => isAhead);
      await checkUpload(outcome, place, {
        copy: "tree",
        refused,
        preserve,
        sessions: isLost ? 2 : 1,
      });
    });
  }

  test("refused files: all but the first that goes ahead of much more arrives than a sink heard that refused it", async (place) => {
    place.makeNear(LARGE_TREE);
    // One is waited for: its times and its record show that messages may leave
    // together.
    const refused = sentFiles(`${place.near}/tree`).slice(2, 3);
    refuse(place, "tree", refused);
    const outcome = await place.copy(["-OBrpv", "tree", place.remote(".")]);
    await checkUpload(outcome, place, {
      copy: "tree",
      refused,
      preserve: true,
      sessions: 2,
    });
  });

  for (const [target, copy] of DIRECTORIES) {
    test(`refused files: all but what is refused arrives in ${JSON.stringify(target)}, which is there`, async (place) => {
      place.makeNear(TREE);
      const refused = sentFiles(`${place.near}/tree`)
        .filter((_, at) => at % 4 === 2);
      refuse(place, copy, refused);
      const outcome = await place.copy([
        ...["-OBrpv", "tree"],
        place.remote(target),
      ]);
      await checkUpload(outcome, place, {
        copy,
        refused,
        preserve: true,
        sessions: 3,
      });
    });
  }

  for (const target of ["new", "new/", "tree", "../new-"]) {
    for (const lockstep of [false, true]) {
      const how = lockstep ? " in lockstep" : "";
      test(`refused files: all but what is refused arrives as ${target}, which was not there${how}`, async (place) => {
        place.makeNear([
          ...TREE,
          tooLong("tree", "x"),
          tooLong("tree/sub", "y"),
          tooLong("tree/sub/deep", "z"),
        ]);
        const refused = sentFiles(`${place.near}/tree`)
          .filter(({ name }) => name.endsWith("\n"));
        assertEquals(refused.length, 3);
        const unique = target.startsWith("..")
          ? target + place.far.split("/").at(-1)
          : target;
        const outcome = await place.copy([
          ...(lockstep ? ["--lockstep"] : []),
          ...["-OBrv", "tree"],
          place.remote(unique),
        ]);
        await checkUpload(outcome, place, {
          copy: unique,
          refused,
          preserve: false,
          sessions: lockstep ? 1 : 3,
        });
        if (unique !== target) {
          Deno.removeSync(`${place.far}/${unique}`, { recursive: true });
        }
      });
    }
  }

  test("refused files: all but what is refused arrives in lockstep, in one session", async (place) => {
    place.makeNear(TREE);
    const refused = sentFiles(`${place.near}/tree`)
      .filter((_, at) => at % 3 === 1);
    refuse(place, "tree", refused);
    const outcome = await place.copy([
      ...["--lockstep", "-OBrpv", "tree"],
      place.remote(""),
    ]);
    await checkUpload(outcome, place, {
      copy: "tree",
      refused,
      preserve: true,
      sessions: 1,
    });
  });

  test("refused files: all but what is refused arrives of several sources", async (place) => {
    place.makeNear([
      ...TREE,
      ...["1st", "2nd", "3rd", "last"].map((path) => ({ path, content: path })),
    ]);
    const inTree = sentFiles(`${place.near}/tree`)
      .filter((_, at) => at % 7 === 5);
    refuse(place, "tree", inTree);
    place.makeFar([{ path: "3rd/" }, { path: "last/" }]);
    const others = ["3rd", "last"].map((name) => ({
      path: name,
      name,
      isAhead: true,
    }));
    const outcome = await place.copy([
      ...["-OBrpv", "1st", "2nd", "3rd", "tree", "last"],
      place.remote(""),
    ]);
    await checkUpload(outcome, place, {
      copy: "tree",
      refused: [...inTree, ...others],
      preserve: true,
      sessions: 2,
    });
    assertEquals(
      [...Deno.readDirSync(place.far)].map(({ name }) => name).toSorted(),
      ["1st", "2nd", "3rd", "last", "tree"],
    );
    for (const name of ["1st", "2nd"]) {
      assertEquals(Deno.readTextFileSync(`${place.far}/${name}`), name);
    }
  });
}

peerTest(
  "refused files: all but what is refused arrives where a shell talks, in each session",
  sshdDoor.needs,
  async () => {
    await using sshd = await Sshd.start({ shell: "bash" });
    Deno.writeTextFileSync(`${sshd.home}/.bashrc`, "echo Welcome\n");
    const { home } = sshd;
    const door = {
      options: ["-F", sshd.config],
      home,
      [Symbol.asyncDispose]: async () => {},
    };
    using place = new Place(door);
    place.makeNear(TREE);
    const refused = sentFiles(`${place.near}/tree`)
      .filter((_, at) => at % 3 === 1);
    refuse(place, "tree", refused);
    const outcome = await place.copy(["-OBrpv", "tree", place.remote("")]);
    await checkUpload(outcome, place, {
      copy: "tree",
      refused,
      preserve: true,
      // One to hear that it talks, then as ever.
      sessions: 4,
    });
  },
);
