import type { Platform } from "../names/names.ts";
import { windowsReason } from "./windows_error.ts";

/** A message of the runtime's: `Text (os error N): what was tried`. */
const MESSAGE =
  /^(?:Failed to spawn '.*?': )?(.*?)(?:\.? \(os error \d+\).*)?$/s;

/**
 * Gives the system's own words for why a call failed, as `strerror` gives
 * them; else the error's message.
 *
 * @param platform System that the call was made on.
 */
export function systemReason(error: unknown, platform: Platform): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "NotCapable") return "refused by the runtime";
  const words = platform === "windows" ? windowsReason(error) : undefined;
  return words ?? MESSAGE.exec(error.message)![1]!;
}
