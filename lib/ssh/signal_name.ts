/** The signals in the order of their numbers, from 1 on. */
const NAMES: Readonly<Record<string, string>> = {
  linux: "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM " +
    "TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF " +
    "WINCH IO PWR SYS",
  darwin: "HUP INT QUIT ILL TRAP ABRT EMT FPE KILL BUS SEGV SYS PIPE ALRM " +
    "TERM URG STOP TSTP CONT CHLD TTIN TTOU IO XCPU XFSZ VTALRM PROF WINCH " +
    "INFO USR1 USR2",
};

/** The name of a signal, as in `SIGTERM`; `SIG40` for one without. */
export function signalName(number: number, os: string): string {
  return `SIG${NAMES[os]?.split(" ")[number - 1] ?? number}`;
}
