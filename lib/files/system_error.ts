/**
 * The system's own words for why a call failed, as `strerror` gives them: the
 * runtime's message is `Text (os error N): what was tried`.
 */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return /^(.*?)\.? \(os error \d+\)/.exec(error.message)?.[1] ??
    error.message;
}
