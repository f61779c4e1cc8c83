/** A client's requests as a server reads them, and its responses. */

import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../../lib/errors.ts";
import { WireWriter } from "../../../../lib/sftp/wire/bytes.ts";
import {
  type ClientRequest,
  parseInit,
  parseRequest,
} from "../../../../lib/sftp/wire/client_requests.ts";
import {
  DATA_START,
  formatResponse,
  formatVersion,
  type ServerResponse,
  writeDataHead,
} from "../../../../lib/sftp/wire/server_responses.ts";
import { wire } from "../../../support/sftp/bytes.ts";

const ID = "\x00\x00\x00\x07";
const PATH = "\x00\x00\x00\x01a";
const HANDLE = "\x00\x00\x00\x02hh";
const NO_ATTRIBUTES = "\x00\x00\x00\x00";
const MODE = "\x00\x00\x00\x04\x00\x00\x01\xa4";
const TIMES = "\x00\x00\x00\x08\x00\x00\x00\x01\x00\x00\x00\x02";
const TEN = "\x00\x00\x00\x00\x00\x00\x00\x0a";
const handle = wire("hh");

const READS_ALONE = {
  reads: true,
  writes: false,
  appends: false,
  makes: false,
  isNew: false,
  empties: false,
};

/** Requests: the fields behind the number, and their meaning. */
const REQUESTS: readonly (readonly [
  type: string,
  fields: readonly string[],
  ClientRequest,
])[] = [
  ["\x03", [PATH, "\x00\x00\x00\x01", NO_ATTRIBUTES], {
    kind: "open",
    path: "a",
    purpose: READS_ALONE,
    attributes: {},
  }],
  ["\x03", [PATH, "\x00\x00\x00\x3e", MODE], {
    kind: "open",
    path: "a",
    purpose: {
      reads: false,
      writes: true,
      appends: true,
      makes: true,
      isNew: true,
      empties: true,
    },
    attributes: { permissions: 0o644 },
  }],
  ["\x04", [HANDLE], { kind: "close", handle }],
  ["\x05", [HANDLE, TEN, "\xff\xff\xff\xff"], {
    kind: "read",
    handle,
    offset: 10,
    length: 2 ** 32 - 1,
  }],
  ["\x06", [HANDLE, TEN, "\x00\x00\x00\x02ab"], {
    kind: "write",
    handle,
    offset: 10,
    data: wire("ab"),
  }],
  ["\x07", [PATH], { kind: "lstat", path: "a" }],
  ["\x08", [HANDLE], { kind: "fstat", handle }],
  ["\x09", [PATH, MODE], {
    kind: "setstat",
    path: "a",
    attributes: { permissions: 0o644 },
  }],
  ["\x0a", [HANDLE, TIMES], {
    kind: "fsetstat",
    handle,
    attributes: { times: { accessed: 1000, modified: 2000 } },
  }],
  ["\x0b", [PATH], { kind: "opendir", path: "a" }],
  ["\x0c", [HANDLE], { kind: "readdir", handle }],
  ["\x0d", [PATH], { kind: "remove", path: "a" }],
  ["\x0e", [PATH, NO_ATTRIBUTES], {
    kind: "mkdir",
    path: "a",
    attributes: {},
  }],
  ["\x0f", [PATH], { kind: "rmdir", path: "a" }],
  ["\x10", ["\x00\x00\x00\x02\xffb"], { kind: "realpath", path: "\udcffb" }],
  ["\x11", [PATH], { kind: "stat", path: "a" }],
  ["\x12", [PATH, "\x00\x00\x00\x01b"], {
    kind: "rename",
    from: "a",
    path: "b",
  }],
  ["\x13", [PATH], { kind: "readlink", path: "a" }],
  ["\x14", [PATH, "\x00\x00\x00\x01b"], {
    kind: "symlink",
    destination: "a",
    path: "b",
  }],
  ["\xc8", ["\x00\x00\x00\x12limits@openssh.com"], { kind: "limits" }],
  ["\xc8", ["\x00\x00\x00\x11fsync@openssh.com", HANDLE], {
    kind: "fsync",
    handle,
  }],
  ["\xc8", [
    "\x00\x00\x00\x18posix-rename@openssh.com",
    PATH,
    "\x00\x00\x00\x01b",
  ], { kind: "posix-rename", from: "a", path: "b" }],
  ["\xc8", ["\x00\x00\x00\x14hardlink@openssh.com", PATH, PATH], {
    kind: "hardlink",
    from: "a",
    path: "a",
  }],
  ["\xc8", ["\x00\x00\x00\x13statvfs@openssh.com", PATH], {
    kind: "statvfs",
    path: "a",
  }],
  ["\xc8", ["\x00\x00\x00\x14fstatvfs@openssh.com", HANDLE], {
    kind: "fstatvfs",
    handle,
  }],
  ["\xc8", ["\x00\x00\x00\x14lsetstat@openssh.com", PATH, TIMES], {
    kind: "lsetstat",
    path: "a",
    attributes: { times: { accessed: 1000, modified: 2000 } },
  }],
  ["\xc8", ["\x00\x00\x00\x17expand-path@openssh.com", "\x00\x00\x00\x01~"], {
    kind: "expand-path",
    path: "~",
  }],
  ["\xc8", ["\x00\x00\x00\x09copy-data", HANDLE, TEN, TEN, HANDLE, TEN], {
    kind: "copy-data",
    from: handle,
    to: handle,
    fromOffset: 10,
    toOffset: 10,
    length: 10,
  }],
  ["\xc8", [
    "\x00\x00\x00\x0fcheck-file-name",
    PATH,
    "\x00\x00\x00\x0bsha256,sha1",
    TEN,
    TEN,
    "\x00\x00\x01\x00",
  ], {
    kind: "check-file",
    file: "a",
    hashes: ["sha256", "sha1"],
    offset: 10,
    length: 10,
    blockBytes: 256,
  }],
];

Deno.test("parseRequest(): reads each request, and none that is cut at any byte", () => {
  for (const [type, fields, request] of REQUESTS) {
    const body = wire(type, ID, ...fields);
    assertEquals(parseRequest(body), { id: 7, request });
    for (let length = 0; length < body.length; length++) {
      assertThrows(() => parseRequest(body.subarray(0, length)), ProtocolError);
    }
  }
});

Deno.test("parseRequest(): reads no field behind the packet's end, whatever its length says", () => {
  for (
    const length of ["\x00\x00\x00\x02", "\x7f\xff\xff\xff", "\xff\xff\xff\xff"]
  ) {
    assertThrows(
      () => parseRequest(wire("\x11", ID, length, "a")),
      ProtocolError,
      "packet too short",
    );
  }
});

Deno.test("parseRequest(): refuses an offset that no number holds exactly", () => {
  for (const offset of ["\x00\x20\x00\x00\x00\x00\x00\x00", "\xff".repeat(8)]) {
    assertThrows(
      () => parseRequest(wire("\x06", ID, HANDLE, offset, PATH)),
      ProtocolError,
      "out of range",
    );
  }
});

Deno.test("parseRequest(): gives types and extensions that it does not know as unknown", () => {
  for (
    const body of [
      wire("\x15", ID),
      wire("\x65", ID, "anything"),
      wire("\xc8", ID, "\x00\x00\x00\x07foo@bar", "anything"),
      wire("\xc8", ID, "\x00\x00\x00\x00"),
    ]
  ) {
    assertEquals(parseRequest(body), { id: 7, request: { kind: "unknown" } });
  }
});

Deno.test("parseInit(): takes any version, and nothing but the first packet of a client", () => {
  assertEquals(parseInit(wire("\x01", "\x00\x00\x00\x06")), 6);
  for (
    const body of ["", "\x01\x00\x00\x00", "\x02\x00\x00\x00\x03", "GET /"]
  ) {
    assertThrows(() => parseInit(wire(body)), ProtocolError);
  }
});

/** Responses, and their packets. */
const RESPONSES: readonly (readonly [ServerResponse, readonly string[]])[] = [
  [{ kind: "status", code: 0 }, [
    "\x00\x00\x00\x1a\x65",
    ID,
    "\x00\x00\x00\x00",
    "\x00\x00\x00\x07Success",
    "\x00\x00\x00\x02en",
  ]],
  [{ kind: "status", code: 4, message: "no" }, [
    "\x00\x00\x00\x15\x65",
    ID,
    "\x00\x00\x00\x04",
    "\x00\x00\x00\x02no",
    "\x00\x00\x00\x02en",
  ]],
  [{ kind: "handle", handle }, ["\x00\x00\x00\x0b\x66", ID, HANDLE]],
  [{
    kind: "name",
    entries: [{ name: "\udcff", line: "l", attributes: {} }],
  }, [
    "\x00\x00\x00\x17\x68",
    ID,
    "\x00\x00\x00\x01",
    "\x00\x00\x00\x01\xff",
    "\x00\x00\x00\x01l",
    NO_ATTRIBUTES,
  ]],
  [{
    kind: "attributes",
    attributes: {
      size: 10,
      owners: { user: 1, group: 2 },
      permissions: 0o100644,
      times: { accessed: 1000, modified: 2000 },
    },
  }, [
    "\x00\x00\x00\x25\x69",
    ID,
    "\x00\x00\x00\x0f",
    TEN,
    "\x00\x00\x00\x01\x00\x00\x00\x02",
    "\x00\x00\x81\xa4",
    "\x00\x00\x00\x01\x00\x00\x00\x02",
  ]],
  [{
    kind: "limits",
    limits: { packet: 10, read: 10, write: 10, handles: 10 },
  }, ["\x00\x00\x00\x25\xc9", ID, TEN, TEN, TEN, TEN]],
  [{ kind: "hashes", algorithm: "md5", hashes: wire("12") }, [
    "\x00\x00\x00\x1c\xc9",
    ID,
    "\x00\x00\x00\x0acheck-file",
    "\x00\x00\x00\x03md5",
    "12",
  ]],
];

Deno.test("formatResponse(): writes each response with the number of its request", () => {
  const writer = new WireWriter();
  for (const [response, fields] of RESPONSES) {
    assertEquals(formatResponse(7, response, writer), wire(...fields));
  }
});

Deno.test("writeDataHead(): writes all that stands before the data", () => {
  const packet = new Uint8Array(DATA_START);
  writeDataHead(new DataView(packet.buffer), 7, 3);
  assertEquals(packet, wire("\x00\x00\x00\x0c\x67", ID, "\x00\x00\x00\x03"));
});

Deno.test("formatVersion(): offers version 3 and the extensions", () => {
  assertEquals(
    formatVersion(new Map([["a", "1"]]), new WireWriter()),
    wire(
      "\x00\x00\x00\x0f",
      "\x02\x00\x00\x00\x03",
      "\x00\x00\x00\x01a",
      "\x00\x00\x00\x011",
    ),
  );
});
