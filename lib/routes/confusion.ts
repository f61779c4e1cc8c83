import {
  LimitError,
  RefusalError,
  SessionError,
  UnexpectedOutputError,
} from "../errors.ts";
import type { ConnectionFailure } from "./breach.ts";
import type { CopyOptions } from "../options/copy_options.ts";

/**
 * What to add to a message where a remote may have been confused by what was
 * sent before it was due: it breaks the protocol, or says that we do.
 */
export function confusionHint(
  breach: ConnectionFailure,
  { lockstep }: Pick<CopyOptions, "lockstep">,
): string {
  if (lockstep || breach instanceof SessionError) return "";
  const isConfused = breach instanceof RefusalError
    ? breach.message.includes("protocol error")
    : !(breach instanceof UnexpectedOutputError ||
      breach instanceof LimitError);
  return isConfused ? ": try --lockstep" : "";
}
