import { roundUp, textAt, viewOf } from "./bytes.ts";

/*
 * Numbers, sizes and places are those of <mach-o/loader.h> and <mach/machine.h>,
 * in bytes; every word is a little-endian one.
 */
const HEADER_BYTES = 32;
const CPU_TYPE_ARM64 = 0x0100000c;
const LC_SYMTAB = 0x2;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;

/** The places in a load command that hold a place within `__LINKEDIT`. */
const LINKEDIT_PLACES: Readonly<Record<number, readonly number[]>> = {
  [LC_SYMTAB]: [8, 16],
  0xb: [32, 40, 48, 56, 64, 72], // LC_DYSYMTAB
  [LC_CODE_SIGNATURE]: [8],
  0x26: [8], // LC_FUNCTION_STARTS
  0x29: [8], // LC_DATA_IN_CODE
  0x80000022: [8, 16, 24, 32, 40], // LC_DYLD_INFO_ONLY
  0x80000033: [8], // LC_DYLD_EXPORTS_TRIE
  0x80000034: [8], // LC_DYLD_CHAINED_FIXUPS
};

/** Mark before an appended payload; the payload's length in 8 bytes follows it. */
const SENTINEL = "<~sui-data~>\xef\xbe\xad\xde";

/** The unit of memory in which each processor's programs are mapped, in bytes. */
const PAGE_BYTES = { arm64: 0x4000, x86_64: 0x1000 };

interface LoadCommand {
  readonly type: number;
  readonly at: number;
  readonly size: number;
  /** The segment's name; absent for other commands. */
  readonly segment?: string;
}

/**
 * Returns a Mach-O program as it was before its payload was put in: on ARM a
 * segment `__SUI` before `__LINKEDIT`, on Intel bytes at the end. A signature,
 * which was of the whole, is taken off; Deno signs what it compiles.
 *
 * @throws {RangeError} If there is no payload.
 */
export function machOWithoutPayload(program: Uint8Array): Uint8Array {
  return viewOf(program).getUint32(4, true) === CPU_TYPE_ARM64
    ? withoutSegment(program)
    : withoutAppended(program);
}

function withoutSegment(program: Uint8Array): Uint8Array {
  const commands = loadCommands(program);
  const payload = segment(commands, "__SUI");
  const before = viewOf(program);
  const begin = number64(before, payload.at + 40);
  const bytes = number64(before, payload.at + 48);
  const signature = commands.find(({ type }) => type === LC_CODE_SIGNATURE);
  const end = signature === undefined
    ? program.length
    : before.getUint32(signature.at + 8, true);

  const result = new Uint8Array(end - bytes);
  result.set(program.subarray(0, begin));
  result.set(program.subarray(begin + bytes, end), begin);
  // The commands behind it move up.
  const commandsEnd = commands.at(-1)!.at + commands.at(-1)!.size;
  result.copyWithin(payload.at, payload.at + payload.size, commandsEnd);
  result.fill(0, commandsEnd - payload.size, commandsEnd);

  const view = viewOf(result);
  view.setUint32(16, view.getUint32(16, true) - 1, true);
  view.setUint32(20, view.getUint32(20, true) - payload.size, true);
  for (const { type, at } of loadCommands(result)) {
    for (const place of LINKEDIT_PLACES[type] ?? []) {
      const value = view.getUint32(at + place, true);
      if (value > begin) view.setUint32(at + place, value - bytes, true);
    }
    if (type === LC_CODE_SIGNATURE) view.setUint32(at + 12, 0, true);
  }
  const linkEdit = segment(loadCommands(result), "__LINKEDIT").at;
  setNumber64(view, linkEdit + 24, number64(before, payload.at + 24));
  setNumber64(view, linkEdit + 40, begin);
  endLinkEdit(result, PAGE_BYTES.arm64);
  return result;
}

function withoutAppended(program: Uint8Array): Uint8Array {
  const sentinel = Uint8Array.from(SENTINEL, (it) => it.charCodeAt(0));
  const at = lastIndexOf(program, sentinel);
  const lengthAt = at + sentinel.length;
  if (
    at < 0 ||
    number64(viewOf(program), lengthAt) !== program.length - lengthAt - 8
  ) throw new RangeError("Not a compiled program: no payload at its end");
  const result = program.slice(0, at);
  const symbols = loadCommands(result).find(({ type }) => type === LC_SYMTAB);
  if (symbols !== undefined) {
    const view = viewOf(result);
    const textsAt = view.getUint32(symbols.at + 16, true);
    view.setUint32(symbols.at + 20, result.length - textsAt, true);
  }
  endLinkEdit(result, PAGE_BYTES.x86_64);
  return result;
}

/** Has the segment `__LINKEDIT` end where the file does. */
function endLinkEdit(program: Uint8Array, pageBytes: number): void {
  const view = viewOf(program);
  const { at } = segment(loadCommands(program), "__LINKEDIT");
  const size = program.length - number64(view, at + 40);
  setNumber64(view, at + 32, roundUp(size, pageBytes));
  setNumber64(view, at + 48, size);
}

function loadCommands(program: Uint8Array): LoadCommand[] {
  const view = viewOf(program);
  const commands: LoadCommand[] = [];
  let at = HEADER_BYTES;
  for (let left = view.getUint32(16, true); left > 0; left--) {
    const type = view.getUint32(at, true);
    const size = view.getUint32(at + 4, true);
    if (size < 8) throw new RangeError("Not a compiled program: no Mach-O one");
    commands.push({
      type,
      at,
      size,
      ...(type === LC_SEGMENT_64
        ? { segment: textAt(program, at + 8, 16) }
        : {}),
    });
    at += size;
  }
  return commands;
}

function segment(commands: readonly LoadCommand[], name: string): LoadCommand {
  const found = commands.find((command) => command.segment === name);
  if (found !== undefined) return found;
  throw new RangeError(`Not a compiled program: no segment ${name}`);
}

function number64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function setNumber64(view: DataView, at: number, value: number): void {
  view.setBigUint64(at, BigInt(value), true);
}

function lastIndexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  let at = bytes.lastIndexOf(wanted[0]!);
  while (at >= 0 && !wanted.every((byte, i) => bytes[at + i] === byte)) {
    at = at === 0 ? -1 : bytes.lastIndexOf(wanted[0]!, at - 1);
  }
  return at;
}
