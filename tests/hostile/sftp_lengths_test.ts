/** Tests of SFTP servers that send wrong lengths and counts. */

import { assert } from "@std/assert";
import { MAX_RESPONSE_BYTES } from "../../lib/sftp/wire/response_packets.ts";
import { usedBytes } from "../support/fuzz/memory.ts";
import { attack } from "../support/hostile/sftp_attack.ts";
import { instead, packetFor } from "../support/hostile/sftp_server.ts";
import {
  changed,
  changedBody,
  FILE,
  readIn,
  said,
  withName,
} from "../support/hostile/sftp_hooks.ts";
import { packet, string, uint32 } from "../support/sftp/bytes.ts";
import { type Answer, data, extended, handle } from "../support/sftp/server.ts";
import { turn } from "../support/turn.ts";
import {
  ALL,
  DOWN,
  type Misbehaviour,
  testMisbehaviours,
  TREE_DOWN,
  UP,
} from "../support/hostile/sftp_misbehaviours.ts";

/** Numbers that nothing here is as long or as many as. */
const NASTY_NUMBERS = [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

const LENGTHS: readonly Misbehaviour[] = [
  ...([
    ["READ", DOWN],
    ["OPEN", ALL],
    ["READDIR", TREE_DOWN],
    ["WRITE", UP],
    ["CLOSE", UP],
  ] as const).map(([request, ways]) => ({
    name: `says an impossible length in its answer to ${request}`,
    ways,
    hooks: [0, 3, 4, MAX_RESPONSE_BYTES + 1, ...NASTY_NUMBERS].map((
      length,
    ) => ({
      [request]: changed((text) => uint32(length) + text.slice(4)),
    })),
    told: /protocol error: a packet of \d+ bytes$/,
  })),
  {
    name: "says an impossible length at first",
    ways: ALL,
    hooks: [0, 3, 4, ...NASTY_NUMBERS].map((length) => ({
      INIT: changed((text) => uint32(length) + text.slice(4)),
    })),
    told: /^the remote does not speak SFTP: it said "/,
  },
  {
    name: "sends more data than were asked for",
    ways: DOWN,
    hooks: [1, 100, 100_000].map((more) => ({
      READ: ({ id, fields }) => {
        const asked = readIn(fields).length;
        return packetFor(id, data("x".repeat(asked + more)));
      },
    })),
    told: /protocol error: more data than were asked for$/,
  },
  {
    name: "says another length of its data than comes",
    ways: DOWN,
    hooks: [0, 1, 4095, ...NASTY_NUMBERS].map((length) => ({
      READ: ({ id }) =>
        packet("\x67", uint32(id), uint32(length), "x".repeat(100)),
    })),
    told: /protocol error: data and packet differ in length$/,
  },
  {
    name: "says that a handle is longer than it may be, or than its packet",
    ways: ALL,
    hooks: [
      handle("h".repeat(257)),
      handle("h".repeat(100_000)),
      ...NASTY_NUMBERS.map((length) => ({
        type: "\x66",
        body: `${uint32(length)}h`,
      })),
    ].map((answer) => ({ OPEN: instead(answer) })),
    told: /protocol error: (handle too long|packet too short)$/,
  },
  {
    name: "says that it has more names than there are",
    ways: TREE_DOWN,
    hooks: NASTY_NUMBERS.flatMap((count) => [
      { READDIR: instead({ type: "\x68", body: uint32(count) }) },
      { READDIR: changedBody((body) => uint32(count) + body.slice(4)) },
    ]),
    told: /protocol error: packet too short$/,
  },
  {
    name: "says that a name is longer than its packet",
    ways: TREE_DOWN,
    hooks: [
      ...NASTY_NUMBERS.map((length) => uint32(length)),
      string("f") + uint32(2 ** 31),
      string("f") + string("f") + said({ size: 1 }).slice(0, -1),
    ].map((entry) => ({
      READDIR: instead({ type: "\x68", body: uint32(1) + entry }),
    })),
    told: /protocol error: packet too short$/,
  },
  {
    name: "says that a message is longer than its packet",
    ways: ALL,
    hooks: NASTY_NUMBERS.map((length) => ({
      OPEN: instead({ type: "\x65", body: uint32(4) + uint32(length) }),
    })),
    told: /protocol error: packet too short$/,
  },
  {
    name: "says of entries what cannot be read",
    ways: DOWN,
    hooks: [
      uint32(0x10),
      uint32(0x7fff_fff0),
      ...NASTY_NUMBERS.map((count) => uint32(0x8000_0000) + uint32(count)),
      uint32(0x8000_0000) + uint32(1) + string("a") + uint32(2 ** 32 - 1),
      said({ size: 2n ** 53n }),
      said({ size: 2n ** 63n }),
      said({ size: 2n ** 64n - 1n }),
      said({ size: 1, permissions: FILE }).slice(0, -1),
      "",
    ].map((text) => ({ STAT: instead({ type: "\x69", body: text }) })),
    told:
      /protocol error: (unknown file attributes|packet too short|number out of range)$/,
  },
  {
    name: "says of a directory's entries what cannot be read",
    ways: TREE_DOWN,
    hooks: [
      uint32(0x10),
      ...NASTY_NUMBERS.map((count) => uint32(0x8000_0000) + uint32(count)),
      said({ size: 2n ** 63n, permissions: FILE }),
      said({ size: 2n ** 64n - 1n, permissions: FILE }),
    ].map((text) => ({ READDIR: withName("f", text) })),
    told:
      /protocol error: (unknown file attributes|packet too short|number out of range)$/,
  },
  {
    name: "cuts what it tells of its limits",
    ways: ALL,
    extensions: { "limits@openssh.com": "1" },
    hooks: [0, 1, 7, 8, 31].map((length) => ({
      "limits@openssh.com": instead(extended("\0".repeat(length))),
    })),
    told: /^protocol error: packet too short$/,
  },
];

testMisbehaviours(LENGTHS);

Deno.test("SFTP client: a length that is only said takes no memory", async () => {
  const length = uint32(0x7fff_fff0);
  const answers: readonly Answer[] = [
    { type: "\x66", body: length },
    { type: "\x67", body: length },
    { type: "\x68", body: length },
    { type: "\x68", body: uint32(1) + length },
    { type: "\x69", body: uint32(0x8000_0000) + length },
    { type: "\x65", body: uint32(4) + length },
    { type: "\x69", body: said({ size: Number.MAX_SAFE_INTEGER }) },
  ];
  for (
    const [way, request] of [
      ["a tree that comes", "STAT"],
      ["a file that comes", "OPEN"],
      ["a file that comes", "READ"],
      ["a tree that goes", "OPEN"],
      ["a tree that goes", "WRITE"],
    ] as const
  ) {
    for (
      const hook of [
        ...answers.map(instead),
        changed((text) => length + text.slice(4)),
      ]
    ) {
      const before = usedBytes();
      let most = 0;
      await attack(way, {
        hooks: { [request]: hook },
        beside: async (_, over) => {
          for (; !over.aborted; await turn()) {
            most = Math.max(most, usedBytes());
          }
        },
      });
      assert(most - before < 64 * 1024 * 1024, `${most - before} bytes`);
    }
  }
});
