import type { Tally } from "../events/tally.ts";
import type { CopyRequest } from "../options/command_line.ts";
import type { CopyJob } from "../options/copy_options.ts";
import { copy } from "../routes/copy.ts";
import { hostHint } from "./host_hint.ts";
import type { Surroundings } from "./surroundings.ts";
import { Teller } from "./teller.ts";

/**
 * Copies what a command line asks for, and tells the user of it.
 *
 * @returns The exit status.
 */
export async function runCopy(
  command: CopyRequest,
  { terminal, programName, build, interruption }: Surroundings,
  rules: CopyJob["rules"],
): Promise<number> {
  const teller: Teller = new Teller(command, {
    terminal,
    programName,
    interrupted: interruption(() => teller.abandon()),
    version: build.version,
  });
  const { interrupted, countsTotal } = teller;
  const hint = await hostHint({ ...command, rules });
  if (hint !== undefined) teller.report({ kind: "warning", message: hint });
  const { sources, target, options } = command;
  const job = { sources, target, options, rules, interrupted, countsTotal };
  const ended = await copy(job, teller).catch((error) => {
    teller.finish(1);
    throw error;
  });
  const status = interrupted.aborted
    ? Number(interrupted.reason)
    : statusOf(ended, options);
  teller.finish(status);
  return status;
}

/** Gives the exit status of a copy that nobody interrupted. */
function statusOf(
  { failures, hasLostHost }: Pick<Tally, "failures" | "hasLostHost">,
  { protocol }: CopyRequest["options"],
): number {
  if (failures === 0) return 0;
  return hasLostHost && protocol !== "scp" ? 255 : 1;
}
