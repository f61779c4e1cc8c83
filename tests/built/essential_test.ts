/**
 * What an executable has to do on every system: whether it was emulated, or built
 * for this machine.
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import {
  type Door,
  type DoorKind,
  RUN_LAST,
  systemDoors,
  writeScript,
} from "../support/doors.ts";
import { lacksSpawnErrors } from "../support/process/emulator.ts";
import {
  BUILT,
  BUILT_TARGET,
  builtTest,
  runBuilt as run,
} from "../support/process/executable.ts";
import { runProgram } from "../support/process/program.ts";
import {
  emptied,
  lacksRawNames,
  shell,
} from "../support/fixtures/raw_names.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import {
  describeTree,
  makeTree,
  ODD_NAMES,
  type TreeEntry,
} from "../support/fixtures/tree.ts";

const TREE: readonly TreeEntry[] = [
  { path: "tree/large", content: "0123456789".repeat(100_000), mode: 0o600 },
  { path: "tree/empty", content: "", modified: 1_000_000_000 },
  { path: "tree/locked/f", content: "read me\n", mode: 0o444 },
  { path: "tree/locked/", mode: 0o555, modified: 946_684_800 },
  ...ODD_NAMES.map((name) => ({ path: `tree/odd/${name}`, content: name })),
];

/** The directories that are copied. */
const SOURCES: readonly string[] = [
  "tree",
  ...(lacksRawNames === undefined ? ["raw"] : []),
];

/** Makes the sources; where names are any bytes, files with such ones, too. */
function makeSources(directory: string): void {
  makeTree(directory, TREE);
  if (lacksRawNames !== undefined) return;
  shell(
    'mkdir -p "$(printf "raw/directory\\377")"\n' +
      'echo 1 > "$(printf "raw/caf\\351")"\n' +
      'echo 2 > "$(printf "raw/directory\\377/\\200\\n")"x',
    directory,
  );
}

/** Expects that two directories hold the same sources, modes and times included. */
async function assertSameSources(one: string, other: string): Promise<void> {
  const facts = { modes: true, times: true };
  assertEquals(
    await describeTree(`${one}/tree`, facts),
    await describeTree(`${other}/tree`, facts),
  );
  if (lacksRawNames === undefined) {
    assertEquals(shell(`diff -r '${one}/raw' '${other}/raw'`, one), "");
  }
}

function testDoor(kind: DoorKind): void {
  builtTest(
    `a tree goes up and comes back, ${kind.name}`,
    kind.needs,
    async () => {
      await using door: Door = await kind.open();
      using near = new TempDirectory();
      using _near = emptied(near.path);
      using _far = emptied(door.home);
      makeSources(near.path);
      Deno.mkdirSync(`${near.path}/back`);
      for (
        const operands of [
          [...SOURCES, "far:"],
          [...SOURCES.map((name) => `far:${name}`), "back"],
        ]
      ) {
        assertEquals(
          await run([...door.options, "-rp", ...operands], { cwd: near.path }),
          { status: 0, stdout: "", stderr: "" },
        );
      }
      await assertSameSources(door.home, near.path);
      await assertSameSources(`${near.path}/back`, near.path);
    },
  );
}

systemDoors.forEach(testDoor);

builtTest("OpenSSH's scp copies to it and from it", ["scp"], async () => {
  using directory = new TempDirectory();
  using _contents = emptied(directory.path);
  makeSources(directory.path);
  makeTree(directory.path, ["bin/", "far/", "back/"].map((path) => ({ path })));
  Deno.symlinkSync(BUILT, `${directory.path}/bin/scp`);
  const ssh = writeScript(
    `${directory.path}/ssh`,
    `cd ${directory.path}/far && export PATH=${directory.path}/bin:$PATH\n${RUN_LAST}`,
  );
  const scp = [findProgram("scp")!, "-O", "-S", ssh, "-rp"] as const;
  for (
    const operands of [
      [...SOURCES, "far:"],
      [...SOURCES.map((name) => `far:${name}`), "back"],
    ]
  ) {
    assertEquals(
      await runProgram([...scp, ...operands], { cwd: directory.path }),
      { status: 0, stdout: "", stderr: "" },
    );
  }
  await assertSameSources(`${directory.path}/far`, directory.path);
  await assertSameSources(`${directory.path}/back`, directory.path);
});

builtTest("an ssh that fails is told, and its status counts", [], async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "abc" }]);
  const ssh = writeScript(
    `${directory.path}/ssh`,
    "echo 'ssh: connect to host far: Connection refused' >&2\nexit 255\n",
  );
  const { status, stderr } = await run(["-S", ssh, "a", "far:"], {
    cwd: directory.path,
  });
  assertEquals(status, 255);
  assertMatch(stderr, /^ssh: connect .* refused\nseacp: far: .*status 255/);
});

builtTest(
  "an ssh that is not there is told",
  [],
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "a", content: "abc" }]);
    const ssh = `${directory.path}/none`;
    const { status, stderr } = await run(["-S", ssh, "a", "far:"], {
      cwd: directory.path,
    });
    assertEquals(status, 255);
    assertStringIncludes(stderr, `${ssh}: No such file or directory`);
  },
  { lacks: lacksSpawnErrors },
);

builtTest("it tells what it was made of", [], async () => {
  const { status, stdout, stderr } = await run(["--version"]);
  assertEquals([status, stderr], [0, ""]);
  const [name, commit, target, deno, protocols, ssh] = stdout.split("\n");
  assertMatch(name!, /^seacp \d+\.\d+\.\d+$/);
  assertMatch(commit!, /^commit: {4}(unknown|[0-9a-f]{7,}(-dirty)?)$/);
  assertEquals(target, `target:    ${BUILT_TARGET}`);
  const version = Deno.version.deno;
  assertMatch(deno!, /^deno: {6}2\.\d+\.\d+( in place of .*)?$/);
  assertEquals(
    deno!.replace(/ in place of .*/, "") !== `deno:      ${version}`,
    deno!.endsWith(` in place of ${version}: for tests, not a release`),
  );
  assertEquals(protocols, "protocols: SCP, SFTP 3");
  assertMatch(ssh!, /^ssh: {7}/);
});
