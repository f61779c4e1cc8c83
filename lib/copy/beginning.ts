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
  /** Ends what has begun when aborted: the other protocol was faster. */
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

/** A copy whose hosts speak its protocol. */
export interface Begun {
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
export const PATIENCE = { afterLogin: 8000, unseen: 15_000 } as const;

/** The same where there is no other one to try, or it is absent. */
export const LAST_PATIENCE = { afterLogin: 60_000, unseen: 60_000 } as const;
