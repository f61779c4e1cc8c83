import {
  CutError,
  EntryError,
  interruptedMessage,
  isConnectionFailure,
  withPath,
} from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import { OpenEntries } from "./open_entries.ts";
import { OrderedPool, type PoolSize, type Step } from "./ordered_pool.ts";

/** State that all parts of one transfer share: its steps, and its failure. */
export class TransferRun {
  readonly observer: Observer;
  readonly open = new OpenEntries();
  readonly #pool: OrderedPool;
  readonly #interrupted: AbortSignal;
  #failure: { readonly error: unknown } | undefined;
  /** Temporary files that may be left: paths, and how messages begin. */
  readonly #left = new Map<string, string>();

  /** @param steps Number of steps that are in flight at once. */
  constructor(
    steps: PoolSize,
    { observer, interrupted }: {
      observer: Observer;
      interrupted: AbortSignal;
    },
  ) {
    this.observer = observer;
    this.#interrupted = interrupted;
    this.#pool = new OrderedPool(
      steps,
      (error, path) => this.#report(error, path),
    );
  }

  /** True where nothing more is begun. */
  get hasEnded(): boolean {
    return this.isBroken || this.#interrupted.aborted;
  }

  /** True where a connection failure ended it. */
  get isBroken(): boolean {
    return this.#failure !== undefined;
  }

  /** Most steps that are in flight at once. */
  get mostSteps(): number {
    return this.#pool.most;
  }

  /**
   * Begins a step as soon as there is room; an error is reported in its turn.
   *
   * @param path Path of the entry that it concerns, as in `MovingFile`.
   * @returns As `OrderedPool.begin`.
   */
  begin(step: Step, path?: string): Promise<void> | undefined {
    return this.#pool.begin(step, path);
  }

  /** Runs a step at once; an error is reported after those of earlier steps. */
  async runOrReport(step: () => Promise<void>, path?: string): Promise<void> {
    try {
      await step();
    } catch (error) {
      await this.reportInTurn(error, path);
    }
  }

  /** Reports an error after those of earlier steps. */
  async reportInTurn(error: unknown, path?: string): Promise<void> {
    await this.begin(() => Promise.reject(error), path);
  }

  /**
   * Takes the error that ended the copy of a file. The first connection failure
   * ends the transfer, and `end` throws it with that file's name.
   *
   * @throws {CutError} For each file after the first, by its name.
   * @throws Any other error, as it is.
   */
  fail(name: string, error: unknown): void {
    if (!isConnectionFailure(error)) throw error;
    if (this.isBroken) {
      const reason = this.#interrupted.aborted
        ? interruptedMessage(error)
        : error.message;
      throw new CutError(`${name}: ${reason}`, "in flight");
    }
    this.#failure = { error: withPath(name, error) };
  }

  /**
   * Notes a temporary file that may be left at the target; `end` tells of it, unless
   * the failure of its own file does.
   *
   * @param label Text that messages put before paths there.
   */
  noteLeft(path: string, label: string): void {
    this.#left.set(path, label);
  }

  /** Forgets the temporary files that a message names; tells whether it names any. */
  #forgetNamed(message: string): boolean {
    const named = [...this.#left.keys()].filter((it) => message.includes(it));
    for (const path of named) this.#left.delete(path);
    return named.length > 0;
  }

  #report(error: unknown, path: string | undefined): void {
    if (error instanceof EntryError) {
      const { message } = error;
      const tellsLeft = this.#forgetNamed(message);
      this.observer.report({
        kind: "failure",
        message,
        ...(path === undefined ? {} : { path }),
        ...(error instanceof CutError && !tellsLeft
          ? { cut: error.state }
          : {}),
      });
    } else this.#failure ??= { error };
  }

  /**
   * Waits until all steps have ended.
   *
   * @throws The failure that ended the transfer.
   */
  async end(): Promise<void> {
    await this.#pool.wait();
    const error = this.#failure?.error;
    if (error instanceof Error) this.#forgetNamed(error.message);
    for (const [path, label] of this.#left) {
      const message = `${label}${path} may be left`;
      this.observer.report({ kind: "warning", message });
    }
    if (this.#failure !== undefined) throw error;
  }
}
