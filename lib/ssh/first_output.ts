/** Wait for the first byte of a remote, as long as that makes sense. */

import { delay } from "@std/async/delay";
import type { LoginState } from "./login_state.ts";

/** Longest silences to wait out, in milliseconds. */
export interface Patience {
  /** Silence after the end of a login. */
  readonly afterLogin: number;
  /** Silence while the state of the login is unknown and no prompt is open. */
  readonly unseen: number;
}

/** Longest login to wait for after the last prompt, in milliseconds. */
export const LOGIN_MILLISECONDS = 150_000;

/** Silence so far. */
interface Silence {
  /** State of the login during the silence. */
  readonly kind: LoginState["login"] | "prompting";
  /** Time that it began at, in milliseconds as `performance.now` gives it. */
  readonly since: number;
}

/** Gives the silence that goes on at `now`, or a new one of another kind. */
function silenceAfter(
  before: Silence,
  { login, isPrompting }: LoginState,
  now: number,
): Silence {
  const kind = isPrompting ? "prompting" : login;
  return before.kind === kind ? before : { kind, since: now };
}

function isTooLong(
  { kind, since }: Silence,
  { afterLogin, unseen }: Patience,
  now: number,
): boolean {
  switch (kind) {
    case "prompting":
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

/** Time to the first look at the login: most remotes send something before. */
const FIRST_LOOK_MILLISECONDS = 1000;

/** Time between further looks. */
const LOOK_MILLISECONDS = 250;

/**
 * Watches a silent remote until the silence has lasted too long or is over.
 *
 * @param readState Looks at the login of the remote.
 * @param over Aborted once the silence is over.
 */
export async function watchSilence(
  { readState, patience, over }: {
    readState: () => LoginState;
    patience: Patience;
    over: AbortSignal;
  },
): Promise<"silent" | "over"> {
  let silence: Silence = { kind: "unknown", since: performance.now() };
  for (let wait = FIRST_LOOK_MILLISECONDS;; wait = LOOK_MILLISECONDS) {
    await delay(wait, { signal: over }).catch(() => {
      // The silence is over.
    });
    if (over.aborted) return "over";
    silence = silenceAfter(silence, readState(), performance.now());
    if (isTooLong(silence, patience, performance.now())) return "silent";
  }
}
