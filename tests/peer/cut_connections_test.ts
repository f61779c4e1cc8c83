/** A real connection, cut after every so many bytes of a session. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Cut, Direction } from "../support/hostile/cut_proxy.ts";
import { peerTest, sshdDoor } from "../support/doors.ts";
import { FaultyLine } from "../support/hostile/faulty_line.ts";
import { Place } from "../support/fixtures/place.ts";
import type { Outcome } from "../support/process/program.ts";
import { Sshd } from "../support/ssh/sshd.ts";
import {
  cutShort,
  describeTree,
  exists,
  listed,
  pattern,
  type TreeEntry,
} from "../support/fixtures/tree.ts";

const TREE: readonly TreeEntry[] = [
  { path: "tree/a", content: "a\n".repeat(500) },
  { path: "tree/large", content: pattern(65_536) },
  { path: "tree/d/z", content: pattern(3000) },
];

/** A copy of the tree, up or down. */
interface Way {
  readonly name: string;
  /** Status of a copy that is cut. */
  readonly status: number;
  /** Makes the tree where it is copied from; gives where that is, and to. */
  prepare(place: Place): { from: string; to: string };
  args(place: Place): readonly string[];
}

const ways: readonly [Way, Way] = [
  {
    // By default it takes SFTP.
    name: "An upload with -O",
    status: 1,
    prepare: (place) => {
      place.makeNear(TREE);
      return { from: place.near, to: place.far };
    },
    args: (place) => ["-O", "-r", "tree", place.remote("")],
  },
  {
    name: "A download",
    status: 255,
    prepare: (place) => {
      place.makeFar(TREE);
      return { from: place.far, to: place.near };
    },
    args: (place) => ["-r", place.remote("tree"), "."],
  },
];

/** The same over SFTP, where several files are in flight at once. */
const sftpWays: typeof ways = [
  {
    ...ways[0],
    name: "An upload by default",
    status: 255,
    args: (place) => ["-r", "tree", place.remote("")],
  },
  {
    ...ways[1],
    name: "A download over SFTP",
    args: (place) => ["-s", "-r", place.remote("tree"), "."],
  },
];

/** Cuts of the copies: at evenly spread marks, and more at the end. */
function marks(total: number): number[] {
  const spread = Array.from(
    { length: 15 },
    (_, at) => Math.floor(total * at / 15),
  );
  return [...spread, ...[600, 300, 150, 60, 1].map((left) => total - left)];
}

/** Copies the tree over a line that may be cut, and says what is wrong. */
async function copyCut(
  { prepare, args, status }: Way,
  cut: Cut | undefined,
): Promise<Readonly<Record<Direction, number>>> {
  await using line = new FaultyLine(await (opened ??= Sshd.start()), cut);
  using place = new Place(line);
  const { from, to } = prepare(place);
  const outcome = await place.copy(args(place));
  await line.assertNobodyLeft();
  const isWhole = (await describeTree(to)).join() ===
    (await describeTree(from)).join();
  const { moved } = line.proxy;
  if (cut === undefined || moved[cut.direction] < cut.after) {
    assertEquals(outcome.status, 0, outcome.stderr);
  }
  if (outcome.status === 0) assertSaysWhole(outcome, isWhole);
  else {
    assertSaysWhy(outcome, status);
    assertNamesCutShort(from, to, outcome);
  }
  return moved;
}

/** ssh may say that it was cut after the remote's good end, too. */
function assertSaysWhole(
  { stdout, stderr }: Outcome,
  isWhole: boolean,
): void {
  assert(isWhole, "status 0, but not all has arrived");
  assertEquals(stdout, "");
  assertMatch(
    stderr,
    /^(Connection to .* closed by remote host\.\r\n|client_loop: send disconnect: .*\r\n)?$/,
  );
}

function assertSaysWhy(
  { status, stdout, stderr }: Outcome,
  expected: number,
): void {
  assertEquals([status, stdout], [expected, ""], stderr);
  // An ssh that says nothing may have been refused the protocol.
  // A source that is acknowledged ahead may have ended well before the cut.
  assertMatch(
    stderr,
    expected === 1
      ? /^far: (.+: )?((ssh failed \(exit status 255\)|the server closed the connection)(: try -s)?|the remote ended too early)$/m
      : /^seacp: far: (.+: )?((ssh failed \(exit status 255\)|the server closed the connection)(: try -O)?|the remote ended too early)$/m,
  );
  assert(!/^ +at |Uncaught|Error:/m.test(stderr), stderr);
}

/** Each file that is cut short is named, or counted as one after it is. */
function assertNamesCutShort(
  from: string,
  to: string,
  { stderr }: Outcome,
): void {
  const files = listed(from).filter((path) =>
    Deno.statSync(`${from}/${path}`).isFile
  );
  const counted = countedIn(stderr, files);
  for (const path of cutShort(from, to)) {
    if (!counted.includes(path)) assertStringIncludes(stderr, path);
  }
}

/** Those of the files, in the order of a copy, that an error only counts. */
function countedIn(stderr: string, files: readonly string[]): string[] {
  const counting = /^(?:seacp: )?far: (.+) and (\d+) more after it: /m.exec(
    stderr,
  );
  if (counting === null) return [];
  const [, first, count] = counting;
  const at = files.indexOf(first!);
  assert(at >= 0, stderr);
  return files.slice(at + 1, at + 1 + Number(count));
}

let opened: Promise<Sshd> | undefined;
Deno.test.afterAll(async () => {
  await (await opened)?.[Symbol.asyncDispose]();
});

for (const way of [...ways, ...sftpWays]) {
  for (const direction of ["up", "down"] as const) {
    peerTest(
      `cut connections: ${way.name} cut after any count of bytes that went ${direction} ` +
        `ends with ${way.status} and names what is not whole`,
      [...sshdDoor.needs, "sftp-server"],
      async () => {
        const total = (await copyCut(way, undefined))[direction];
        const failures: string[] = [];
        await fourAtATime(marks(total), async (after) => {
          try {
            await copyCut(way, { direction, after });
          } catch (error) {
            failures.push(`after ${after} of ${total} bytes: ${error}`);
          }
        });
        assertEquals(failures, []);
      },
    );
  }
}

/** Many files, all of them in flight at once over SFTP. */
const MANY: readonly TreeEntry[] = Array.from(
  { length: 40 },
  (_, at) => ({ path: `many/f${at}`, content: pattern(20_000) }),
);

for (
  const { name, direction, make, args } of [
    {
      name: "An upload",
      direction: "up",
      make: (place: Place) => place.makeNear(MANY),
      args: (place: Place) => ["many", place.remote("")],
    },
    {
      name: "A download",
      direction: "down",
      make: (place: Place) => place.makeFar(MANY),
      args: (place: Place) => [place.remote("many"), "."],
    },
  ] as const
) {
  peerTest(
    `cut connections: ${name} of many files over SFTP that is cut says so in one line, and with -v names each`,
    [...sshdDoor.needs, "sftp-server"],
    async () => {
      const cut = { direction, after: 400_000 };
      for (const option of ["-s", "-sv"]) {
        await using line = new FaultyLine(await (opened ??= Sshd.start()), cut);
        using place = new Place(line);
        make(place);
        const { status, stderr } = await place.copy([
          option,
          "-r",
          ...args(place),
        ]);
        await line.assertNobodyLeft();
        assertEquals(status, 255, stderr);
        const said = stderr.split("\n")
          .filter((line) => /^seacp: .*lost connection/.test(line));
        if (option === "-sv") assert(said.length > 6, stderr);
        else {
          assertEquals(said.length, 1, stderr);
          assertMatch(said[0]!, / \(and \d+ more in flight\)$/);
        }
      }
    },
  );
}

/** Options by which ssh notices a dead line. */
const ALIVE = [
  "ServerAliveInterval=1",
  "ServerAliveCountMax=1",
  "LogLevel=INFO",
]
  .flatMap((option) => ["-o", option]);

for (
  const { name, direction, prepare, args, status: expected } of [
    { ...ways[0], direction: "up" },
    { ...ways[1], direction: "down" },
    { ...sftpWays[0], direction: "up" },
    { ...sftpWays[1], direction: "down" },
  ] as const
) {
  peerTest(
    `cut connections: ${name} whose line falls silent ends when ssh says that it is dead`,
    [...sshdDoor.needs, "sftp-server"],
    async () => {
      const cut = { direction, after: 40_000, isHeld: true };
      await using line = new FaultyLine(await (opened ??= Sshd.start()), cut);
      using place = new Place(line);
      const { from, to } = prepare(place);
      const outcome = await place.copy([...ALIVE, ...args(place)]);
      const { status, stdout, stderr } = outcome;
      await line.assertNobodyLeft();
      assertEquals([status, stdout], [expected, ""]);
      const isThere = exists(`${to}/tree/large`);
      assertEquals(cutShort(from, to).includes("tree/large"), isThere);
      assertNamesCutShort(from, to, outcome);
      assertStringIncludes(stderr, "not responding");
      assertMatch(
        stderr,
        /^(seacp: )?far: .*tree(\/[\w/]+)?( and \d+ more after it)?: lost connection.*: ssh failed \(exit status 255\)$/m,
      );
    },
  );
}

/** Does something with each item, with four of them at any time. */
async function fourAtATime<T>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (const item of left) await act(item);
  }));
}
