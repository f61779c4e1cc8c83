/** Receiver of the data that answer a READ. */
export interface DataReceiver {
  /** Most bytes that it takes. */
  readonly most: number;
  /**
   * Takes a part of the data, which is valid until this is done.
   *
   * @param at Count of the bytes before it.
   */
  take(part: Uint8Array, at: number): void | Promise<void>;
}

/** Gives a receiver that fills the start of a buffer. */
export function receiverInto(buffer: Uint8Array): DataReceiver {
  return {
    most: buffer.length,
    take: (part, at) => buffer.set(part, at),
  };
}
