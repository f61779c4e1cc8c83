/** Waits for the first byte of a remote, as long as that is sensible. */

import type { LoginView } from "./login_view.ts";

/** Longest silences that are waited for, in milliseconds. */
export interface Patience {
  /** After a login whose end was seen. */
  readonly afterLogin: number;
  /** While no end of a login can be seen, and no question is pending. */
  readonly unseen: number;
}

/** Longest login that is waited for after the last question, in milliseconds. */
export const LOGIN_MILLISECONDS = 150_000;

/** Silence so far: its kind, and when it began. */
export interface Silence {
  readonly kind: "asking" | "open" | "ended" | "unknown";
  readonly since: number;
}

/** Gives the silence that goes on at `now`, or a new one of another kind. */
export function silenceAfter(
  before: Silence,
  { login, isAsking }: LoginView,
  now: number,
): Silence {
  const kind = isAsking ? "asking" : login;
  return before.kind === kind ? before : { kind, since: now };
}

/** Tells whether a silence has taken too long. */
export function isSilent(
  { kind, since }: Silence,
  { afterLogin, unseen }: Patience,
  now: number,
): boolean {
  switch (kind) {
    case "asking":
      return false;
    case "open":
      return now - since >= LOGIN_MILLISECONDS;
    case "ended":
      return now - since >= afterLogin;
    case "unknown":
      return now - since >= unseen;
    default:
      return kind satisfies never;
  }
}

/** Time in milliseconds, and a wait that ends early when aborted. */
export interface SignClock {
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** First look at the process, in milliseconds: most remotes speak before. */
const FIRST_LOOK_MILLISECONDS = 1000;

/** Time between looks, in milliseconds. */
const LOOK_MILLISECONDS = 250;

/**
 * Watches a silence until it has taken too long or is over.
 *
 * @param view Looks at the process that is silent.
 * @param over Is aborted when the silence is over.
 */
export async function outlastSilence(
  { view, patience, over, clock = systemClock }: {
    view: () => LoginView;
    patience: Patience;
    over: AbortSignal;
    clock?: SignClock;
  },
): Promise<"silent" | "over"> {
  let silence: Silence = { kind: "unknown", since: clock.now() };
  for (let wait = FIRST_LOOK_MILLISECONDS;; wait = LOOK_MILLISECONDS) {
    await clock.sleep(wait, over);
    if (over.aborted) return "over";
    silence = silenceAfter(silence, view(), clock.now());
    if (isSilent(silence, patience, clock.now())) return "silent";
  }
}

const systemClock: SignClock = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const timer = setTimeout(wake, milliseconds);
    signal.addEventListener("abort", wake);
    await promise;
    clearTimeout(timer);
    signal.removeEventListener("abort", wake);
  },
};
