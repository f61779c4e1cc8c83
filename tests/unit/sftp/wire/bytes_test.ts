import { assertEquals, assertThrows } from "@std/assert";
import { EntryError, ProtocolError } from "../../../../lib/errors.ts";
import { encodeName } from "../../../../lib/names/name_bytes.ts";
import { WireReader, WireWriter } from "../../../../lib/sftp/wire/bytes.ts";
import { unwire, wire } from "../../../support/sftp/bytes.ts";

/** Value, its bytes, and the calls that read and write it. */
interface Row {
  readonly bytes: string;
  readonly value: unknown;
  readonly read: (reader: WireReader) => unknown;
  readonly write: (writer: WireWriter) => unknown;
}

function byteRow(bytes: string, value: number): Row {
  return {
    bytes,
    value,
    read: (reader) => reader.byte(),
    write: (writer) => writer.byte(value),
  };
}

function uint32Row(bytes: string, value: number): Row {
  return {
    bytes,
    value,
    read: (reader) => reader.uint32(),
    write: (writer) => writer.uint32(value),
  };
}

function uint64Row(bytes: string, value: number): Row {
  return {
    bytes,
    value,
    read: (reader) => reader.uint64(),
    write: (writer) => writer.uint64(value),
  };
}

function stringRow(bytes: string, value: Uint8Array): Row {
  return {
    bytes,
    value,
    read: (reader) => reader.string(),
    write: (writer) => writer.string(value),
  };
}

function textRow(bytes: string, value: string): Row {
  return {
    bytes,
    value,
    read: (reader) => reader.text(),
    write: (writer) => writer.text(value),
  };
}

const ROWS: readonly Row[] = [
  byteRow("\x00", 0),
  byteRow("\x65", 101),
  byteRow("\xff", 255),
  uint32Row("\x00\x00\x00\x00", 0),
  uint32Row("\x01\x02\x03\x04", 0x01020304),
  uint32Row("\x7f\xff\xff\xff", 2 ** 31 - 1),
  uint32Row("\x80\x00\x00\x00", 2 ** 31),
  uint32Row("\xff\xff\xff\xff", 2 ** 32 - 1),
  uint64Row("\x00\x00\x00\x00\x00\x00\x00\x00", 0),
  uint64Row("\x00\x00\x00\x01\x00\x00\x00\x02", 2 ** 32 + 2),
  uint64Row("\x00\x1f\xff\xff\xff\xff\xff\xff", 2 ** 53 - 1),
  stringRow("\x00\x00\x00\x00", Uint8Array.of()),
  stringRow("\x00\x00\x00\x03\x00\xff\x0a", Uint8Array.of(0x00, 0xff, 0x0a)),
  textRow("\x00\x00\x00\x00", ""),
  textRow("\x00\x00\x00\x03a/b", "a/b"),
  textRow("\x00\x00\x00\x06\xc3\xa9\xf0\x9f\xa6\x95", "é🦕"),
  textRow("\x00\x00\x00\x04a\xff\xc3b", "a\udcff\udcc3b"),
  textRow("\x00\x00\x00\x04\xef\xbb\xbfa", "\ufeffa"),
];

Deno.test("WireReader: reads every kind of value, and no byte more", () => {
  for (const { bytes, value, read } of ROWS) {
    const reader = new WireReader(wire(bytes, "rest"));
    assertEquals(reader.left, bytes.length + 4);
    assertEquals(read(reader), value, JSON.stringify(bytes));
    assertEquals(reader.left, 4, JSON.stringify(bytes));
  }
});

Deno.test("WireWriter: writes every kind of value", () => {
  for (const { bytes, value, write } of ROWS) {
    const writer = new WireWriter();
    write(writer);
    const [, , , length, ...written] = writer.packet();
    assertEquals(unwire(Uint8Array.from(written)), bytes, String(value));
    assertEquals(length, bytes.length);
  }
});

Deno.test("WireReader: throws for a value cut at any byte", () => {
  for (const { bytes, read } of ROWS) {
    for (let length = 0; length < bytes.length; length++) {
      assertThrows(
        () => read(new WireReader(wire(bytes.slice(0, length)))),
        ProtocolError,
        "protocol error: packet too short",
      );
    }
  }
});

Deno.test("WireReader: throws for a string longer than the packet, of any length", () => {
  for (
    const length of [
      "\x00\x00\x00\x04",
      "\x7f\xff\xff\xff",
      "\x80\x00\x00\x00",
      "\xff\xff\xff\xff",
    ]
  ) {
    assertThrows(
      () => new WireReader(wire(length, "abc")).string(),
      ProtocolError,
      "packet too short",
    );
  }
});

/** Numbers out of range. */
const LARGE = [
  "\x00\x20\x00\x00\x00\x00\x00\x00",
  "\x7f\xff\xff\xff\xff\xff\xff\xff",
  "\x80\x00\x00\x00\x00\x00\x00\x00",
  "\xff\xff\xff\xff\xff\xff\xff\xff",
];

Deno.test("uint64(): throws for a number out of range", () => {
  for (const bytes of LARGE) {
    assertThrows(
      () => new WireReader(wire(bytes)).uint64(),
      ProtocolError,
      "protocol error: number out of range",
    );
  }
});

Deno.test("clampedUint64(): gives the largest exact number for one out of range", () => {
  for (const bytes of LARGE) {
    assertEquals(
      new WireReader(wire(bytes)).clampedUint64(),
      Number.MAX_SAFE_INTEGER,
    );
  }
  const reader = new WireReader(wire("\x00\x00\x00\x01\x00\x00\x00\x02"));
  assertEquals(reader.clampedUint64(), 2 ** 32 + 2);
});

Deno.test("WireReader: reads a view of a larger buffer", () => {
  const reader = new WireReader(wire("xx\x00\x00\x00\x01ayy").subarray(2, 7));
  assertEquals(reader.text(), "a");
  assertEquals(reader.left, 0);
});

Deno.test("WireReader: gives fields in their order", () => {
  const reader = new WireReader(wire(
    "\x03",
    "\x00\x00\x00\x2a",
    "\x00\x00\x00\x01f",
    "\x00\x00\x00\x00\x00\x00\x00\x07",
  ));
  assertEquals(
    [reader.byte(), reader.uint32(), reader.text(), reader.uint64()],
    [3, 42, "f", 7],
  );
});

Deno.test("packet(): gives all fields behind their length", () => {
  assertEquals(new WireWriter().packet(), wire("\x00\x00\x00\x00"));
  assertEquals(
    new WireWriter().byte(4).uint32(42).text("ab").packet(),
    wire(
      "\x00\x00\x00\x0b",
      "\x04",
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x02ab",
    ),
  );
});

Deno.test("packet(): counts bytes that are sent separately", () => {
  assertEquals(
    new WireWriter().byte(6).packet(0x10000),
    wire("\x00\x01\x00\x01", "\x06"),
  );
});

Deno.test("WireWriter: has room for strings of any length", () => {
  for (const length of [119, 120, 121, 127, 128, 129, 1000, 70_000]) {
    const bytes = wire("a".repeat(length));
    const packet = new WireWriter().byte(1).string(bytes).byte(2).packet();
    assertEquals(packet.length, 4 + 1 + 4 + length + 1);
    assertEquals(packet.subarray(9, 9 + length), bytes);
    assertEquals([packet[4], packet.at(-1)], [1, 2]);
  }
});

Deno.test("text(): writes names of every length and kind behind each other, across blocks of memory", () => {
  const writer = new WireWriter(64);
  const names = ["", "a", "é".repeat(20), "\udcff漢", "n".repeat(100)];
  for (let time = 0; time < 9; time++) {
    for (const name of names) {
      const packet = writer.byte(1).text(name).uint32(7).packet();
      const reader = new WireReader(packet);
      const length = encodeName(name).length;
      assertEquals(reader.uint32(), 1 + 4 + length + 4);
      assertEquals(reader.byte(), 1);
      assertEquals(reader.text(), name);
      assertEquals([reader.uint32(), reader.left], [7, 0]);
    }
  }
});

Deno.test("text(): throws for a name that stands for no bytes", () => {
  assertThrows(() => new WireWriter().text("\ud800"), EntryError);
});
