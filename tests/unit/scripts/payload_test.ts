/**
 * Programs of a few bytes in each format, before and after what `deno compile`
 * does to them. Fields are laid out as <elf.h>, <mach-o/loader.h> and
 * Microsoft's "PE Format" say.
 */

import { assertEquals, assertThrows } from "@std/assert";
import { withoutPayload } from "../../../scripts/build/payload.ts";

/** A part of a program: a text, or a number in so many little-endian bytes. */
type Part = string | Uint8Array | readonly [value: number, bytes: 2 | 4 | 8];

function program(...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => {
    if (typeof part === "string") {
      return Array.from(part, (it) => it.charCodeAt(0));
    }
    if (part instanceof Uint8Array) return [...part];
    const [value, bytes] = part;
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(value), true);
    return [...new Uint8Array(view.buffer, 0, bytes)];
  }));
}

const zeros = (count: number): Uint8Array => new Uint8Array(count);

/** A name in a field of so many bytes. */
const field = (name: string, bytes: number): string => name.padEnd(bytes, "\0");

const ELF = "\x7fELF and the rest";
const trailer = (payloadBytes: number): Part[] => [
  "d3n0l4nd",
  [0x501e, 4],
  [0x2a7, 4],
  [payloadBytes, 8],
];

Deno.test("withoutPayload(): an ELF program ends where its payload and trailer begin", () => {
  assertEquals(
    withoutPayload(program(ELF, "payload", ...trailer(7 + 24))),
    program(ELF),
  );
  assertEquals(withoutPayload(program(ELF, ...trailer(24))), program(ELF));
});

/** Bytes of a Mach-O program before the content of `__LINKEDIT`. */
const CONTENT_AT = 0x1000;

interface MachO {
  readonly arm64: boolean;
  readonly symbolsAt: number;
  readonly textBytes: number;
  /** Place of `__LINKEDIT` in the file and in memory, and its sizes. */
  readonly linkEdit: readonly [
    vmaddr: number,
    vmsize: number,
    fileoff: number,
    filesize: number,
  ];
  readonly signature?: readonly [at: number, bytes: number];
  /** The segment with the payload: its memory and its place in the file. */
  readonly payload?: readonly [number, number, number, number];
  readonly rest: readonly Part[];
}

function machO(made: MachO): Uint8Array<ArrayBuffer> {
  const segment = (
    name: string,
    [vmaddr, vmsize, fileoff, filesize]: MachO["linkEdit"],
    sections: readonly Part[] = [],
  ): Part[] => [
    [0x19, 4],
    [72 + program(...sections).length, 4],
    field(name, 16),
    ...[vmaddr, vmsize, fileoff, filesize].map((it) => [it, 8] as const),
    ...[1, 1, sections.length > 0 ? 1 : 0, 0].map((it) => [it, 4] as const),
    ...sections,
  ];
  const commands: Part[][] = [
    ...(made.payload === undefined ? [] : [
      segment("__SUI", made.payload, [
        field("d3n0l4nd", 16),
        field("__SUI", 16),
        zeros(48),
      ]),
    ]),
    segment("__LINKEDIT", made.linkEdit),
    [
      ...[0x2, 24, made.symbolsAt, 1].map((it) => [it, 4] as const),
      [made.symbolsAt + 16, 4],
      [made.textBytes, 4],
    ],
    ...(made.signature === undefined
      ? []
      : [[0x1d, 16, ...made.signature].map((it) => [it, 4] as const)]),
  ];
  const head = program(...commands.flat());
  return program(
    [0xfeedfacf, 4],
    [made.arm64 ? 0x0100000c : 0x01000007, 4],
    [0, 4],
    [2, 4],
    [commands.length, 4],
    [head.length, 4],
    [0, 8],
    head,
    zeros(CONTENT_AT - 32 - head.length),
    ...made.rest,
  );
}

const SYMBOLS = "a symbol, texts\0"; // 16 bytes
const TEXTS = "main\0\0\0\0";

const ARM_RUNTIME: MachO = {
  arm64: true,
  symbolsAt: CONTENT_AT,
  textBytes: 8,
  linkEdit: [0x8000, 0x4000, CONTENT_AT, 24],
  signature: [CONTENT_AT + 24, 0],
  rest: [SYMBOLS, TEXTS],
};

Deno.test("withoutPayload(): a Mach-O program for ARM loses the segment __SUI and its signature, and the rest moves back", () => {
  const moved = 0x10000;
  assertEquals(
    withoutPayload(machO({
      ...ARM_RUNTIME,
      symbolsAt: CONTENT_AT + moved,
      payload: [0x8000, moved, CONTENT_AT, moved],
      linkEdit: [0x8000 + moved, 24 + 9, CONTENT_AT + moved, 24 + 9],
      signature: [CONTENT_AT + moved + 24, 9],
      rest: [field("payload", moved), SYMBOLS, TEXTS, "signature"],
    })),
    machO(ARM_RUNTIME),
  );
});

const INTEL_RUNTIME: MachO = {
  arm64: false,
  symbolsAt: CONTENT_AT,
  textBytes: 8,
  linkEdit: [0x8000, 0x1000, CONTENT_AT, 24],
  rest: [SYMBOLS, TEXTS],
};
const SENTINEL = "<~sui-data~>\xef\xbe\xad\xde";

Deno.test("withoutPayload(): a Mach-O program for Intel ends before the sentinel that tells its payload's length", () => {
  // The first one is a part of the runtime.
  const runtime = [SYMBOLS, TEXTS, SENTINEL, "in the code"];
  const bytes = 24 + 16 + 11;
  assertEquals(
    withoutPayload(machO({
      ...INTEL_RUNTIME,
      textBytes: bytes - 16 + 24 + 7,
      linkEdit: [0x8000, bytes + 24 + 7, CONTENT_AT, bytes + 24 + 7],
      rest: [...runtime, SENTINEL, [7, 8], "payload"],
    })),
    machO({
      ...INTEL_RUNTIME,
      textBytes: bytes - 16,
      linkEdit: [0x8000, 0x1000, CONTENT_AT, bytes],
      rest: runtime,
    }),
  );
});

/** A Windows program with these sections: names, sizes and places in memory. */
function portableExecutable(
  sections: readonly (readonly [string, number, number])[],
  { resourcesAt, memoryBytes }: { resourcesAt: number; memoryBytes: number },
  ...rest: readonly Part[]
): Uint8Array<ArrayBuffer> {
  const places: readonly Part[] = sections.flatMap((
    [name, bytes, at],
    index,
  ): Part[] => [
    field(name, 8),
    [bytes, 4],
    [at, 4],
    [0x200, 4],
    [0x400 + index * 0x200, 4],
    zeros(16),
  ]);
  const headers = program(
    "MZ",
    zeros(0x3a),
    [0x40, 4],
    "PE\0\0",
    [0x8664, 2],
    [sections.length, 2],
    zeros(12),
    [240, 2],
    [0x22, 2],
    [0x20b, 2],
    zeros(30),
    [0x1000, 4],
    [0x200, 4],
    zeros(16),
    [memoryBytes, 4],
    zeros(52),
    zeros(2 * 8),
    [resourcesAt, 4],
    [resourcesAt === 0 ? 0 : 7, 4],
    zeros(13 * 8),
    ...places,
  );
  return program(headers, zeros(0x400 - headers.length), ...rest);
}

Deno.test("withoutPayload(): a Windows program loses its last section, .pedata, and the directory of resources in it", () => {
  const sections = [[".text", 0x123, 0x1000], [
    ".reloc",
    0x1005,
    0x2000,
  ]] as const;
  const content = field("code and relocations", 0x400);
  assertEquals(
    withoutPayload(portableExecutable(
      [...sections, [".pedata", 7, 0x4000]],
      { resourcesAt: 0x4000, memoryBytes: 0x4007 },
      content,
      "payload",
    )),
    portableExecutable(
      sections,
      { resourcesAt: 0, memoryBytes: 0x4000 },
      content,
    ),
  );
});

/** Files that Deno did not compile, or that were cut off. */
const FOREIGN: Readonly<Record<string, Uint8Array>> = {
  "nothing": zeros(0),
  "a script": program("#!/bin/sh\n"),
  "a short ELF program": program("\x7fELF"),
  "an ELF program": program(ELF, zeros(100)),
  "an ELF program with another name at its end": program(
    ELF,
    "D3N0L4ND",
    zeros(8),
    [24, 8],
  ),
  "a payload longer than the program": program(ELF, ...trailer(1000)),
  "a payload shorter than its trailer": program(ELF, ...trailer(23)),
  "a Mach-O program for ARM": machO(ARM_RUNTIME),
  "a Mach-O program for Intel": machO(INTEL_RUNTIME),
  "a Mach-O program with an appended payload of another length": machO({
    ...INTEL_RUNTIME,
    rest: [SYMBOLS, TEXTS, SENTINEL, [8, 8], "payload"],
  }),
  "a short Mach-O program": machO(ARM_RUNTIME).subarray(0, 40),
  "a Mach-O program with a command of no size": machO(ARM_RUNTIME).map(
    (byte, at) => at === 36 ? 0 : byte,
  ),
  "a Windows program": portableExecutable([[".text", 1, 0x1000]], {
    resourcesAt: 0,
    memoryBytes: 0x2000,
  }),
  "a Windows program without sections": portableExecutable([], {
    resourcesAt: 0,
    memoryBytes: 0x1000,
  }),
  "a short Windows program": program("MZ", zeros(10)),
};

for (const [what, bytes] of Object.entries(FOREIGN)) {
  Deno.test(`withoutPayload(): refuses ${what}`, () => {
    assertThrows(() => withoutPayload(bytes), RangeError);
  });
}
