/** Copies from one host to another, through this one and directly. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  childDoor,
  type Door,
  peerTest,
  sshdDoor,
  systemDoors,
  writeScript,
} from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { isRunning, lengthOf, until } from "../support/process/processes.ts";
import {
  LENDS_TERMINAL,
  linesLeft,
  onTerminal,
  seacpCommand,
} from "../support/process/pseudo_terminal.ts";
import { Sshd } from "../support/ssh/sshd.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import {
  cutShort,
  describeTree,
  exists,
  makeTree,
  ODD_NAMES,
  pattern,
  type TreeEntry,
} from "../support/fixtures/tree.ts";

const TREE: readonly TreeEntry[] = [
  ...ODD_NAMES.map((name) => ({ path: `tree/${name}`, content: name })),
  { path: "tree/records", content: "C0644 5 evil\nE\n\0\x01\x02D0755 0 x\n" },
  { path: "tree/empty", content: "", modified: 7 },
  { path: "tree/large", content: pattern(700_000), modified: 2_000_000_000 },
  { path: "tree/read only/f", content: "f", mode: 0o444, modified: 42 },
  { path: "tree/read only/", mode: 0o555, modified: 41 },
  { path: "tree/a/b/c/", mode: 0o700, modified: 123_456_789 },
  { path: "tree/", mode: 0o750, modified: 5 },
];

const WHOLE = { modes: true, times: true };

/** Line that tells a host's words, with -O as its scp says them. */
function told(place: Place, host: string, words: string): string {
  const directory = place.far.split("/").at(-1)!;
  return place.options.includes("-O")
    ? `${host}: scp: ${directory}/${words}\n`
    : `seacp: ${host}: ${directory}/${words}\n`;
}

for (const kind of systemDoors) {
  const test = (
    name: string,
    fn: (place: Place, door: Door) => Promise<void>,
  ) =>
    peerTest(`between hosts: ${name} (${kind.name})`, kind.needs, async () => {
      await using door = await kind.open();
      using place = new Place(door);
      await fn(place, door);
    });

  test("between hosts: a tree goes from one host to another, with times and modes", async (place) => {
    place.makeFar(TREE);
    const outcome = await place.copy([
      "-rp",
      place.remote("tree"),
      place.remote("copy", "other"),
    ]);
    const warning = place.said(
      "warning: other: back\\slash $HOME `id` ;&|: a Windows server would " +
        "take such a name for a path",
    );
    const stderr = kind.protocol === "scp" ? warning : "";
    assertEquals(outcome, { status: 0, stdout: "", stderr });
    assertEquals(
      await describeTree(`${place.far}/copy`, WHOLE),
      await describeTree(`${place.far}/tree`, WHOLE),
    );
    assertEquals([...Deno.readDirSync(place.near)], []);
  });

  test("between hosts: several sources go from their hosts into one directory, in order", async (place) => {
    place.makeFar([
      { path: "one/f", content: "1" },
      { path: "two/f", content: "2" },
      { path: "two/x1", content: "x1" },
      { path: "two/x2", content: "x2" },
      { path: "in/" },
    ]);
    place.makeNear([{ path: "here", content: "h" }]);
    await place.copyWell([
      place.remote("one/f"),
      "here",
      place.remote("two/f", "other"),
      place.remote("two/x*"),
      place.remote("in", "other"),
    ]);
    const names = [...Deno.readDirSync(`${place.far}/in`)]
      .map(({ name }) => name).toSorted();
    assertEquals(names, ["f", "here", "x1", "x2"]);
    assertEquals(Deno.readTextFileSync(`${place.far}/in/f`), "2");
  });

  test("between hosts: each failure between two hosts names its host, the rest goes", async (place) => {
    place.makeFar([
      { path: "a", content: "a" },
      { path: "b", content: "b" },
      { path: "big", content: pattern(300_000) },
      { path: "in/a/" },
      { path: "in/big/" },
    ]);
    const { status, stderr } = await place.copy([
      place.remote("a"),
      place.remote("missing"),
      place.remote("big"),
      place.remote("b"),
      place.remote("in", "other"),
    ]);
    assertEquals(status, 1);
    assertEquals(
      stderr,
      told(place, "other", "in/a: Is a directory") +
        told(place, "far", "missing: No such file or directory") +
        told(place, "other", "in/big: Is a directory"),
    );
    assertEquals(Deno.readTextFileSync(`${place.far}/in/b`), "b");
  });

  test("between hosts: what a refused directory holds goes nowhere", async (place) => {
    place.makeFar([
      { path: "from/d/evil", content: "evil" },
      { path: "from/f", content: "f" },
      { path: "in/from/d", content: "a file" },
    ]);
    const { status, stderr } = await place.copy([
      "-r",
      place.remote("from"),
      place.remote("in", "other"),
    ]);
    assertEquals(status, 1);
    assertEquals(stderr, told(place, "other", "in/from/d: Not a directory"));
    assert(!exists(`${place.far}/in/from/evil`));
    assertEquals(Deno.readTextFileSync(`${place.far}/in/from/f`), "f");
  });

  test("between hosts: a target that is no directory is refused before anything moves", async (place) => {
    place.makeFar([{ path: "a", content: "a" }, { path: "f", content: "f" }]);
    const { status, stderr } = await place.copy([
      place.remote("a"),
      place.remote("a"),
      place.remote("f", "other"),
    ]);
    assertEquals(status, 1);
    assertEquals(stderr, told(place, "other", "f: Not a directory").repeat(2));
    assertEquals(Deno.readTextFileSync(`${place.far}/f`), "f");
  });

  test("between hosts: a rate limit holds between two hosts", async (place) => {
    place.makeFar([{ path: "from/a", content: pattern(50_000) }]);
    const before = performance.now();
    await place.copyWell([
      "-r",
      "-l",
      "800",
      place.remote("from"),
      place.remote("to", "other"),
    ]);
    // 50,000 bytes take half a second at 102,400 bytes a second.
    assert(performance.now() - before > 350);
    assertEquals(cutShort(`${place.far}/from`, `${place.far}/to`), []);
  });
}

peerTest(
  "between hosts: the meter shows a copy between two hosts",
  [LENDS_TERMINAL, "stty", ...childDoor.needs],
  async () => {
    await using door = await childDoor.open();
    using place = new Place(door);
    place.makeFar([{ path: "a", content: pattern(2048) }]);
    const { status, stdout } = await onTerminal(
      seacpCommand([
        ...door.options,
        place.remote("a"),
        place.remote("b", "other"),
      ]),
      80,
    );
    assertEquals(status, 0);
    const [line, ...more] = linesLeft(stdout);
    assertMatch(line!, /^a {40,}100% 2048 /);
    assertEquals(more, []);
  },
);

peerTest(
  "between hosts: a host that cannot be reached is named, and is the exit status",
  sshdDoor.needs,
  async () => {
    await using door = await sshdDoor.open();
    using place = new Place(door);
    place.makeFar([{ path: "a", content: "a" }]);
    const nowhere = "scp://127.0.0.1:1/a";
    const from = await place.copy([nowhere, place.remote("b")]);
    const said =
      /^seacp: 127\.0\.0\.1: lost connection: ssh failed \(exit status 255\)$/m;
    assertEquals(from.status, 255);
    assertMatch(from.stderr, said);
    const to = await place.copy([place.remote("a"), nowhere]);
    assertEquals(to.status, 255);
    assertMatch(to.stderr, said);
    assert(!/^seacp: far: /m.test(to.stderr), to.stderr);
    assert(!exists(`${place.far}/b`));
  },
);

peerTest(
  "between hosts: an ssh that is killed between two hosts ends both, and its host is named",
  sshdDoor.needs,
  async () => {
    const rows = ["-O", "-s"].flatMap((way) =>
      ["far", "other"].map((host) => [way, host] as const)
    );
    for (const [way, host] of rows) {
      await using door = await sshdDoor.open();
      using place = new Place(door);
      using scripts = new TempDirectory();
      const program = writeScript(
        `${scripts.path}/ssh`,
        `case " $* " in *' other '*) name=other ;; *) name=far ;; esac
echo $$ > ${scripts.path}/$name
exec ssh "$@"
`,
      );
      place.makeFar([{ path: "a", content: pattern(3_000_000) }]);
      const running = place.start([
        way,
        "-S",
        program,
        "-l",
        "8000",
        place.remote("a"),
        place.remote("b", "other"),
      ]);
      await until(
        "the copy begins",
        () => (lengthOf(`${place.far}/b`) ?? 0) > 0,
      );
      const pidOf = (name: string) =>
        Number(Deno.readTextFileSync(`${scripts.path}/${name}`));
      const pids = ["far", "other"].map(pidOf);
      Deno.kill(pidOf(host), "SIGKILL");
      const { status, stderr } = await running.outcome;
      assertEquals(status, way === "-O" ? 1 : 255, host + stderr);
      // Messages and statuses are those of scp -O.
      const named = way === "-O" ? `${host}: a` : `seacp: ${host}: [^ ]*/a`;
      assertMatch(
        stderr,
        new RegExp(
          `^${named}: lost connection.*: ssh was ended by SIGKILL$`,
          "m",
        ),
      );
      assertEquals(pids.filter(isRunning), []);
    }
  },
);

peerTest(
  "between hosts: with -R the first host copies to the second",
  sshdDoor.needs,
  async () => {
    using scripts = new TempDirectory();
    await using sshd = await Sshd.start({
      environment: `PATH=${scripts.path}:$PATH`,
    });
    // The hosts know each other by the same configuration as we do.
    writeScript(
      `${scripts.path}/scp`,
      `PATH=$(echo "$PATH" | cut -d: -f2-) exec scp -O -F ${sshd.config} "$@"\n`,
    );
    makeTree(sshd.home, [{ path: "d/f", content: "f", modified: 42 }]);
    using place = new Place({
      options: ["-F", sshd.config],
      home: sshd.home,
      [Symbol.asyncDispose]: async () => {},
    });
    await place.copyWell(["-R", "-rp", "far:d", "other:e"]);
    assertEquals(
      await describeTree(`${sshd.home}/e`, WHOLE),
      await describeTree(`${sshd.home}/d`, WHOLE),
    );
    const { status, stderr } = await place.copy([
      "-R",
      "far:missing",
      "far:d/f",
      "other:e",
    ]);
    assertEquals(status, 1);
    assertMatch(stderr, /missing: No such file or directory/);
    assertMatch(stderr, /^seacp: far: the remote ended with exit status 1$/m);
    assert(exists(`${sshd.home}/e/f`));
  },
);
