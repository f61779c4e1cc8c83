import type { Patience } from "../ssh/first_output.ts";
import type { SshSession } from "../ssh/session.ts";
import type { Absence } from "./absence.ts";

/** A copy over one protocol. */
export interface Route {
  /**
   * Opens its sessions, and waits until the hosts speak the protocol. What
   * fails for both protocols is reported.
   */
  begin(terms: Terms): Promise<Beginning>;
}

/** Conditions of a beginning. */
export interface Terms {
  /**
   * Ends what has begun when aborted: the other protocol was faster. As long as
   * that one may begin, what fails here is no failure of the copy.
   */
  readonly abandoned?: AbortSignal;
  /**
   * Tries the other protocol while this one is silent.
   *
   * @param spoke Resolves when this one is no longer.
   * @returns Whether the other one has begun, so that this one is to end.
   */
  whileSilent?(spoke: Promise<void>): Promise<boolean>;
}

/** Result of a beginning. */
export type Beginning =
  | ({ readonly kind: "begun" } & Begun)
  | ({ readonly kind: "absent" } & Absence)
  /** Nothing more is to be done: it failed, which was reported. */
  | { readonly kind: "over" };

/** A copy whose hosts speak. */
export interface Begun {
  /** False where what they say may not be the protocol. */
  readonly isCertain: boolean;
  /**
   * Makes the copy and reports what fails.
   *
   * @returns Why it was none: what spoke was not the protocol, and nothing was
   * copied. Absent if it is over.
   */
  run(): Promise<Absence | undefined>;
  /** Ends it without a copy. */
  abandon(): Promise<void>;
}

/** Silences of a remote that are waited for before the other protocol is tried. */
export const PATIENCE: Patience = { afterLogin: 8000, unseen: 15_000 };

/** The same once the other one was tried. */
const LAST_PATIENCE: Patience = { afterLogin: 20_000, unseen: 30_000 };

/** The same where the user named the protocol, so that there is no other one. */
const ONLY_PATIENCE: Patience = { afterLogin: 60_000, unseen: 60_000 };

/**
 * Waits until the remote of a session has spoken, and tries the other protocol
 * if it is silent.
 *
 * @returns `silent` where the other one has begun, too.
 */
export async function awaitSpeech(
  session: SshSession,
  { mayChange }: { mayChange: boolean },
  { whileSilent }: Terms,
): Promise<"spoke" | "ended" | "silent"> {
  if (!mayChange) return await session.awaitFirstOutput(ONLY_PATIENCE);
  if (whileSilent === undefined) {
    return await session.awaitFirstOutput(LAST_PATIENCE);
  }
  const sign = await session.awaitFirstOutput(PATIENCE);
  if (sign !== "silent") return sign;
  const silentSince = performance.now();
  if (await whileSilent(session.channel.awaitInput())) return "silent";
  const waited = performance.now() - silentSince;
  return await session.awaitFirstOutput({
    afterLogin: Math.max(0, LAST_PATIENCE.afterLogin - waited),
    unseen: Math.max(0, LAST_PATIENCE.unseen - waited),
  });
}
