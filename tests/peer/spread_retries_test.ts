/** Large files that several connections carry, all of which are lost: `--retries`. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { peerTest, sshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { DOWN, UP } from "../support/fixtures/sides.ts";
import { UnsteadyLine } from "../support/hostile/unsteady_line.ts";
import { SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sshdDoor.needs, "sftp-server", "cmp"];

const shared = new SharedSshd();

const MIB = 1024 ** 2;

/** Length of the file, in bytes: from 64 MiB on all connections carry it. */
const LENGTH = 80 * MIB;

/** Bytes that each connection carries before it is lost. */
const CARRIED = 12 * MIB;

/** Bytes that may be in flight when all are lost, and those of logins. */
const SLACK = 20 * MIB;

/** Makes a file in which no two stretches are the same. */
function makeLarge(path: string): void {
  const words = new Uint32Array(LENGTH / 4);
  for (let at = 0; at < words.length; at++) {
    words[at] = Math.imul(at, 0x9e3779b1);
  }
  Deno.writeFileSync(path, new Uint8Array(words.buffer));
}

function assertSame(one: string, other: string): void {
  const { success } = new Deno.Command("cmp", { args: [one, other] })
    .outputSync();
  assert(success, `${one} and ${other} differ`);
}

for (
  const { options, connections } of [
    { options: ["--jobs", "4"], connections: 4 },
    { options: ["--atomic"], connections: 1 },
  ]
) {
  for (const sides of [UP, DOWN]) {
    peerTest(
      `--retries: a large file goes on ${sides.name} where all connections were lost, with ${
        options.join(" ")
      }`,
      NEEDS,
      async () => {
        const direction = sides === UP ? "up" : "down";
        const after = 4 * CARRIED / connections;
        await using line = new UnsteadyLine(
          await shared.start(),
          (at) => at < connections ? { direction, after } : "whole",
        );
        using place = new Place(line);
        const [from, to] = [sides.from(place), sides.to(place)];
        makeLarge(`${from}/f`);
        Deno.writeTextFileSync(`${to}/g`, "old", { mode: 0o640 });
        const { status, stdout, stderr } = await place.copy([
          ...[...options, "--retries", "3"],
          ...sides.operands(place, "f", "g"),
        ]);
        assertEquals([status, stdout], [0, ""], stderr);
        assertMatch(stderr, /resumed at [\d,]+ of 83,886,080 bytes$/m);
        assertSame(`${from}/f`, `${to}/g`);
        // The file that was there gives the new one its mode, and nothing is left.
        assertEquals(Deno.statSync(`${to}/g`).mode! & 0o777, 0o640);
        assertEquals([...Deno.readDirSync(to)].length, 1);
        const { [direction]: moved } = line.moved;
        // What arrived behind a gap that a slow connection left comes again.
        const again = connections === 1 ? SLACK : connections * CARRIED;
        assert(moved < LENGTH + again, `${moved} bytes`);
      },
    );
  }
}

peerTest(
  "--retries: a large file whose source changed between two tries is copied whole, and nothing is left",
  NEEDS,
  async () => {
    let directory = "";
    await using line = new UnsteadyLine(await shared.start(), (at) => {
      // The second try has begun.
      if (at === 4) Deno.writeTextFileSync(`${directory}/f`, "new");
      return at < 4 ? { direction: "up", after: CARRIED } : "whole";
    });
    using place = new Place(line);
    directory = place.near;
    makeLarge(`${place.near}/f`);
    const { status, stderr } = await place.copy([
      ...["--jobs", "4", "--retries", "3", "f", place.remote("g")],
    ]);
    assertEquals(status, 0, stderr);
    assertEquals(Deno.readTextFileSync(`${place.far}/g`), "new");
    assertEquals([...Deno.readDirSync(place.far)].length, 1);
  },
);

peerTest(
  "--retries: a large download that no try mends leaves nothing behind",
  NEEDS,
  async () => {
    await using line = new UnsteadyLine(
      await shared.start(),
      () => ({ direction: "down", after: CARRIED }),
    );
    using place = new Place(line);
    makeLarge(`${place.far}/f`);
    Deno.writeTextFileSync(`${place.near}/g`, "old");
    const { status, stderr } = await place.copy([
      ...["--jobs", "2", "--retries", "1", place.remote("f"), "g"],
    ]);
    assertEquals(status, 255, stderr);
    assert(!stderr.includes(".seacp-"), stderr);
    assertEquals([...Deno.readDirSync(place.near)].map(({ name }) => name), [
      "g",
    ]);
    assertEquals(Deno.readTextFileSync(`${place.near}/g`), "old");
  },
);
