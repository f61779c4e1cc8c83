import { roundUp, textAt, viewOf } from "./bytes.ts";

/*
 * Sizes and places are those of Microsoft's "PE Format", in bytes; every word is
 * a little-endian one.
 */
const SECTION_BYTES = 40;
/** The directory of resources among the data directories of a 64-bit program. */
const RESOURCES_AT = 112 + 2 * 8;
/** The section that a payload's resource is put into, behind all others. */
const PAYLOAD_SECTION = ".pedata";

/**
 * Returns a Windows program as it was before its payload became a resource in a
 * section of its own.
 *
 * @throws {RangeError} If its last section is not that one.
 */
export function portableExecutableWithoutPayload(
  program: Uint8Array,
): Uint8Array {
  const headerAt = viewOf(program).getUint32(0x3c, true);
  const sections = viewOf(program).getUint16(headerAt + 6, true);
  const optionalAt = headerAt + 24;
  const lastAt = optionalAt + viewOf(program).getUint16(headerAt + 20, true) +
    (sections - 1) * SECTION_BYTES;
  if (textAt(program, lastAt, 8) !== PAYLOAD_SECTION) {
    throw new RangeError(`Not a compiled program: no ${PAYLOAD_SECTION} last`);
  }
  const result = program.slice(0, viewOf(program).getUint32(lastAt + 20, true));
  const view = viewOf(result);
  result.fill(0, lastAt, lastAt + SECTION_BYTES);
  view.setUint16(headerAt + 6, sections - 1, true);
  view.setBigUint64(optionalAt + RESOURCES_AT, 0n, true);
  // The program ends in memory where the section before it does.
  const before = lastAt - SECTION_BYTES;
  const end = view.getUint32(before + 8, true) +
    view.getUint32(before + 12, true);
  const unit = view.getUint32(optionalAt + 32, true);
  view.setUint32(optionalAt + 56, roundUp(end, unit), true);
  return result;
}
