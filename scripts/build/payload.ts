import { elfWithoutPayload } from "./formats/elf.ts";
import { machOWithoutPayload } from "./formats/mach_o.ts";
import { portableExecutableWithoutPayload } from "./formats/portable_executable.ts";

/** The kinds of executable by their first bytes, and where each keeps a payload. */
const FORMATS: readonly {
  readonly magic: readonly number[];
  readonly withoutPayload: (program: Uint8Array) => Uint8Array;
}[] = [
  { magic: [0x7f, 0x45, 0x4c, 0x46], withoutPayload: elfWithoutPayload },
  { magic: [0xcf, 0xfa, 0xed, 0xfe], withoutPayload: machOWithoutPayload },
  {
    magic: [0x4d, 0x5a],
    withoutPayload: portableExecutableWithoutPayload,
  },
];

/**
 * Returns the runtime that a program made by `deno compile` consists of besides
 * its payload. Deno puts the payload in with the crate `libsui`; each of its
 * ways is undone in `formats/`.
 *
 * @throws {RangeError} If the program is not one that Deno compiled.
 */
export function withoutPayload(program: Uint8Array): Uint8Array {
  const format = FORMATS.find(({ magic }) =>
    magic.every((byte, at) => program[at] === byte)
  );
  if (format === undefined) {
    throw new RangeError("Not a compiled program: an unknown format");
  }
  return format.withoutPayload(program);
}
