import { assertEquals, assertThrows } from "@std/assert";
import { EntryError } from "../../../../lib/errors.ts";
import {
  formatRequest,
  type Request,
} from "../../../../lib/sftp/wire/requests.ts";
import { unwire, wire } from "../../../support/sftp/bytes.ts";

/** Handle of odd bytes. */
const HANDLE = Uint8Array.of(0x00, 0xff, 0x2f);

/** Requests with the id 42, and their packets. */
const ROWS: readonly (readonly [Request, Uint8Array])[] = [
  [
    { kind: "open", path: "/foo", access: "read", attributes: {} },
    wire(
      "\x00\x00\x00\x15",
      "\x03", // SSH_FXP_OPEN
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x04/foo",
      "\x00\x00\x00\x01", // SSH_FXF_READ
      "\x00\x00\x00\x00",
    ),
  ],
  [
    {
      kind: "open",
      path: "é\udcff",
      access: "write",
      attributes: { permissions: 0o4751 },
    },
    wire(
      "\x00\x00\x00\x18",
      "\x03", // SSH_FXP_OPEN
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x03\xc3\xa9\xff",
      "\x00\x00\x00\x0a", // SSH_FXF_WRITE and SSH_FXF_CREAT
      "\x00\x00\x00\x04", // PERMISSIONS
      "\x00\x00\x09\xe9",
    ),
  ],
  [
    { kind: "open", path: "f", access: "write and truncate", attributes: {} },
    wire(
      "\x00\x00\x00\x12",
      "\x03", // SSH_FXP_OPEN
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x01f",
      "\x00\x00\x00\x1a", // SSH_FXF_WRITE, SSH_FXF_CREAT, SSH_FXF_TRUNC
      "\x00\x00\x00\x00",
    ),
  ],
  [
    { kind: "open", path: "f", access: "create", attributes: {} },
    wire(
      "\x00\x00\x00\x12",
      "\x03", // SSH_FXP_OPEN
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x01f",
      "\x00\x00\x00\x2a", // SSH_FXF_WRITE, SSH_FXF_CREAT, SSH_FXF_EXCL
      "\x00\x00\x00\x00",
    ),
  ],
  [
    { kind: "open", path: "f", access: "write existing", attributes: {} },
    wire(
      "\x00\x00\x00\x12",
      "\x03", // SSH_FXP_OPEN
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x01f",
      "\x00\x00\x00\x02", // SSH_FXF_WRITE
      "\x00\x00\x00\x00",
    ),
  ],
  [
    { kind: "posix-rename", from: ".f", path: "f" },
    wire(
      "\x00\x00\x00\x2c",
      "\xc8", // SSH_FXP_EXTENDED
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x18posix-rename@openssh.com",
      "\x00\x00\x00\x02.f",
      "\x00\x00\x00\x01f",
    ),
  ],
  [
    { kind: "check-file", path: "f", length: 258 },
    wire(
      "\x00\x00\x00\x3b",
      "\xc8", // SSH_FXP_EXTENDED
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x0fcheck-file-name",
      "\x00\x00\x00\x01f",
      "\x00\x00\x00\x06sha256",
      "\x00\x00\x00\x00\x00\x00\x00\x00",
      "\x00\x00\x00\x00\x00\x00\x01\x02",
      "\x00\x00\x00\x00",
    ),
  ],
  [
    { kind: "opendir", path: "." },
    wire(
      "\x00\x00\x00\x0a",
      "\x0b", // SSH_FXP_OPENDIR
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x01.",
    ),
  ],
  [
    { kind: "close", handle: HANDLE },
    wire(
      "\x00\x00\x00\x0c",
      "\x04", // SSH_FXP_CLOSE
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x03\x00\xff/",
    ),
  ],
  [
    { kind: "read", handle: HANDLE, offset: 2 ** 40 + 5, length: 0x3fc00 },
    wire(
      "\x00\x00\x00\x18",
      "\x05", // SSH_FXP_READ
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x03\x00\xff/",
      "\x00\x00\x01\x00\x00\x00\x00\x05",
      "\x00\x03\xfc\x00",
    ),
  ],
  [
    {
      kind: "write",
      handle: HANDLE,
      offset: 2 ** 53 - 1,
      data: wire("data"),
    },
    wire(
      "\x00\x00\x00\x1c",
      "\x06", // SSH_FXP_WRITE
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x03\x00\xff/",
      "\x00\x1f\xff\xff\xff\xff\xff\xff",
      "\x00\x00\x00\x04data",
    ),
  ],
  [
    { kind: "write", handle: HANDLE, offset: 0, data: new Uint8Array() },
    wire(
      "\x00\x00\x00\x18",
      "\x06", // SSH_FXP_WRITE
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x03\x00\xff/",
      "\x00\x00\x00\x00\x00\x00\x00\x00",
      "\x00\x00\x00\x00",
    ),
  ],
  [
    { kind: "fstat", handle: HANDLE },
    wire(
      "\x00\x00\x00\x0c",
      "\x08", // SSH_FXP_FSTAT
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x03\x00\xff/",
    ),
  ],
  [
    { kind: "fsetstat", handle: HANDLE, attributes: { size: 3 } },
    wire(
      "\x00\x00\x00\x18",
      "\x0a", // SSH_FXP_FSETSTAT
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x03\x00\xff/",
      "\x00\x00\x00\x01", // SIZE
      "\x00\x00\x00\x00\x00\x00\x00\x03",
    ),
  ],
  [
    { kind: "readdir", handle: HANDLE },
    wire(
      "\x00\x00\x00\x0c",
      "\x0c", // SSH_FXP_READDIR
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x03\x00\xff/",
    ),
  ],
  [
    { kind: "stat", path: "/foo" },
    wire(
      "\x00\x00\x00\x0d",
      "\x11", // SSH_FXP_STAT
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x04/foo",
    ),
  ],
  [
    { kind: "lstat", path: "/foo" },
    wire(
      "\x00\x00\x00\x0d",
      "\x07", // SSH_FXP_LSTAT
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x04/foo",
    ),
  ],
  [
    {
      kind: "setstat",
      path: "/foo",
      attributes: { times: { modified: 1_000_000_000_000, accessed: 1000 } },
    },
    wire(
      "\x00\x00\x00\x19",
      "\x09", // SSH_FXP_SETSTAT
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x04/foo",
      "\x00\x00\x00\x08", // ACMODTIME
      "\x00\x00\x00\x01",
      "\x3b\x9a\xca\x00",
    ),
  ],
  [
    { kind: "mkdir", path: "d", attributes: { permissions: 0o755 } },
    wire(
      "\x00\x00\x00\x12",
      "\x0e", // SSH_FXP_MKDIR
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x01d",
      "\x00\x00\x00\x04", // PERMISSIONS
      "\x00\x00\x01\xed",
    ),
  ],
  [
    { kind: "remove", path: "/foo" },
    wire(
      "\x00\x00\x00\x0d",
      "\x0d", // SSH_FXP_REMOVE
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x04/foo",
    ),
  ],
  [
    { kind: "realpath", path: "" },
    wire(
      "\x00\x00\x00\x09",
      "\x10", // SSH_FXP_REALPATH
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x00",
    ),
  ],
  [
    { kind: "readlink", path: "/foo" },
    wire(
      "\x00\x00\x00\x0d",
      "\x13", // SSH_FXP_READLINK
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x04/foo",
    ),
  ],
  [
    { kind: "symlink", path: "link", destination: "../to" },
    wire(
      "\x00\x00\x00\x16",
      "\x14", // SSH_FXP_SYMLINK
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x05../to", // As OpenSSH has it: not the draft's order
      "\x00\x00\x00\x04link",
    ),
  ],
  [
    { kind: "limits" },
    wire(
      "\x00\x00\x00\x1b",
      "\xc8", // SSH_FXP_EXTENDED
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x12limits@openssh.com",
    ),
  ],
  [
    { kind: "expand-path", path: "~user/foo" },
    wire(
      "\x00\x00\x00\x2d",
      "\xc8", // SSH_FXP_EXTENDED
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x17expand-path@openssh.com",
      "\x00\x00\x00\x09~user/foo",
    ),
  ],
  [
    { kind: "statvfs", path: "/" },
    wire(
      "\x00\x00\x00\x21",
      "\xc8", // SSH_FXP_EXTENDED
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x13statvfs@openssh.com",
      "\x00\x00\x00\x01/",
    ),
  ],
  [
    {
      kind: "copy-data",
      from: HANDLE,
      to: wire("to"),
      offset: 0x0102,
      length: 0x0304,
    },
    wire(
      "\x00\x00\x00\x37",
      "\xc8", // SSH_FXP_EXTENDED
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x09copy-data",
      "\x00\x00\x00\x03\x00\xff/",
      "\x00\x00\x00\x00\x00\x00\x01\x02",
      "\x00\x00\x00\x00\x00\x00\x03\x04",
      "\x00\x00\x00\x02to",
      "\x00\x00\x00\x00\x00\x00\x01\x02",
    ),
  ],
];

Deno.test("formatRequest(): writes every kind of request", () => {
  for (const [request, packet] of ROWS) {
    const head = unwire(formatRequest(42, request));
    const data = request.kind === "write" ? unwire(request.data) : "";
    assertEquals(head + data, unwire(packet), request.kind);
  }
});

Deno.test("formatRequest(): writes any id", () => {
  for (
    const [id, bytes] of [
      [0, "\x00\x00\x00\x00"],
      [2 ** 31, "\x80\x00\x00\x00"],
      [2 ** 32 - 1, "\xff\xff\xff\xff"],
    ] as const
  ) {
    const packet = formatRequest(id, { kind: "stat", path: "" });
    assertEquals(unwire(packet.subarray(5, 9)), bytes);
  }
});

Deno.test("formatRequest(): leaves out the data of a WRITE, and counts them", () => {
  const data = new Uint8Array(255 * 1024);
  const request = { kind: "write", handle: HANDLE, offset: 0, data } as const;
  assertEquals(
    formatRequest(42, request),
    wire(
      "\x00\x03\xfc\x18",
      "\x06", // SSH_FXP_WRITE
      "\x00\x00\x00\x2a",
      "\x00\x00\x00\x03\x00\xff/",
      "\x00\x00\x00\x00\x00\x00\x00\x00",
      "\x00\x03\xfc\x00",
    ),
  );
});

Deno.test("formatRequest(): has room for a path of any length", () => {
  for (const length of [100, 128, 4096, 70_000]) {
    const path = "a".repeat(length);
    const packet = unwire(formatRequest(42, {
      kind: "symlink",
      path,
      destination: path,
    }));
    assertEquals(packet.length, 4 + 1 + 4 + 2 * (4 + length));
    assertEquals(packet.slice(13, 13 + length), path);
    assertEquals(packet.slice(-length), path);
  }
});

Deno.test("formatRequest(): throws for a path that stands for no bytes", () => {
  for (const [request] of ROWS) {
    if (!("path" in request)) continue;
    assertThrows(
      () => formatRequest(42, { ...request, path: "a\ud800" }),
      EntryError,
      "the name cannot be written as UTF-8",
    );
  }
});
