/** Files that a source is told not to send, in downloads that go on over SCP. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { peerTest, sshdDoor, writeScript } from "../support/doors.ts";
import { DOWN } from "../support/fixtures/sides.ts";
import { describeTree, pattern } from "../support/fixtures/tree.ts";
import { RUN, through, withTool } from "../support/hash_logins.ts";
import { placeAt, SharedSshd } from "../support/ssh/shared_sshd.ts";
import { Sshd } from "../support/ssh/sshd.ts";

const NEEDS = [...sshdDoor.needs, "sha256sum"];

const shared = new SharedSshd();

/** Files of a hundred thousand bytes, of which eighty thousand are there. */
const CUT = pattern(100_000);
const THERE = CUT.subarray(0, 80_000);

peerTest(
  "--resume -O: small files come again down, since each refusal would cost a round trip, and one line says so",
  NEEDS,
  async () => {
    using place = await shared.place("-O");
    for (const root of [place.far, place.near]) {
      for (let at = 0; at < 300; at++) {
        Deno.mkdirSync(`${root}/tree/${at % 5}`, { recursive: true });
        Deno.writeTextFileSync(`${root}/tree/${at % 5}/${at}`, `${at}`);
      }
    }
    const { status, stderr } = await place.copy([
      ...["--resume", "-r", place.remote("tree"), "."],
    ]);
    assertEquals([status, stderr], [
      0,
      "warning: far: small files come again: each refusal costs a round trip\n",
    ]);
    assertEquals(await describeTree(place.near), await describeTree(place.far));
  },
);

peerTest(
  "--resume -O: files that a pattern names go on down, and those beside them stay",
  NEEDS,
  async () => {
    using place = await shared.place("-O");
    for (const name of ["a.iso", "b.iso", "c.iso", "d.txt"]) {
      Deno.writeFileSync(`${place.far}/${name}`, CUT);
    }
    Deno.writeFileSync(`${place.near}/a.iso`, CUT);
    Deno.writeFileSync(`${place.near}/b.iso`, THERE);
    Deno.writeFileSync(`${place.near}/d.txt`, THERE);
    const { status, stderr } = await place.copy([
      ...["--resume", "--summary", place.remote("*.iso"), "."],
    ]);
    assertEquals(status, 0, stderr);
    assertStringIncludes(stderr, "b.iso: resumed at 80,000 of 100,000 bytes\n");
    assertStringIncludes(stderr, "1 skipped");
    for (const name of ["a.iso", "b.iso", "c.iso"]) {
      assertEquals(Deno.readFileSync(`${place.near}/${name}`), CUT);
    }
    assertEquals(Deno.readFileSync(`${place.near}/d.txt`), THERE);
  },
);

/** Lines of a tool that ends its shell where it is to hash a file. */
const DEADLY = `if [ -f /proc/$$/fd/0 ] || [ $# -gt 0 ]; then
  kill -9 $PPID
fi
exec ${findProgram("sha256sum")}
`;

peerTest(
  "--resume -O: where the session that hashes is lost, what is here stays, and that fails",
  NEEDS,
  async () => {
    await using sshd = await Sshd.start(withTool(DEADLY));
    using place = placeAt(sshd, "-O");
    Deno.writeFileSync(`${place.far}/f`, CUT);
    const here = CUT.slice().fill(0, 90_000);
    Deno.writeFileSync(`${place.near}/g`, here);
    const { status, stderr } = await place.copy([
      "--resume",
      ...DOWN.operands(place, "f", "g"),
    ]);
    assertEquals(status, 1, stderr);
    assertStringIncludes(
      stderr,
      "g: it stays: the session that tells hashes was lost\n",
    );
    assertEquals(Deno.readFileSync(`${place.near}/g`), here);
  },
);

peerTest(
  "--resume -O: a source that ends at a refusal, though another file is to follow, is told, and fails",
  NEEDS,
  async () => {
    // It takes one byte before its record and one behind it, and gives up.
    const lines = `dd bs=1 count=1 >/dev/null 2>&1
printf 'C0644 100000 a.iso\\n'
dd bs=1 count=1 >/dev/null 2>&1
exit 1
`;
    const login = through(`PATH=DIRECTORY/bin:$PATH ${RUN}`, (directory) => {
      Deno.mkdirSync(`${directory}/bin`);
      writeScript(`${directory}/bin/scp`, lines);
    });
    await using sshd = await Sshd.start(login);
    using place = placeAt(sshd, "-O");
    for (const name of ["a.iso", "b.iso"]) {
      Deno.writeFileSync(`${place.far}/${name}`, CUT);
    }
    Deno.writeFileSync(`${place.far}/b.iso`, CUT.toReversed());
    Deno.writeFileSync(`${place.near}/a.iso`, CUT);
    const cut = await place.copy(["--resume", place.remote("*.iso"), "."]);
    assertEquals([cut.status, cut.stderr], [
      1,
      "far: a.iso: the source ended here, since the file is there: others " +
      "may be missing\n",
    ]);
    Deno.removeSync(`${place.far}/b.iso`);
    const { status, stderr } = await place.copy([
      ...["--resume", place.remote("*.iso"), "."],
    ]);
    assertEquals([status, stderr], [0, ""]);
  },
);
