/** Time that one case may take, in milliseconds, on a machine of any speed. */
const PATIENCE_MILLISECONDS = 20_000;

/** Runs beside the tests: nothing in their own thread sees an endless loop. */
const GUARD = `onmessage = ({ data: { cells, patience, name } }) => {
  let [before, since] = [-1, Date.now()];
  setInterval(() => {
    const now = Atomics.load(cells, 0);
    if (now !== before) [before, since] = [now, Date.now()];
    if (Date.now() - since < patience) return;
    console.error(name + ": case " + now + " does not end");
    Deno.kill(Deno.pid, "SIGKILL");
  }, 200);
};`;

/** Ends the process, with a message, if a case never ends. */
export class Watchdog implements Disposable {
  readonly #cells = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;

  /** @param name What the cases are of. */
  constructor(name: string) {
    this.#worker = new Worker(
      `data:text/javascript,${encodeURIComponent(GUARD)}`,
      { type: "module" },
    );
    this.#worker.postMessage({
      cells: this.#cells,
      patience: PATIENCE_MILLISECONDS,
      name,
    });
  }

  /** A case begins; the one before it has ended. */
  began(number: number): void {
    Atomics.store(this.#cells, 0, number);
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
