import type { Observer } from "./copy_event.ts";

/** Progress of one file, as the engine that moves it tells it. */
export interface FileProgress {
  /** Reports that many bytes more of it moved. */
  moved(bytes: number): void;
  /** Reports that it is over, moved whole or not. */
  finished(): void;
}

/** Reports that a file of `size` bytes begins to move. */
export function startFile(
  observer: Observer,
  name: string,
  size: number,
): FileProgress {
  const file = { name, size };
  observer.report({ kind: "fileStarted", file });
  return {
    moved: (bytes) => observer.report({ kind: "moved", file, bytes }),
    finished: () => observer.report({ kind: "finished", file }),
  };
}

/** Progress of a file that nobody is told of. */
export const UNWATCHED: FileProgress = {
  moved: () => {},
  finished: () => {},
};
