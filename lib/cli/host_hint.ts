import type { CopyJob } from "../options/copy_options.ts";
import { EntryError } from "../errors.ts";
import { LocalFileSystem } from "../disk/local_file_system.ts";
import { parseLocation } from "../location/operand.ts";

/**
 * Gives a hint for `seacp notes.txt host`, where the colon was forgotten: every
 * operand is local, and the target is a new name, without a slash, of a host
 * that the user's ssh files name.
 *
 * @returns `undefined` where there is nothing to hint at.
 */
export async function hostHint(
  { sources, target, rules, options }: Omit<CopyJob, "interrupted">,
): Promise<string | undefined> {
  const isLocal = [...sources, target].every((operand) =>
    isLocalOperand(operand, rules)
  );
  const host = target.slice(target.lastIndexOf("@") + 1);
  if (!isLocal || host === "" || /[\\/]/.test(target)) return undefined;
  if (await exists(target)) return undefined;
  const { isHostOfUser } = await import("../completion/host_files.ts");
  const { flags } = options.ssh;
  const config = flags[flags.lastIndexOf("-F") + 1];
  if (!isHostOfUser(host, flags.includes("-F") ? config : undefined)) {
    return undefined;
  }
  return `${target} becomes a file here: for the host, write ${target}:`;
}

function isLocalOperand(operand: string, rules: CopyJob["rules"]): boolean {
  try {
    return parseLocation(operand, rules).kind === "local";
  } catch (error) {
    if (error instanceof EntryError) return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return await new LocalFileSystem().find(path) !== undefined;
  } catch (error) {
    if (error instanceof EntryError) return true;
    throw error;
  }
}
