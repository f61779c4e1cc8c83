/** Lines that fall silent under `--retries`: nothing passes, and nobody closes them. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { peerTest, sshdDoor, writeScript } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { DOWN, UP } from "../support/fixtures/sides.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { pattern } from "../support/fixtures/tree.ts";
import { UnsteadyLine } from "../support/hostile/unsteady_line.ts";
import { SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sshdDoor.needs, "sftp-server"];

const shared = new SharedSshd();

/** Options of a user who waits for a second only. */
const IMPATIENT = ["ServerAliveInterval=1", "ServerAliveCountMax=1"]
  .flatMap((option) => ["-o", option]);

/** Length of the file, in bytes. */
const LENGTH = 6_000_000;

/** Bytes that pass before the silence. */
const PASSED = 3_000_000;

for (const sides of [UP, DOWN]) {
  for (const protocol of ["-s", "-O"]) {
    peerTest(
      `--retries: a line that falls silent ends when ssh says that it is dead, and the file arrives ${sides.name}, with ${protocol}`,
      NEEDS,
      async () => {
        const direction = sides === UP ? "up" : "down";
        await using line = new UnsteadyLine(
          await shared.start(),
          (at) =>
            at === 0 ? { direction, after: PASSED, isHeld: true } : "whole",
        );
        using place = new Place(line);
        const content = pattern(LENGTH);
        Deno.writeFileSync(`${sides.from(place)}/f`, content);
        const { status, stdout, stderr } = await place.copy([
          ...[...IMPATIENT, protocol, "--retries", "2"],
          ...sides.operands(place, "f", "g"),
        ]);
        assertEquals([status, stdout], [0, ""], stderr);
        assertMatch(stderr, /far: connection lost, again in 1 s \(1 of 2\)$/m);
        assertEquals(stderr.match(/again in/g)?.length, 1, stderr);
        assertEquals(Deno.readFileSync(`${sides.to(place)}/g`), content);
        // Over SFTP what has arrived is not sent again.
        if (protocol === "-s") assert(line.moved[direction] < LENGTH + PASSED);
      },
    );
  }
}

/** Options that each ssh of a copy got, in a line each. */
async function optionsOfSsh(args: readonly string[]): Promise<string> {
  using place = await shared.place();
  using directory = new TempDirectory();
  const { path } = directory;
  writeScript(
    `${path}/ssh`,
    `echo "$*" >> ${path}/options; exec ${findProgram("ssh")} "$@"\n`,
  );
  place.makeNear([{ path: "f", content: "one\n" }]);
  const { status, stderr } = await place.copy(
    // Debian's ssh has an interval of its own in batch mode.
    ["-o", "BatchMode=no", ...args, "f", place.remote("f")],
    { env: { PATH: `${path}:${Deno.env.get("PATH")}` } },
  );
  assertEquals(status, 0, stderr);
  return Deno.readTextFileSync(`${path}/options`).split("\n")
    .filter((line) => !line.startsWith("-G ")).join("\n");
}

peerTest(
  "--retries: ssh notices a dead line after a while, unless the user says otherwise",
  NEEDS,
  async () => {
    const own = "ServerAliveInterval=15";
    assertStringIncludes(await optionsOfSsh(["--retries", "1"]), own);
    assert(!(await optionsOfSsh([])).includes(own));
    const users = await optionsOfSsh(["--retries", "1", ...IMPATIENT]);
    // Of two options ssh takes the first one.
    const [at, ownAt] = ["ServerAliveInterval=1 ", own].map((option) =>
      users.indexOf(option)
    );
    assert(at! >= 0 && (ownAt === -1 || at! < ownAt!), users);
  },
);
