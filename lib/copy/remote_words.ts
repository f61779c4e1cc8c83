import type { Observer } from "../progress/observer.ts";

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
  return {
    failed: (message) =>
      observer.failed(
        message.startsWith(PROGRAM) ? asHostsWords(host, message) : message,
      ),
    warned: (message) => observer.warned(message),
    explained: (message) => observer.explained(message),
    began: (name, size) => observer.began(name, size),
  };
}
