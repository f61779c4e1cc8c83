import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../../lib/errors.ts";
import {
  parseCheckFile,
  parseLimits,
  parseStatvfs,
} from "../../../../lib/sftp/wire/extended_packets.ts";
import { uint64, wire } from "../../../support/sftp/bytes.ts";

/** Limits of OpenSSH's server. */
const LIMITS = wire(
  "\x00\x00\x00\x00\x00\x04\x00\x00", // max-packet-length
  "\x00\x00\x00\x00\x00\x03\xfc\x00", // max-read-length
  "\x00\x00\x00\x00\x00\x03\xf8\x00", // max-write-length
  "\x00\x00\x00\x00\x00\x00\x03\xfb", // max-open-handles
);

Deno.test("parseLimits(): reads the limits of a server", () => {
  assertEquals(parseLimits(LIMITS), {
    packet: 262144,
    read: 261120,
    write: 260096,
    handles: 1019,
  });
});

Deno.test("parseLimits(): reads absent and endless limits", () => {
  assertEquals(
    parseLimits(wire(...Array<string>(4).fill(uint64(0)))),
    { packet: 0, read: 0, write: 0, handles: 0 },
  );
  const most = Number.MAX_SAFE_INTEGER;
  assertEquals(
    parseLimits(wire(...Array<string>(4).fill(uint64(2n ** 64n - 1n)))),
    { packet: most, read: most, write: most, handles: most },
  );
});

Deno.test("parseLimits(): throws for limits cut at any byte", () => {
  for (let length = 0; length < LIMITS.length; length++) {
    assertThrows(
      () => parseLimits(LIMITS.subarray(0, length)),
      ProtocolError,
      "protocol error: packet too short",
    );
  }
});

/** Fields of a disk that is neither full nor read-only. */
const USUAL = {
  bsize: "\x00\x00\x00\x00\x00\x10\x00\x00",
  frsize: "\x00\x00\x00\x00\x00\x00\x10\x00",
  blocks: "\x00\x00\x00\x00\x01\x00\x00\x00",
  bfree: "\x00\x00\x00\x00\x00\x00\x03\x00",
  bavail: "\x00\x00\x00\x00\x00\x00\x02\x00",
  files: "\x00\x00\x00\x00\x00\x00\x00\x64",
  ffree: "\x00\x00\x00\x00\x00\x00\x00\x09",
  favail: "\x00\x00\x00\x00\x00\x00\x00\x08",
  fsid: "\xff\xee\xdd\xcc\xbb\xaa\x99\x88",
  flag: "\x00\x00\x00\x00\x00\x00\x00\x00",
  namemax: "\x00\x00\x00\x00\x00\x00\x00\xff",
};

function fileSystem(others: Partial<typeof USUAL>): Uint8Array {
  return wire(...Object.values({ ...USUAL, ...others }));
}

Deno.test("parseStatvfs(): reads the state of a disk", () => {
  assertEquals(parseStatvfs(fileSystem({})), {
    free: 0x200 * 0x1000,
    isOutOfInodes: false,
    isReadOnly: false,
  });
});

Deno.test("parseStatvfs(): reads a full disk", () => {
  const full = fileSystem({ bavail: uint64(0) });
  assertEquals(parseStatvfs(full).free, 0);
});

Deno.test("parseStatvfs(): reads a disk without inodes, if it has a limit", () => {
  const out = fileSystem({ favail: uint64(0) });
  assertEquals(parseStatvfs(out).isOutOfInodes, true);
  const limitless = fileSystem({ files: uint64(0), favail: uint64(0) });
  assertEquals(parseStatvfs(limitless).isOutOfInodes, false);
});

Deno.test("parseStatvfs(): reads a read-only disk with any other flags", () => {
  const rows: readonly (readonly [number | bigint, boolean])[] = [
    [1, true],
    [2, false],
    [3, true],
    [2n ** 63n, false],
    [2n ** 63n + 1n, true],
  ];
  for (const [flag, isReadOnly] of rows) {
    const body = fileSystem({ flag: uint64(flag) });
    assertEquals(parseStatvfs(body).isReadOnly, isReadOnly, `${flag}`);
  }
});

Deno.test("parseStatvfs(): takes numbers out of range for large ones", () => {
  const endless = fileSystem({
    frsize: uint64(2n ** 64n - 1n),
    bavail: uint64(2n ** 64n - 1n),
    fsid: uint64(2n ** 64n - 1n),
  });
  assertEquals(
    parseStatvfs(endless).free,
    Number.MAX_SAFE_INTEGER ** 2,
  );
});

Deno.test("parseStatvfs(): throws for a reply cut at any byte", () => {
  const whole = fileSystem({});
  for (let length = 0; length < whole.length; length++) {
    assertThrows(
      () => parseStatvfs(whole.subarray(0, length)),
      ProtocolError,
      "protocol error: packet too short",
    );
  }
});

/** A SHA-256 as bytes. */
const HASH = "\xab".repeat(32);

for (
  const [name, body] of [
    ["as the draft has it", wire("\x00\x00\x00\x06sha256", HASH)],
    [
      "behind the name of the extension",
      wire("\x00\x00\x00\x0acheck-file", "\x00\x00\x00\x06sha256", HASH),
    ],
  ] as const
) {
  Deno.test(`parseCheckFile(): reads a hash ${name}`, () => {
    assertEquals(parseCheckFile(body), "ab".repeat(32));
  });
}

Deno.test("parseCheckFile(): takes no other hash, nor several", () => {
  const other = wire("\x00\x00\x00\x03md5", "\xab".repeat(16));
  assertEquals(parseCheckFile(other), undefined);
  const several = wire("\x00\x00\x00\x06sha256", HASH, HASH);
  assertEquals(parseCheckFile(several), undefined);
});

Deno.test("parseCheckFile(): refuses a cut reply", () => {
  assertThrows(
    () => parseCheckFile(wire("\x00\x00\x00\x06sha")),
    ProtocolError,
  );
});
