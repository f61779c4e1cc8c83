/**
 * Tests of SFTP servers that answer with the wrong packet, twice, or with a
 * failure.
 */

import { assert, assertRejects } from "@std/assert";
import { ProtocolError } from "../../lib/errors.ts";
import { SftpFileSystem } from "../../lib/sftp/sftp_file_system.ts";
import { SftpSession } from "../../lib/sftp/session.ts";
import {
  after,
  type Hook,
  HostileSftpServer,
  instead,
  packetFor,
} from "../support/hostile/sftp_server.ts";
import {
  changed,
  DIRECTORY,
  FILE,
  said,
  withName,
} from "../support/hostile/sftp_hooks.ts";
import { namesAnswer } from "../support/hostile/sftp_tree.ts";
import { packet, string, uint32, unwire, wire } from "../support/sftp/bytes.ts";
import {
  type Answer,
  attributes,
  data,
  extended,
  handle,
  status,
} from "../support/sftp/server.ts";
import {
  ALL,
  DOWN,
  FILE_DOWN,
  type Misbehaviour,
  testMisbehaviours,
  TREE_DOWN,
  UP,
} from "../support/hostile/sftp_misbehaviours.ts";

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

testMisbehaviours([...DIALOGUE, ...FAILURES]);

Deno.test("SFTP client: a server that breaks the protocol in any answer has ended its session", async () => {
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
