import type { Response } from "./wire/response_packets.ts";

/** Response to a request, or the error that came in place of one. */
export type Outcome = Response | Error;

/** Listener to what becomes of requests. */
export interface OutcomeListener {
  /**
   * Takes the outcome of a request, once.
   *
   * @param place Number that the request was sent with.
   */
  settle(outcome: Outcome, place: number): void;
}

/** Listener to one request that is awaited. */
export class AwaitedResponse implements OutcomeListener {
  /** Promise of the response, which rejects with the error in place of one. */
  readonly response: Promise<Response>;
  readonly #resolve: (response: Response) => void;
  readonly #reject: (error: Error) => void;

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    this.response = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  settle(outcome: Outcome): void {
    if (outcome instanceof Error) this.#reject(outcome);
    else this.#resolve(outcome);
  }
}
