/**
 * What cannot be had where an emulator runs the executable under test, each by
 * the name of what is missing.
 */

/** The emulator; `undefined` where the executable runs by itself. */
const EMULATOR: string | undefined = Deno.env.get("SEACP_EMULATOR");

const isQemu = EMULATOR === "qemu";

/**
 * The reason why a program that cannot be started is not told: `posix_spawn` has
 * its child tell that in shared memory, and qemu's vfork shares none.
 */
export const lacksSpawnErrors: string | undefined = isQemu
  ? "qemu's vfork shares no memory"
  : undefined;

/** The reason why it is not known that a signal was ignored at the start. */
export const lacksIgnoredSignals: string | undefined = isQemu
  ? "qemu takes every signal for itself"
  : undefined;
