/** Servers that lack one of the protocols, and how the other one is found. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { peerTest, sftpSshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { until } from "../support/process/processes.ts";
import { startProgram } from "../support/process/program.ts";
import { type LoginSettings, Sshd } from "../support/ssh/sshd.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import {
  describeTree,
  exists,
  ODD_NAMES,
  pattern,
  type TreeEntry,
} from "../support/fixtures/tree.ts";

const TREE: readonly TreeEntry[] = [
  ...ODD_NAMES.map((name) => ({ path: `tree/${name}`, content: name })),
  { path: "tree/records", content: "C0644 5 evil\nevil\0" },
  { path: "tree/large", content: pattern(700_000), modified: 2_000_000_000 },
  { path: "tree/read only/f", content: "f", mode: 0o444, modified: 42 },
  { path: "tree/read only/", mode: 0o555, modified: 41 },
];

const WHOLE = { modes: true, times: true };

/** A server without scp, and what is said of that. */
interface Lack {
  readonly name: string;
  readonly settings: (directory: string) => LoginSettings;
  readonly said: RegExp;
}

const withoutScp: readonly Lack[] = [
  {
    name: "a server that serves SFTP alone",
    settings: () => ({ sftp: "only" }),
    said:
      /^far: scp is refused: the server said "This service allows sftp connections only\.(\\012)?"/,
  },
  {
    name: "a server whose PATH lacks scp",
    settings: (directory) => {
      for (const name of ["sh", "cat"]) {
        Deno.symlinkSync(findProgram(name)!, `${directory}/${name}`);
      }
      return { environment: `PATH=${directory}` };
    },
    said: /^far: there is no scp \(exit status 127\)/m,
  },
];

/** Runs a case against a server with these settings. */
async function against(
  settings: (directory: string) => LoginSettings,
  run: (place: Place, sshd: Sshd) => Promise<void>,
): Promise<void> {
  using directory = new TempDirectory();
  await using sshd = await Sshd.start(settings(directory.path));
  using place = new Place({
    options: ["-F", sshd.config],
    home: sshd.home,
    [Symbol.asyncDispose]: async () => {},
  });
  await run(place, sshd);
}

/** Gives the number of logins that a server has seen. */
function logins({ log }: Sshd): number {
  return log.match(/Accepted publickey/g)?.length ?? 0;
}

/** Messages of seacp; a remote shell may have printed something before. */
function warnings(stderr: string): string[] {
  return stderr.split("\n").filter((line) =>
    line.startsWith("seacp: warning: ")
  );
}

for (const { name, settings, said } of withoutScp) {
  const test = (
    behaviour: string,
    run: (place: Place, sshd: Sshd) => Promise<void>,
  ) =>
    peerTest(
      `${behaviour}: ${name}`,
      sftpSshdDoor.needs,
      () => against(settings, run),
    );

  test("fallback: a tree goes up and comes down over SFTP where there is no scp", async (place) => {
    place.makeNear(TREE);
    for (
      const [isAskedOverScp, ...operands] of [
        // A tree goes up over SFTP first.
        [false, "tree", place.remote("")],
        [true, place.remote("tree"), "back"],
      ] as const
    ) {
      const { status, stdout, stderr } = await place.copy(["-rp", ...operands]);
      assertEquals([status, stdout], [0, ""]);
      const told = warnings(stderr);
      assertEquals(told.length, isAskedOverScp ? 1 : 0);
      for (const line of told) {
        assertMatch(line.slice("seacp: warning: ".length), said);
        assertMatch(line, /: going on over SFTP$/);
      }
    }
    const sent = await describeTree(`${place.near}/tree`, WHOLE);
    assertEquals(await describeTree(`${place.far}/tree`, WHOLE), sent);
    assertEquals(await describeTree(`${place.near}/back`, WHOLE), sent);
  });

  test("fallback: a tree goes from one host to another over SFTP where there is no scp", async (place) => {
    place.makeFar(TREE);
    const { status } = await place.copy([
      "-rp",
      place.remote("tree"),
      place.remote("copy", "other"),
    ]);
    assertEquals(status, 0);
    assertEquals(
      await describeTree(`${place.far}/copy`, WHOLE),
      await describeTree(`${place.far}/tree`, WHOLE),
    );
  });

  test(
    "fallback: what is known of a server is not asked again",
    async (place, sshd) => {
      place.makeFar([
        { path: "a", content: "a" },
        { path: "b", content: "b" },
        { path: "c", content: "c" },
      ]);
      const { status, stderr } = await place.copy([
        ...["a", "b", "c"].map((path) => place.remote(path)),
        ".",
      ]);
      assertEquals([status, warnings(stderr).length], [0, 1]);
      assertEquals(logins(sshd), 2);
    },
  );

  test("fallback: a path has the meaning that it has over SCP", async (place) => {
    const names = ["'with blank'", "x{1,2}", "with blank"];
    place.makeFar([
      ...names.map((path) => ({ path, content: path })),
      { path: "x1", content: "1" },
    ]);
    const paths = [...names.slice(0, 2), "with\\ blank"];
    await place.copyWell([...paths.map((path) => place.remote(path)), "."]);
    assertEquals(
      await describeTree(place.near),
      (await describeTree(place.far)).filter((line) => !line.includes("x1")),
    );
    place.makeNear([{ path: "up", content: "up" }]);
    await place.copyWell(["up", place.remote("'another blank'")]);
    assert(exists(`${place.far}/'another blank'`));
  });

  test("fallback: with -q nothing of ours is said", async (place) => {
    place.makeNear([{ path: "a", content: "a" }]);
    const { status, stderr } = await place.copy(["-q", "a", place.remote("")]);
    assertEquals([status, warnings(stderr)], [0, []]);
  });

  test("fallback: with -O it is said what to try, and nothing is copied", async (place) => {
    place.makeNear([{ path: "a", content: "a" }]);
    place.makeFar([{ path: "b", content: "b" }]);
    for (const args of [["a", place.remote("")], [place.remote("b"), "."]]) {
      const { status, stderr } = await place.copy(["-O", ...args]);
      assertEquals(status, 1);
      assertMatch(stderr, said);
      assertStringIncludes(stderr, ": try -s\n");
    }
    assert(!exists(`${place.far}/a`) && !exists(`${place.near}/b`));
  });

  test("fallback: an error over SFTP is told as over SCP", async (place) => {
    const { status, stderr } = await place.copy([place.remote("gone"), "."]);
    assertEquals(status, 1);
    const path = place.remote("gone").slice("far:".length);
    const told = `seacp: far: ${path}: No such file or directory\n`;
    assertEquals(stderr.slice(-told.length), told);
  });
}

peerTest(
  "fallback: a login that is shared already serves for both protocols",
  sftpSshdDoor.needs,
  () =>
    against(() => ({ sftp: "only" }), async (place, sshd) => {
      using directory = new TempDirectory();
      const socket = `${directory.path}/s`;
      const ssh = ["ssh", "-F", sshd.config, "-o", `ControlPath=${socket}`];
      const master = startProgram([...ssh, "-MN", "far"], {});
      await until("the login is shared", () => exists(socket));
      place.makeNear([{ path: "a", content: "a" }]);
      const { status } = await place.copy([
        ...["-o", `ControlPath=${socket}`],
        ...["a", place.remote("")],
      ]);
      await startProgram([...ssh, "-O", "exit", "far"], {}).outcome;
      await master.outcome;
      assertEquals(status, 0);
      assertEquals(Deno.readTextFileSync(`${place.far}/a`), "a");
      assertEquals(logins(sshd), 1);
    }),
);

peerTest(
  "fallback: with -s it is said what to try where there is no SFTP, and nothing is copied",
  sftpSshdDoor.needs,
  () =>
    against(() => ({ sftp: "none" }), async (place, sshd) => {
      place.makeNear([{ path: "a", content: "a" }]);
      place.makeFar([{ path: "b", content: "b" }]);
      for (const args of [["a", place.remote("")], [place.remote("b"), "."]]) {
        const { status, stderr } = await place.copy(["-s", ...args]);
        assertEquals([status, stderr], [
          255,
          "subsystem request failed on channel 0\r\n" +
          "seacp: far: the server refuses it: " +
          "subsystem request failed on channel 0: try -O\n",
        ]);
      }
      assert(!exists(`${place.far}/a`) && !exists(`${place.near}/b`));
      assertEquals(logins(sshd), 2);
    }),
);
