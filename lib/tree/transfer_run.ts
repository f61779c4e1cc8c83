import { EntryError, isConnectionFailure, withName } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import { OpenEntries } from "./open_entries.ts";
import { OrderedPool } from "./ordered_pool.ts";

/** What every part of a transfer goes by: what is begun, and what broke it. */
export class TransferRun {
  readonly observer: Observer;
  readonly open = new OpenEntries();
  readonly #window: OrderedPool;
  readonly #interrupted: AbortSignal;
  #breach: { readonly error: unknown } | undefined;

  /** @param steps How many of them are in flight at once. */
  constructor(
    steps: number,
    { observer, interrupted }: {
      observer: Observer;
      interrupted: AbortSignal;
    },
  ) {
    this.observer = observer;
    this.#interrupted = interrupted;
    this.#window = new OrderedPool(steps, (error) => this.#report(error));
  }

  /** Whether nothing more is begun. */
  get isOver(): boolean {
    return this.isBroken || this.#interrupted.aborted;
  }

  /** Whether it is a place that broke it. */
  get isBroken(): boolean {
    return this.#breach !== undefined;
  }

  /** Begins a step as soon as there is room, and reports it in its turn. */
  async begin(step: () => Promise<void>): Promise<void> {
    await this.#window.begin(step);
  }

  /** What a step throws is reported after what was begun before. */
  async orReport(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      await this.begin(() => Promise.reject(error));
    }
  }

  /**
   * For what broke while a file was copied: the first that did ends it all, and
   * is thrown in the end, with the file's name.
   *
   * @throws {EntryError} For each file after it, by its name.
   * @throws Whatever else it is, as it is.
   */
  break(name: string, error: unknown): void {
    if (!isConnectionFailure(error)) throw error;
    if (this.isBroken) throw new EntryError(`${name}: ${error.message}`);
    this.#breach = { error: withName(name, error) };
  }

  #report(error: unknown): void {
    if (error instanceof EntryError) {
      this.observer.report({ kind: "failure", message: error.message });
    } else this.#breach ??= { error };
  }

  /**
   * Waits until all that was begun has ended.
   *
   * @throws What broke it.
   */
  async end(): Promise<void> {
    await this.#window.drained();
    if (this.#breach !== undefined) throw this.#breach.error;
  }
}
