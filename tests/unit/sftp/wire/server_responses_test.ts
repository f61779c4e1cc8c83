import { assertEquals } from "@std/assert";
import { WireWriter } from "../../../../lib/sftp/wire/bytes.ts";
import {
  DATA_START,
  formatResponse,
  formatVersion,
  type ServerResponse,
  writeDataHead,
} from "../../../../lib/sftp/wire/server_responses.ts";
import { wire } from "../../../support/sftp/bytes.ts";

/** Number of the request that is answered. */
const ID = 258;

/** Responses and their bytes. */
const ROWS: readonly (readonly [ServerResponse, Uint8Array])[] = [
  [
    { kind: "status", code: 0 },
    wire(
      "\x00\x00\x00\x1a",
      "\x65",
      "\x00\x00\x01\x02",
      "\x00\x00\x00\x00",
      "\x00\x00\x00\x07Success",
      "\x00\x00\x00\x02en",
    ),
  ],
  [
    { kind: "status", code: 4, message: "x" },
    wire(
      "\x00\x00\x00\x14",
      "\x65",
      "\x00\x00\x01\x02",
      "\x00\x00\x00\x04",
      "\x00\x00\x00\x01x",
      "\x00\x00\x00\x02en",
    ),
  ],
  [
    { kind: "handle", handle: wire("\x00\xff") },
    wire(
      "\x00\x00\x00\x0b",
      "\x66",
      "\x00\x00\x01\x02",
      "\x00\x00\x00\x02\x00\xff",
    ),
  ],
  [
    {
      kind: "name",
      entries: [
        { name: "a", line: "l", attributes: { permissions: 0o100644 } },
        { name: "b\n", line: "", attributes: {} },
      ],
    },
    wire(
      "\x00\x00\x00\x29",
      "\x68",
      "\x00\x00\x01\x02",
      "\x00\x00\x00\x02",
      "\x00\x00\x00\x01a",
      "\x00\x00\x00\x01l",
      "\x00\x00\x00\x04\x00\x00\x81\xa4",
      "\x00\x00\x00\x02b\n",
      "\x00\x00\x00\x00",
      "\x00\x00\x00\x00",
    ),
  ],
  [
    {
      kind: "attributes",
      attributes: {
        ...{
          size: 2 ** 40,
          owners: { user: 1, group: 2 },
          permissions: 0o40755,
        },
        times: { accessed: 1000, modified: 2000 },
      },
    },
    wire(
      "\x00\x00\x00\x25",
      "\x69",
      "\x00\x00\x01\x02",
      "\x00\x00\x00\x0f",
      "\x00\x00\x01\x00\x00\x00\x00\x00",
      "\x00\x00\x00\x01\x00\x00\x00\x02",
      "\x00\x00\x41\xed",
      "\x00\x00\x00\x01\x00\x00\x00\x02",
    ),
  ],
  [
    { kind: "limits", limits: { packet: 1, read: 2, write: 3, handles: 4 } },
    wire(
      "\x00\x00\x00\x25",
      "\xc9",
      "\x00\x00\x01\x02",
      "\x00\x00\x00\x00\x00\x00\x00\x01",
      "\x00\x00\x00\x00\x00\x00\x00\x02",
      "\x00\x00\x00\x00\x00\x00\x00\x03",
      "\x00\x00\x00\x00\x00\x00\x00\x04",
    ),
  ],
  [
    {
      kind: "space",
      space: {
        ...{ blockBytes: 1, fragmentBytes: 2, blocks: 3, freeBlocks: 4 },
        ...{ availableBlocks: 5, inodes: 6, freeInodes: 7 },
        ...{ availableInodes: 8, id: 2 ** 63, flags: 9, longestName: 255 },
      },
    },
    wire(
      "\x00\x00\x00\x5d",
      "\xc9",
      "\x00\x00\x01\x02",
      "\x00\x00\x00\x00\x00\x00\x00\x01",
      "\x00\x00\x00\x00\x00\x00\x00\x02",
      "\x00\x00\x00\x00\x00\x00\x00\x03",
      "\x00\x00\x00\x00\x00\x00\x00\x04",
      "\x00\x00\x00\x00\x00\x00\x00\x05",
      "\x00\x00\x00\x00\x00\x00\x00\x06",
      "\x00\x00\x00\x00\x00\x00\x00\x07",
      "\x00\x00\x00\x00\x00\x00\x00\x08",
      "\x80\x00\x00\x00\x00\x00\x00\x00",
      "\x00\x00\x00\x00\x00\x00\x00\x09",
      "\x00\x00\x00\x00\x00\x00\x00\xff",
    ),
  ],
  [
    { kind: "hashes", algorithm: "md5", hashes: wire("\x01\xff") },
    wire(
      "\x00\x00\x00\x1c",
      "\xc9",
      "\x00\x00\x01\x02",
      "\x00\x00\x00\x0acheck-file",
      "\x00\x00\x00\x03md5",
      "\x01\xff",
    ),
  ],
];

Deno.test("formatResponse(): writes every response with its request's number", () => {
  const writer = new WireWriter();
  for (const [response, bytes] of ROWS) {
    assertEquals(formatResponse(ID, response, writer), bytes);
  }
});

Deno.test("formatResponse(): gives every code OpenSSH's text", () => {
  const texts: Readonly<Record<number, string>> = {
    1: "\x00\x00\x00\x0bEnd of file",
    2: "\x00\x00\x00\x0cNo such file",
    3: "\x00\x00\x00\x11Permission denied",
    4: "\x00\x00\x00\x07Failure",
    5: "\x00\x00\x00\x0bBad message",
    8: "\x00\x00\x00\x15Operation unsupported",
  };
  for (const [code, text] of Object.entries(texts)) {
    const packet = formatResponse(
      ID,
      { kind: "status", code: Number(code) },
      new WireWriter(),
    );
    assertEquals(
      packet.subarray(13),
      wire(text, "\x00\x00\x00\x02en"),
    );
  }
});

Deno.test("formatResponse(): begins anew after a response that failed half-way", () => {
  const writer = new WireWriter();
  writer.uint32(7).text("dropped");
  const [response, bytes] = ROWS[0]!;
  assertEquals(formatResponse(ID, response, writer), bytes);
});

Deno.test("formatVersion(): offers each extension with its data", () => {
  assertEquals(
    formatVersion(new Map([["a", "1"], ["bc", ""]]), new WireWriter()),
    wire(
      "\x00\x00\x00\x19",
      "\x02",
      "\x00\x00\x00\x03",
      "\x00\x00\x00\x01a",
      "\x00\x00\x00\x011",
      "\x00\x00\x00\x02bc",
      "\x00\x00\x00\x00",
    ),
  );
});

Deno.test("writeDataHead(): writes the fields before the data", () => {
  const packet = new Uint8Array(DATA_START + 2).fill(0x78);
  writeDataHead(new DataView(packet.buffer), ID, 2);
  assertEquals(
    packet,
    wire(
      "\x00\x00\x00\x0b",
      "\x67",
      "\x00\x00\x01\x02",
      "\x00\x00\x00\x02xx",
    ),
  );
});
