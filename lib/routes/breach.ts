import {
  isConnectionFailure,
  type ProtocolError,
  type SessionError,
} from "../errors.ts";

/** What breaks a dialogue with a remote. */
export type ConnectionFailure = ProtocolError | SessionError;

/** For a `catch`: gives back what breaks a dialogue, rethrows anything else. */
export function asConnectionFailure(error: unknown): ConnectionFailure {
  if (isConnectionFailure(error)) return error;
  throw error;
}
