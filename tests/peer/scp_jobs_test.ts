/** Uploads over SCP over several connections at once, and over one login of several. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { peerTest } from "../support/doors.ts";
import { describeTree, type TreeEntry } from "../support/fixtures/tree.ts";
import {
  makeDirectories,
  sshCount,
  startVerbose,
  warnings,
} from "../support/several_connections.ts";
import { placeAt, SharedSshd } from "../support/ssh/shared_sshd.ts";
import { Sshd } from "../support/ssh/sshd.ts";

const NEEDS = ["ssh", "sshd", "ssh-keygen", "scp", "sh"];

const WHOLE = { modes: true, times: true };

const shared = new SharedSshd(startVerbose);

/** A tree of many directories, some of which cannot be made in advance. */
const TREE: readonly TreeEntry[] = [
  ...Array.from({ length: 40 }, (_, at): readonly TreeEntry[] => [
    { path: `tree/${at}/same/f`, content: `f${at}`, modified: 1000 + at },
    { path: `tree/${at}/same/C`, content: "C0644 1 x\n", mode: 0o444 },
    { path: `tree/${at}/g`, content: "x".repeat(at * 1000), modified: 1 },
    { path: `tree/${at}/same/`, mode: 0o750, modified: 2000 + at },
    { path: `tree/${at}/`, mode: 0o755, modified: 3000 + at },
  ]).flat(),
  { path: "tree/3/closed/d/f", content: "f", modified: 4 },
  { path: "tree/3/closed/d/", mode: 0o755, modified: 5 },
  { path: "tree/3/closed/", mode: 0o555, modified: 6 },
  { path: "tree/3/", mode: 0o711, modified: 7 },
  { path: "tree/set/f", content: "f" },
  { path: "tree/set/", mode: 0o2755, modified: 8 },
  { path: "tree/large", content: "l".repeat(900_000), modified: 9 },
  { path: "tree/", mode: 0o751, modified: 10 },
];

for (const options of [[], ["--share"]]) {
  for (const isThere of [true, false]) {
    const name = ["-O --jobs 4", ...options].join(" ");
    peerTest(
      `SCP jobs: ${name} sends a tree to a target that is ${
        isThere ? "there" : "new"
      }, with all modes and times`,
      NEEDS,
      async () => {
        using place = await shared.place();
        place.makeNear(TREE);
        const outcome = await place.copy([
          ...["-O", "--jobs", "4", ...options, "-vrp", "tree"],
          place.remote(isThere ? "." : "tree"),
        ]);
        assertEquals(outcome.status, 0, outcome.stderr);
        assertEquals(sshCount(outcome), 4, outcome.stderr);
        assertEquals(warnings(outcome.stderr), []);
        assertEquals(
          await describeTree(place.far, WHOLE),
          await describeTree(place.near, WHOLE),
        );
      },
    );
  }
}

peerTest(
  "SCP jobs: a server without SFTP takes a tree over several connections",
  NEEDS,
  async () => {
    await using sshd = await Sshd.start({ sftp: "none" });
    using place = placeAt(sshd);
    place.makeNear(TREE.filter(({ path }) => path !== "tree/set/"));
    const outcome = await place.copy([
      ...["--jobs", "4", "-vrp", "tree", place.remote("new")],
    ]);
    assertEquals(outcome.status, 0, outcome.stderr);
    // Four try SFTP first, all at once.
    assertEquals(sshCount(outcome), 8);
    Deno.renameSync(`${place.far}/new`, `${place.far}/tree`);
    assertEquals(
      await describeTree(place.far, WHOLE),
      await describeTree(place.near, WHOLE),
    );
  },
);

peerTest(
  "SCP jobs: a refused file is reported once, and the rest arrives with all times",
  NEEDS,
  async () => {
    for (const options of [[], ["--share"]]) {
      using place = await shared.place();
      place.makeNear(TREE);
      // Directories in the way of files, and a file in the way of directories.
      place.makeFar([
        ...[1, 5, 9, 13].map((at) => ({ path: `tree/${at}/g/` })),
        { path: "tree/7", content: "in the way" },
      ]);
      const { status, stderr } = await place.copy([
        ...["-O", "--jobs", "4", ...options, "-rp", "tree", place.remote(".")],
      ]);
      assertEquals(status, 1);
      const target = place.remote(".").replace("far:", "");
      assertEquals(
        stderr.trimEnd().split("\n").sort(),
        [
          ...[1, 13, 5, 9].map((at) =>
            `scp: ${target}/tree/${at}/g: Is a directory`
          ),
          `scp: ${target}/tree/7: Not a directory`,
        ].sort(),
      );
      const isSent = (line: string) => !/tree\/(7|1|5|9|13)\b/.test(line);
      const [far, near] = await Promise.all(
        [place.far, place.near].map(async (root) =>
          (await describeTree(root, WHOLE)).filter(isSent)
        ),
      );
      assert(near!.length > 150);
      assertEquals(far, near);
    }
  },
);

for (
  const [what, sources, reason] of [
    ["several sources", ["a", "b", "c/"], undefined],
    [
      "sources of the same name",
      ["a", "d/a"],
      "over SCP one copies sources of the same name",
    ],
    [
      "the content of a directory",
      ["a", "d/."],
      "over SCP one copies the content of a directory",
    ],
    ["one directory", ["c"], "over SCP one copies each directory"],
  ] as const
) {
  peerTest(
    `SCP jobs: ${
      reason === undefined ? "several connections send" : "one sends"
    } ${what}`,
    NEEDS,
    async () => {
      using place = await shared.place();
      place.makeNear([
        { path: "a", content: "first" },
        { path: "b", content: "b" },
        { path: "c/f", content: "f" },
        { path: "c/g", content: "g" },
        { path: "d/a", content: "last" },
      ]);
      const outcome = await place.copy([
        ...["-O", "--jobs", "3", "-vr", ...sources, place.remote(".")],
      ]);
      assertEquals(outcome.status, 0, outcome.stderr);
      assertEquals(
        warnings(outcome.stderr),
        reason === undefined ? [] : [
          `warning: far: going on with 1 of 3 connections: ${reason}`,
        ],
      );
      const count = reason === undefined ? 3 : 1;
      assertEquals(sshCount(outcome), count, outcome.stderr);
      if (sources.length === 2) {
        assertEquals(Deno.readTextFileSync(`${place.far}/a`), "last");
      } else assertEquals(Deno.readTextFileSync(`${place.far}/c/f`), "f");
    },
  );
}

/** Servers that take few connections or sessions, and what is said then. */
const NARROW: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["MaxStartups 1", [], /^warning: far: .* [1-7] of 8 connections$/],
  ["MaxSessions 3", ["--share"], /^warning: far: .* 3 of 8 connections$/],
];

for (const [lines, options, expected] of NARROW) {
  peerTest(
    `SCP jobs: under ${lines} the copy goes on with fewer connections, and one line says so`,
    NEEDS,
    async () => {
      await using sshd = await Sshd.start({ prepare: async () => ({ lines }) });
      using place = placeAt(sshd);
      makeDirectories(place.near);
      const { status, stderr } = await place.copy([
        ...["-O", "--jobs", "8", ...options, "-r", "-l", "8192"],
        ...["tree", place.remote(".")],
      ]);
      assertEquals(status, 0, stderr);
      assertMatch(stderr.trimEnd(), expected);
      assertEquals(
        await describeTree(place.far),
        await describeTree(place.near),
      );
    },
  );
}

peerTest("SCP jobs: -l limits all connections together", NEEDS, async () => {
  using place = await shared.place();
  makeDirectories(place.near);
  const began = performance.now();
  await place.copyWell([
    ...["-O", "--jobs", "4", "-r", "-l", "8192", "tree", place.remote(".")],
  ]);
  assert(performance.now() - began > 1300);
});

peerTest(
  "SCP jobs: downloads and copies between hosts take one connection, and one line says why",
  NEEDS,
  async () => {
    using place = await shared.place();
    place.makeFar([{ path: "d/f", content: "f" }]);
    for (const target of [".", place.remote("e")]) {
      const { status, stderr } = await place.copy([
        ...["-O", "--jobs", "2", "-r", place.remote("d"), target],
      ]);
      assertEquals(status, 0, stderr);
      assertMatch(
        stderr,
        /^warning: far(, far)?: going on with 1 of 2 connections: over SCP only uploads have more$/m,
      );
    }
  },
);

peerTest(
  "SCP jobs: a forced command without a shell takes a tree over one connection, and one line says why",
  NEEDS,
  async () => {
    await using sshd = await Sshd.start({
      prepare: async (directory) => ({
        lines: `ForceCommand cd ${directory}/home && exec scp -r -t .`,
      }),
    });
    using place = placeAt(sshd);
    makeDirectories(place.near);
    const { status, stderr } = await place.copy([
      ...["-O", "--jobs", "4", "-r", "tree", "far:"],
    ]);
    assertEquals(status, 0, stderr);
    assertEquals(
      stderr,
      "warning: far: going on with 1 of 4 connections: " +
        "the directories could not be made in advance\n",
    );
    assertEquals(
      await describeTree(`${sshd.home}/tree`),
      await describeTree(`${place.near}/tree`),
    );
  },
);
