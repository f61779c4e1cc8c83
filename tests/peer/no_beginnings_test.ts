/** Uploads with `--no-clobber` that end early: no beginning passes for the file. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lacksLibrary } from "../support/c_library.ts";
import { peerTest, peerTestUnless, sftpSshdDoor } from "../support/doors.ts";
import type { Place } from "../support/fixtures/place.ts";
import { exists } from "../support/fixtures/tree.ts";
import { lengthOf, until } from "../support/process/processes.ts";
import type { Running } from "../support/process/program.ts";
import {
  LENDS_TERMINAL,
  seacpCommand,
  startOnTerminal,
} from "../support/process/pseudo_terminal.ts";
import { placeAt, SharedSshd } from "../support/ssh/shared_sshd.ts";
import { Sshd } from "../support/ssh/sshd.ts";

const NEEDS = [...sftpSshdDoor.needs];

const sshd = new SharedSshd();

/** Options of a copy that takes seconds for the file of `prepare`. */
const SLOWLY = ["--no-clobber", "-s", "-l", "8000"];

function prepare(place: Place): void {
  place.makeNear([{ path: "f", content: "x".repeat(3_000_000) }]);
}

function start(place: Place): Running {
  return place.start([...SLOWLY, "f", place.remote("f")]);
}

async function untilItMoves({ far }: Place): Promise<void> {
  await until("a part has arrived", () => lengthOf(`${far}/f`) > 0);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  peerTest(`no beginnings: ${signal} leaves none`, NEEDS, async () => {
    using place = await sshd.place();
    prepare(place);
    const { pid, outcome } = start(place);
    await untilItMoves(place);
    Deno.kill(pid, signal);
    const { status } = await outcome;
    assert(status >= 129, String(status));
    assertEquals(exists(`${place.far}/f`), false);
  });
}

// Else ctrl-C ends ssh, too, and nobody is left to remove it.
peerTestUnless(lacksLibrary)(
  "no beginnings: ctrl-C on the terminal leaves none",
  [...NEEDS, LENDS_TERMINAL, "stty"],
  async () => {
    using place = await sshd.place();
    prepare(place);
    const typed = Promise.withResolvers<string>();
    const { outcome } = startOnTerminal(
      seacpCommand([...place.options, ...SLOWLY, "f", place.remote("f")]),
      80,
      { cwd: place.near, input: typed.promise },
    );
    await untilItMoves(place);
    typed.resolve("\x03");
    const { status, stdout } = await outcome;
    assertEquals(status, 130, stdout);
    assertEquals(exists(`${place.far}/f`), false);
  },
);

peerTest(
  "no beginnings: one that a lost connection leaves is named",
  NEEDS,
  async () => {
    await using own = await Sshd.start();
    using place = placeAt(own);
    prepare(place);
    const { outcome } = start(place);
    await untilItMoves(place);
    for (const pid of own.connections) Deno.kill(pid, "SIGKILL");
    const { status, stderr } = await outcome;
    assertEquals(status, 255);
    assertStringIncludes(stderr, "/f is left");
    assertEquals(exists(`${place.far}/f`), true);
  },
);
