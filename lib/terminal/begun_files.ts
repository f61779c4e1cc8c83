import type { CopyEvent, MovingFile } from "../events/copy_event.ts";

/**
 * Files that began to move and did not arrive, as far as no failure named them. The
 * failure of a session names all that were in flight, however many.
 */
export class BegunFiles {
  /** By path, the times at which they began, as by `performance.now()`. */
  readonly #began = new Map<string, Map<MovingFile, number>>();

  /** Notes that a file began to move. */
  begin(file: MovingFile): void {
    const { path } = file;
    const files = this.#began.get(path) ?? new Map<MovingFile, number>();
    this.#began.set(path, files.set(file, performance.now()));
  }

  /**
   * Takes a file off that arrived, or that begins again.
   *
   * @returns Time since it began, in milliseconds.
   */
  settle(file: MovingFile): number {
    const now = performance.now();
    const files = this.#began.get(file.path);
    const began = files?.get(file) ?? now;
    files?.delete(file);
    if (files?.size === 0) this.#began.delete(file.path);
    return now - began;
  }

  /**
   * Takes off the files that a failure concerns.
   *
   * @returns Their paths: its own, and those of all that are left where it ends a
   * session.
   */
  fail(
    { path, isConnection, endsSession }: Extract<
      CopyEvent,
      { readonly kind: "failure" }
    >,
  ): readonly string[] {
    const own = path === undefined ? [] : [path];
    for (const each of own) this.#began.delete(each);
    return isConnection || endsSession ? [...own, ...this.takeAll()] : own;
  }

  /** Takes off all that are left; gives their paths. */
  takeAll(): readonly string[] {
    const paths = [...this.#began.keys()];
    this.#began.clear();
    return paths;
  }
}
