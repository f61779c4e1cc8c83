/** A message of the runtime's: `Text (os error N): what was tried`. */
const MESSAGE = /^(?:Failed to spawn '.*?': )?(.*?)\.? \(os error \d+\)/s;

/**
 * Gives the system's own words for why a call failed, as `strerror` gives
 * them; else the error's message.
 */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "NotCapable") return "refused by the runtime";
  return MESSAGE.exec(error.message)?.[1] ?? error.message;
}
