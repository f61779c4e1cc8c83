import { ProtocolError } from "../errors.ts";
import { uint32At } from "./wire/bytes.ts";
import type { Handle } from "./wire/handle_packets.ts";

/** Handles that a server gave out and was not yet asked to close. */
export class OpenHandles {
  readonly #open = new Set<HandleKey>();
  /** Requests for a handle that are still outstanding. */
  #outstanding = 0;

  /** Count of handles that are open, or may be once requests are answered. */
  get count(): number {
    return this.#open.size + this.#outstanding;
  }

  /** Notes a request for a handle. */
  requested(): void {
    this.#outstanding++;
  }

  /**
   * Notes the answer to a request for a handle.
   *
   * @param handle Absent where the request failed.
   * @throws {ProtocolError} If that handle is open already.
   */
  answered(handle?: Handle): void {
    this.#outstanding--;
    if (handle === undefined) return;
    const key = keyOf(handle);
    if (this.#open.has(key)) {
      throw new ProtocolError(
        "protocol error: a handle was given out twice that is still open",
      );
    }
    this.#open.add(key);
  }

  /** Notes a request to close a handle, which the server may then use again. */
  closing(handle: Handle): void {
    this.#open.delete(keyOf(handle));
  }
}

/** Key of a handle. */
type HandleKey = string | number;

/** Bytes of a handle of OpenSSH's server: a number. */
const NUMBER_BYTES = 4;

/** Gives equal keys for equal bytes; a handle has at most 256 of them. */
function keyOf(handle: Handle): HandleKey {
  if (handle.length === NUMBER_BYTES) return uint32At(handle, 0);
  let key = "";
  for (const byte of handle) key += String.fromCharCode(byte);
  return key;
}
