import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../../lib/errors.ts";
import {
  type ClientRequest,
  parseInit,
  parseRequest,
} from "../../../../lib/sftp/wire/client_requests.ts";
import { string, unwire, wire } from "../../../support/sftp/bytes.ts";

/** Request number 258, as most rows have it. */
const ID = "\x00\x00\x01\x02";

/** Path `a`, and handle `h`. */
const A = "\x00\x00\x00\x01a";
const H = "\x00\x00\x00\x01h";

/** Attributes of nothing. */
const NONE = "\x00\x00\x00\x00";

/** Offset 65537. */
const OFFSET = "\x00\x00\x00\x00\x00\x01\x00\x01";

const HANDLE = wire("h");

/** Requests and their bytes. */
const ROWS: readonly (readonly [ClientRequest, ...string[]])[] = [
  [
    {
      ...{ kind: "open", path: "a", attributes: {} },
      purpose: {
        ...{ reads: true, writes: false, appends: false },
        ...{ makes: false, isNew: false, empties: false },
      },
    },
    ...["\x03", ID, A, "\x00\x00\x00\x01", NONE],
  ],
  [
    {
      ...{ kind: "open", path: "a", attributes: { permissions: 0o644 } },
      purpose: {
        ...{ reads: true, writes: true, appends: true },
        ...{ makes: true, isNew: true, empties: true },
      },
    },
    ...["\x03", ID, A, "\x00\x00\x00\x3f"],
    "\x00\x00\x00\x04\x00\x00\x01\xa4",
  ],
  [
    // EXCL means nothing without CREAT.
    {
      ...{ kind: "open", path: "a", attributes: {} },
      purpose: {
        ...{ reads: false, writes: true, appends: false },
        ...{ makes: false, isNew: false, empties: false },
      },
    },
    ...["\x03", ID, A, "\x00\x00\x00\x22", NONE],
  ],
  [{ kind: "close", handle: HANDLE }, "\x04", ID, H],
  [
    { kind: "read", handle: HANDLE, offset: 65537, length: 0xffffffff },
    ...["\x05", ID, H, OFFSET, "\xff\xff\xff\xff"],
  ],
  [
    { kind: "write", handle: HANDLE, offset: 65537, data: wire("xyz") },
    ...["\x06", ID, H, OFFSET, "\x00\x00\x00\x03xyz"],
  ],
  [{ kind: "lstat", path: "a" }, "\x07", ID, A],
  [{ kind: "fstat", handle: HANDLE }, "\x08", ID, H],
  [
    { kind: "setstat", path: "a", attributes: { size: 65537 } },
    ...["\x09", ID, A, "\x00\x00\x00\x01", OFFSET],
  ],
  [
    {
      ...{ kind: "fsetstat", handle: HANDLE },
      attributes: { owners: { user: 1, group: 2 } },
    },
    ...["\x0a", ID, H, "\x00\x00\x00\x02"],
    "\x00\x00\x00\x01\x00\x00\x00\x02",
  ],
  [{ kind: "opendir", path: "a" }, "\x0b", ID, A],
  [{ kind: "readdir", handle: HANDLE }, "\x0c", ID, H],
  [{ kind: "remove", path: "a" }, "\x0d", ID, A],
  [{ kind: "mkdir", path: "a", attributes: {} }, "\x0e", ID, A, NONE],
  [{ kind: "rmdir", path: "a" }, "\x0f", ID, A],
  [{ kind: "realpath", path: "" }, "\x10", ID, "\x00\x00\x00\x00"],
  [{ kind: "stat", path: "a" }, "\x11", ID, A],
  [
    { kind: "rename", from: "a", path: "b" },
    ...["\x12", ID, A, "\x00\x00\x00\x01b"],
  ],
  [{ kind: "readlink", path: "a" }, "\x13", ID, A],
  [
    { kind: "symlink", destination: "a", path: "b" },
    ...["\x14", ID, A, "\x00\x00\x00\x01b"],
  ],
  [{ kind: "limits" }, "\xc8", ID, string("limits@openssh.com")],
  [
    { kind: "expand-path", path: "~/a" },
    ...["\xc8", ID, string("expand-path@openssh.com"), "\x00\x00\x00\x03~/a"],
  ],
  [
    { kind: "statvfs", path: "a" },
    ...["\xc8", ID, string("statvfs@openssh.com"), A],
  ],
  [
    { kind: "fstatvfs", handle: HANDLE },
    ...["\xc8", ID, string("fstatvfs@openssh.com"), H],
  ],
  [
    { kind: "fsync", handle: HANDLE },
    ...["\xc8", ID, string("fsync@openssh.com"), H],
  ],
  [
    { kind: "posix-rename", from: "a", path: "b" },
    ...["\xc8", ID, string("posix-rename@openssh.com"), A],
    "\x00\x00\x00\x01b",
  ],
  [
    { kind: "hardlink", from: "a", path: "b" },
    ...["\xc8", ID, string("hardlink@openssh.com"), A],
    "\x00\x00\x00\x01b",
  ],
  [
    {
      ...{ kind: "lsetstat", path: "a" },
      attributes: { times: { accessed: 1000, modified: 2000 } },
    },
    ...["\xc8", ID, string("lsetstat@openssh.com"), A],
    "\x00\x00\x00\x08\x00\x00\x00\x01\x00\x00\x00\x02",
  ],
  [
    {
      ...{ kind: "copy-data", from: HANDLE, to: wire("i") },
      ...{ fromOffset: 65537, toOffset: 5, length: 3 },
    },
    ...["\xc8", ID, string("copy-data"), H, OFFSET],
    ...["\x00\x00\x00\x00\x00\x00\x00\x03", "\x00\x00\x00\x01i"],
    "\x00\x00\x00\x00\x00\x00\x00\x05",
  ],
  [
    {
      ...{ kind: "check-file", file: "a", hashes: ["md5", "sha1"] },
      ...{ offset: 65537, length: 3, blockBytes: 256 },
    },
    ...["\xc8", ID, string("check-file-name"), A, "\x00\x00\x00\x08md5,sha1"],
    ...[OFFSET, "\x00\x00\x00\x00\x00\x00\x00\x03", "\x00\x00\x01\x00"],
  ],
  [
    {
      ...{ kind: "check-file", file: HANDLE, hashes: ["md5"] },
      ...{ offset: 65537, length: 0, blockBytes: 0 },
    },
    ...["\xc8", ID, string("check-file-handle"), H, "\x00\x00\x00\x03md5"],
    ...[OFFSET, "\x00\x00\x00\x00\x00\x00\x00\x00", "\x00\x00\x00\x00"],
  ],
];

Deno.test("parseRequest(): reads every request with its number", () => {
  for (const [request, ...fields] of ROWS) {
    assertEquals(parseRequest(wire(...fields)), { id: 258, request });
  }
});

Deno.test("parseRequest(): throws for a request cut at any byte", () => {
  for (const [, ...fields] of ROWS) {
    const whole = wire(...fields);
    for (let length = 0; length < whole.length; length++) {
      assertThrows(
        () => parseRequest(whole.subarray(0, length)),
        ProtocolError,
        "protocol error: packet too short",
      );
    }
  }
});

Deno.test("parseRequest(): throws for a string longer than its packet", () => {
  for (
    const length of ["\x00\x00\x00\x02", "\x7f\xff\xff\xff", "\xff\xff\xff\xff"]
  ) {
    assertThrows(
      () => parseRequest(wire("\x11", ID, length, "a")),
      ProtocolError,
      "protocol error: packet too short",
    );
  }
});

Deno.test("parseRequest(): takes an offset up to 2^53 - 1 and throws for more", () => {
  const parsed = parseRequest(
    wire("\x06", ID, H, "\x00\x1f\xff\xff\xff\xff\xff\xff", NONE),
  );
  assertEquals(parsed.request, {
    ...{ kind: "write", handle: HANDLE, offset: 2 ** 53 - 1 },
    data: new Uint8Array(),
  });
  for (
    const offset of [
      "\x00\x20\x00\x00\x00\x00\x00\x00",
      "\xff\xff\xff\xff\xff\xff\xff\xff",
    ]
  ) {
    assertThrows(
      () => parseRequest(wire("\x06", ID, H, offset, NONE)),
      ProtocolError,
      "protocol error: number out of range",
    );
  }
});

Deno.test("parseRequest(): reads a request that it does not know by its number alone", () => {
  for (
    const fields of [
      ["\x00", ID],
      ["\x01", ID],
      ["\x15", ID, "whatever"],
      ["\x65", ID],
      ["\xff", ID],
      ["\xc8", ID, string("vendor@example.org"), "whatever"],
      ["\xc8", ID, string("")],
      ["\xc8", ID, string("__proto__")],
    ]
  ) {
    assertEquals(parseRequest(wire(...fields)), {
      ...{ id: 258, request: { kind: "unknown" } },
    });
  }
});

Deno.test("parseRequest(): reads the largest number of a request", () => {
  assertEquals(parseRequest(wire("\x0b\xff\xff\xff\xff", A)).id, 2 ** 32 - 1);
});

Deno.test("parseRequest(): keeps the bytes of handles and data, whatever they are", () => {
  const { request } = parseRequest(
    wire(
      "\x06",
      ID,
      "\x00\x00\x00\x02\x00\xff",
      OFFSET,
      "\x00\x00\x00\x02\x80\n",
    ),
  );
  if (request.kind !== "write") throw new Error(request.kind);
  assertEquals(unwire(request.handle), "\x00\xff");
  assertEquals(unwire(request.data), "\x80\n");
});

Deno.test("parseRequest(): takes the first 64 of the hashes that a client names", () => {
  const names = Array<string>(1000).fill("x").join(",");
  const { request } = parseRequest(wire(
    ...["\xc8", ID, string("check-file-name"), A, string(names)],
    ...[OFFSET, OFFSET, NONE],
  ));
  if (request.kind !== "check-file") throw new Error(request.kind);
  assertEquals(request.hashes.length, 64);
});

Deno.test("parseInit(): gives the client's version, whatever follows it", () => {
  assertEquals(parseInit(wire("\x01\x00\x00\x00\x03")), 3);
  assertEquals(parseInit(wire("\x01\x00\x00\x00\x06", string("x"))), 6);
});

Deno.test("parseInit(): throws for another packet, and for a cut one", () => {
  assertThrows(
    () => parseInit(wire("\x02\x00\x00\x00\x03")),
    ProtocolError,
    "protocol error: a session begins otherwise",
  );
  for (const cut of ["", "\x01", "\x01\x00\x00\x00"]) {
    assertThrows(() => parseInit(wire(cut)), ProtocolError, "too short");
  }
});
