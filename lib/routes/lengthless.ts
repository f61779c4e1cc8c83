/** Files whose length only reading tells: those of a system's own directories. */

import type { Observer } from "../events/copy_event.ts";

/** Directories of such files, on Linux. */
const LENGTHLESS = /^\/+(?:proc|sys)(?:\/|$)/;

/** Tells whether a path leads to files that have no length before they are read. */
export function isLengthless(path: string): boolean {
  return LENGTHLESS.test(path);
}

/**
 * Gives an observer that reports empty files of such a path: over SCP a remote
 * announces their length, which is 0, and sends nothing.
 */
export function lengthlessObserver(
  { host, path }: { host: string; path: string },
  observer: Observer,
): Observer {
  if (!isLengthless(path)) return observer;
  return {
    report: (event) => {
      if (event.kind === "fileStarted" && event.file.size === 0) {
        const message =
          `${host}: ${path}: ${event.file.name} has no length before it is ` +
          "read, so scp sent nothing of it: try -s";
        observer.report({ kind: "failure", message });
      }
      observer.report(event);
    },
  };
}
