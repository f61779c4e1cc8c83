/** Units of an upload, which several sources take from one queue. */

import { withoutTrailingSlashes } from "../names/names.ts";
import type { FileStep, SentDirectory } from "./sent_entry.ts";
import type { PlannedDirectory } from "./tree_survey.ts";

/**
 * Part of an upload that one source sends: a given path with all in it, or one
 * directory that was made in advance, without those in it that are units too.
 */
export interface UploadUnit {
  readonly path: string;
  /** Directory that was made in advance; absent for a given path. */
  readonly planned?: PlannedDirectory;
  /** Unit of the directory above; absent for the outermost one. */
  readonly above?: UploadUnit | undefined;
  /** Files of it that were sent, by their paths. */
  readonly files: Map<string, FileStep>;
  /** Directory that it is, once it was sent. */
  directory?: SentDirectory;
}

/** Gives a unit for each given path. */
export function unitsOfPaths(paths: readonly string[]): UploadUnit[] {
  return paths.map((path) => ({
    path: withoutTrailingSlashes(path),
    files: new Map(),
  }));
}

/**
 * Gives a unit for each directory that was made in advance.
 *
 * @param plan Directories, each one behind the one above it.
 */
export function unitsOfPlan(plan: readonly PlannedDirectory[]): UploadUnit[] {
  const units = new Map<string, UploadUnit>();
  for (const planned of plan) {
    const { path, source } = planned;
    const above = path === ""
      ? undefined
      : units.get(path.slice(0, path.lastIndexOf("/")));
    units.set(path, { path: source, planned, above, files: new Map() });
  }
  return [...units.values()];
}

/** Tells whether a unit is known to be whole: the sink has acknowledged all of it. */
export function isWhole({ path, directory, files }: UploadUnit): boolean {
  return directory?.isLeft === true ||
    files.get(path)?.isAcknowledged === true;
}

/**
 * Queue of units. A source that finds it empty waits: another one may be lost, and
 * its units come back. It is over once no source has a unit, and none is left.
 */
export class UploadQueue {
  /** Units that wait, the next one last. */
  readonly #units: UploadUnit[];
  readonly #over = Promise.withResolvers<void>();
  #waiting: ((isMore: boolean) => void)[] = [];
  /** Sources that may have a unit. */
  #busy = 0;
  #isOver = false;

  constructor(units: readonly UploadUnit[]) {
    this.#units = units.toReversed();
  }

  /** True once all units are whole, or their failures were reported. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves once it is over. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Units that wait, in their order. */
  get waiting(): readonly UploadUnit[] {
    return this.#units.toReversed();
  }

  /** Notes that another source takes units from now on. */
  join(): void {
    this.#busy++;
  }

  /** Takes the next unit; gives `undefined` where none waits. */
  take(): UploadUnit | undefined {
    return this.#units.pop();
  }

  /**
   * Notes that all units of a source are whole, and waits for more.
   *
   * @returns False where it is over.
   */
  async more(): Promise<boolean> {
    if (this.#units.length > 0) return true;
    this.#busy--;
    if (this.#busy === 0) this.#end();
    if (this.#isOver) return false;
    return await new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives back the units of a source that is lost. */
  giveBack(units: readonly UploadUnit[]): void {
    this.#units.push(...units.toReversed());
    this.#busy--;
    if (this.#units.length > 0) {
      this.#busy += this.#waiting.length;
      this.#wake(true);
    } else if (this.#busy === 0) this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#over.resolve();
    this.#wake(false);
  }

  #wake(isMore: boolean): void {
    for (const resolve of this.#waiting.splice(0)) resolve(isMore);
  }
}
