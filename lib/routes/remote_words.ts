import type { Observer } from "../events/copy_event.ts";

/** The program's name that an scp puts before what it says. */
const PROGRAM = "scp: ";

/** Gives a remote scp's words as a message of ours: the host stands for it. */
export function asHostsWords(host: string, words: string): string {
  return `${host}: ${
    words.startsWith(PROGRAM) ? words.slice(PROGRAM.length) : words
  }`;
}

/** Gives an observer that is told a remote scp's words as the host's. */
export function hostObserver(host: string, observer: Observer): Observer {
  return changing(
    observer,
    (message) =>
      message.startsWith(PROGRAM) ? asHostsWords(host, message) : message,
  );
}

/** The same for words that come with the name of one of these hosts already. */
export function hostsObserver(
  hosts: readonly string[],
  observer: Observer,
): Observer {
  return changing(observer, (message) => {
    const host = hosts.find((host) =>
      message.startsWith(`${host}: ${PROGRAM}`)
    );
    return host === undefined
      ? message
      : asHostsWords(host, message.slice(`${host}: `.length));
  });
}

function changing(
  observer: Observer,
  change: (message: string) => string,
): Observer {
  return {
    report: (event) =>
      observer.report(
        event.kind === "failure"
          ? { ...event, message: change(event.message) }
          : event,
      ),
  };
}
