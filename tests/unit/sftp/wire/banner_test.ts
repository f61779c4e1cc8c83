import { assertEquals } from "@std/assert";
import { findVersionPacket } from "../../../../lib/sftp/wire/banner.ts";
import {
  packet,
  string,
  uint32,
  uint64,
  unwire,
  VERSION,
  wire,
} from "../../../support/sftp/bytes.ts";

/** First packet of OpenSSH's server, cut short. */
const OPENSSH = wire(
  "\x00\x00\x00\x21",
  "\x02", // SSH_FXP_VERSION
  "\x00\x00\x00\x03",
  "\x00\x00\x00\x13statvfs@openssh.com",
  "\x00\x00\x00\x012",
);

/** Output of a shell before the first packet. */
const BANNERS: readonly (readonly [name: string, said: string])[] = [
  ["nothing", ""],
  ["a line", "Welcome to far\n"],
  ["lines of a terminal", "Welcome\r\n\r\n"],
  ["text without a newline", "Password expires soon "],
  ["a newline", "\n"],
  ["bytes that are no UTF-8", "caf\xe9\n\xff"],
  ["one NUL", "\x00"],
  ["three NULs", "\x00\x00\x00"],
  ["many NULs", "\x00".repeat(100)],
  ["text and NULs", "Welcome\n\x00\x00"],
  ["what looks like a first packet", "\x00\x00\x00\x05\x02\x00\x00\x00\x03"],
  [
    "what looks like one, in lines",
    "Welcome\n\x00\x00\x00\x05\x02\x00\x00\x00\x03\nto far\n",
  ],
  [
    "what looks like another version's",
    "\x00\x00\x00\x05\x02\x00\x00\x00\x06",
  ],
  ["a packet of another type", "\x00\x00\x00\x05\x65\x00\x00\x00\x03"],
  ["how a packet begins", "\x00\x00\x00\x05\x02"],
  ["what says it is endless", "\xff\xff\xff\xff\x02\x00\x00\x00\x03"],
  ["what says it is very long", "\x7f\xff\xff\xff\x02\x00\x00\x00\x03"],
];

for (const [name, said] of BANNERS) {
  Deno.test(`findVersionPacket(): finds the server's first packet behind ${name}`, () => {
    assertEquals(findVersionPacket(wire(said, unwire(VERSION))), {
      banner: wire(said),
      server: { version: 3, extensions: new Map() },
      rest: wire(),
    });
    assertEquals(findVersionPacket(wire(said, unwire(OPENSSH))), {
      banner: wire(said),
      server: {
        version: 3,
        extensions: new Map([["statvfs@openssh.com", "2"]]),
      },
      rest: wire(),
    });
  });
}

Deno.test("findVersionPacket(): waits for the whole packet behind any banner", () => {
  for (const [name, said] of BANNERS) {
    // Bytes that look like a first packet are one as long as nothing follows.
    if (said.includes("\x05\x02")) continue;
    for (let length = 0; length < OPENSSH.length; length++) {
      const cut = unwire(OPENSSH.subarray(0, length));
      assertEquals(
        findVersionPacket(wire(said, cut)),
        undefined,
        `${length} bytes behind ${name}`,
      );
    }
  }
});

Deno.test("findVersionPacket(): finds no packet with bytes behind it", () => {
  for (
    const following of [
      "\n",
      "\x00",
      "\xff",
      "\x00\x00\x00\x05",
      "more\n",
      "\x00\x00\x00\x01a\x00\x00\x00\x01b",
    ]
  ) {
    for (const packet of [VERSION, OPENSSH]) {
      assertEquals(
        findVersionPacket(wire("Welcome\n", unwire(packet), following)),
        undefined,
      );
    }
  }
});

Deno.test("findVersionPacket(): finds the packet before answers to what was asked ahead", () => {
  const answers = [
    packet("\x65", uint32(1), uint32(2), string("No such file"), string("")),
    packet("\x66", uint32(3), string("h")),
    packet("\x68", uint32(2), uint32(0)),
    packet("\x69", uint32(1), uint32(0)),
    packet("\xc9", uint32(3), uint64(1)),
  ].map(unwire);
  for (const [name, said] of BANNERS) {
    for (const answer of [...answers, answers.join("")]) {
      // Of the first answer the head must have come.
      for (const length of [9, answer.length]) {
        const rest = answer.slice(0, length);
        const found = findVersionPacket(wire(said, unwire(OPENSSH), rest), 3);
        assertEquals(found?.banner, wire(said), name);
        assertEquals(found?.rest, wire(rest), name);
      }
      for (let length = 1; length < 9; length++) {
        const rest = answer.slice(0, length);
        const bytes = wire(said, unwire(OPENSSH), rest);
        assertEquals(findVersionPacket(bytes, 3), undefined, name);
      }
    }
  }
});

Deno.test("findVersionPacket(): finds no packet before what is no answer to anything asked ahead", () => {
  const answer = (type: string, id: number) =>
    unwire(packet(type, uint32(id), uint32(0)));
  for (
    const [rest, asked] of [
      [answer("\x69", 0), 3],
      [answer("\x69", 4), 3],
      [answer("\x69", 1), 0],
      [answer("\x67", 1), 3],
      [answer("\x02", 1), 3],
      [answer("\x11", 1), 3],
      ["more lines\n", 3],
    ] as const
  ) {
    const bytes = wire(unwire(OPENSSH), rest);
    assertEquals(findVersionPacket(bytes, asked), undefined);
  }
});

Deno.test("findVersionPacket(): finds no packet that is shorter or longer than its strings", () => {
  for (
    const body of [
      "\x00\x00\x00\x01\x02",
      "\x00\x00\x00\x04\x02\x00\x00\x03",
      "\x00\x00\x00\x06\x02\x00\x00\x00\x03\x00",
      "\x00\x00\x00\x0a\x02\x00\x00\x00\x03\x00\x00\x00\x01a",
      "\x00\x00\x00\x0d\x02\x00\x00\x00\x03\xff\xff\xff\xffabcd",
    ]
  ) {
    assertEquals(
      findVersionPacket(wire(body)),
      undefined,
      JSON.stringify(body),
    );
  }
});

Deno.test("findVersionPacket(): takes the whole of a packet, not its end", () => {
  const packet = wire(
    "\x00\x00\x00\x17",
    "\x02", // SSH_FXP_VERSION
    "\x00\x00\x00\x03",
    "\x00\x00\x00\x01x",
    "\x00\x00\x00\x09\x00\x00\x00\x05\x02\x00\x00\x00\x06",
  );
  const beginning = findVersionPacket(packet);
  assertEquals(beginning?.banner, new Uint8Array());
  assertEquals(beginning?.server.version, 3);
});

Deno.test("findVersionPacket(): finds the packet in a view of a larger buffer", () => {
  const bytes = wire("xx", "Hi\n", unwire(OPENSSH), "yy");
  const beginning = findVersionPacket(bytes.subarray(2, bytes.length - 2));
  assertEquals(beginning?.banner, wire("Hi\n"));
});
