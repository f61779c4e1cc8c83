/** Observers of a dialogue with an scp, each of which changes what it passes on. */

import type { CopyEvent, Observer } from "../events/copy_event.ts";
import { rewordedFailures } from "../events/reworded_failures.ts";
import { isLengthless } from "./copy_facts.ts";
import { asHostMessage, isScpMessage } from "./session_failure.ts";

/** End of what OpenSSH's source says of a directory whose name has a line break. */
const ENCODED_DIRECTORY = /\\\^J.*: No such file or directory$/;

/**
 * Gives an observer that reports a remote scp's messages as the host's. OpenSSH's scp
 * looks for a directory by the name that it sends for it (scp.c, `rsource`), and finds
 * none whose name has a line break.
 */
export function hostObserver(host: string, observer: Observer): Observer {
  return rewordedFailures(observer, (message) => {
    if (!isScpMessage(message)) return message;
    const text = asHostMessage(host, message);
    return ENCODED_DIRECTORY.test(text) ? `${text}: try -s` : text;
  });
}

/** Gives an observer that does so for messages that begin with one of some hosts. */
export function hostsObserver(
  hosts: readonly string[],
  observer: Observer,
): Observer {
  return rewordedFailures(observer, (message) => {
    for (const host of hosts) {
      const prefix = `${host}: `;
      const text = message.slice(prefix.length);
      if (message.startsWith(prefix) && isScpMessage(text)) {
        return asHostMessage(host, text);
      }
    }
    return message;
  });
}

/**
 * Gives an observer that reports empty files whose length only reading tells as
 * failed: over SCP a remote announces the length 0, and sends nothing.
 */
export function lengthlessObserver(
  { host, path }: { host: string; path: string },
  observer: Observer,
): Observer {
  if (!isLengthless(path)) return observer;
  return {
    report: (event) => {
      const isEmpty = event.kind === "settled" &&
        event.outcome === "copied" && event.file.size === 0;
      if (!isEmpty) return observer.report(event);
      const { name, path: named } = event.file;
      const message = `${host}: ${path}: ${name} has no length before it is ` +
        "read, so scp sent nothing of it: try -s";
      observer.report({ kind: "failure", message, path: named });
      observer.report({ ...event, outcome: "failed" });
    },
  };
}

/** State of one attempt to copy a source. */
type Attempt =
  | { readonly kind: "no failure" }
  /** The first failure, that something is missing, waits to be reported. */
  | { readonly kind: "held"; readonly failure: CopyEvent }
  /** Failures are reported as they come. */
  | { readonly kind: "reporting" }
  /** Nothing was found, and nothing was reported. */
  | { readonly kind: "missing" };

/**
 * Observer of an attempt to copy a source that may be missing, where another
 * attempt follows: a missing source is reported only if an entry came.
 */
export class MissingFirst implements Observer {
  readonly #observer: Observer;
  readonly #hasNext: boolean;
  #attempt: Attempt = { kind: "no failure" };

  /** @param hasNext True where another attempt follows. */
  constructor(observer: Observer, { hasNext }: { hasNext: boolean }) {
    this.#observer = observer;
    this.#hasNext = hasNext;
  }

  /** True where the attempt found nothing, and reported nothing. */
  get isMissing(): boolean {
    return this.#attempt.kind === "missing";
  }

  report(event: CopyEvent): void {
    if (event.kind !== "failure") return this.#observer.report(event);
    const isMissing = event.message.endsWith("No such file or directory");
    if (this.#hasNext && isMissing && this.#attempt.kind === "no failure") {
      this.#attempt = { kind: "held", failure: event };
    } else {
      this.#release();
      this.#observer.report(event);
    }
  }

  /**
   * Ends the attempt.
   *
   * @param entries Number of entries that came; absent if the attempt broke.
   */
  settle(entries?: number): void {
    if (entries === 0 && this.#attempt.kind === "held") {
      this.#attempt = { kind: "missing" };
    } else this.#release();
  }

  #release(): void {
    const attempt = this.#attempt;
    this.#attempt = { kind: "reporting" };
    if (attempt.kind === "held") this.#observer.report(attempt.failure);
  }
}

/**
 * Gives an observer that reports each failure once, though several sources may come
 * to it: its text has the path.
 */
export function eachFailureOnce(observer: Observer): Observer {
  const reported = new Set<string>();
  return {
    report: (event) => {
      if (event.kind === "failure") {
        if (reported.has(event.message)) return;
        reported.add(event.message);
      }
      observer.report(event);
    },
  };
}
