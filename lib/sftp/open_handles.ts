import { ProtocolError } from "../errors.ts";
import type { Handle } from "./wire/handle_packets.ts";

/** The handles that a server gave out and was not asked to close yet. */
export class OpenHandles {
  readonly #open = new Set<string>();
  /** Requests for a handle that are not answered yet. */
  #awaited = 0;

  /** The handles that are open, and those that may be soon. */
  get count(): number {
    return this.#open.size + this.#awaited;
  }

  /** Notes that a handle is asked for. */
  ask(): void {
    this.#awaited++;
  }

  /** Notes that such a request was answered, with a handle or not. */
  answered(): void {
    this.#awaited--;
  }

  /** @throws {ProtocolError} If that handle is open already. */
  open(handle: Handle): void {
    const key = keyOf(handle);
    if (this.#open.has(key)) {
      throw new ProtocolError(
        "protocol error: a handle was given out twice that is still open",
      );
    }
    this.#open.add(key);
  }

  /** Notes that a handle will be closed: the server may use it again then. */
  close(handle: Handle): void {
    this.#open.delete(keyOf(handle));
  }
}

/** The same for the same bytes; a handle has 256 of them at most. */
function keyOf(handle: Handle): string {
  return String.fromCharCode(...handle);
}
