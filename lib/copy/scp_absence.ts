import { GreetingError } from "../errors.ts";
import type { Breach } from "./breach.ts";
import type { FarScp } from "./far_scp.ts";

/** What is said, in scp's place, where only SFTP is served or scp is missing. */
const REFUSALS: readonly RegExp[] = [
  /sftp[^\n]*\bonly\b|\bonly\b[^\n]*sftp|allowed[^\n]*sftp/i,
  /scp[^\n]*not (found|recognized)|not (found|recognized)[^\n]*scp/i,
];

/** A shell's status for a command that it does not find. */
const NOT_FOUND = 127;

/** From here on, a status says nothing of what ssh was to run. */
const SIGNALLED = 128;

/**
 * Why there was no scp to talk to; `undefined` if there was, or if it was not
 * even looked for.
 */
export async function absenceOf(
  breach: Breach | undefined,
  { session, hasHeard }: FarScp,
): Promise<string | undefined> {
  if (breach instanceof GreetingError) {
    const [, said] = /the far side said (".*")/s.exec(breach.message) ?? [];
    const isRefusal = REFUSALS.some((refusal) => refusal.test(said ?? ""));
    return isRefusal ? `scp is refused: the far side said ${said}` : undefined;
  }
  if (breach === undefined || hasHeard) return undefined;
  const { code, failure } = await session.end({ isWhole: false });
  if (code === NOT_FOUND) return failure;
  const isRefused = code !== 0 && code < SIGNALLED;
  return isRefused ? `scp is refused: ${failure}` : undefined;
}
