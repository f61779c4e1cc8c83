/** Linux's signals in the order of their numbers, from 1 on. */
const NAMES = "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE " +
  "ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF " +
  "WINCH IO PWR SYS";

/** The name of a signal of Linux, as in `SIGTERM`; `SIG40` for one without. */
export function signalName(number: number): string {
  return `SIG${NAMES.split(" ")[number - 1] ?? number}`;
}
