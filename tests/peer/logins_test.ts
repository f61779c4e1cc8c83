/** Each way to log in that ssh has, with real components: both ways, all modes. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { peerTest } from "../support/doors.ts";
import { SEACP } from "../support/process/program.ts";
import { between } from "../support/logins/between.ts";
import {
  type Copied,
  COPIES,
  copyBetween,
  copyBy,
} from "../support/logins/copies.ts";
import { ticket } from "../support/logins/kerberos.ts";
import { keys } from "../support/logins/keys.ts";
import { lines } from "../support/logins/lines.ts";
import { passwords } from "../support/logins/passwords.ts";
import { ANSWER_NEEDS } from "../support/logins/typed.ts";
import type { OpenWay, Way } from "../support/logins/way.ts";

const WAYS: readonly Way[] = [...keys, ...lines, ticket, ...passwords];

/** Options that choose how files are copied, by what they choose. */
const MODES = [
  { name: "by default", options: [] },
  { name: "with -s", options: ["-s"] },
  { name: "with -O", options: ["-O"] },
] as const;

const opened = new Map<Way, Promise<OpenWay>>();
Deno.test.afterAll(async () => {
  for (const way of opened.values()) await (await way)[Symbol.asyncDispose]();
});

function openOnce(way: Way): Promise<OpenWay> {
  const open = opened.get(way) ?? way.open();
  opened.set(way, open);
  return open;
}

for (const way of WAYS) {
  for (const mode of MODES) {
    for (const copy of COPIES) {
      if (way.modes && !way.modes.includes(mode.name)) continue;
      peerTest(
        `${way.name}: ${copy.name} ${mode.name}`,
        [...way.needs, ...ANSWER_NEEDS],
        async () => {
          const open = await openOnce(way);
          const ours = await copyBy(open, [...SEACP, ...mode.options], copy);
          assertEquals(ours.status, 0, ours.said + open.log());
          assertMatch(open.log(), way.proof);
          if (open.questions === undefined) assertEquals(ours.said, "");
          else {
            const scp = [findProgram("scp")!, ...mode.options];
            assertAskedAsOften(ours, await copyBy(open, scp, copy));
          }
        },
      );
    }
  }
}

for (const way of between) {
  for (const mode of MODES) {
    peerTest(
      `${way.name}: a tree goes from one to the other ${mode.name}`,
      [...way.needs, ...ANSWER_NEEDS],
      async () => {
        const open = await openOnce(way);
        const ours = await copyBetween(open, [...SEACP, ...mode.options]);
        assertEquals(ours.status, 0, ours.said + open.log());
        // scp -O does not ask for the second host: each is to be asked, once.
        assertEquals(
          ours.asked.toSorted(),
          open.questions!.map(({ text }) => text).toSorted(),
          ours.said,
        );
      },
    );
  }
}

/** Expects that ssh asks as it asks for scp, and at least once. */
function assertAskedAsOften(ours: Copied, theirs: Copied): void {
  assertEquals(theirs.status, 0, theirs.said);
  assert(theirs.asked.length > 0, theirs.said);
  assertEquals(ours.asked.toSorted(), theirs.asked.toSorted(), ours.said);
}
