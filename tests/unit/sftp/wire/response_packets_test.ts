import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../../lib/errors.ts";
import { WireReader } from "../../../../lib/sftp/wire/bytes.ts";
import {
  MAX_MESSAGE_BYTES,
  MAX_PATH_BYTES,
  MAX_RESPONSE_BYTES,
  type NameEntry,
  readResponse,
  readResponseHead,
  type Response,
  type ResponseHead,
} from "../../../../lib/sftp/wire/response_packets.ts";
import { string, uint32, wire } from "../../../support/sftp/bytes.ts";

/** Decodes a packet as a session does, but for data: all of it at once. */
function responseIn(packet: Uint8Array): Response {
  const fields = new WireReader(packet);
  return readResponse(readResponseHead(fields), fields);
}

function headIn(packet: Uint8Array): ResponseHead {
  return readResponseHead(new WireReader(packet));
}

/** Decodes the rest of a response to the request 42. */
function responseOf(type: number, body: Uint8Array): Response {
  const head = { type, id: 42, left: body.length };
  return readResponse(head, new WireReader(body));
}

interface Row {
  readonly name: string;
  readonly packet: Uint8Array;
  readonly response: Response;
}

/** Responses to the request 42. */
const ROWS: readonly Row[] = [
  {
    name: "a status",
    packet: wire(
      "\x00\x00\x00\x1d",
      "\x65", // SSH_FXP_STATUS
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x02", // SSH_FX_NO_SUCH_FILE
      "\x00\x00\x00\x0cNo such file",
      "\x00\x00\x00\x00",
    ),
    response: { kind: "status", code: 2, message: "No such file" },
  },
  {
    name: "a status in another language, and not in UTF-8",
    packet: wire(
      "\x00\x00\x00\x18",
      "\x65", // SSH_FXP_STATUS
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x04", // SSH_FX_FAILURE
      "\x00\x00\x00\x05\xc9chec",
      "\x00\x00\x00\x02fr",
    ),
    response: { kind: "status", code: 4, message: "\udcc9chec" },
  },
  {
    name: "a status of a code that has no name",
    packet: wire(
      "\x00\x00\x00\x11",
      "\x65", // SSH_FXP_STATUS
      "\x00\x00\x00\x2a",
      "\xff\xff\xff\xff",
      "\x00\x00\x00\x00",
      "\x00\x00\x00\x00",
    ),
    response: { kind: "status", code: 2 ** 32 - 1, message: "" },
  },
  {
    name: "a handle",
    packet: wire(
      "\x00\x00\x00\x0d",
      "\x66", // SSH_FXP_HANDLE
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x04\x00\xff\x0a/",
    ),
    response: {
      kind: "handle",
      handle: Uint8Array.of(0x00, 0xff, 0x0a, 0x2f),
    },
  },
  {
    name: "a handle of no bytes",
    packet: wire(
      "\x00\x00\x00\x09",
      "\x66", // SSH_FXP_HANDLE
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x00",
    ),
    response: { kind: "handle", handle: new Uint8Array() },
  },
  {
    name: "no names",
    packet: wire(
      "\x00\x00\x00\x09",
      "\x68", // SSH_FXP_NAME
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x00",
    ),
    response: { kind: "name", entries: [] },
  },
  {
    name: "names, not all of them UTF-8",
    packet: wire(
      "\x00\x00\x00\x4d",
      "\x68", // SSH_FXP_NAME
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x03",
      // The first entry
      "\x00\x00\x00\x05caf\xc3\xa9",
      "\x00\x00\x00\x06-rw- \xff",
      "\x00\x00\x00\x0c", // PERMISSIONS and ACMODTIME
      "\x00\x00\x81\xa4",
      "\x00\x00\x00\x01",
      "\x00\x00\x00\x02",
      // The second
      "\x00\x00\x00\x04caf\xe9",
      "\x00\x00\x00\x00",
      "\x00\x00\x00\x00",
      // The third
      "\x00\x00\x00\x01\n",
      "\x00\x00\x00\x00",
      "\x00\x00\x00\x00",
    ),
    response: {
      kind: "name",
      entries: [
        {
          name: "café",
          isWhole: true,
          attributes: {
            permissions: 0o100644,
            times: { accessed: 1000, modified: 2000 },
          },
        },
        { name: "caf\udce9", isWhole: true, attributes: {} },
        { name: "\n", isWhole: true, attributes: {} },
      ],
    },
  },
  {
    name: "attributes",
    packet: wire(
      "\x00\x00\x00\x25",
      "\x69", // SSH_FXP_ATTRS
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x0f", // All but EXTENDED
      "\x00\x00\x00\x00\x00\x00\x00\x03",
      "\x00\x00\x00\x00",
      "\x00\x00\x00\x00",
      "\x00\x00\x41\xed",
      "\x00\x00\x00\x01",
      "\x00\x00\x00\x02",
    ),
    response: {
      kind: "attributes",
      attributes: {
        size: 3,
        permissions: 0o040755,
        times: { accessed: 1000, modified: 2000 },
      },
    },
  },
];

Deno.test("readResponse(): reads every kind of response", () => {
  for (const { name, packet, response } of ROWS) {
    assertEquals(responseIn(packet), response, name);
  }
});

Deno.test("readResponse(): throws for a response cut at any byte", () => {
  for (const { name, packet } of ROWS) {
    // The language of a message is not read.
    const whole = name.startsWith("a status")
      ? packet.length - languageIn(packet)
      : packet.length;
    for (let length = 9; length < whole; length++) {
      const isCodeAlone = name.startsWith("a status") && length === 13;
      if (isCodeAlone) continue;
      assertThrows(
        () => responseIn(cutTo(packet, length)),
        ProtocolError,
        "protocol error: packet too short",
      );
    }
  }
});

/** Bytes of the language at the end of a status, its length included. */
function languageIn(packet: Uint8Array): number {
  return packet.at(-1) === 0 ? 4 : 6;
}

/** Cuts a packet and sets its length accordingly. */
function cutTo(packet: Uint8Array, length: number): Uint8Array {
  const cut = packet.slice(0, length);
  new DataView(cut.buffer).setUint32(0, length - 4);
  return cut;
}

Deno.test("readResponse(): reads a status without a message, or without its language", () => {
  const codeAlone = wire(
    "\x00\x00\x00\x09",
    "\x65", // SSH_FXP_STATUS
    "\x00\x00\x00\x2a",
    "\x00\x00\x00\x04", // SSH_FX_FAILURE
  );
  assertEquals(responseIn(codeAlone), {
    kind: "status",
    code: 4,
    message: "",
  });
  const withoutLanguage = wire(
    "\x00\x00\x00\x0f",
    "\x65", // SSH_FXP_STATUS
    "\x00\x00\x00\x2a",
    "\x00\x00\x00\x04", // SSH_FX_FAILURE
    "\x00\x00\x00\x02no",
  );
  assertEquals(responseIn(withoutLanguage), {
    kind: "status",
    code: 4,
    message: "no",
  });
});

Deno.test("readResponse(): gives the length of data, which are read separately", () => {
  const rows: readonly (readonly [Uint8Array, number])[] = [
    [
      wire(
        "\x00\x00\x00\x09",
        "\x67", // SSH_FXP_DATA
        "\x00\x00\x00\x2a",
        "\x00\x00\x00\x00",
      ),
      0,
    ],
    [
      wire(
        "\x00\x00\x00\x0c",
        "\x67", // SSH_FXP_DATA
        "\x00\x00\x00\x2a",
        "\x00\x00\x00\x03",
      ),
      3,
    ],
    [
      wire(
        "\x00\x04\x04\x00",
        "\x67", // SSH_FXP_DATA
        "\x00\x00\x00\x2a",
        "\x00\x04\x03\xf7",
      ),
      MAX_RESPONSE_BYTES - 9,
    ],
  ];
  for (const [packet, length] of rows) {
    assertEquals(responseIn(packet), { kind: "data", length });
  }
});

Deno.test("readResponse(): throws for data that are cut before their length", () => {
  for (let length = 9; length < 13; length++) {
    const packet = wire(
      "\x00\x00\x00\x09",
      "\x67", // SSH_FXP_DATA
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x00",
    );
    assertThrows(
      () => responseIn(cutTo(packet, length)),
      ProtocolError,
      "packet too short",
    );
  }
});

Deno.test("readResponse(): throws for data and a packet that differ in length", () => {
  for (
    const length of [
      "\x00\x00\x00\x00",
      "\x00\x00\x00\x02",
      "\x00\x00\x00\x04",
      "\x80\x00\x00\x00",
      "\xff\xff\xff\xff",
    ]
  ) {
    const packet = wire(
      "\x00\x00\x00\x0c",
      "\x67", // SSH_FXP_DATA
      "\x00\x00\x00\x2a",
      length,
    );
    assertThrows(
      () => responseIn(packet),
      ProtocolError,
      "protocol error: data and packet differ in length",
    );
  }
});

Deno.test("readResponse(): gives the body of an extended reply unchanged", () => {
  for (const body of ["", "\x00", "\x00\x00\x00\x04\xff\xfeany"]) {
    const packet = wire(
      uint32(5 + body.length),
      "\xc9", // SSH_FXP_EXTENDED_REPLY
      "\x00\x00\x00\x2a",
      body,
    );
    assertEquals(responseIn(packet), { kind: "extended", body: wire(body) });
  }
});

Deno.test("readResponse(): throws for a handle of more than 256 bytes", () => {
  const response = (length: string, handle: string): Response =>
    responseOf(0x66, wire(length, handle));
  assertEquals(response("\x00\x00\x01\x00", "h".repeat(256)), {
    kind: "handle",
    handle: wire("h".repeat(256)),
  });
  assertThrows(
    () => response("\x00\x00\x01\x01", "h".repeat(257)),
    ProtocolError,
    "protocol error: handle too long",
  );
});

Deno.test("readResponse(): throws for a string longer than its packet, of any length", () => {
  const lengths = [
    "\x00\x00\x00\x04",
    "\x7f\xff\xff\xff",
    "\x80\x00\x00\x00",
    "\xff\xff\xff\xff",
  ];
  for (const length of lengths) {
    const rows = [
      { type: 0x65, body: wire("\x00\x00\x00\x04", length, "abc") },
      { type: 0x66, body: wire(length, "abc") },
      { type: 0x68, body: wire("\x00\x00\x00\x01", length, "abc") },
      {
        type: 0x68,
        body: wire("\x00\x00\x00\x01", "\x00\x00\x00\x01f", length, "abc"),
      },
    ];
    for (const { type, body } of rows) {
      assertThrows(
        () => responseOf(type, body),
        ProtocolError,
        "packet too short",
      );
    }
  }
});

Deno.test("readResponse(): throws for fewer names than announced", () => {
  for (
    const count of [
      "\x00\x00\x00\x02",
      "\x7f\xff\xff\xff",
      "\x80\x00\x00\x00",
      "\xff\xff\xff\xff",
    ]
  ) {
    const body = wire(
      count,
      "\x00\x00\x00\x01f",
      "\x00\x00\x00\x00",
      "\x00\x00\x00\x00",
    );
    assertThrows(
      () => responseOf(0x68, body),
      ProtocolError,
      "packet too short",
    );
  }
});

Deno.test("readResponse(): throws for names with unknown attributes", () => {
  const body = wire(
    "\x00\x00\x00\x01",
    "\x00\x00\x00\x01f",
    "\x00\x00\x00\x00",
    "\x00\x00\x00\x10", // No flag of this version
  );
  assertThrows(
    () => responseOf(0x68, body),
    ProtocolError,
    "unknown file attributes",
  );
});

Deno.test("readResponse(): throws for a packet that is no response", () => {
  const responses = new Set([101, 102, 103, 104, 105, 201]);
  for (let type = 0; type < 256; type++) {
    if (responses.has(type)) continue;
    assertThrows(
      () => responseOf(type, wire("\0\0\0\0")),
      ProtocolError,
      `protocol error: a packet of type ${type}`,
    );
  }
});

Deno.test("readResponseHead(): reads the head of a response", () => {
  const rows: readonly (readonly [string, number])[] = [
    ["\x00\x00\x00\x05", 0],
    ["\x00\x00\x00\x06", 1],
    ["\x00\x04\x00\x00", 0x40000 - 5],
    ["\x00\x04\x04\x00", MAX_RESPONSE_BYTES - 5],
  ];
  for (const [length, left] of rows) {
    assertEquals(
      headIn(wire(length, "\x67", "\xff\xff\xff\xfe")),
      { type: 0x67, id: 2 ** 32 - 2, left },
    );
  }
});

Deno.test("readResponseHead(): throws for a length that no response has", () => {
  const rows: readonly (readonly [string, number])[] = [
    ["\x00\x00\x00\x00", 0],
    ["\x00\x00\x00\x01", 1],
    ["\x00\x00\x00\x04", 4],
    ["\x00\x04\x04\x01", MAX_RESPONSE_BYTES + 1],
    ["\x7f\xff\xff\xff", 2 ** 31 - 1],
    ["\x80\x00\x00\x00", 2 ** 31],
    ["\xff\xff\xff\xff", 2 ** 32 - 1],
  ];
  for (const [bytes, length] of rows) {
    assertThrows(
      () => headIn(wire(bytes, "\x67", "\x00\x00\x00\x2a")),
      ProtocolError,
      `protocol error: a packet of ${length} bytes`,
    );
  }
});

Deno.test("readResponseHead(): throws for a head cut at any byte", () => {
  const head = wire("\x00\x00\x00\x05", "\x65", "\x00\x00\x00\x2a");
  for (let length = 0; length < head.length; length++) {
    assertThrows(
      () => headIn(head.subarray(0, length)),
      ProtocolError,
    );
  }
});

Deno.test("readResponse(): cuts a server's message to 1024 bytes", () => {
  const messageOf = (length: number): string => {
    const body = wire(uint32(4) + string("m".repeat(length)) + string(""));
    const response = responseOf(0x65, body);
    return response.kind === "status" ? response.message : "";
  };
  assertEquals(messageOf(MAX_MESSAGE_BYTES), "m".repeat(1024));
  assertEquals(messageOf(MAX_MESSAGE_BYTES + 1), "m".repeat(1024));
  assertEquals(messageOf(250_000), "m".repeat(1024));
});

Deno.test("readResponse(): gives names of 32 KiB whole, and cuts longer ones", () => {
  const entryOf = (name: string): NameEntry | undefined => {
    const body = wire(
      uint32(1) + string(name) + string("") + uint32(0),
    );
    const response = responseOf(0x68, body);
    return response.kind === "name" ? response.entries[0] : undefined;
  };
  const longest = "n".repeat(MAX_PATH_BYTES);
  assertEquals(entryOf(longest), {
    name: longest,
    isWhole: true,
    attributes: {},
  });
  assertEquals(entryOf(`${longest}n`), {
    name: "n".repeat(1024),
    isWhole: false,
    attributes: {},
  });
});
