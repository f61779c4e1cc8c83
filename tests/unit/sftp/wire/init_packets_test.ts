import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../../lib/errors.ts";
import {
  checkVersion,
  formatInit,
  parseVersion,
} from "../../../../lib/sftp/wire/init_packets.ts";
import { wire } from "../../../support/sftp/bytes.ts";

Deno.test("formatInit(): asks for version 3", () => {
  assertEquals(
    formatInit(),
    wire(
      "\x00\x00\x00\x05",
      "\x01", // SSH_FXP_INIT
      "\x00\x00\x00\x03",
    ),
  );
});

/** First packets of OpenSSH's server and others, without the length. */
const ROWS: readonly (readonly [
  Uint8Array,
  version: number,
  extensions: readonly (readonly [string, string])[],
])[] = [
  [wire("\x02", "\x00\x00\x00\x03"), 3, []],
  [wire("\x02", "\x00\x00\x00\x00"), 0, []],
  [wire("\x02", "\xff\xff\xff\xff"), 2 ** 32 - 1, []],
  [
    wire(
      "\x02",
      "\x00\x00\x00\x03",
      "\x00\x00\x00\x18posix-rename@openssh.com",
      "\x00\x00\x00\x011",
      "\x00\x00\x00\x13statvfs@openssh.com",
      "\x00\x00\x00\x012",
    ),
    3,
    [["posix-rename@openssh.com", "1"], ["statvfs@openssh.com", "2"]],
  ],
  [
    wire(
      "\x02",
      "\x00\x00\x00\x03",
      "\x00\x00\x00\x00",
      "\x00\x00\x00\x00",
      "\x00\x00\x00\x02\xff\x00",
      "\x00\x00\x00\x02\xc3\xa9",
    ),
    3,
    [["", ""], ["\udcff\0", "é"]],
  ],
];

Deno.test("parseVersion(): reads a version and extensions", () => {
  for (const [body, version, extensions] of ROWS) {
    assertEquals(parseVersion(body), {
      version,
      extensions: new Map(extensions),
    });
  }
});

Deno.test("parseVersion(): throws for a packet cut anywhere but between extensions", () => {
  for (const [body, version, extensions] of ROWS) {
    const whole = new Set<number>([5]);
    let end = 5;
    for (const pair of extensions) {
      for (const text of pair) end += 4 + bytesIn(text);
      whole.add(end);
    }
    for (let length = 0; length <= body.length; length++) {
      const cut = body.subarray(0, length);
      if (whole.has(length)) assertEquals(parseVersion(cut).version, version);
      else assertThrows(() => parseVersion(cut), ProtocolError);
    }
  }
});

function bytesIn(text: string): number {
  return text === "\udcff\0" ? 2 : new TextEncoder().encode(text).length;
}

Deno.test("parseVersion(): throws for a string longer than the packet", () => {
  for (const length of ["\x7f\xff\xff\xff", "\xff\xff\xff\xff"]) {
    assertThrows(
      () => parseVersion(wire("\x02", "\x00\x00\x00\x03", length, "abc")),
      ProtocolError,
      "protocol error: packet too short",
    );
  }
});

Deno.test("parseVersion(): throws for any other packet", () => {
  for (const type of ["\x00", "\x01", "\x03", "\x65", "\xc9", "\xff"]) {
    assertThrows(
      () => parseVersion(wire(type, "\x00\x00\x00\x03")),
      ProtocolError,
      "protocol error: a session begins otherwise",
    );
  }
});

Deno.test("checkVersion(): accepts version 3 and no other", () => {
  checkVersion({ version: 3, extensions: new Map() });
  for (const version of [0, 1, 2, 4, 6, 2 ** 32 - 1]) {
    assertThrows(
      () => checkVersion({ version, extensions: new Map() }),
      ProtocolError,
      `the remote speaks version ${version} of SFTP, not 3`,
    );
  }
});
