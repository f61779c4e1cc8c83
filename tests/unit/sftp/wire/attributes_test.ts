import { assert, assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../../lib/errors.ts";
import type { Attributes } from "../../../../lib/filesystem/file_system.ts";
import {
  attributesFrom,
  isLink,
  readAttributes,
  tellsKind,
  type WireAttributes,
  writeAttributes,
} from "../../../../lib/sftp/wire/attributes.ts";
import { WireReader, WireWriter } from "../../../../lib/sftp/wire/bytes.ts";
import { wire } from "../../../support/sftp/bytes.ts";

/** Attributes and their bytes, both ways. */
const ROWS: readonly (readonly [WireAttributes, Uint8Array])[] = [
  [{}, wire("\x00\x00\x00\x00")],
  [
    { size: 0x0102030405 },
    wire(
      "\x00\x00\x00\x01", // SIZE
      "\x00\x00\x00\x01\x02\x03\x04\x05",
    ),
  ],
  [
    { size: 2 ** 53 - 1 },
    wire(
      "\x00\x00\x00\x01", // SIZE
      "\x00\x1f\xff\xff\xff\xff\xff\xff",
    ),
  ],
  [
    { permissions: 0o100644 },
    wire(
      "\x00\x00\x00\x04", // PERMISSIONS
      "\x00\x00\x81\xa4",
    ),
  ],
  [
    { times: { accessed: 1000, modified: 2000 } },
    wire(
      "\x00\x00\x00\x08", // ACMODTIME
      "\x00\x00\x00\x01",
      "\x00\x00\x00\x02",
    ),
  ],
  [
    { times: { accessed: 0, modified: 4_294_967_295_000 } },
    wire(
      "\x00\x00\x00\x08", // ACMODTIME
      "\x00\x00\x00\x00",
      "\xff\xff\xff\xff",
    ),
  ],
  [
    {
      size: 3,
      permissions: 0o041777,
      times: { accessed: 1_000_000_001_000, modified: 1_000_000_000_000 },
    },
    wire(
      "\x00\x00\x00\x0d", // SIZE, PERMISSIONS and ACMODTIME
      "\x00\x00\x00\x00\x00\x00\x00\x03",
      "\x00\x00\x43\xff",
      "\x3b\x9a\xca\x01",
      "\x3b\x9a\xca\x00",
    ),
  ],
];

/** Attributes with an owner or extensions, which are only read. */
const READ_ONLY: readonly (readonly [WireAttributes, Uint8Array])[] = [
  [
    {},
    wire(
      "\x00\x00\x00\x02", // UIDGID
      "\x00\x00\x03\xe8",
      "\xff\xff\xff\xff",
    ),
  ],
  [
    {
      size: 3,
      permissions: 0o100600,
      times: { accessed: 1000, modified: 2000 },
    },
    wire(
      "\x00\x00\x00\x0f", // All but EXTENDED
      "\x00\x00\x00\x00\x00\x00\x00\x03",
      "\x00\x00\x03\xe8",
      "\x00\x00\x03\xe8",
      "\x00\x00\x81\x80",
      "\x00\x00\x00\x01",
      "\x00\x00\x00\x02",
    ),
  ],
  [{}, wire("\x80\x00\x00\x00", "\x00\x00\x00\x00")],
  [
    { permissions: 0o120777 },
    wire(
      "\x80\x00\x00\x04", // PERMISSIONS and EXTENDED
      "\x00\x00\xa1\xff",
      "\x00\x00\x00\x02",
      "\x00\x00\x00\x01a",
      "\x00\x00\x00\x00",
      "\x00\x00\x00\x0bb@far.test\xff",
      "\x00\x00\x00\x03\x00\xff\x01",
    ),
  ],
];

Deno.test("readAttributes(): reads attributes, and no byte more", () => {
  for (const [attributes, bytes] of [...ROWS, ...READ_ONLY]) {
    const reader = new WireReader(wire(...[...bytes, 0x2a].map(charOf)));
    assertEquals(readAttributes(reader), attributes);
    assertEquals(reader.left, 1);
  }
});

function charOf(byte: number): string {
  return String.fromCharCode(byte);
}

/** Gives the bytes that attributes are written as. */
function written(attributes: WireAttributes): Uint8Array {
  const writer = new WireWriter();
  writeAttributes(writer, attributes);
  return writer.packet().subarray(4);
}

Deno.test("writeAttributes(): writes attributes", () => {
  for (const [attributes, bytes] of ROWS) {
    assertEquals(written(attributes), bytes);
  }
});

Deno.test("readAttributes(): throws for attributes cut at any byte", () => {
  for (const [, bytes] of [...ROWS, ...READ_ONLY]) {
    for (let length = 0; length < bytes.length; length++) {
      assertThrows(
        () => readAttributes(new WireReader(bytes.subarray(0, length))),
        ProtocolError,
      );
    }
  }
});

Deno.test("readAttributes(): throws for any flag that version 3 lacks", () => {
  for (let bit = 4; bit < 31; bit++) {
    const bytes = new Uint8Array(64);
    new DataView(bytes.buffer).setUint32(0, 2 ** bit);
    assertThrows(
      () => readAttributes(new WireReader(bytes)),
      ProtocolError,
      "protocol error: unknown file attributes",
    );
  }
});

Deno.test("readAttributes(): throws for a size out of range", () => {
  assertThrows(
    () =>
      readAttributes(
        new WireReader(wire(
          "\x00\x00\x00\x01", // SIZE
          "\x00\x20\x00\x00\x00\x00\x00\x00",
        )),
      ),
    ProtocolError,
    "protocol error: number out of range",
  );
});

Deno.test("readAttributes(): throws for fewer extensions than announced", () => {
  for (
    const count of ["\x00\x00\x00\x02", "\x80\x00\x00\x00", "\xff\xff\xff\xff"]
  ) {
    const bytes = wire(
      "\x80\x00\x00\x00", // EXTENDED
      count,
      "\x00\x00\x00\x01a",
      "\x00\x00\x00\x01b",
    );
    assertThrows(() => readAttributes(new WireReader(bytes)), ProtocolError);
  }
});

Deno.test("writeAttributes(): writes whole seconds within the range of the wire", () => {
  const rows: readonly (readonly [number, string])[] = [
    [0, "\x00\x00\x00\x00"],
    [999, "\x00\x00\x00\x00"],
    [1999.999, "\x00\x00\x00\x01"],
    [-1, "\x00\x00\x00\x00"],
    [-1e12, "\x00\x00\x00\x00"],
    [4_294_967_295_999, "\xff\xff\xff\xff"],
    [4_294_967_296_000, "\xff\xff\xff\xff"],
    [253_402_300_799_000, "\xff\xff\xff\xff"],
  ];
  for (const [milliseconds, seconds] of rows) {
    assertEquals(
      written({ times: { accessed: 1000, modified: milliseconds } }),
      wire("\x00\x00\x00\x08", "\x00\x00\x00\x01", seconds),
      `${milliseconds} ms`,
    );
  }
});

Deno.test("attributesFrom(): gives the kind, and the mode without it", () => {
  const rows:
    readonly (readonly [number, Pick<Attributes, "kind" | "mode">])[] = [
      [0o100644, { kind: "file", mode: 0o644 }],
      [0o106755, { kind: "file", mode: 0o6755 }],
      [0o041777, { kind: "directory", mode: 0o1777 }],
      [0o120777, { kind: "other", mode: 0o777 }],
      [0o010600, { kind: "other", mode: 0o600 }],
      [0o020666, { kind: "other", mode: 0o666 }],
      [0o060660, { kind: "other", mode: 0o660 }],
      [0o140755, { kind: "other", mode: 0o755 }],
      [0o644, { kind: "other", mode: 0o644 }],
      [0xffff0000 | 0o40700, { kind: "directory", mode: 0o700 }],
    ];
  for (const [permissions, { kind, mode }] of rows) {
    assertEquals(
      attributesFrom({ permissions, size: 3 }),
      { kind, mode, size: 3, modified: 0, accessed: 0 },
      permissions.toString(8),
    );
  }
});

Deno.test("attributesFrom(): gives size and times", () => {
  assertEquals(
    attributesFrom({
      size: 2 ** 40,
      permissions: 0o100600,
      times: { modified: 2000, accessed: 1000 },
    }),
    {
      kind: "file",
      mode: 0o600,
      size: 2 ** 40,
      modified: 2000,
      accessed: 1000,
    },
  );
});

Deno.test("attributesFrom(): takes an entry without attributes for an empty file", () => {
  assertEquals(
    attributesFrom({}),
    { kind: "file", mode: 0o644, size: 0, modified: 0, accessed: 0 },
  );
});

Deno.test("isLink(): is true for symbolic links alone", () => {
  assertEquals(isLink({ permissions: 0o120777 }), true);
  for (const permissions of [0o100644, 0o040755, 0o020600, 0o140755, 0o644]) {
    assertEquals(isLink({ permissions }), false, permissions.toString(8));
  }
  assertEquals(isLink({}), false);
});

Deno.test("tellsKind(): is true for permissions with a kind", () => {
  assert(tellsKind({ permissions: 0o100644 }));
  assert(tellsKind({ permissions: 0o010000 }));
  assert(!tellsKind({ permissions: 0o644 }));
  assert(!tellsKind({ size: 1 }));
});
