import { assertEquals } from "@std/assert";
import {
  LOGIN_MILLISECONDS,
  outlastSilence,
  type SignClock,
} from "../../../lib/ssh/first_sign.ts";
import type { LoginView } from "../../../lib/ssh/login_view.ts";

const PATIENCE = { afterLogin: 3000, unseen: 15_000 };

/** A clock that stands at the end of what was last slept. */
class FakeClock implements SignClock {
  time = 0;

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    return Promise.resolve();
  }
}

const asking = (login: LoginView["login"]): LoginView => ({
  login,
  isAsking: true,
});
const view = (login: LoginView["login"]): LoginView => ({
  login,
  isAsking: false,
});

/** Sights from so many milliseconds on, and when silence is seen: exactly. */
const cases: readonly (readonly [
  string,
  readonly (readonly [from: number, LoginView])[],
  silentAt: number,
])[] = [
  ["a login that cannot be seen", [[0, view("unknown")]], 15_000],
  ["a login that has ended at the first look", [[0, view("ended")]], 4000],
  ["a login that ends after 5 s", [[0, view("open")], [
    5000,
    view("ended"),
  ]], 8000],
  ["a login that never ends", [[0, view("open")]], 1000 + LOGIN_MILLISECONDS],
  [
    "a question of 60 s, unseen",
    [[0, view("unknown")], [2000, asking("unknown")], [
      62_000,
      view("unknown"),
    ]],
    77_000,
  ],
  [
    "a question of an hour, then a push notification",
    [[0, view("open")], [2000, asking("open")], [3_602_000, view("open")]],
    3_602_000 + LOGIN_MILLISECONDS,
  ],
  [
    "a question, then a login that ends",
    [[0, asking("open")], [20_000, view("open")], [30_000, view("ended")]],
    33_000,
  ],
  [
    "two questions",
    [
      [0, asking("unknown")],
      [20_000, view("unknown")],
      [30_000, asking("unknown")],
      [40_000, view("unknown")],
    ],
    55_000,
  ],
];

for (const [name, sights, silentAt] of cases) {
  Deno.test(`outlastSilence() sees silence after ${name}`, async () => {
    const clock = new FakeClock();
    const result = await outlastSilence({
      view: () => sights.findLast(([from]) => from <= clock.time)![1],
      patience: PATIENCE,
      over: new AbortController().signal,
      clock,
    });
    assertEquals([result, clock.time], ["silent", silentAt]);
  });
}

Deno.test("outlastSilence() ends when the silence is over", async () => {
  const over = new AbortController();
  const clock = new FakeClock();
  const result = await outlastSilence({
    view: () => {
      if (clock.time >= 5000) over.abort();
      return view("open");
    },
    patience: PATIENCE,
    over: over.signal,
    clock,
  });
  assertEquals(result, "over");
});

Deno.test("outlastSilence() leaves no timer when it is over", async () => {
  const over = new AbortController();
  const result = outlastSilence({
    view: () => view("open"),
    patience: PATIENCE,
    over: over.signal,
  });
  over.abort();
  assertEquals(await result, "over");
});
