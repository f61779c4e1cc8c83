import { asConnectionFailure } from "../errors.ts";
import type { BegunConnection } from "./sftp_start.ts";

/**
 * Connections to a server that begin beside its first login, for a copy that has work
 * for them. None of them prompts.
 */
export class EarlyConnections implements AsyncDisposable {
  readonly #left: {
    readonly connection: BegunConnection;
    readonly ending: AbortController;
  }[] = [];

  /**
   * Begins connections.
   *
   * @param begin Begins one, which ends when the signal is aborted; it may throw what
   * keeps ssh from starting, which the first login tells.
   */
  begin(count: number, begin: (ended: AbortSignal) => BegunConnection): void {
    try {
      while (this.#left.length < count) {
        const ending = new AbortController();
        this.#left.push({ connection: begin(ending.signal), ending });
      }
    } catch (error) {
      asConnectionFailure(error);
    }
  }

  /**
   * Gives the next connection; `undefined` if none is left.
   *
   * @param ended Ends it from now on when aborted.
   */
  take(ended: AbortSignal): BegunConnection | undefined {
    const next = this.#left.shift();
    if (next === undefined) return undefined;
    const { connection, ending } = next;
    ended.addEventListener("abort", () => ending.abort());
    if (ended.aborted) ending.abort();
    return connection;
  }

  /** Ends the connections that nobody took. */
  async [Symbol.asyncDispose](): Promise<void> {
    const left = this.#left.splice(0);
    for (const { ending } of left) ending.abort();
    await Promise.all(
      left.map(({ connection }) => connection.ssh[Symbol.asyncDispose]()),
    );
  }
}
