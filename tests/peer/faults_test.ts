/** Faults on the way of a copy: processes killed, disks full, files changed. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { lacksDevices } from "../support/c_library.ts";
import {
  childDoor,
  peerTest,
  peerTestUnless,
  sftpChildDoor,
  sshdDoor,
} from "../support/doors.ts";
import { FaultyLine } from "../support/hostile/faulty_line.ts";
import {
  haltCopy,
  type Halted,
  LENGTH,
  type Plan,
  sftpWays,
  type Way,
  ways,
} from "../support/hostile/halted_copy.ts";
import { Place, UNPRIVILEGED } from "../support/fixtures/place.ts";
import type { Outcome } from "../support/process/program.ts";
import { Sshd } from "../support/ssh/sshd.ts";
import { diskTest, SmallDisk } from "../support/fixtures/small_disk.ts";
import { cutShort, exists, pattern } from "../support/fixtures/tree.ts";

let opened: Promise<Sshd> | undefined;
Deno.test.afterAll(async () => {
  await (await opened)?.[Symbol.asyncDispose]();
});

/** Tells whether two files have the same content: what differs may be too long to show. */
function isSame(one: string, other: string): boolean {
  const bytes = Deno.readFileSync(one);
  const others = Deno.readFileSync(other);
  return bytes.length === others.length &&
    bytes.every((byte, at) => byte === others[at]);
}

/** Has a copy halted inside `f`, and expects that nothing is reported. */
async function copyMeanwhile(
  way: Way,
  plan: Plan,
  check: (outcome: Outcome, halted: Halted) => void,
): Promise<void> {
  const sshd = await (opened ??= Sshd.start());
  await haltCopy({ sshd, way }, plan, (outcome, halted) => {
    assertEquals(outcome.stdout, "");
    check(outcome, halted);
  });
}

/** Status of a copy whose connection is lost; with -O it is scp -O's. */
function lostStatus({ protocol }: Way): number {
  return protocol === "scp" ? 1 : 255;
}

/** Begins the lines that tell of something: with -O, nobody says them. */
function speaker({ protocol }: Way): string {
  return protocol === "scp" ? "" : "seacp: ";
}

const NEEDS = [...sshdDoor.needs, "sftp-server"];

for (const way of [...ways, ...sftpWays]) {
  const { name } = way;

  peerTest(
    `faults: ssh killed inside ${name} leaves a true prefix, named`,
    NEEDS,
    async () => {
      await copyMeanwhile(way, {
        after: { z: "z" },
        act: async ({ line }) => Deno.kill(await line.sshId(), "SIGKILL"),
      }, ({ status, stderr }, { from, to }) => {
        assertEquals(status, lostStatus(way));
        assertMatch(
          stderr,
          new RegExp(
            `^${speaker(way)}far: \\S+/[fz]: lost connection.*` +
              ": ssh was ended by SIGKILL$",
            "m",
          ),
        );
        const partial = cutShort(from, to);
        assert(partial.includes("f"));
        const isTold = (name: string) => stderr.includes(`/${name}: `);
        for (const name of partial) assert(isTold(name), stderr);
        // What was asked for before may have arrived.
        if (!isTold("z") && exists(`${to}/z`)) {
          assertEquals(Deno.readTextFileSync(`${to}/z`), "z");
        }
      });
    },
  );

  peerTest(
    `faults: the remote's program killed inside ${name} leaves a true prefix, named`,
    NEEDS,
    async () => {
      await copyMeanwhile(way, {
        act: async ({ line }) => Deno.kill(await line.scpId(), "SIGKILL"),
      }, ({ status, stderr }, { from, to }) => {
        assertEquals(status, lostStatus(way));
        assertEquals(cutShort(from, to), ["f"]);
        assertMatch(
          stderr,
          new RegExp(
            `^${speaker(way)}far: \\S+/f: lost connection.*` +
              ": ssh failed \\(exit status 255\\)$",
            "m",
          ),
        );
      });
    },
  );

  peerTest(
    `faults: a file removed under ${name} arrives whole all the same`,
    NEEDS,
    async () => {
      await copyMeanwhile(way, {
        act: ({ from }) => Deno.removeSync(`${from}/f`),
      }, ({ status, stderr }, { to }) => {
        assertEquals([status, stderr], [0, ""]);
        assertEquals(Deno.readFileSync(`${to}/f`), pattern(LENGTH));
      });
    },
  );

  diskTest(
    `faults: a disk that is full in ${name} leaves a true prefix, named; the rest goes`,
    NEEDS,
    async () => {
      await using line = new FaultyLine(await (opened ??= Sshd.start()));
      using place = new Place(line);
      const { from, to } = way.ends(place);
      Deno.mkdirSync(from);
      Deno.mkdirSync(to);
      using _disk = new SmallDisk(to);
      Deno.writeTextFileSync(`${from}/a`, "a".repeat(20_000));
      Deno.writeFileSync(`${from}/large`, pattern(700_000));
      Deno.writeTextFileSync(`${from}/there`, "new");
      Deno.writeTextFileSync(`${from}/void`, "");
      // A file that is there already has its room.
      Deno.writeTextFileSync(`${to}/there`, "old");
      const { status, stdout, stderr } = await place.copy(way.args(place));
      await line.assertNobodyLeft();
      assertEquals([status, stdout], [1, ""]);
      const beginning = way.protocol === "scp"
        ? "(?:scp: \\S+/)?"
        : "seacp: (?:far: \\S+/)?";
      const saying = `${beginning}to/(\\w+): No space left on device\n`;
      assertMatch(stderr, new RegExp(`^(?:${saying})+$`));
      const told = Array.from(stderr.matchAll(new RegExp(saying, "g")));
      const partial = cutShort(from, to);
      assertEquals(partial, told.map(([, name]) => name!).toSorted());
      // Over SFTP the large file may have the room before the small one's content came.
      const isEither = way.protocol === "sftp" && partial.length > 1;
      assertEquals(partial, isEither ? ["a", "large"] : ["large"]);
      assertEquals(Deno.readTextFileSync(`${to}/there`), "new");
      assert(exists(`${to}/a`) && exists(`${to}/void`));
    },
  );
}

/** In step, what comes later has not been looked at during the halt. */
for (const way of ways) {
  const { name, direction } = way;

  peerTest(
    `faults: ssh killed inside ${name} leaves nothing of what comes later, named`,
    sshdDoor.needs,
    async () => {
      await copyMeanwhile(way, {
        after: { z: "z" },
        act: async ({ line }) => Deno.kill(await line.sshId(), "SIGKILL"),
      }, ({ status, stderr }, { from, to }) => {
        assertEquals(status, 1);
        assertEquals(cutShort(from, to), ["f"]);
        assert(!exists(`${to}/z`));
        if (direction === "up") {
          assertStringIncludes(stderr, "from/z: not sent\n");
        }
      });
    },
  );

  peerTest(
    `faults: a target directory that vanishes under ${name} is told`,
    sshdDoor.needs,
    async () => {
      await copyMeanwhile(way, {
        after: { y: "y", z: "z" },
        act: ({ to }) => Deno.removeSync(to, { recursive: true }),
      }, ({ status, stderr }, { to }) => {
        assertEquals(status, 1);
        assert(!exists(to));
        for (const name of ["y", "z"]) {
          assertMatch(
            stderr,
            new RegExp(`to(/${name})?: No such file or directory$`, "m"),
          );
        }
      });
    },
  );

  peerTest(
    `faults: a file that vanishes before its turn in ${name} is told, the rest goes`,
    sshdDoor.needs,
    async () => {
      await copyMeanwhile(way, {
        after: { gone: "g", z: "z" },
        act: ({ from }) => Deno.removeSync(`${from}/gone`),
      }, ({ status, stderr }, { from, to }) => {
        assertEquals(status, 1);
        assertMatch(
          stderr,
          /^(scp: \S+\/)?from\/gone: No such file or directory\n$/,
        );
        assertEquals(cutShort(from, to), []);
        assert(!exists(`${to}/gone`));
        assert(exists(`${to}/z`));
      });
    },
  );

  peerTest(
    `faults: files that shrink and grow before their turn in ${name} arrive as they are`,
    sshdDoor.needs,
    async () => {
      await copyMeanwhile(way, {
        after: { y: "long ago", z: "short" },
        act: ({ from }) => {
          Deno.writeTextFileSync(`${from}/y`, "long");
          Deno.writeTextFileSync(`${from}/z`, "er", { append: true });
        },
      }, ({ status, stderr }, { from, to }) => {
        assertEquals([status, stderr], [0, ""]);
        assertEquals(cutShort(from, to), []);
        assertEquals(Deno.readTextFileSync(`${to}/y`), "long");
        assertEquals(Deno.readTextFileSync(`${to}/z`), "shorter");
      });
    },
  );

  peerTest(
    `faults: a file that shrinks under ${name} is told, the rest goes`,
    sshdDoor.needs,
    async () => {
      await copyMeanwhile(way, {
        after: { z: "z" },
        act: ({ from }) => Deno.truncateSync(`${from}/f`, 1000),
      }, ({ status, stderr }, { to }) => {
        assertEquals(status, 1);
        // What is a pipe here is OpenSSH's own mistake, on the remote.
        assertMatch(
          stderr,
          /^(from\/f: the file shrank while it was read: .*|scp: \S+\/from\/f: Broken pipe)\n$/,
        );
        assertEquals(Deno.readTextFileSync(`${to}/z`), "z");
      });
    },
  );

  peerTest(
    `faults: a file that grows under ${name} is told where it is seen, the rest goes`,
    sshdDoor.needs,
    async () => {
      await copyMeanwhile(way, {
        after: { z: "z" },
        act: ({ from }) =>
          Deno.writeTextFileSync(`${from}/f`, "more", { append: true }),
      }, ({ status, stderr }, { from, to }) => {
        // OpenSSH's remote does not look, and so cannot tell.
        const said = `from/f: the file grew while it was read: ${LENGTH} of ` +
          `${LENGTH + 4} bytes were sent\n`;
        assertEquals(
          [status, stderr],
          name === "an upload" ? [1, said] : [0, ""],
        );
        assertEquals(cutShort(from, to), ["f"]);
        assertEquals(Deno.statSync(`${to}/f`).size, LENGTH);
        assertEquals(Deno.readTextFileSync(`${to}/z`), "z");
      });
    },
  );
}

for (const way of sftpWays) {
  const far = way.direction === "up" ? "" : "far: \\S+/";

  peerTest(
    `faults: a file that shrinks under ${way.name} is told, and is a true prefix`,
    NEEDS,
    async () => {
      await copyMeanwhile(way, {
        after: { z: "z" },
        act: ({ from }) => Deno.truncateSync(`${from}/f`, 1000),
      }, ({ status, stderr }, { to }) => {
        const content = Deno.readFileSync(`${to}/f`);
        const whole = pattern(LENGTH);
        assert(content.every((byte, at) => byte === whole[at]));
        if (status === 0) {
          // No answer had come yet, and all was read once more.
          assertEquals([content.length, stderr], [1000, ""]);
        } else {
          assertEquals(status, 1);
          assertMatch(
            stderr,
            new RegExp(
              `^seacp: ${far}from/f: the file shrank while it was read: ` +
                "\\d+ of \\d+ bytes were there\n$",
            ),
          );
          assert(content.length > 0 && content.length < LENGTH);
        }
        assertEquals(Deno.readTextFileSync(`${to}/z`), "z");
      });
    },
  );

  peerTest(
    `faults: a file that grows under ${way.name} is copied to its end`,
    NEEDS,
    async () => {
      await copyMeanwhile(way, {
        act: ({ from }) =>
          Deno.writeTextFileSync(`${from}/f`, "more", { append: true }),
      }, ({ status, stderr }, { from, to }) => {
        assertEquals([status, stderr], [0, ""]);
        assertEquals(cutShort(from, to), []);
        assertEquals(Deno.statSync(`${to}/f`).size, LENGTH + 4);
      });
    },
  );
}

peerTest(
  "faults: a file that is cut under an upload over SFTP, and written again, has no zeros",
  NEEDS,
  async () => {
    await copyMeanwhile(sftpWays[0]!, {
      act: ({ from }) => {
        const whole = pattern(LENGTH);
        // What has been read by then is more, and what was sent is less.
        const CUT = 2_100_000;
        Deno.truncateSync(`${from}/f`, CUT);
        using file = Deno.openSync(`${from}/f`, { append: true });
        for (let at = CUT; at < LENGTH;) {
          at += file.writeSync(whole.subarray(at));
        }
      },
    }, ({ status, stderr }, { from, to }) => {
      assertEquals([status, stderr], [0, ""]);
      assert(isSame(`${to}/f`, `${from}/f`));
    });
  },
);

for (const way of [ways[1]!, sftpWays[1]!]) {
  peerTest(
    `faults: a file that is gone from its directory when it has come is no success: ${way.name}`,
    NEEDS,
    async () => {
      await copyMeanwhile(way, {
        act: ({ to }) => Deno.removeSync(to, { recursive: true }),
      }, ({ status, stderr }) => {
        assertEquals(status, 1);
        assertStringIncludes(stderr, "to/f");
      });
    },
  );
}

diskTest(
  "faults: a disk that is full in a copy on this machine leaves a true prefix, named",
  childDoor.needs,
  async () => {
    await using door = await childDoor.open();
    using place = new Place(door);
    place.makeNear([
      { path: "from/large", content: pattern(700_000) },
      { path: "from/void", content: "" },
      { path: "to/" },
    ]);
    using _disk = new SmallDisk(`${place.near}/to`);
    const outcome = await place.copy(["from/large", "from/void", "to"]);
    assertEquals(outcome, {
      status: 1,
      stdout: "",
      stderr: "to/large: No space left on device\n",
    });
    assertEquals(cutShort(`${place.near}/from`, `${place.near}/to`), ["large"]);
    assert(exists(`${place.near}/to/void`));
  },
);

peerTestUnless(lacksDevices)(
  "A device that is full is told, up, down and on this machine",
  [...childDoor.needs, "/dev/full"],
  async () => {
    await using door = await childDoor.open();
    using place = new Place(door);
    place.makeNear([{ path: "f", content: pattern(300_000) }]);
    place.makeFar([{ path: "f", content: pattern(300_000) }]);
    for (
      const [source, target, says] of [
        ["f", "far:/dev/full", "scp: /dev/full: No space left on device\n"],
        [
          place.remote("f"),
          "/dev/full",
          "/dev/full: No space left on device\n",
        ],
        ["f", "/dev/full", "/dev/full: No space left on device\n"],
      ] as const
    ) {
      const outcome = await place.copy([source, target]);
      assertEquals(outcome, { status: 1, stdout: "", stderr: says });
    }
  },
);

/** Unreadable and unwritable entries, and the message about each. */
const forbidden: readonly {
  readonly name: string;
  readonly args: (place: Place) => readonly string[];
  readonly says: (place: Place) => string;
}[] = [
  {
    name: "a read-only directory on the remote",
    args: (place) => ["a", place.remote("locked")],
    says: (place) => place.saidThere("locked/a", "Permission denied"),
  },
  {
    name: "a read-only file on the remote",
    args: (place) => ["a", place.remote("read-only")],
    says: (place) => place.saidThere("read-only", "Permission denied"),
  },
  {
    name: "a read-only file here",
    args: (place) => [place.remote("a"), "read-only"],
    says: (place) => place.said("read-only: Permission denied"),
  },
  {
    name: "an unreadable file on the remote",
    args: (place) => [place.remote("secret"), "a"],
    says: (place) => place.saidThere("secret", "Permission denied"),
  },
  {
    name: "an unreadable directory on the remote",
    args: (place) => ["-r", place.remote("shut"), "."],
    says: (place) => place.saidThere("shut", "Permission denied"),
  },
  {
    name: "a new directory in a read-only one here",
    args: (place) => ["-r", place.remote("d"), "locked"],
    says: (place) => place.said("locked/d: Permission denied"),
  },
];

for (
  const { name, args, says, kind } of [childDoor, sftpChildDoor].flatMap(
    (kind) => forbidden.map((row) => ({ ...row, kind })),
  )
) {
  peerTest(
    `No permission is told and changes nothing: ${name} (${kind.name})`,
    [...kind.needs, ...UNPRIVILEGED.slice(0, 1)],
    async () => {
      await using door = await kind.open();
      using place = new Place(door);
      const entries = [
        { path: "a", content: "a" },
        { path: "d/f", content: "f" },
        { path: "locked/", mode: 0o555 },
        { path: "read-only", content: "as it was", mode: 0o444 },
        { path: "secret", content: "s", mode: 0 },
        { path: "shut/f", content: "f" },
        { path: "shut/", mode: 0 },
      ];
      place.makeNear(entries);
      place.makeFar(entries);
      const { status, stdout, stderr } = await place.copy(args(place), {
        wrapper: UNPRIVILEGED,
      });
      assertEquals([status, stdout, stderr], [1, "", says(place)]);
      for (const root of [place.near, place.far]) {
        assertEquals([...Deno.readDirSync(`${root}/locked`)], []);
        assertEquals(Deno.readTextFileSync(`${root}/read-only`), "as it was");
        assertEquals(Deno.readTextFileSync(`${root}/a`), "a");
      }
    },
  );
}
