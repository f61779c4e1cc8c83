/** Hosts and sources of each kind, in copies that go on over SCP. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { peerTest, seacpDoors, sshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { DOWN, type Sides, UP } from "../support/fixtures/sides.ts";
import { describeTree, pattern } from "../support/fixtures/tree.ts";
import { RUN, through } from "../support/hash_logins.ts";
import { jsonEvents } from "../support/json_events.ts";
import { placeAt, SharedSshd } from "../support/ssh/shared_sshd.ts";
import { Sshd } from "../support/ssh/sshd.ts";

const NEEDS = [...sshdDoor.needs, "sha256sum"];

const shared = new SharedSshd();

/** Names that a shell could read as something else. */
const NAMES = [" a  b ", "-n", "it's", '"q"', "$(touch pwned)", "größe"];

/** Files of a hundred thousand bytes, of which eighty thousand are there. */
const CUT = pattern(100_000);
const THERE = CUT.subarray(0, 80_000);

/** Puts a file and its beginning at the ends of a copy. */
function putCut(place: Place, sides: Sides): void {
  Deno.writeFileSync(`${sides.from(place)}/f`, CUT);
  Deno.writeFileSync(`${sides.to(place)}/g`, THERE);
}

/** A server that serves no SFTP. */
const withoutSftp = new SharedSshd(() => Sshd.start({ sftp: "none" }));

for (const sides of [UP, DOWN]) {
  const at = (sides === UP ? 65_536 : 80_000).toLocaleString("en");

  peerTest(
    `--resume: where the server has no SFTP, a file goes on over SCP ${sides.name}`,
    NEEDS,
    async () => {
      using place = await withoutSftp.place();
      putCut(place, sides);
      const { status, stderr } = await place.copy([
        "--resume",
        ...sides.operands(place, "f", "g"),
      ]);
      assertEquals(status, 0, stderr);
      assertStringIncludes(stderr, "going on over SCP\n");
      assertStringIncludes(stderr, `: resumed at ${at} of 100,000 bytes\n`);
      assertEquals(Deno.readFileSync(`${sides.to(place)}/g`), CUT);
    },
  );

  peerTest(
    `--resume: where the server has no SFTP, names that a shell would read go on ${sides.name}`,
    NEEDS,
    async () => {
      using place = await withoutSftp.place("-q");
      for (const name of NAMES) {
        Deno.writeFileSync(`${sides.from(place)}/${name}`, CUT);
        Deno.writeFileSync(`${sides.to(place)}/${name}`, THERE);
        const { status, stdout, stderr } = await place.copy([
          "--resume",
          "--json",
          ...sides.operands(place, `./${name}`, `./${name}`),
        ]);
        assertEquals(status, 0, stderr);
        const [file] = jsonEvents(stdout, status)
          .filter(({ type }) => type === "file");
        assertEquals(
          file!.resumed_at,
          sides === UP ? 65_536 : 80_000,
          stdout,
        );
        assertEquals(Deno.readFileSync(`${sides.to(place)}/${name}`), CUT);
      }
    },
  );

  peerTest(
    `--resume -O: where a command is forced, all is copied whole ${sides.name}, and one line says why`,
    NEEDS,
    async () => {
      const role = sides === UP ? "-t" : "-f";
      const far = sides === UP ? "g" : "f";
      const forced = through(`exec scp ${role} place/${far}`);
      await using sshd = await Sshd.start(forced);
      using place = placeAt(sshd, "-O");
      Deno.symlinkSync(place.far, `${sshd.home}/place`);
      putCut(place, sides);
      const { status, stderr } = await place.copy([
        "--resume",
        ...sides.operands(place, "f", "g"),
      ]);
      assertEquals([status, stderr], [
        0,
        "warning: far: all is copied whole: the server runs no commands\n",
      ]);
      assertEquals(Deno.readFileSync(`${sides.to(place)}/g`), CUT);
    },
  );

  peerTest(
    `--resume -O: a shell that talks does no harm ${sides.name}`,
    NEEDS,
    async () => {
      await using sshd = await Sshd.start(through(`echo Welcome; ${RUN}`));
      using place = placeAt(sshd, "-O", "-q");
      putCut(place, sides);
      const { status, stderr } = await place.copy([
        "--resume",
        ...sides.operands(place, "f", "g"),
      ]);
      assertEquals(status, 0, stderr);
      assertEquals(Deno.readFileSync(`${sides.to(place)}/g`), CUT);
    },
  );

  peerTest(
    `--resume -O: --verify proves the whole of a file that went on ${sides.name}`,
    NEEDS,
    async () => {
      using place = await shared.place("-O");
      putCut(place, sides);
      const { status, stdout } = await place.copy([
        ...["--resume", "--verify", "--json"],
        ...sides.operands(place, "f", "g"),
      ]);
      const [file] = jsonEvents(stdout, status)
        .filter(({ type }) => type === "file");
      assertEquals(
        [status, file!.resumed_at, file!.verified],
        [0, sides === UP ? 65_536 : 80_000, true],
      );
    },
  );

  for (const door of seacpDoors) {
    peerTest(
      `--resume -O: a file goes on ${sides.name}, and another one is skipped, with ${door.name}`,
      [...door.needs, "sha256sum"],
      async () => {
        await using opened = await door.open();
        using place = new Place(opened);
        const [from, to] = [sides.from(place), sides.to(place)];
        for (const name of ["a", "b", "c"]) {
          Deno.mkdirSync(`${from}/tree`, { recursive: true });
          Deno.mkdirSync(`${to}/tree`, { recursive: true });
          Deno.writeFileSync(`${from}/tree/${name}`, CUT);
        }
        Deno.writeFileSync(`${to}/tree/a`, CUT);
        Deno.writeFileSync(`${to}/tree/b`, THERE);
        const { status, stdout, stderr } = await place.copy([
          ...["--resume", "-r", "--summary"],
          ...sides.operands(place, "tree", "."),
        ]);
        assertEquals([status, stdout], [0, ""], stderr);
        assertStringIncludes(stderr, `: resumed at ${at} of 100,000 bytes\n`);
        assertStringIncludes(stderr, "1 skipped");
        assertEquals(await describeTree(to), await describeTree(from));
      },
    );
  }

  peerTest(
    `--resume -O: the content of a directory is completed ${sides.name}`,
    NEEDS,
    async () => {
      using place = await shared.place("-O");
      const [from, to] = [sides.from(place), sides.to(place)];
      Deno.mkdirSync(`${from}/tree/d`, { recursive: true });
      Deno.mkdirSync(`${to}/into/d`, { recursive: true });
      for (const name of ["a", "d/b", "d/c"]) {
        Deno.writeFileSync(`${from}/tree/${name}`, CUT);
      }
      Deno.writeFileSync(`${to}/into/a`, CUT);
      Deno.writeFileSync(`${to}/into/d/b`, THERE);
      const { status, stderr } = await place.copy([
        ...["--resume", "-r", "--summary"],
        ...sides.operands(place, "tree/.", "into"),
      ]);
      assertEquals(status, 0, stderr);
      assertStringIncludes(stderr, `: resumed at ${at} of 100,000 bytes\n`);
      assertStringIncludes(stderr, "1 skipped");
      assertEquals(
        await describeTree(`${to}/into`),
        await describeTree(`${from}/tree`),
      );
    },
  );
}

peerTest(
  "--resume -O: a target that cannot be written fails up, with the host's reason",
  NEEDS,
  async () => {
    using place = await shared.place("-O");
    putCut(place, UP);
    // Root writes to a file of any mode, but to no directory.
    const { status, stderr } = await place.copy([
      "--resume",
      ...["f", place.remote("g/h")],
    ]);
    assertEquals(status, 1, stderr);
    assertStringIncludes(stderr, "Not a directory");
    assertEquals(Deno.readFileSync(`${place.far}/g`), THERE);
  },
);

peerTest(
  "--resume -O: several sources that may bring one file are copied whole, and the last one wins",
  NEEDS,
  async () => {
    using place = await shared.place("-O");
    for (const name of ["a", "b"]) {
      Deno.mkdirSync(`${place.near}/${name}`);
      Deno.writeTextFileSync(`${place.near}/${name}/f`, name.repeat(9));
    }
    Deno.mkdirSync(`${place.far}/into`);
    Deno.writeTextFileSync(`${place.far}/into/f`, "b".repeat(9));
    const { status, stderr } = await place.copy([
      ...["--resume", "a/f", "b/f", place.remote("into")],
    ]);
    assertEquals([status, stderr], [
      0,
      "warning: far: all is copied whole: several sources may bring one file\n",
    ]);
    assertEquals(
      Deno.readTextFileSync(`${place.far}/into/f`),
      "b".repeat(9),
    );
  },
);

peerTest(
  "--resume -O: sources of one name on a host are copied whole, and the last one wins",
  NEEDS,
  async () => {
    using place = await shared.place("-O");
    for (const name of ["a", "b"]) {
      Deno.mkdirSync(`${place.far}/${name}/d`, { recursive: true });
      Deno.writeTextFileSync(`${place.far}/${name}/d/f`, name.repeat(9));
    }
    Deno.mkdirSync(`${place.near}/d`);
    Deno.writeTextFileSync(`${place.near}/d/f`, "a".repeat(9));
    const { status, stderr } = await place.copy([
      ...["--resume", "-r", place.remote("?/d"), "."],
    ]);
    assertEquals(status, 0, stderr);
    assertStringIncludes(stderr, "several sources have its name\n");
    assertEquals(
      Deno.readTextFileSync(`${place.near}/d/f`),
      "b".repeat(9),
    );
  },
);
