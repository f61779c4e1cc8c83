import { PAYLOAD_NAME, textAt, viewOf } from "./bytes.ts";

/**
 * Bytes of what ends an ELF program with a payload: a name of 8, two words of 4,
 * and in 8 the length of the payload, these bytes included.
 */
const TRAILER_BYTES = 24;

/**
 * Returns an ELF program as it was before its payload was appended.
 *
 * @throws {RangeError} If nothing was.
 */
export function elfWithoutPayload(program: Uint8Array): Uint8Array {
  const trailerAt = program.length - TRAILER_BYTES;
  if (
    trailerAt < 0 ||
    textAt(program, trailerAt, PAYLOAD_NAME.length) !== PAYLOAD_NAME
  ) {
    throw new RangeError("Not a compiled program: no trailer at its end");
  }
  const payloadBytes = viewOf(program).getBigUint64(trailerAt + 16, true);
  if (payloadBytes < TRAILER_BYTES || payloadBytes > program.length) {
    throw new RangeError(
      `Not a compiled program: a payload of ${payloadBytes} bytes in ` +
        `${program.length}`,
    );
  }
  return program.subarray(0, program.length - Number(payloadBytes));
}
