import type { Platform } from "./names.ts";
import { windowsReason } from "./windows_error.ts";

/**
 * Gives the system's own words for why a call failed, as `strerror` gives them:
 * the runtime's message is `Text (os error N): what was tried`.
 *
 * @param platform System that the call was made on.
 */
export function systemReason(error: unknown, platform: Platform): string {
  if (!(error instanceof Error)) return String(error);
  const words = platform === "windows" ? windowsReason(error) : undefined;
  return words ?? /^(.*?)\.? \(os error \d+\)/.exec(error.message)?.[1] ??
    error.message;
}
