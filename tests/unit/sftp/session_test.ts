import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EntryError,
  ProtocolError,
  SessionError,
} from "../../../lib/errors.ts";
import { MAX_RESPONSE_BYTES } from "../../../lib/sftp/wire/response_packets.ts";
import { receiverInto } from "../../../lib/sftp/data_receiver.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import { SshSession } from "../../../lib/ssh/session.ts";
import {
  packet,
  string,
  uint32,
  uint64,
  unwire,
  VERSION,
  versionPacket,
  wire,
} from "../../support/sftp/bytes.ts";
import { SftpChannel } from "../../support/sftp/channel.ts";
import { pattern } from "../../support/fixtures/tree.ts";
import { turn } from "../../support/turn.ts";

const INIT = wire(
  "\x00\x00\x00\x05",
  "\x01", // SSH_FXP_INIT
  "\x00\x00\x00\x03",
);

const HANDLE = wire("h");

/** Begins a session over a channel whose remote is the test. */
async function begun(
  { version = VERSION, grain = Infinity, lockstep = false } = {},
): Promise<{ session: SftpSession; channel: SftpChannel }> {
  const channel = new SftpChannel({ grain });
  channel.say(version);
  const session = await SftpSession.begin(channel, { lockstep });
  assertEquals(await channel.heard(), INIT);
  return { session, channel };
}

/** Gives the packet of a STAT. */
function statPacket(id: number, path: string): string {
  return unwire(packet("\x11", uint32(id), string(path)));
}

function readPacket(id: number, offset: number, length: number): string {
  return unwire(
    packet("\x05", uint32(id), string("h"), uint64(offset), uint32(length)),
  );
}

/** Gives the attributes of an entry of some bytes. */
function attrs(id: number, size: number): Uint8Array {
  return packet("\x69", uint32(id), "\x00\x00\x00\x01", uint64(size));
}

function attributesOf(size: number): unknown {
  return { kind: "attributes", attributes: { size } };
}

function data(id: number, bytes: string): Uint8Array {
  return packet("\x67", uint32(id), string(bytes));
}

Deno.test("begin(): asks for version 3 and takes what the server offers", async () => {
  const { session } = await begun({
    version: versionPacket({ "statvfs@openssh.com": "2" }),
  });
  assertEquals([...session.extensions], [["statvfs@openssh.com", "2"]]);
  assertEquals(session.banner, "");
  assert(session.isAlive);
});

Deno.test("begin(): passes a banner, in chunks of any size", async () => {
  for (const grain of [1, 2, 7, Infinity]) {
    const channel = new SftpChannel({ grain });
    channel.say(wire("Welcome to f\xe4r\n"), versionPacket({ a: "b" }));
    const session = await SftpSession.begin(channel);
    assertEquals(session.banner, "Welcome to f\udce4r\n");
    assertEquals([...session.extensions], [["a", "b"]]);
  }
});

Deno.test("begin(): takes the bytes behind the first packet for responses", async () => {
  const { session, channel } = await begun({ grain: 1 });
  const response = session.request({ kind: "stat", path: "a" });
  await channel.heard();
  channel.say(attrs(1, 3));
  assertEquals(await response, attributesOf(3));
});

Deno.test("request(): numbers requests and sends those of one turn together", async () => {
  const { session, channel } = await begun();
  const data = pattern(20);
  session.request({ kind: "stat", path: "a" });
  session.request({ kind: "write", handle: HANDLE, offset: 5, data });
  session.read(HANDLE, receiverInto(new Uint8Array(7)), 9);
  assertEquals(
    unwire(await channel.heard()),
    statPacket(1, "a") +
      unwire(packet(
        "\x06",
        uint32(2),
        string("h"),
        uint64(5),
        string(unwire(data)),
      )) +
      readPacket(3, 9, 7),
  );
  await turn();
  assertEquals(channel.unheard, 0);
  session.request({ kind: "stat", path: "b" });
  assertEquals(unwire(await channel.heard()), statPacket(4, "b"));
});

Deno.test("request(): sends requests that come while others are being sent", async () => {
  const { session, channel } = await begun();
  session.request({ kind: "stat", path: "a" });
  let all = "";
  for (const path of ["b", "c", "d", "e"]) {
    await undefined;
    session.request({ kind: "stat", path });
  }
  const expected = ["a", "b", "c", "d", "e"]
    .map((path, at) => statPacket(at + 1, path)).join("");
  while (all.length < expected.length) all += unwire(await channel.heard());
  assertEquals(all, expected);
});

Deno.test("request(): gets its response in any order and chunks", async () => {
  const orders = [[1, 2, 3], [3, 2, 1], [2, 3, 1]];
  for (const grain of [1, 5, Infinity]) {
    for (const order of orders) {
      const { session, channel } = await begun({ grain });
      const responses = ["a", "b", "c"].map((path) =>
        session.request({ kind: "stat", path })
      );
      await channel.heard();
      for (const id of order) channel.say(attrs(id, 10 * id));
      assertEquals(
        await Promise.all(responses),
        [10, 20, 30].map(attributesOf),
      );
    }
  }
});

Deno.test("request(): resolves to a response of any kind", async () => {
  const { session, channel } = await begun();
  const rows: readonly (readonly [Uint8Array, unknown])[] = [
    [
      packet("\x65", uint32(1), uint32(3), string("no"), string("en")),
      { kind: "status", code: 3, message: "no" },
    ],
    [
      packet("\x66", uint32(2), string("\x00\xff")),
      { kind: "handle", handle: wire("\x00\xff") },
    ],
    [
      packet("\x68", uint32(3), uint32(1), string("f"), string(""), uint32(0)),
      { kind: "name", entries: [{ name: "f", isWhole: true, attributes: {} }] },
    ],
    [attrs(4, 5), attributesOf(5)],
    [
      packet("\xc9", uint32(5), "any"),
      { kind: "extended", body: wire("any") },
    ],
  ];
  for (const [said, response] of rows) {
    const answered = session.request({ kind: "stat", path: "a" });
    await channel.heard();
    channel.say(said);
    assertEquals<unknown>(await answered, response);
  }
});

Deno.test("request(): gives a response that later ones do not change", async () => {
  const { session, channel } = await begun({ grain: 4 });
  const handles = [1, 2, 3, 4].map(() =>
    session.request({ kind: "opendir", path: "a" })
  );
  await channel.heard();
  for (const id of [1, 2, 3, 4]) {
    channel.say(packet("\x66", uint32(id), string(`handle ${id}`)));
  }
  for (const [at, handle] of handles.entries()) {
    assertEquals<unknown>(await handle, {
      kind: "handle",
      handle: wire(`handle ${at + 1}`),
    });
  }
});

Deno.test("read(): fills its buffer and gives the count of bytes", async () => {
  for (const grain of [1, 3, Infinity]) {
    for (const bytes of ["", "a", "abcd", "abcdefgh"]) {
      const { session, channel } = await begun({ grain });
      const buffer = new Uint8Array(8);
      const response = session.read(HANDLE, receiverInto(buffer), 5);
      assertEquals(unwire(await channel.heard()), readPacket(1, 5, 8));
      channel.say(data(1, bytes));
      assertEquals(await response, { kind: "data", length: bytes.length });
      assertEquals(unwire(buffer), bytes.padEnd(8, "\0"));
    }
  }
});

Deno.test("read(): fills the right one of several buffers", async () => {
  const { session, channel } = await begun({ grain: 7 });
  const whole = new Uint8Array(12);
  const reads = [0, 4, 8].map((at) =>
    session.read(HANDLE, receiverInto(whole.subarray(at, at + 4)), at)
  );
  await channel.heard();
  channel.say(data(3, "ijkl"), data(1, "abcd"), data(2, "ef"));
  assertEquals<unknown>(
    await Promise.all(reads),
    [4, 2, 4].map((length) => ({ kind: "data", length })),
  );
  assertEquals(unwire(whole), "abcdef\0\0ijkl");
});

Deno.test("read(): takes long data, short responses between them", async () => {
  const content = unwire(pattern(255 * 1024));
  for (const grain of [1000, 32 * 1024, Infinity]) {
    const { session, channel } = await begun({ grain });
    const buffers = [0, 1, 2].map(() => new Uint8Array(content.length));
    const reads = buffers.map((buffer) =>
      session.read(HANDLE, receiverInto(buffer), 0)
    );
    const stat = session.request({ kind: "stat", path: "a" });
    await channel.heard();
    channel.say(data(1, content), attrs(4, 6), data(3, content), data(2, "x"));
    assertEquals(await stat, attributesOf(6));
    assertEquals(
      (await Promise.all(reads)).map((read) =>
        read.kind === "data" && read.length
      ),
      [content.length, 1, content.length],
    );
    assert(unwire(buffers[0]!) === content);
    assert(unwire(buffers[2]!) === content);
    assertEquals(unwire(buffers[1]!.subarray(0, 2)), "x\0");
  }
});

Deno.test("read(): resolves to the status at the end of a file", async () => {
  const { session, channel } = await begun();
  const response = session.read(HANDLE, receiverInto(new Uint8Array(8)), 5);
  await channel.heard();
  channel.say(packet("\x65", uint32(1), uint32(1), string(""), string("")));
  assertEquals(await response, { kind: "status", code: 1, message: "" });
});

/** Output of a server that ends a session. */
interface ConnectionFailure {
  readonly name: string;
  /** Output while two requests wait: a STAT, and a READ of 4 bytes. */
  readonly said: Uint8Array;
  /** True where the stream ends then. */
  readonly ends?: true;
  readonly message: string;
}

const LOST = "lost connection";

const FAILURES: readonly ConnectionFailure[] = [
  { name: "the end between packets", said: wire(), ends: true, message: LOST },
  {
    name: "an answer to a request that was none",
    said: attrs(9, 3),
    message: "protocol error: an answer to request 9, which is none",
  },
  {
    name: "an answer to a request that was answered",
    said: wire(unwire(attrs(1, 3)), unwire(attrs(1, 3))),
    message: "protocol error: an answer to request 1, which is none",
  },
  {
    name: "an answer to a request that is yet to come",
    said: attrs(4, 3),
    message: "protocol error: an answer to request 4, which is none",
  },
  {
    name: "another first packet",
    said: VERSION,
    message: "protocol error: a packet of type 2",
  },
  {
    name: "a type that is no response's",
    said: packet("\x6a", uint32(2), "any"),
    message: "protocol error: a packet of type 106",
  },
  {
    name: "a request",
    said: wire(statPacket(2, "a")),
    message: "protocol error: a packet of type 17",
  },
  {
    name: "a packet that is too long",
    said: wire(uint32(MAX_RESPONSE_BYTES + 1), "\x69", uint32(2)),
    message: `protocol error: a packet of ${MAX_RESPONSE_BYTES + 1} bytes`,
  },
  {
    name: "a packet that has no end",
    said: wire("\xff\xff\xff\xff", "\x69", uint32(2)),
    message: "protocol error: a packet of 4294967295 bytes",
  },
  {
    name: "a packet that is too short",
    said: wire("\x00\x00\x00\x04", "\x69", uint32(2)),
    message: "protocol error: a packet of 4 bytes",
  },
  {
    name: "a shell's words",
    said: wire("Connection to far closed.\r\n"),
    message: "protocol error: a packet of 1131376238 bytes",
  },
  {
    name: "a response that lacks something",
    said: packet("\x69", uint32(2), "\x00\x00\x00\x01"),
    message: "protocol error: packet too short",
  },
  {
    name: "data without a length",
    said: packet("\x67", uint32(3), "\x00\x00"),
    message: "protocol error: packet too short",
  },
  {
    name: "data that differ from their packet in length",
    said: packet("\x67", uint32(3), "\x00\x00\x00\x03ab"),
    message: "protocol error: data and packet differ in length",
  },
  {
    name: "more data than the buffer holds",
    said: data(3, "abcde"),
    message: "protocol error: more data than were asked for",
  },
  {
    name: "data that nobody asked for",
    said: data(2, "abcd"),
    message: "protocol error: more data than were asked for",
  },
  {
    name: "data of no bytes that nobody asked for",
    said: data(2, ""),
    message: "protocol error: more data than were asked for",
  },
  ...cuts(attrs(2, 3)),
  ...cuts(data(3, "abcd")),
];

/** Gives the end of the stream behind every byte of a packet. */
function cuts(packet: Uint8Array): ConnectionFailure[] {
  return Array.from({ length: packet.length - 1 }, (_, at) => ({
    name: `the end after ${at + 1} bytes of a ${
      packet[4] === 0x69 ? "response" : "read's data"
    }`,
    said: packet.subarray(0, at + 1),
    ends: true,
    message: LOST,
  }));
}

for (const { name, said, ends = false, message } of FAILURES) {
  Deno.test(`SftpSession: ends with ${name}, and all requests with the same error`, async () => {
    const { session, channel } = await begun();
    const first = session.request({ kind: "stat", path: "a" });
    await channel.heard();
    const stat = session.request({ kind: "stat", path: "b" });
    const read = session.read(HANDLE, receiverInto(new Uint8Array(4)), 0);
    await channel.heard();
    channel.say(attrs(1, 3));
    assertEquals(await first, attributesOf(3));

    channel.say(said);
    if (ends) channel.fallSilent();
    await assertDead(session, [stat, read], message);
  });
}

/** Expects one error for pending and for later requests. */
async function assertDead(
  session: SftpSession,
  waiting: readonly Promise<unknown>[],
  message: string,
): Promise<void> {
  const Kind = message === LOST ? SessionError : ProtocolError;
  const errors = [];
  for (const response of waiting) {
    errors.push(await assertRejects(() => response, Kind));
  }
  await session.ended;
  assert(!session.isAlive);
  for (let count = 0; count < 2; count++) {
    errors.push(
      await assertRejects(
        () => session.request({ kind: "stat", path: "later" }),
        Kind,
      ),
    );
  }
  for (const error of errors) assert(error === errors[0]);
  assertEquals(errors[0]!.message, message);
}

Deno.test("SftpSession: ends with a response before any request", async () => {
  const { session, channel } = await begun();
  channel.say(attrs(1, 3));
  await session.ended;
  await assertDead(
    session,
    [],
    "protocol error: an answer to request 1, which is none",
  );
});

Deno.test("SftpSession: ends with its stream, without any request", async () => {
  const { session, channel } = await begun();
  assert(session.isAlive);
  channel.fallSilent();
  await assertDead(session, [], LOST);
});

Deno.test("request(): gets responses from before the end of the stream, none after", async () => {
  const { session, channel } = await begun({ grain: 1 });
  const responses = ["a", "b"].map((path) =>
    session.request({ kind: "stat", path })
  );
  await channel.heard();
  channel.say(attrs(2, 3), wire("\xff\xff\xff\xff\x69"), uint32Wire(1));
  channel.say(attrs(1, 3));
  assertEquals(await responses[1], attributesOf(3));
  await assertDead(
    session,
    [responses[0]!],
    "protocol error: a packet of 4294967295 bytes",
  );
});

function uint32Wire(value: number): Uint8Array {
  return wire(uint32(value));
}

Deno.test("read(): hands on data in parts, each with its offset", async () => {
  const { session, channel } = await begun({ grain: 3 });
  const parts: (readonly [string, number])[] = [];
  const read = session.read(HANDLE, {
    most: 10,
    take: async (part, at) => {
      await undefined;
      parts.push([unwire(part), at]);
    },
  }, 0);
  await channel.heard();
  channel.say(data(1, "abcdefgh"));
  assertEquals(await read, { kind: "data", length: 8 });
  assertEquals(parts.map(([text]) => text).join(""), "abcdefgh");
  assert(parts.length > 2);
  let place = 0;
  for (const [text, at] of parts) {
    assertEquals(at, place);
    place += text.length;
  }
});

Deno.test("read(): tells the channel the bytes in flight, the next head included", async () => {
  const { session, channel } = await begun({ grain: 13 });
  const read = () => session.read(HANDLE, receiverInto(new Uint8Array(20)), 0);
  const reads = [read(), read()];
  await channel.heard();
  channel.soon.length = 0;
  channel.say(data(1, "x".repeat(20)), data(2, "y".repeat(15)));
  await Promise.all(reads);
  // The first body and a head, twice; the rest of that head; the second body, of
  // which 6 bytes came with it; then nothing in flight.
  assertEquals(channel.soon, [20 + 13, 7 + 13, 0, 15 - 6, 0]);
});

Deno.test("read(): throws the error of its receiver, and later requests are answered", async () => {
  const { session, channel } = await begun({ grain: 2 });
  let taken = 0;
  const failing = session.read(HANDLE, {
    most: 10,
    take: () => {
      taken++;
      throw new EntryError("f: No space left on device");
    },
  }, 0);
  const buffer = new Uint8Array(3);
  const read = session.read(HANDLE, receiverInto(buffer), 10);
  await channel.heard();
  channel.say(data(1, "abcdefgh"), data(2, "xyz"));
  await assertRejects(() => failing, EntryError, "f: No space left on device");
  assertEquals(await read, { kind: "data", length: 3 });
  assertEquals(unwire(buffer), "xyz");
  assertEquals(taken, 1);
  assert(session.isAlive);
});

Deno.test("read(): hands on no data once the session has failed", async () => {
  const { session, channel } = await begun({ grain: 30 });
  const stat = session.request({ kind: "stat", path: "a" });
  const taken: string[] = [];
  const read = session.read(HANDLE, {
    most: 1000,
    take: (part) => {
      taken.push(unwire(part));
      if (taken.length > 1) return;
      // Another response turns out to be wrong meanwhile.
      session.violation({ kind: "status", code: 0, message: "" });
    },
  }, 0);
  await channel.heard();
  channel.say(data(2, "x".repeat(100)), attrs(1, 6));
  await assertRejects(() => read, ProtocolError);
  await assertRejects(() => stat, ProtocolError);
  channel.fallSilent();
  await session.ended;
  assertEquals(taken.length, 1);
});

Deno.test("read(): keeps data that are too long out of the buffer", async () => {
  const { session, channel } = await begun();
  const buffer = new Uint8Array(4);
  const read = session.read(HANDLE, receiverInto(buffer.subarray(0, 2)), 0);
  await channel.heard();
  channel.say(data(1, "abcd"));
  await assertRejects(() => read, ProtocolError);
  assertEquals(buffer, new Uint8Array(4));
});

Deno.test("request(): gets the last responses of a server that reads no more", async () => {
  const { session, channel } = await begun();
  const first = session.request({ kind: "stat", path: "a" });
  await channel.heard();
  channel.goDeaf();
  const second = session.request({ kind: "stat", path: "b" });
  await turn();
  assert(session.isAlive);
  channel.say(attrs(1, 3));
  assertEquals(await first, attributesOf(3));
  const third = session.request({ kind: "stat", path: "c" });
  await turn();
  channel.fallSilent();
  await assertDead(session, [second, third], LOST);
});

Deno.test("request(): throws for a path that stands for no bytes, and sends nothing", async () => {
  const { session, channel } = await begun();
  const before = session.request({ kind: "stat", path: "a" });
  await assertRejects(
    () => session.request({ kind: "stat", path: "\ud800" }),
    EntryError,
  );
  const after = session.request({ kind: "stat", path: "b" });
  let all = "";
  const expected = statPacket(1, "a") + statPacket(3, "b");
  while (all.length < expected.length) all += unwire(await channel.heard());
  assertEquals(all, expected);
  channel.say(attrs(3, 4), attrs(1, 3));
  assertEquals(await before, attributesOf(3));
  assertEquals(await after, attributesOf(4));
});

Deno.test("violation(): ends the session with its error", async () => {
  const { session, channel } = await begun();
  const waiting = session.request({ kind: "stat", path: "a" });
  await channel.heard();
  const error = session.violation({ kind: "handle", handle: HANDLE });
  assertEquals(
    error.message,
    "protocol error: what was asked is not answered by handle",
  );
  assert(!session.isAlive);
  assert(error === await assertRejects(() => waiting, ProtocolError));
  const later = () => session.request({ kind: "stat", path: "b" });
  assert(error === await assertRejects(later, ProtocolError));
  channel.fallSilent();
  await session.ended;
  assert(error === await assertRejects(later, ProtocolError));
});

Deno.test("limits(): asks a server with the extension once", async () => {
  const version = versionPacket({ "limits@openssh.com": "1" });
  const { session, channel } = await begun({ version });
  const limits = session.limits();
  assertEquals(
    await channel.heard(),
    packet("\xc8", uint32(1), string("limits@openssh.com")),
  );
  channel.say(packet("\xc9", uint32(1), ...[4, 3, 2, 1].map(uint64)));
  const told = { packet: 4, read: 3, write: 2, handles: 1 };
  assertEquals(await limits, told);
  assertEquals(await session.limits(), told);
  await turn();
  assertEquals(channel.unheard, 0);
});

Deno.test("limits(): gives nothing where the server refuses to tell", async () => {
  const version = versionPacket({ "limits@openssh.com": "1" });
  const { session, channel } = await begun({ version });
  const limits = session.limits();
  await channel.heard();
  channel.say(packet("\x65", uint32(1), uint32(8), string(""), string("")));
  assertEquals(await limits, undefined);
});

Deno.test("keepsOrder: knows OpenSSH's server by what it offers, of 6.5 and of 8.5", async () => {
  const rows: readonly (readonly [readonly string[], boolean])[] = [
    [["limits"], true],
    [["posix-rename", "statvfs", "fstatvfs", "hardlink", "fsync"], true],
    [["posix-rename", "statvfs", "hardlink"], false],
    [["fsync", "hardlink", "lsetstat"], false],
    [["statvfs", "fstatvfs"], false],
    [[], false],
  ];
  for (const [names, keepsOrder] of rows) {
    const extensions = names.map((name) => [`${name}@openssh.com`, "1"]);
    const version = versionPacket(Object.fromEntries(extensions));
    const { session } = await begun({ version });
    assertEquals(session.keepsOrder, keepsOrder, names.join());
  }
});

Deno.test("limits(): asks no server without the extension", async () => {
  const { session, channel } = await begun({
    version: versionPacket({ "statvfs@openssh.com": "2" }),
  });
  assertEquals(await session.limits(), undefined);
  await turn();
  assertEquals(channel.unheard, 0);
});

Deno.test("SftpSession: sends no request in lockstep before the last one is answered", async () => {
  const { session, channel } = await begun({ lockstep: true });
  const responses = ["a", "b", "c"].map((path) =>
    session.request({ kind: "stat", path })
  );
  for (const [at, path] of ["a", "b", "c"].entries()) {
    assertEquals(unwire(await channel.heard()), statPacket(at + 1, path));
    await turn();
    assertEquals(channel.unheard, 0);
    channel.say(attrs(at + 1, at));
    assertEquals(await responses[at], attributesOf(at));
  }
});

Deno.test("SftpSession: holds long READs while the server has five times as many to answer", async () => {
  const LENGTH = 100_000;
  const { session, channel } = await begun();
  const handle = wire("h");
  let asked = 0;
  const read = () =>
    session.read(
      handle,
      receiverInto(new Uint8Array(LENGTH)),
      LENGTH * asked++,
    );
  const packets = (...ids: number[]) =>
    ids.map((id) => readPacket(id, LENGTH * (id - 1), LENGTH)).join("");
  const answer = async (id: number, response: Promise<unknown>) => {
    channel.say(data(id, "x"));
    assertEquals(await response, { kind: "data", length: 1 });
    await turn();
  };
  const hear = async (expected: string) => {
    let heard = "";
    while (heard.length < expected.length) {
      heard += unwire(await channel.heard());
    }
    assertEquals(heard, expected);
  };
  const first = Array.from({ length: 10 }, read);
  await hear(packets(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  await answer(1, first[0]!);
  const later = [read()];
  await turn();
  assertEquals(channel.unheard, 0);
  later.push(read());
  await hear(packets(11, 12));
  // A short request does not wait, and held READs go before it.
  later.push(read());
  await turn();
  assertEquals(channel.unheard, 0);
  const stat = session.request({ kind: "stat", path: "a" });
  await hear(packets(13) + statPacket(14, "a"));
  channel.say(attrs(14, 3));
  assertEquals(await stat, attributesOf(3));
  for (const [at, response] of [...first.slice(1), ...later].entries()) {
    await answer(at + 2, response);
  }
});

Deno.test("SftpSession: sends held READs once the server has fewer to answer", async () => {
  const { session, channel } = await begun();
  const read = (offset: number) =>
    session.read(wire("h"), receiverInto(new Uint8Array(100_000)), offset);
  const first = [0, 1, 2, 3, 4].map(read);
  await channel.heard();
  const last = read(5);
  await turn();
  assertEquals(channel.unheard, 0);
  channel.say(data(1, "x"));
  await first[0];
  assertEquals(unwire(await channel.heard()), readPacket(6, 5, 100_000));
  for (const id of [2, 3, 4, 5, 6]) channel.say(data(id, "x"));
  await Promise.all([...first, last]);
});

function handlePacket(id: number, bytes: string): Uint8Array {
  return packet("\x66", uint32(id), string(bytes));
}

Deno.test("SftpSession: ends with a handle that is given out while it is open", async () => {
  const { session, channel } = await begun();
  const open = (path: string) => session.request({ kind: "opendir", path });
  channel.say(handlePacket(1, "h"), handlePacket(2, "other"));
  await Promise.all([open("a"), open("b")]);
  assertEquals(session.handles.count, 2);
  const both = [open("c"), session.request({ kind: "stat", path: "d" })];
  channel.say(handlePacket(3, "h"));
  for (const request of both) {
    await assertRejects(
      () => request,
      ProtocolError,
      "protocol error: a handle was given out twice that is still open",
    );
  }
  assert(!session.isAlive);
});

Deno.test("SftpSession: accepts a handle again after the request to close it", async () => {
  const { session, channel } = await begun();
  const open = (path: string) => session.request({ kind: "opendir", path });
  channel.say(handlePacket(1, "h"));
  await open("a");
  const closed = session.request({ kind: "close", handle: HANDLE });
  const again = open("b");
  assertEquals(session.handles.count, 1);
  channel.say(
    packet("\x65", uint32(2), uint32(0), string(""), string("")),
    handlePacket(3, "h"),
  );
  assertEquals((await closed).kind, "status");
  assertEquals((await again).kind, "handle");
  assertEquals(session.handles.count, 1);
});

/** Program without output for a long time. */
const SLEEP = "await new Promise((wake) => setTimeout(wake, 600_000))";

Deno.test("begin(): throws once its channel is closed, before any byte", async () => {
  const ssh = SshSession.start(Deno.execPath(), ["eval", SLEEP], {
    interrupted: new AbortController().signal,
    service: "SFTP server",
    onStderr: () => {},
  });
  const beginning = assertRejects(
    () => SftpSession.begin(ssh.channel),
    SessionError,
  );
  await turn();
  await ssh[Symbol.asyncDispose]();
  await beginning;
});

Deno.test("askAhead(): gives each response to the first who asks, at no cost", async () => {
  const { session, channel } = await begun();
  session.askAhead([{ kind: "stat", path: "a" }, { kind: "stat", path: "b" }]);
  const expected = statPacket(1, "a") + statPacket(2, "b");
  assertEquals(unwire(await channel.heard()), expected);
  channel.say(attrs(1, 5), attrs(2, 6));
  const first = await session.request({ kind: "stat", path: "a" });
  assertEquals(first, attributesOf(5));
  assertEquals(channel.unheard, 0);
  const second = session.request({ kind: "stat", path: "a" });
  assertEquals(unwire(await channel.heard()), statPacket(3, "a"));
  channel.say(attrs(3, 7));
  assertEquals(await second, attributesOf(7));
});

Deno.test("askAhead(): its responses are stale once anything but a look is asked for", async () => {
  const { session, channel } = await begun();
  session.askAhead([{ kind: "stat", path: "a" }]);
  await channel.heard();
  channel.say(attrs(1, 5));
  const made = session.request({ kind: "mkdir", path: "a", attributes: {} });
  const after = session.request({ kind: "stat", path: "a" });
  const heard = unwire(await channel.heard());
  assert(heard.endsWith(statPacket(3, "a")), heard);
  channel.say(
    packet("\x65", uint32(2), uint32(0), string(""), string("")),
    attrs(3, 8),
  );
  await made;
  assertEquals(await after, attributesOf(8));
});

Deno.test("askAhead(): asks nothing where each request waits for the last one", async () => {
  const { session, channel } = await begun({ lockstep: true });
  session.askAhead([{ kind: "stat", path: "a" }]);
  await turn();
  assertEquals(channel.unheard, 0);
});

Deno.test("askAhead(): opens a directory ahead, and closes it where it was in vain", async () => {
  const { session, channel } = await begun();
  session.askAhead([{ kind: "opendir", path: "d" }]);
  const opening = unwire(packet("\x0b", uint32(1), string("d")));
  assertEquals(unwire(await channel.heard()), opening);
  const made = session.request({ kind: "mkdir", path: "a", attributes: {} });
  await channel.heard();
  channel.say(packet("\x66", uint32(1), string("h")), success(2));
  await made;
  const closing = unwire(packet("\x04", uint32(3), string("h")));
  assertEquals(unwire(await channel.heard()), closing);
  assertEquals(session.handles.count, 0);
});

/** First packet of a server that tells its limits. */
const OPENSSH = versionPacket({ "limits@openssh.com": "1" });

const LIMITS = [4, 3, 2, 1].map(uint64);

const LOOKS = [
  { kind: "stat", path: "d" },
  { kind: "opendir", path: "d" },
] as const;

/** Packets that leave with those looks before the server has spoken. */
const EARLY = unwire(INIT) + statPacket(1, "d") +
  unwire(packet("\x0b", uint32(2), string("d"))) +
  unwire(packet("\xc8", uint32(3), string("limits@openssh.com")));

function success(id: number): Uint8Array {
  return packet("\x65", uint32(id), uint32(0), string(""), string(""));
}

Deno.test("begin(): asks what it will begin with in the flight of INIT, and for the limits", async () => {
  for (const grain of [1, 7, Infinity]) {
    const channel = new SftpChannel({ grain });
    const beginning = SftpSession.begin(channel, { looks: LOOKS });
    assertEquals(unwire(await channel.heard()), EARLY);
    channel.say(
      OPENSSH,
      attrs(1, 5),
      packet("\x66", uint32(2), string("h")),
      packet("\xc9", uint32(3), ...LIMITS),
    );
    const session = await beginning;
    session.askAhead(LOOKS);
    const told = { packet: 4, read: 3, write: 2, handles: 1 };
    assertEquals(await session.limits(), told);
    assertEquals(await session.request(LOOKS[0]), attributesOf(5));
    const opened = await session.request(LOOKS[1]);
    assertEquals(opened.kind, "handle");
    assertEquals(session.handles.count, 1);
    await turn();
    assertEquals(channel.unheard, 0);
    const later = session.request({ kind: "stat", path: "d" });
    assertEquals(unwire(await channel.heard()), statPacket(4, "d"));
    channel.say(attrs(4, 6));
    assertEquals(await later, attributesOf(6));
  }
});

Deno.test("begin(): asks a server that is no OpenSSH's anew, whether it answers or drops what came before it was ready", async () => {
  const refusal = packet(
    "\x65",
    uint32(3),
    uint32(8),
    string(""),
    string(""),
  );
  for (const answersEarly of [true, false]) {
    const channel = new SftpChannel();
    const beginning = SftpSession.begin(channel, { looks: LOOKS });
    await channel.heard();
    channel.say(VERSION);
    if (answersEarly) {
      channel.say(
        attrs(1, 5),
        packet("\x66", uint32(2), string("h")),
        refusal,
      );
    }
    const session = await beginning;
    assertEquals(await session.limits(), undefined);
    session.askAhead([LOOKS[0]]);
    const closing = packet("\x04", uint32(4), string("h"));
    const next = answersEarly ? 5 : 4;
    const expected = (answersEarly ? unwire(closing) : "") +
      statPacket(next, "d");
    let heard = "";
    while (heard.length < expected.length) {
      heard += unwire(await channel.heard());
    }
    assertEquals(heard, expected);
    channel.say(attrs(next, 6));
    assertEquals(await session.request(LOOKS[0]), attributesOf(6));
  }
});

Deno.test("begin(): throws where the connection is lost", async () => {
  for (const looks of [[], LOOKS]) {
    const channel = new SftpChannel();
    channel.goDeaf();
    await assertRejects(
      () => SftpSession.begin(channel, { looks }),
      SessionError,
      "lost connection",
    );
  }
});

Deno.test("begin(): asks nothing ahead where each request waits for the last one, and no path that stands for no bytes", async () => {
  for (
    const options of [
      { looks: LOOKS, lockstep: true },
      { looks: [...LOOKS, { kind: "stat", path: "\ud800" }] },
    ] as const
  ) {
    const channel = new SftpChannel();
    const beginning = SftpSession.begin(channel, options);
    assertEquals(await channel.heard(), INIT);
    channel.say(OPENSSH);
    await beginning;
  }
});

Deno.test("begin(): takes no answer ahead that was not asked for", async () => {
  const channel = new SftpChannel();
  const beginning = SftpSession.begin(channel, { looks: LOOKS });
  await channel.heard();
  channel.say(OPENSSH, attrs(1, 5), attrs(4, 5));
  const session = await beginning;
  assertEquals(await session.request(LOOKS[0]), attributesOf(5));
  await session.ended;
  await assertRejects(
    () => session.request(LOOKS[1]),
    ProtocolError,
    "protocol error: an answer to request 4, which is none",
  );
});

Deno.test("roundTrip: gives the shortest time that an answer took", async () => {
  const { session, channel } = await begun();
  assertEquals(session.roundTrip, undefined);
  const asked = session.request({ kind: "stat", path: "a" });
  await channel.heard();
  channel.say(attrs(1, 5));
  await asked;
  assert(session.roundTrip! >= 0);
});
