/** Times that answers took, of which the shortest one is kept: that of a round trip. */
export class RoundTrips {
  #shortest: number | undefined;
  /** Request whose answer is timed; absent where none is. */
  #timed: { readonly id: number; readonly since: number } | undefined;

  /** Shortest time, in milliseconds; `undefined` before the first answer. */
  get shortest(): number | undefined {
    return this.#shortest;
  }

  /** Notes that a request is sent. One at a time is timed. */
  sent(id: number): void {
    this.#timed ??= { id, since: performance.now() };
  }

  /** Notes that a request was answered. */
  answered(id: number): void {
    if (this.#timed?.id !== id) return;
    const time = performance.now() - this.#timed.since;
    this.#shortest = Math.min(time, this.#shortest ?? Infinity);
    this.#timed = undefined;
  }
}
