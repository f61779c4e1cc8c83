import type { Response } from "./wire/response_packets.ts";

/** Response to a request, or the error that came in place of one. */
export type Outcome = Response | Error;

/** Listener to what becomes of a request; one of its methods is called, once. */
export interface OutcomeListener {
  resolve(response: Response): void;
  reject(error: Error): void;
}

/** Requests that are awaited together: one promise for all, which never rejects. */
export class Flight {
  /** Promise of the outcome of each request, in their order. */
  readonly outcomes: Promise<Outcome[]>;
  readonly #outcomes: Outcome[];
  readonly #resolve: (outcomes: Outcome[]) => void;
  #left: number;

  /** @param count Number of requests, at least one. */
  constructor(count: number) {
    const { promise, resolve } = Promise.withResolvers<Outcome[]>();
    this.outcomes = promise;
    this.#resolve = resolve;
    this.#outcomes = new Array(count);
    this.#left = count;
  }

  /** Gives the listener to the request at a place in the order. */
  listenerAt(place: number): OutcomeListener {
    return new FlightListener(this, place);
  }

  /** Takes what became of the request at a place. */
  settle(place: number, outcome: Outcome): void {
    this.#outcomes[place] = outcome;
    this.#left--;
    if (this.#left === 0) this.#resolve(this.#outcomes);
  }
}

/** Listener to one request of a flight. */
class FlightListener implements OutcomeListener {
  readonly #flight: Flight;
  readonly #place: number;

  constructor(flight: Flight, place: number) {
    this.#flight = flight;
    this.#place = place;
  }

  resolve(response: Response): void {
    this.#flight.settle(this.#place, response);
  }

  reject(error: Error): void {
    this.#flight.settle(this.#place, error);
  }
}
