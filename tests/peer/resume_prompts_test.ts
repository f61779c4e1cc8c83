/** Questions of ssh in a copy that goes on over SCP. */

import { assert, assertEquals } from "@std/assert";
import { peerTest } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import {
  PASSWORD_ALONE,
  PASSWORD_NEEDS,
  startWithPassword,
} from "../support/logins/passwords.ts";
import { answer } from "../support/logins/typed.ts";
import { openAt } from "../support/logins/way.ts";
import { seacpCommand } from "../support/process/pseudo_terminal.ts";

const PASSWORD = "open sesame";

peerTest(
  "--resume -O: where ssh asks for a password, it asks once more for the questions, and once for each rest",
  [...PASSWORD_NEEDS, "sha256sum"],
  async () => {
    const sshd = await startWithPassword(PASSWORD);
    await using way = openAt({ far: sshd }, PASSWORD_ALONE);
    using place = new Place(way);
    const content = "0123456789".repeat(10_000);
    place.makeNear([
      { path: "t/a", content },
      { path: "t/b", content },
      { path: "t/c", content },
    ]);
    place.makeFar([
      { path: "t/a", content },
      { path: "t/b", content: content.slice(0, 80_000) },
    ]);
    const { status, said, asked } = await answer(
      seacpCommand([
        ...[...way.options, "-O", "-r", "--resume", "--summary"],
        ...["t", place.remote(".")],
      ]),
      {
        cwd: place.near,
        questions: Array.from(
          { length: 3 },
          () => ({ text: "'s password: ", answer: PASSWORD }),
        ),
      },
    );
    assertEquals([status, asked.length], [0, 3], said);
    assert(said.includes("t/b: resumed at 65,536 of 100,000 bytes"), said);
    assert(said.includes("1 skipped"), said);
    for (const name of ["a", "b", "c"]) {
      assertEquals(
        Deno.readTextFileSync(`${place.far}/t/${name}`),
        content,
      );
    }
  },
);
