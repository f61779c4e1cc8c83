import { isBreach, type ProtocolError, type SessionError } from "../errors.ts";

/** What breaks a dialogue with a far side. */
export type Breach = ProtocolError | SessionError;

/** For a `catch`: gives back what breaks a dialogue, rethrows anything else. */
export function breach(error: unknown): Breach {
  if (isBreach(error)) return error;
  throw error;
}
