import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import {
  LOGIN_MILLISECONDS,
  watchSilence,
} from "../../../lib/ssh/first_output.ts";
import type { LoginState } from "../../../lib/ssh/login_state.ts";
import { turn } from "../../support/turn.ts";

const PATIENCE = { afterLogin: 3000, unseen: 15_000 };

const prompting = (login: LoginState["login"]): LoginState => ({
  login,
  isPrompting: true,
});
const state = (login: LoginState["login"]): LoginState => ({
  login,
  isPrompting: false,
});

/**
 * Watches a silence by a clock that begins at 0; gives the result and the time,
 * in milliseconds, at which it came.
 */
async function watch(
  readState: (now: number) => LoginState,
  over: AbortSignal = new AbortController().signal,
): Promise<[result: string, now: number]> {
  const LOOK_MILLISECONDS = 250;
  using time = new FakeTime(0);
  using _clock = stub(performance, "now", () => time.now);
  let result: string | undefined;
  watchSilence({
    readState: () => readState(time.now),
    patience: PATIENCE,
    over,
  }).then((value) => result = value);
  for (;;) {
    await turn();
    if (result !== undefined) return [result, time.now];
    time.tick(LOOK_MILLISECONDS);
  }
}

/** States, each from a time on, and the time of the verdict, in milliseconds. */
const cases: readonly (readonly [
  string,
  readonly (readonly [from: number, LoginState])[],
  silentAt: number,
])[] = [
  ["a login that cannot be seen", [[0, state("unknown")]], 15_000],
  ["a login that has ended at the first look", [[0, state("ended")]], 4000],
  ["a login that ends after 5 s", [[0, state("open")], [
    5000,
    state("ended"),
  ]], 8000],
  ["a login that never ends", [[0, state("open")]], 1000 + LOGIN_MILLISECONDS],
  [
    "a question of 60 s, unseen",
    [[0, state("unknown")], [2000, prompting("unknown")], [
      62_000,
      state("unknown"),
    ]],
    77_000,
  ],
  [
    "a question of an hour, then a push notification",
    [[0, state("open")], [2000, prompting("open")], [3_602_000, state("open")]],
    3_602_000 + LOGIN_MILLISECONDS,
  ],
  [
    "a question, then a login that ends",
    [[0, prompting("open")], [20_000, state("open")], [30_000, state("ended")]],
    33_000,
  ],
  [
    "two questions",
    [
      [0, prompting("unknown")],
      [20_000, state("unknown")],
      [30_000, prompting("unknown")],
      [40_000, state("unknown")],
    ],
    55_000,
  ],
];

for (const [name, states, silentAt] of cases) {
  Deno.test(`watchSilence(): gives up after ${name}`, async () => {
    assertEquals(
      await watch((now) => states.findLast(([from]) => from <= now)![1]),
      ["silent", silentAt],
    );
  });
}

Deno.test("watchSilence(): ends with the silence", async () => {
  const over = new AbortController();
  const readState = (now: number) => {
    if (now >= 5000) over.abort();
    return state("open");
  };
  assertEquals(await watch(readState, over.signal), ["over", 5000]);
});

Deno.test("watchSilence(): leaves no timer behind", async () => {
  const over = new AbortController();
  const result = watchSilence({
    readState: () => state("open"),
    patience: PATIENCE,
    over: over.signal,
  });
  over.abort();
  assertEquals(await result, "over");
});
