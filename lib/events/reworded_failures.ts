import type { Observer } from "./copy_event.ts";

/** Gives an observer that changes the messages of failures that it passes on. */
export function rewordedFailures(
  observer: Observer,
  reword: (message: string) => string,
): Observer {
  return {
    report: (event) =>
      observer.report(
        event.kind === "failure"
          ? { ...event, message: reword(event.message) }
          : event,
      ),
  };
}
