import { CutError, EntryError, SessionError } from "../errors.ts";
import { leftText, withLeft } from "../filesystem/store.ts";

/** File that did not arrive whole. */
export interface CutFile {
  /** Length of its source, in bytes. */
  readonly expected: number;
  /** Bytes that arrived. */
  readonly size: number;
  readonly failure: unknown;
  /** Path of what could not be removed; absent where nothing is left. */
  readonly left: string | undefined;
  /** Signal that ends the transfer. */
  readonly interrupted: AbortSignal;
}

/**
 * Gives the error of a file that did not arrive whole: the failure, which tells how
 * much of the file arrived where that was cut, and what is left.
 *
 * @param target Path of the file in messages.
 */
export function cutShort(
  target: string,
  { expected, size, failure, left, interrupted }: CutFile,
): unknown {
  const rest = leftText(left);
  if (failure instanceof SessionError) {
    return new SessionError(
      `${failure.message} after ${size} of ${expected} bytes${rest}`,
      { cause: failure },
    );
  }
  const { aborted, reason } = interrupted;
  if (aborted && failure === reason) {
    return new CutError(
      `${target}: interrupted after ${size} bytes${rest}`,
      "in flight",
    );
  }
  return failure instanceof EntryError ? withLeft(failure, left) : failure;
}
