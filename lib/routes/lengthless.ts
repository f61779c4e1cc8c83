/** Files whose length only reading tells: those of a system's own directories. */

import type { Observer } from "../events/observer.ts";

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
    failed: (message) => observer.failed(message),
    warned: (message) => observer.warned(message),
    explained: (message) => observer.explained(message),
    began: (name, size) => {
      if (size === 0) {
        observer.failed(
          `${host}: ${path}: ${name} has no length before it is read, so scp ` +
            "sent nothing of it: try -s",
        );
      }
      return observer.began(name, size);
    },
  };
}
