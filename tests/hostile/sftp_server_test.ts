/**
 * SFTP servers that break their protocol, or keep to it and mean harm: against
 * the client's own engine, over a channel in memory.
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Channel } from "../../lib/channel/channel.ts";
import { ProtocolError } from "../../lib/errors.ts";
import { printable } from "../../lib/names/printable.ts";
import { SftpFileSystem } from "../../lib/sftp/sftp_file_system.ts";
import { SftpSession } from "../../lib/sftp/session.ts";
import { MAX_RESPONSE_BYTES } from "../../lib/sftp/wire/response_packets.ts";
import { usedBytes } from "../support/fuzz/memory.ts";
import { type Order, ORDERS } from "../support/gate.ts";
import { Fields } from "../support/hostile/sftp_fields.ts";
import {
  type Attack,
  attack,
  type Way,
  WAYS,
} from "../support/hostile/sftp_attack.ts";
import {
  after,
  type Hook,
  type Hooks,
  HostileSftpServer,
  instead,
  packetFor,
} from "../support/hostile/sftp_server.ts";
import {
  bodyOf,
  changed,
  changedBody,
  DIRECTORY,
  endless,
  FILE,
  fileSaid,
  filesSaid,
  luring,
  modesSaid,
  readIn,
  said,
  withName,
} from "../support/hostile/sftp_hooks.ts";
import { namesAnswer } from "../support/hostile/sftp_tree.ts";
import {
  packet,
  string,
  uint32,
  uint64,
  unwire,
  wire,
} from "../support/sftp/bytes.ts";
import {
  type Answer,
  attributes,
  data,
  extended,
  handle,
  status,
} from "../support/sftp/server.ts";
import { pattern } from "../support/fixtures/tree.ts";
import { turn } from "../support/turn.ts";

const ALL = Object.keys(WAYS) as readonly Way[];
const FILE_DOWN: readonly Way[] = ["a file that comes"];
const TREE_DOWN: readonly Way[] = ["a tree that comes"];
const DOWN = [...FILE_DOWN, ...TREE_DOWN];
const UP: readonly Way[] = ["a tree that goes"];

interface Misbehaviour
  extends Pick<Attack, "extensions" | "handleFor" | "blockBytes"> {
  /** What a server does. */
  readonly name: string;
  readonly ways: readonly Way[];
  /** All the ways in which it may do so. */
  readonly hooks: readonly Hooks[];
  /** What has to be told; absent if it does no harm: then all arrives. */
  readonly told?: RegExp;
}

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

/** An answer of each kind, and some of none. */
const KINDS: Readonly<Record<string, Answer>> = {
  "STATUS": status(0),
  "HANDLE": handle("h"),
  "DATA": data("x"),
  "NAME": namesAnswer([["x", uint32(0)]]),
  "ATTRS": attributes(FILE),
  "EXTENDED_REPLY": extended("x"),
  "a request": { type: "\x05", body: string("h") },
  "nothing": { type: "\0", body: "" },
  "anything": { type: "\xff", body: "" },
};

const KIND_ERRORS =
  /protocol error: (what was asked is not answered by \w+|more data than were asked for|a packet of type \d+)$/;

const DIALOGUE: readonly Misbehaviour[] = [
  ...([
    ["STAT", DOWN, "ATTRS"],
    ["OPEN", ALL, "HANDLE"],
    ["READ", DOWN, "DATA"],
    ["OPENDIR", TREE_DOWN, "HANDLE"],
    ["READDIR", TREE_DOWN, "NAME"],
    ["LSTAT", UP, "ATTRS"],
    ["MKDIR", UP, "STATUS"],
    ["WRITE", UP, "STATUS"],
    ["CLOSE", UP, "STATUS"],
  ] as const).map(([request, ways, right]) => ({
    name: `answers ${request} with every other kind of packet`,
    ways,
    hooks: Object.entries(KINDS).filter(([kind]) => kind !== right)
      .map(([, answer]) => ({ [request]: instead(answer) })),
    told: KIND_ERRORS,
  })),
  ...([
    ["OPEN", ALL],
    ["READ", DOWN],
    ["READDIR", TREE_DOWN],
    ["WRITE", UP],
    ["MKDIR", UP],
  ] as const).map(([request, ways]) => ({
    name: `answers ${request} twice, or what was not asked`,
    ways,
    hooks: [
      { [request]: changed((text) => text + text) },
      ...[0, 1000, 2 ** 32 - 1].map((more) => ({
        [request]: (({ id, packet }) => {
          const wrong = uint32((id + more) % 2 ** 32);
          const text = unwire(packet);
          // Where the id is right the answer is followed by one that is not.
          return wire(
            more === 0
              ? text + unwire(packetFor(0, status(0)))
              : text.slice(0, 5) + wrong + text.slice(9),
          );
        }) satisfies Hook,
      })),
    ],
    told: /protocol error: an answer to request \d+, which is none$/,
  })),
  {
    name: "sends data that are no data, and no end of them",
    ways: DOWN,
    hooks: [
      { READ: instead(data("")) },
      {
        READ: ({ id, index }) =>
          index < 2 ? undefined : packetFor(id, data("")),
      },
    ],
    told: /: the server sent no data(\n|$)/,
  },
  {
    name: "has directories with no names, and no end of them",
    ways: TREE_DOWN,
    hooks: [
      { READDIR: instead(namesAnswer([])) },
      { READDIR: after(1, instead(namesAnswer([]))) },
    ],
    told: /protocol error: what was asked is not answered by name$/,
  },
  {
    name: "ends when a file is open",
    ways: ALL,
    hooks: [{
      READ: () => "end",
      WRITE: () => "end",
    }],
    told: /lost connection after 0 of \d+ bytes(\n|$)/,
  },
  {
    name: "ends in the middle of a file",
    ways: ALL,
    hooks: [{
      READ: after(2, () => "end"),
      WRITE: after(2, () => "end"),
    }],
    told: /lost connection after \d+ of \d+ bytes(\n|$)/,
  },
  {
    name: "speaks another version",
    ways: ALL,
    hooks: [0, 2, 4, 2 ** 32 - 1].map((version) => ({
      INIT: changed((text) => text.slice(0, 5) + uint32(version)),
    })),
    told: /^the remote speaks version \d+ of SFTP, not 3$/,
  },
  {
    name: "begins with extensions that cannot be read, or with more than them",
    ways: ALL,
    hooks: [
      string("a"),
      string("a") + uint32(5),
      string("a") + string("b") + "\0",
      uint32(2 ** 32 - 1),
      string("x".repeat(66_000)) + string(""),
    ].map((extensions) => ({
      INIT: () => packet("\x02", uint32(3), extensions),
    })).concat([{
      INIT: () =>
        wire(
          unwire(packet("\x02", uint32(3))) + unwire(packetFor(1, status(0))),
        ),
    }]),
    told: /^the remote does not speak SFTP: it said "/,
  },
  {
    name: "begins with an answer",
    ways: ALL,
    hooks: Object.values(KINDS).map((answer) => ({ INIT: instead(answer) })),
    told: /^the remote does not speak SFTP: it said "/,
  },
];

const FAILURES: readonly Misbehaviour[] = [
  ...([
    ["OPEN", ALL],
    ["READ", DOWN],
    ["OPENDIR", TREE_DOWN],
    ["READDIR", TREE_DOWN],
    ["MKDIR", UP],
    ["WRITE", UP],
    ["CLOSE", UP],
  ] as const).map(([request, ways]) => ({
    name: `answers ${request} with a status that there is not`,
    ways,
    hooks: [9, 255, 2 ** 31, 2 ** 32 - 1].map((code) => ({
      [request]: instead(status(code)),
    })),
    told: /: status \d+(\n|$)/,
  })),
  {
    name: "comes to an end where there is none",
    ways: ALL,
    hooks: [{ OPEN: instead(status(1)) }, {
      OPENDIR: instead(status(1)),
      MKDIR: instead(status(1)),
      OPEN: instead(status(1)),
    }],
    told: /: End of file(\n|$)/,
  },
  {
    name: "says nothing but that something failed",
    ways: ALL,
    hooks: [
      { OPEN: instead({ type: "\x65", body: uint32(4) }) },
      { OPEN: instead({ type: "\x65", body: uint32(4) + string("") }) },
    ],
    told: /: Failure(\n|$)/,
  },
  {
    name: "has a file where it said so, and opens a directory",
    ways: DOWN,
    hooks: [
      { OPEN: instead(status(4, "Failure")) },
      { READ: instead(status(4, "Failure")) },
    ],
    told: /scp: d\/large: Failure(\n|$)/,
  },
  {
    name: "has a directory where it said so, and lists a file",
    ways: TREE_DOWN,
    hooks: [{
      READDIR: after(0, withName("f", said({ permissions: DIRECTORY }))),
    }],
    told: /scp: d\/f: No such file or directory(\n|$)/,
  },
  {
    name: "has another length each time it is asked",
    ways: FILE_DOWN,
    hooks: [{
      STAT: instead({ type: "\x69", body: said({ size: 30_000 }) }),
      FSTAT: instead({ type: "\x69", body: said({ size: 40_000 }) }),
    }],
    told: /the file shrank while it was read: 20000 of 30000 bytes were there$/,
  },
  {
    name: "takes what is written, and then does not keep it",
    ways: UP,
    hooks: [{ CLOSE: instead(status(4, "Disk quota exceeded")) }],
    told: /large: close: Disk quota exceeded(\n|$)/,
  },
];

/** What a server may do that serves no purpose, but no other one either. */
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

for (const row of [...LENGTHS, ...DIALOGUE, ...FAILURES, ...HARMLESS]) {
  for (const way of row.ways) {
    Deno.test(`A server that ${row.name} does no harm to ${way}`, async () => {
      for (const [index, hooks] of row.hooks.entries()) {
        const { server, told } = await attack(way, { ...row, hooks });
        const text = told.join("\n");
        if (row.told === undefined) assertEquals(told, [], `${index}`);
        else assertMatch(text, row.told, `${index}: ${text}`);
        const isDone = server.misdeeds > 0 || Object.keys(hooks).length === 0;
        assert(isDone, `${index} is another server`);
      }
    });
  }
}

/** Little, so that every byte of a session can be the last one. */
const SMALL = [
  { path: "d/f", content: pattern(300) },
  { path: "d/sub/g", content: "g" },
];

for (const way of ALL) {
  Deno.test(`A server that ends at any byte leaves the beginning of ${way}`, async () => {
    const small = {
      entries: SMALL,
      blockBytes: 128,
      ...(way === "a file that comes" ? { source: "d/f" } : {}),
    };
    let cuts = 0;
    for (let saysAtMost = 0;; saysAtMost++) {
      const { server, breach } = await attack(way, { ...small, saysAtMost });
      if (breach === undefined && !server.hasEnded) break;
      if (breach !== undefined) cuts++;
    }
    assert(cuts > 200, `${cuts} cuts`);
  });

  for (const [name, order] of Object.entries(ORDERS)) {
    Deno.test(`A server that answers ${name} does no harm to ${way}`, async () => {
      const { told } = await attack(way, inOrder(order, Infinity));
      assertEquals(told, []);
    });

    Deno.test(`A server that answers ${name} and then ends leaves the beginning of ${way}`, async () => {
      for (let answers = 1;; answers++) {
        const { breach } = await attack(way, inOrder(order, answers));
        if (breach === undefined) return assert(answers > 5);
      }
    });
  }
}

/** Has a server answer in an order, so often. */
function inOrder(order: Order, answers: number): Attack {
  const held: Uint8Array[] = [];
  return {
    hooks: {
      any: ({ name, packet }) => {
        if (name === "INIT") return undefined;
        held.push(packet);
        return "nothing";
      },
    },
    beside: async (server, over) => {
      for (let left = answers; !over.aborted; await turn()) {
        const [next] = held.splice(order(held.length), 1);
        if (next === undefined) continue;
        server.say(next);
        if (--left === 0) server.end();
      }
    },
  };
}

Deno.test("A server that ends leaves nothing of an older file behind what came", async () => {
  for (const answers of [1, 2, 4]) {
    const { breach, arrived } = await attack("a file that comes", {
      prepare: (target) =>
        Deno.writeTextFileSync(`${target}/large`, "old".repeat(10_000)),
      hooks: { READ: after(answers, () => "end") },
    });
    assert(breach !== undefined);
    assertEquals(arrived.get("large")?.length, answers * 4096);
  }
});

Deno.test("A server that breaks the protocol in any answer has ended its session", async () => {
  const cut = extended("\0".repeat(7));
  const server = new HostileSftpServer({
    extensions: { "limits@openssh.com": "1", "statvfs@openssh.com": "2" },
    hooks: { "limits@openssh.com": instead(cut) },
  });
  const session = await SftpSession.begin(server.channel);
  await assertRejects(() => session.limits(), ProtocolError);
  assert(!session.isAlive, "a cut answer about limits");
  const other = new HostileSftpServer({
    extensions: { "statvfs@openssh.com": "2" },
    hooks: {
      MKDIR: instead(status(4, "Failure")),
      "statvfs@openssh.com": instead(cut),
    },
  });
  const otherSession = await SftpSession.begin(other.channel);
  const files = await SftpFileSystem.of(otherSession, {
    label: "scp: ",
    tuning: {},
    blockBytes: 4096,
  });
  await assertRejects(() => files.mkdir("/new", 0o700), ProtocolError);
  assert(!otherSession.isAlive, "a cut answer about a disk");
});

const ODD_NAMES: readonly string[] = [
  "",
  "/",
  "//",
  "../x",
  "../../beside",
  "a/b",
  "./a",
  "sub/..",
  "/etc/x",
  "x\0y",
  "..\0",
  "\0",
  "x/",
  "../\x1b[2J",
];

const WINDOWS_NAMES: readonly string[] = [
  "a\\b",
  "..\\x",
  "\\",
  "C:x",
  "C:\\x",
  "nul",
  "NUL.txt",
  "com1",
  "x.",
  "x ",
  "a:b",
  "x\ty",
];

function refusalOnWindows(path: string): string {
  return `${path}: Windows does not allow this name`;
}

/** What was told, by paths from the target on. */
function fromTarget(told: readonly string[]): string[] {
  return told.map((text) => text.replace(/^.*\/in\//, ""));
}

for (
  const [what, saidOfIt] of [
    ["file", said({ size: 4, permissions: FILE })],
    ["directory", said({ permissions: DIRECTORY })],
    ["link", said({ permissions: 0o120777 })],
    ["thing", uint32(0)],
  ] as const
) {
  for (const name of ODD_NAMES) {
    Deno.test(`A directory that holds a ${what} ${JSON.stringify(name)} is copied without`, async () => {
      const { told, arrived } = await attack("a tree that comes", {
        hooks: luring(name, saidOfIt),
      });
      assertEquals(told, [`scp: d: error: unexpected filename: ${name}`]);
      assert(arrived.has("d/sub/deep/c"), "the rest arrives");
    });
  }

  for (const name of WINDOWS_NAMES) {
    Deno.test(`A directory that holds a ${what} ${JSON.stringify(name)} is copied to Windows without`, async () => {
      const { told, arrived } = await attack("a tree that comes", {
        platform: "windows",
        hooks: luring(name, saidOfIt),
      });
      assertEquals(fromTarget(told), [refusalOnWindows(`d/${name}`)]);
      assert(arrived.has("d/sub/deep/c"), "the rest arrives");
    });
  }

  for (const name of [".", ".."]) {
    Deno.test(`A directory that holds ${name} as a ${what} is copied without`, async () => {
      const { told } = await attack("a tree that comes", {
        hooks: luring(name, saidOfIt),
      });
      assertEquals(told, []);
    });
  }
}

for (const name of [...ODD_NAMES, ".", ".."]) {
  Deno.test(`A pattern matches all in a directory but ${JSON.stringify(name)}`, async () => {
    const saidOfIt = said({ permissions: DIRECTORY });
    const { arrived } = await attack("a tree that comes", {
      source: "d/*",
      hooks: luring(name, saidOfIt),
    });
    assert(arrived.has("sub/deep/c"), "the rest arrives");
    const { told } = await attack("a tree that comes", {
      source: "d/.*",
      hooks: luring(name, saidOfIt),
    });
    assertEquals(told, ["scp: d/.*: No such file or directory"]);
  });
}

for (const name of WINDOWS_NAMES.filter((name) => !name.startsWith("."))) {
  Deno.test(`A pattern that matches ${JSON.stringify(name)} gives Windows all but that`, async () => {
    const { told, arrived } = await attack("a tree that comes", {
      source: "d/*",
      platform: "windows",
      hooks: luring(name, said({ size: 4, permissions: FILE })),
    });
    assertEquals(fromTarget(told), [refusalOnWindows(name)]);
    assert(arrived.has("sub/deep/c"), "the rest arrives");
  });
}

/** What is in a directory of that kind. */
function directories(name: string, depth: number): Map<string, string> {
  return new Map(
    Array.from(
      { length: depth },
      (_, index) => [`d/${`${name}/`.repeat(index)}`, ""],
    ),
  );
}

Deno.test("Directories in directories without end are copied a thousand deep, and that is told", async () => {
  const { told, arrived } = await attack("a tree that comes", {
    hooks: endless("n"),
    expected: directories("n", 1000),
  });
  assertEquals(told, [
    `scp: d${"/n".repeat(1000)}: directories are more than 1000 deep`,
  ]);
  assertEquals(arrived.size, 1000);
});

Deno.test("Directories in directories without end are copied as deep as the system lets us", async () => {
  const name = "n".repeat(200);
  const { told, arrived } = await attack("a tree that comes", {
    hooks: endless(name),
    expected: directories(name, 25),
  });
  assertMatch(told.join("\n"), /^\/[^\n]*: File name too long$/);
  assert(arrived.size > 10 && arrived.size < 25, `${arrived.size}`);
});

Deno.test("A directory that is in itself, as the server says, is copied once", async () => {
  const { told, arrived } = await attack("a tree that comes", {
    hooks: {
      ...endless("n"),
      REALPATH: instead(namesAnswer([["/d", uint32(0)]])),
    },
    expected: directories("n", 1000),
  });
  assertEquals(told, [
    "scp: d/n: Too many levels of symbolic links: it is d again",
  ]);
  assertEquals([...arrived.keys()], ["d/"]);
});

Deno.test("Two directories that are in each other, as the server says, are copied once", async () => {
  const { told, arrived } = await attack("a tree that comes", {
    hooks: {
      ...endless("n"),
      REALPATH: ({ id, index }) =>
        packetFor(id, namesAnswer([[`/${index % 2}`, uint32(0)]])),
    },
    expected: directories("n", 1000),
  });
  assertEquals(told, [
    "scp: d/n/n: Too many levels of symbolic links: it is d again",
  ]);
  assertEquals([...arrived.keys()], ["d/", "d/n/"]);
});

/** The way up for a directory in a directory of its name. */
const TWICE = [{ path: "d/d/f", content: "text" }];

Deno.test("A directory that is where it goes to, as the server says, does not keep a copy waiting", async () => {
  for (const path of ["/in", "/", "/in/d", "/in/d/d", ""]) {
    const { told } = await attack("a tree that goes", {
      entries: TWICE,
      hooks: { REALPATH: instead(namesAnswer([[path, uint32(0)]])) },
    });
    assertEquals(told, [], path);
  }
});

Deno.test("Directories that are where each other go to, as the server says, do not keep a copy waiting", async () => {
  const { told } = await attack("a tree that goes", {
    entries: [
      { path: "d/one/other/f", content: "1" },
      { path: "d/other/one/f", content: "2" },
    ],
    hooks: {
      REALPATH: ({ id, fields }) =>
        /\/d\/(one|other)$/.test(fields.rest)
          ? packetFor(id, namesAnswer([["/in/d", uint32(0)]]))
          : undefined,
    },
  });
  assertEquals(told, []);
});

Deno.test("A link of the user's that leads back does not keep a copy waiting", async () => {
  const { arrived } = await attack("a tree that comes", {
    entries: TWICE,
    prepare: (target) => Deno.symlinkSync(".", `${target}/d`),
    expected: new Map([["d", "-> ."], ["f", "text"]]),
  });
  assertEquals(arrived.get("d"), "-> .");
});

Deno.test("Links that lead to each other, as the server says, do not keep a copy waiting", async () => {
  const { told } = await attack("a tree that goes", {
    entries: [
      { path: "d/one", content: "1" },
      { path: "d/other", content: "2" },
    ],
    held: [
      { path: "in/d/one", content: "" },
      { path: "in/d/other", content: "" },
    ],
    hooks: {
      LSTAT: ({ id, fields }) =>
        /\/o/.test(fields.rest)
          ? packetFor(id, attributes(0o120777))
          : undefined,
      REALPATH: ({ id, fields }) => {
        const path = `/${new Fields(fields.rest).string()}`;
        const [, name] = /\/(one|other)$/.exec(path) ?? [];
        if (name === undefined) return undefined;
        const behind = name === "one" ? "/in/d/other" : "/in/d/one";
        return packetFor(id, namesAnswer([[behind, uint32(0)]]));
      },
    },
  });
  assertEquals(told, []);
});

const HOSTILE_MESSAGES: readonly string[] = [
  "\x1b[2K\rall is well\x07\xc2\x9b\xe2\x80\xae",
  "two\nlines\r\n",
  "\0",
  "\xff\xfe",
  "x".repeat(1500),
];

for (
  const [request, way] of [
    ["OPENDIR", "a tree that comes"],
    ["OPEN", "a file that comes"],
    ["READ", "a file that comes"],
    ["WRITE", "a tree that goes"],
    ["MKDIR", "a tree that goes"],
  ] as const
) {
  for (const code of [3, 4, 1000]) {
    Deno.test(`A message for ${request} with status ${code} can be shown`, async () => {
      for (const message of HOSTILE_MESSAGES) {
        const { told } = await attack(way, {
          hooks: { [request]: instead(status(code, message)) },
        });
        assert(told.length > 0);
        for (const text of told) {
          // deno-lint-ignore no-control-regex
          assert(!/[\x00-\x1f\x7f-\x9f\u202e]/.test(printable(text)), text);
        }
      }
    });
  }

  Deno.test(`A message of 100 KB for ${request} is told in short`, async () => {
    const { told } = await attack(way, {
      hooks: { [request]: instead(status(4, "x".repeat(100_000))) },
    });
    assert(told.length > 0);
    for (const { length } of told) {
      assert(length < 4096, `${length} characters`);
    }
  });
}

Deno.test("A name of 100 KB is told in short", async () => {
  for (const name of ["n".repeat(100_000), "/".repeat(100_000)]) {
    const { told } = await attack("a tree that comes", {
      hooks: {
        READDIR: after(0, withName(name, said({ permissions: FILE }))),
      },
    });
    assert(told.length > 0);
    for (const { length } of told) {
      assert(length < 8192, `${length} characters`);
    }
  }
});

/** A line on which it takes a while until bytes have left. */
function slowLine(server: Channel): Channel {
  return {
    blockBytes: server.blockBytes,
    read: (limit) => server.read(limit),
    write: async (bytes) => {
      await turn();
      await server.write(bytes);
      await server.flush();
    },
    flush: () => server.flush(),
    close: () => server.close(),
  };
}

Deno.test("What is on its way when a server breaks the protocol is what the files hold", async () => {
  const breach = unwire(packetFor(0, status(0)));
  for (const writes of [0, 1, 5, 20]) {
    const { told } = await attack("a tree that goes", {
      entries: Array.from({ length: 40 }, (_, index) => ({
        path: `d/${index}`,
        content: String.fromCharCode(0x30 + index).repeat(50_000),
      })),
      line: slowLine,
      // It goes on writing what comes.
      hooks: { WRITE: after(writes, changed(() => breach)) },
    });
    assertMatch(told.join("\n"), /protocol error: an answer to request 0/);
  }
});

Deno.test("A write that fails among many cuts that file, is told once, and keeps no other", async () => {
  const { told, arrived } = await attack("a tree that goes", {
    hooks: {
      WRITE: ({ id, fields }) => {
        const write = new Fields(fields.rest);
        write.string();
        return write.uint64() === 8192
          ? packetFor(id, status(4, "Quota exceeded"))
          : undefined;
      },
    },
  });
  assertEquals(told, ["scp: in/d/large: Quota exceeded"]);
  const lengths = [...arrived].toSorted()
    .map(([path, { length }]) => `${path} ${length}`);
  assertEquals(lengths, [
    "d/ 0",
    "d/a 6",
    "d/empty 0",
    "d/large 8192",
    "d/none/ 0",
    "d/sub/ 0",
    "d/sub/b 5",
    "d/sub/deep/ 0",
    "d/sub/deep/c 5000",
  ]);
});

Deno.test("A read that fails among many cuts that file, is told once, and keeps no other", async () => {
  const { told, arrived } = await attack("a tree that comes", {
    hooks: {
      READ: ({ id, fields }) =>
        readIn(fields).at === 8192
          ? packetFor(id, status(4, "Input/output error"))
          : undefined,
    },
  });
  assertEquals(told, ["scp: d/large: Input/output error"]);
  assertEquals(arrived.get("d/large")?.length, 8192);
  assertEquals(arrived.get("d/sub/deep/c")?.length, 5000);
});

Deno.test("Modes and times that are not taken are told, of each entry once", async () => {
  const denied = instead(status(3, "Permission denied"));
  const { told, arrived } = await attack("a tree that goes", {
    entries: [{ path: "d/f", content: "f" }, { path: "d/g", content: "g" }],
    preserve: true,
    hooks: { FSETSTAT: denied, SETSTAT: denied },
  });
  assertEquals(told.toSorted(), [
    "scp: in/d/f: set mode: Permission denied",
    "scp: in/d/g: set mode: Permission denied",
    "scp: in/d: set times: Permission denied",
  ]);
  assertEquals(arrived.size, 3);
});

Deno.test("Modes that a server makes up give nobody another one's rights", async () => {
  for (const preserve of [false, true]) {
    const { told, modes } = await attack("a tree that comes", {
      preserve,
      hooks: {
        STAT: instead(attributes(0o047777)),
        READDIR: modesSaid(0o7777),
      },
    });
    assertEquals(told, []);
    assert(modes.size > 5);
    for (const [path, mode] of modes) {
      const most = preserve ? 0o1777 : 0o1755;
      assertEquals(mode & ~most, 0, `${path} has mode ${mode.toString(8)}`);
    }
  }
});

Deno.test("A length that is only said takes no memory", async () => {
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
