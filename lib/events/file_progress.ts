import { LostFileError } from "../errors.ts";
import type { FileOutcome, MovingFile, Observer, Proof } from "./copy_event.ts";

/** Progress of one file, as the engine that moves it tells it. */
export interface FileProgress {
  /** Reports that many bytes more of it moved. */
  moved(bytes: number): void;
  /** Reports that all of it has moved, and is compared with what is there. */
  verifying(): void;
  /** Reports that no more of it moves, whole or not. */
  finished(): void;
  /** Reports the outcome, once. */
  settled(outcome: FileOutcome, proof?: Proof): void;
}

/** Reports that a file begins to move. */
export function startFile(
  observer: Observer,
  { name, path, size, resumedAt = 0, isWatched = true }:
    & Omit<MovingFile, "isWatched">
    & Partial<MovingFile>,
): FileProgress {
  const begun = { name, path, size, isWatched };
  const file = resumedAt === 0 ? begun : { ...begun, resumedAt };
  observer.report({ kind: "fileStarted", file });
  return new ReportedFile(observer, file);
}

/** Progress of a file that an observer hears of. */
class ReportedFile implements FileProgress {
  readonly #observer: Observer;
  readonly #file: MovingFile;

  constructor(observer: Observer, file: MovingFile) {
    this.#observer = observer;
    this.#file = file;
  }

  moved(bytes: number): void {
    this.#observer.report({ kind: "moved", file: this.#file, bytes });
  }

  verifying(): void {
    this.#observer.report({ kind: "verifying", file: this.#file });
  }

  finished(): void {
    this.#observer.report({ kind: "finished", file: this.#file });
  }

  settled(outcome: FileOutcome, proof?: Proof): void {
    const settled = { kind: "settled", file: this.#file, outcome } as const;
    this.#observer.report(
      proof === undefined ? settled : { ...settled, proof },
    );
  }
}

/**
 * Runs the step that moves a file, and reports its end and its outcome.
 *
 * @param step Gives the proof that the file arrived, if there is one.
 * @throws What the step throws: the file failed then, or begins again.
 */
export async function untilSettled(
  progress: FileProgress,
  step: () => Promise<Proof | undefined>,
): Promise<void> {
  let proof: Proof | undefined;
  try {
    proof = await step();
  } catch (error) {
    settleFailed(progress, error);
    throw error;
  }
  settleCopied(progress, proof);
}

/** Reports the end of a file that was copied. */
export function settleCopied(progress: FileProgress, proof?: Proof): void {
  progress.finished();
  progress.settled("copied", proof);
}

/** Reports the end of a file that failed, or begins again. */
export function settleFailed(progress: FileProgress, error: unknown): void {
  progress.finished();
  progress.settled(error instanceof LostFileError ? "again" : "failed");
}

/** Progress of a file that nobody is told of. */
export const UNWATCHED: FileProgress = {
  moved: () => {},
  verifying: () => {},
  finished: () => {},
  settled: () => {},
};
