/** Logins to two hosts at once, of which the second one turns out to prompt. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { peerTest } from "../support/doors.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { describeTree, exists, makeTree } from "../support/fixtures/tree.ts";
import {
  PASSWORD_NEEDS,
  startWithPassword,
} from "../support/logins/passwords.ts";
import { answer, ANSWER_NEEDS } from "../support/logins/typed.ts";
import { openAt, type OpenWay } from "../support/logins/way.ts";
import { seacpCommand } from "../support/process/pseudo_terminal.ts";
import { Sshd } from "../support/ssh/sshd.ts";

const NEEDS = [...PASSWORD_NEEDS, ...ANSWER_NEEDS, "sftp-server"];

const PASSWORD = { text: "'s password: ", answer: "open sesame" };

/** Line of a server that a login without a prompt leaves. */
const REFUSED_KEY = /Connection closed by authenticating user/;

/** Opens the way to a host that takes a key, and to one that takes a password. */
async function openBoth(): Promise<OpenWay> {
  const far = await Sshd.start();
  const other = await startWithPassword(PASSWORD.answer);
  return openAt(
    { far, other },
    `  IdentityFile ${far.directory}/user\n  BatchMode no`,
  );
}

for (
  const [name, from, to] of [
    ["first", "other", "far"],
    ["second", "far", "other"],
  ] as const
) {
  peerTest(
    `between hosts: the ${name} one asks for a password in spite of a key, once, and a tree goes`,
    NEEDS,
    async () => {
      await using way = await openBoth();
      using place = new TempDirectory();
      makeTree(`${place.path}/tree`, [
        { path: "a", content: "one\n" },
        { path: "d/b c", content: "two\n" },
      ]);
      const { status, said, asked } = await answer(
        seacpCommand([
          ...way.options,
          "-r",
          `${from}:${place.path}/tree`,
          `${to}:${place.path}/copy`,
        ]),
        { cwd: place.path, questions: [PASSWORD] },
      );
      assertEquals([status, asked], [0, [PASSWORD.text]], said);
      assert(!said.includes("Permission denied"), said);
      assertEquals(
        await describeTree(`${place.path}/copy`),
        await describeTree(`${place.path}/tree`),
      );
      assertMatch(way.log(), /Accepted password for/);
      if (to === "other") assertMatch(way.log(), REFUSED_KEY);
      assertMatch(way.log(), /Accepted publickey for/);
    },
  );
}

peerTest(
  "between hosts: a password that is not taken fails the copy, and nothing is made",
  NEEDS,
  async () => {
    await using way = await openBoth();
    using place = new TempDirectory();
    makeTree(`${place.path}/tree`, [{ path: "a", content: "one\n" }]);
    const { status, said } = await answer(
      seacpCommand([
        ...way.options,
        ...["-o", "NumberOfPasswordPrompts=1", "-r"],
        `far:${place.path}/tree`,
        `other:${place.path}/copy`,
      ]),
      { cwd: place.path, questions: [{ ...PASSWORD, answer: "wrong" }] },
    );
    assertEquals(status, 255, said);
    assertEquals(said.match(/Permission denied/g)?.length, 1, said);
    assert(!exists(`${place.path}/copy`));
  },
);
