/**
 * Tests of SFTP servers that do what serves no purpose and does no harm:
 * everything arrives.
 */

import { Fields } from "../support/hostile/sftp_fields.ts";
import { after, instead, packetFor } from "../support/hostile/sftp_server.ts";
import {
  bodyOf,
  FILE,
  fileSaid,
  filesSaid,
  said,
} from "../support/hostile/sftp_hooks.ts";
import { namesAnswer } from "../support/hostile/sftp_tree.ts";
import { string, uint32, uint64, unwire } from "../support/sftp/bytes.ts";
import { data, extended, handle, status } from "../support/sftp/server.ts";
import {
  ALL,
  DOWN,
  FILE_DOWN,
  type Misbehaviour,
  testMisbehaviours,
  TREE_DOWN,
  UP,
} from "../support/hostile/sftp_misbehaviours.ts";

/** Oddities of servers that neither help nor harm. */
const HARMLESS: readonly Misbehaviour[] = [
  {
    name: "sends a byte at a time",
    ways: DOWN,
    blockBytes: 64,
    hooks: [{
      READ: ({ id, packet }) => {
        const body = bodyOf(packet);
        return packet[4] === 0x67
          ? packetFor(id, data(body.slice(4, 5)))
          : undefined;
      },
    }],
  },
  {
    name: "sends as much as it likes of what it is asked for",
    ways: DOWN,
    hooks: [{
      READ: ({ id, index, packet }) => {
        const body = bodyOf(packet);
        const length = 1 + (index * 7919) % 4096;
        return packet[4] === 0x67
          ? packetFor(id, data(body.slice(4, 4 + length)))
          : undefined;
      },
    }],
  },
  {
    name: "sends data once that are no data",
    ways: DOWN,
    hooks: [0, 1, 4].map((count) => ({
      READ: after(count, instead(data(""))),
    })),
  },
  {
    name: "says that files are longer or shorter than they are, or nothing",
    ways: DOWN,
    hooks: [0, 1, 19_999, 20_001, 4_000_000_000, Number.MAX_SAFE_INTEGER].map(
      (size) => said({ size, permissions: FILE }),
    ).concat(said({ permissions: FILE })).map((text) => ({
      STAT: fileSaid(text),
      FSTAT: instead({ type: "\x69", body: text }),
      READDIR: filesSaid(text),
    })),
  },
  {
    name: "says nothing of what is in a directory",
    ways: TREE_DOWN,
    hooks: [{ READDIR: filesSaid(uint32(0)) }],
  },
  {
    name: "says things of entries that have no name here",
    ways: DOWN,
    hooks: [
      uint32(0x8000_0004) + uint32(FILE) + uint32(1) + string("a") +
      string("b".repeat(10_000)),
      uint32(0x6) + uint32(1) + uint32(2) + uint32(FILE),
    ].map((text) => ({ STAT: fileSaid(text), READDIR: filesSaid(text) })),
  },
  {
    name: "has names twice in a directory",
    ways: TREE_DOWN,
    hooks: [{
      READDIR: ({ id, packet }) => {
        if (packet[4] !== 0x68) return undefined;
        const fields = new Fields(bodyOf(packet));
        const body = uint32(2 * fields.uint32()) + fields.rest.repeat(2);
        return packetFor(id, { type: "\x68", body });
      },
    }],
  },
  {
    name: "has handles without a byte",
    ways: FILE_DOWN,
    handleFor: () => "",
    hooks: [{}],
  },
  {
    name: "has handles as long as they may be",
    ways: ALL,
    handleFor: (index) => `${index}`.padStart(256, "\0"),
    hooks: [{}],
  },
  {
    name: "has handles that look like packets",
    ways: ALL,
    handleFor: (index) => unwire(packetFor(index, status(0, "\x1b[2J\n"))),
    hooks: [{}],
  },
  {
    name: "has limits that are none",
    ways: ALL,
    extensions: { "limits@openssh.com": "1" },
    hooks: [
      ...[0n, 1n, 63n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n].map((limit) =>
        extended(uint64(limit).repeat(4))
      ),
      status(0),
      status(4),
      handle("h"),
      namesAnswer([]),
    ].map((answer) => ({ "limits@openssh.com": instead(answer) })),
  },
  {
    name: "offers what nobody knows, and much of it",
    ways: ALL,
    extensions: {
      "": "",
      "\xff": "\xfe\0",
      "limits@openssh.com": "x",
      ["n".repeat(30_000)]: "d".repeat(30_000),
    },
    hooks: [{}],
  },
  {
    name: "has no name for a path without links",
    ways: TREE_DOWN,
    hooks: [status(4), status(0), status(2), namesAnswer([])].map(
      (answer) => ({ REALPATH: instead(answer) }),
    ),
  },
  {
    name: "has no name for a path without links, or many, or odd ones",
    ways: UP,
    hooks: [
      status(4),
      status(0),
      status(2),
      namesAnswer([]),
      namesAnswer([["/in", uint32(0)], ["/other", uint32(0)]]),
      namesAnswer([["", uint32(0)]]),
      namesAnswer([["\0\xff\n", uint32(0)]]),
    ].map((answer) => ({ REALPATH: instead(answer) })),
  },
];

testMisbehaviours(HARMLESS);
