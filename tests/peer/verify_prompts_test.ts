/** Questions of ssh in a copy whose files are proven. */

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

/** Options of a copy, the questions that ssh asks, and the end of the summary. */
const COPIES:
  readonly (readonly [string, readonly string[], number, string])[] = [
    ["over SFTP", ["-s"], 1, "2 of 2 files verified (read back)"],
    [
      "over several connections that share a login",
      ["-s", "--jobs", "2", "--share"],
      1,
      "2 of 2 files verified",
    ],
    ["over SCP, once more", ["-O"], 2, "2 of 2 files verified"],
  ];

for (const [name, options, questions, end] of COPIES) {
  peerTest(
    `verify: where ssh asks for a password, it asks ${name}`,
    [...PASSWORD_NEEDS, "sha256sum"],
    async () => {
      const sshd = await startWithPassword(PASSWORD);
      await using way = openAt({ far: sshd }, PASSWORD_ALONE);
      using place = new Place(way);
      place.makeNear([
        { path: "t/a", content: "1" },
        { path: "t/b", content: "2" },
      ]);
      const { status, said, asked } = await answer(
        seacpCommand([
          ...[...way.options, ...options, "-r", "--verify", "--summary"],
          ...["t", place.remote(".")],
        ]),
        {
          cwd: place.near,
          questions: Array.from(
            { length: questions },
            () => ({ text: "'s password: ", answer: PASSWORD }),
          ),
        },
      );
      assertEquals([status, asked.length], [0, questions], said);
      assert(said.trimEnd().endsWith(end), said);
      assertEquals(
        said.includes("ssh would prompt for another login"),
        end.endsWith("(read back)"),
        said,
      );
    },
  );
}
