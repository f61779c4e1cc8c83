/** Files that are replaced in one step, once they are whole. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { lacksLibrary } from "../support/c_library.ts";
import { peerTest, peerTestUnless, sftpSshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { diskTest, SmallDisk } from "../support/fixtures/small_disk.ts";
import { ODD_NAMES } from "../support/fixtures/tree.ts";
import { lengthOf, until } from "../support/process/processes.ts";
import type { Running } from "../support/process/program.ts";
import {
  LENDS_TERMINAL,
  seacpCommand,
  startOnTerminal,
} from "../support/process/pseudo_terminal.ts";
import { placeAt, SharedSshd } from "../support/ssh/shared_sshd.ts";
import { Sshd } from "../support/ssh/sshd.ts";

const NEEDS = [...sftpSshdDoor.needs, "scp"];

/** Length of a file that takes a while at the limit of `SLOWLY`, in bytes. */
const LARGE = 3_000_000;

/** Limit that makes such a file take seconds. */
const SLOWLY = ["-l", "8000"];

const OLD = "old\n".repeat(1000);
const NEW = "new\n".repeat(LARGE / 4);

const sshd = new SharedSshd();

/** A way of a copy, and the directories that it goes from and to. */
interface Way {
  readonly name: string;
  readonly options: readonly string[];
  readonly isUp: boolean;
}

const WAYS: readonly Way[] = [
  { name: "up", options: [], isUp: true },
  { name: "down over SFTP", options: ["-s"], isUp: false },
  { name: "down over SCP", options: ["-O"], isUp: false },
];

function sides(place: Place, { isUp }: Way): { from: string; to: string } {
  return isUp
    ? { from: place.near, to: place.far }
    : { from: place.far, to: place.near };
}

function operands(
  place: Place,
  { isUp }: Way,
  source: string,
  target: string,
): readonly [string, string] {
  return isUp ? [source, place.remote(target)] : [place.remote(source), target];
}

function names(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).toSorted();
}

/** Resolves once some of a file is there under a temporary name. */
async function untilItMoves(directory: string): Promise<void> {
  await until("some of it is there", () => {
    const name = names(directory).find((name) => name.includes(".seacp-"));
    return name !== undefined && lengthOf(`${directory}/${name}`) > 0;
  });
}

for (const way of WAYS) {
  peerTest(
    `atomic: a reader sees the old file or the new one, never a part, ${way.name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      const { from, to } = sides(place, way);
      Deno.writeTextFileSync(`${from}/f`, NEW);
      Deno.writeTextFileSync(`${to}/f`, OLD, { mode: 0o640 });
      const { outcome } = place.start([
        ...["--atomic", ...SLOWLY, ...way.options],
        ...operands(place, way, "f", "f"),
      ]);
      let isOver = false;
      outcome.then(() => isOver = true);
      const seen = new Set<string>();
      await until("the copy is over", () => {
        seen.add(Deno.readTextFileSync(`${to}/f`));
        return isOver;
      });
      assertEquals((await outcome).status, 0);
      seen.add(Deno.readTextFileSync(`${to}/f`));
      assertEquals([...seen].map((text) => text.length), [
        OLD.length,
        NEW.length,
      ]);
      assertEquals(Deno.statSync(`${to}/f`).mode! & 0o7777, 0o640);
      assertEquals(names(to), ["f"]);
    },
  );

  peerTest(
    `atomic: a tree of odd and long names arrives, and nothing else, ${way.name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      const { from, to } = sides(place, way);
      const tree = ["é".repeat(127), "x".repeat(255), "empty", ...ODD_NAMES];
      Deno.mkdirSync(`${from}/tree`);
      for (const name of tree) {
        Deno.writeTextFileSync(`${from}/tree/${name}`, name);
      }
      for (let round = 0; round < 2; round++) {
        await place.copyWell([
          ...["-r", "--atomic", ...way.options],
          ...operands(place, way, "tree", "."),
        ]);
        assertEquals(names(`${to}/tree`), tree.toSorted());
      }
    },
  );

  peerTest(
    `atomic: a link at the target stays, and what it leads to is replaced, ${way.name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      const { from, to } = sides(place, way);
      Deno.writeTextFileSync(`${from}/f`, "new");
      Deno.mkdirSync(`${to}/dir`);
      Deno.writeTextFileSync(`${to}/dir/real`, "old", { mode: 0o604 });
      const { ino } = Deno.statSync(`${to}/dir/real`);
      Deno.symlinkSync("dir/real", `${to}/link`);
      await place.copyWell([
        ...["--atomic", ...way.options],
        ...operands(place, way, "f", "link"),
      ]);
      assertEquals(Deno.readLinkSync(`${to}/link`), "dir/real");
      assertEquals(Deno.readTextFileSync(`${to}/dir/real`), "new");
      const replaced = Deno.statSync(`${to}/dir/real`);
      assertEquals(replaced.mode! & 0o7777, 0o604);
      assert(replaced.ino !== ino);
      assertEquals(names(`${to}/dir`), ["real"]);
    },
  );

  diskTest(
    `atomic: a disk that is full is told with the file's own name, ${way.name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      const { from, to } = sides(place, way);
      Deno.writeTextFileSync(`${from}/f`, NEW);
      Deno.mkdirSync(`${to}/disk`);
      using _disk = new SmallDisk(`${to}/disk`);
      Deno.writeTextFileSync(`${to}/disk/f`, OLD);
      const [source, target] = operands(place, way, "f", "disk/f");
      const { status, stderr } = await place.copy([
        ...["--atomic", ...way.options, source, target],
      ]);
      assertEquals(status, 1);
      assertMatch(
        stderr,
        /^(seacp: )?(far: [^/]*\/)?disk\/f: No space left on device\n$/,
      );
      assertEquals(Deno.readTextFileSync(`${to}/disk/f`), OLD);
      assertEquals(names(`${to}/disk`), ["f"]);
    },
  );

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    peerTest(
      `atomic: ${signal} leaves the old file and nothing else, ${way.name}`,
      NEEDS,
      async () => {
        using place = await sshd.place();
        const { from, to } = sides(place, way);
        const { pid, outcome } = startSlow(place, way, { from, to });
        await untilItMoves(to);
        Deno.kill(pid, signal);
        const { status } = await outcome;
        assert(status >= 129, String(status));
        assertEquals(Deno.readTextFileSync(`${to}/f`), OLD);
        assertEquals(names(to), ["f"]);
      },
    );
  }

  // Else ctrl-C ends ssh, too, and nobody is left to remove it on a server.
  peerTestUnless(way.isUp ? lacksLibrary : undefined)(
    `atomic: ctrl-C on the terminal leaves the old file and nothing else, ${way.name}`,
    [...NEEDS, LENDS_TERMINAL, "stty"],
    async () => {
      using place = await sshd.place();
      const { from, to } = sides(place, way);
      Deno.writeTextFileSync(`${from}/f`, NEW);
      Deno.writeTextFileSync(`${to}/f`, OLD);
      const typed = Promise.withResolvers<string>();
      const { outcome } = startOnTerminal(
        seacpCommand([
          ...[...place.options, "--atomic", ...SLOWLY, ...way.options],
          ...operands(place, way, "f", "f"),
        ]),
        80,
        { cwd: place.near, input: typed.promise },
      );
      await untilItMoves(to);
      typed.resolve("\x03");
      const { status, stdout } = await outcome;
      assertEquals(status, 130, stdout);
      assertEquals(Deno.readTextFileSync(`${to}/f`), OLD);
      assertEquals(names(to), ["f"]);
    },
  );
}

function startSlow(
  place: Place,
  way: Way,
  { from, to }: { from: string; to: string },
): Running {
  Deno.writeTextFileSync(`${from}/f`, NEW);
  Deno.writeTextFileSync(`${to}/f`, OLD);
  return place.start([
    ...["--atomic", ...SLOWLY, ...way.options],
    ...operands(place, way, "f", "f"),
  ]);
}

peerTest(
  "atomic: a connection that is lost is reported with the file that it leaves",
  NEEDS,
  async () => {
    await using sshd = await Sshd.start();
    using place = placeAt(sshd);
    const { outcome } = startSlow(place, WAYS[0]!, {
      from: place.near,
      to: place.far,
    });
    await untilItMoves(place.far);
    await sshd.killConnections(outcome);
    const { status, stderr } = await outcome;
    assertEquals(status, 255);
    const [, left] = /([^/ ]*\.seacp-[a-z2-7]{6}) is left/.exec(stderr) ?? [];
    assertEquals(Deno.readTextFileSync(`${place.far}/f`), OLD);
    assertEquals(names(place.far), [left!, "f"], stderr);
  },
);

peerTest(
  "atomic: where the server cannot rename in one step, each file is refused",
  NEEDS,
  async () => {
    await using sshd = await Sshd.start({
      prepare: (directory) =>
        Promise.resolve({
          lines: `ForceCommand ${findProgram("sftp-server")} -P posix-rename ` +
            `-d ${directory}/home`,
        }),
    });
    using place = placeAt(sshd);
    place.makeNear([{ path: "f", content: "new" }]);
    place.makeFar([{ path: "f", content: "old" }]);
    const { status, stderr } = await place.copy([
      ...["--atomic", "f", place.remote("f")],
    ]);
    assertEquals(status, 1);
    assertMatch(
      stderr,
      /^seacp: far: .*f: the server cannot replace files in one step \(no posix-rename\)\n$/,
    );
    assertEquals(Deno.readTextFileSync(`${place.far}/f`), "old");
  },
);

peerTest(
  "atomic: over SCP a file on a server is not replaced",
  NEEDS,
  async () => {
    using place = await sshd.place();
    place.makeNear([{ path: "f", content: "new" }]);
    const { status, stderr } = await place.copy([
      ...["-O", "--atomic", "f", place.remote("f")],
    ]);
    assertEquals([status, stderr], [
      1,
      "far: --atomic needs SFTP: scp writes a file in its place: leave out -O\n",
    ]);
  },
);

peerTest(
  "atomic: files of a local copy and between two hosts are replaced",
  NEEDS,
  async () => {
    using place = await sshd.place();
    for (const root of [place.near, place.far]) {
      Deno.writeTextFileSync(`${root}/new`, "new");
      Deno.writeTextFileSync(`${root}/old`, "old", { mode: 0o604 });
    }
    const inodes = [place.near, place.far].map((root) =>
      Deno.statSync(`${root}/old`).ino
    );
    await place.copyWell(["--atomic", "new", "old"]);
    await place.copyWell([
      ...["--atomic", place.remote("new"), place.remote("old", "other")],
    ]);
    for (const [at, root] of [place.near, place.far].entries()) {
      assertEquals(Deno.readTextFileSync(`${root}/old`), "new");
      const { ino, mode } = Deno.statSync(`${root}/old`);
      assertEquals(mode! & 0o7777, 0o604);
      assert(ino !== inodes[at]);
      assertEquals(names(root), ["new", "old"]);
    }
  },
);
