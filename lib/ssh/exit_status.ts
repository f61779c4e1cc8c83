import { delay } from "@std/async/delay";
import type { Process, ProcessEnd } from "./spawner.ts";

/** Longest time, in milliseconds, by which we notice a Ctrl-C later than ssh. */
const NOTICE_MILLISECONDS = 100;

/** Exit status of an ssh. */
export interface ExitStatus {
  /** Number; 128 and the signal's if a signal ended ssh. */
  readonly code: number;
  /** Description of a failure; absent after a success. */
  readonly failure?: string;
}

/**
 * Waits for the end of an ssh and describes it.
 *
 * @param interrupted Aborted by a Ctrl-C.
 * @param service Program or server that was to run on the remote, for a message.
 */
export async function exitStatusOf(
  { ended }: Pick<Process, "ended">,
  interrupted: AbortSignal,
  service: string,
): Promise<ExitStatus> {
  const end = await ended;
  const { code, signal } = end;
  if (signal !== null || code === 255) await noticeInterrupt(interrupted);
  return { code, ...(code === 0 ? {} : { failure: failureOf(end, service) }) };
}

/** Gives a Ctrl-C, which reaches ssh and us alike, time to be noticed here. */
export async function noticeInterrupt(interrupted: AbortSignal): Promise<void> {
  await delay(NOTICE_MILLISECONDS, { signal: interrupted }).catch(() => {
    // It was noticed.
  });
}

function failureOf({ code, signal }: ProcessEnd, service: string): string {
  if (signal !== null) return `ssh was ended by ${signal}`;
  if (code === 255) return "ssh failed (exit status 255)";
  if (code === 127) {
    return `there is no ${service} on the remote (exit status 127)`;
  }
  return `the remote ended with exit status ${code}`;
}
