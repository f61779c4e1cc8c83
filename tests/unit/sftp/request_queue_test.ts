import { assertEquals, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { RequestQueue } from "../../../lib/sftp/request_queue.ts";
import type { PartBehind } from "../../../lib/sftp/wire/handle_packets.ts";
import type { Request } from "../../../lib/sftp/wire/requests.ts";
import {
  packet,
  string,
  uint32,
  uint64,
  unwire,
  wire,
} from "../../support/sftp/bytes.ts";
import { SftpChannel } from "../../support/sftp/channel.ts";
import { turn } from "../../support/turn.ts";

/** Gives a channel, and the text of everything that left at a time. */
function recordingChannel(): { channel: SftpChannel; sent: string[] } {
  const sent: string[] = [];
  const channel = new SftpChannel({
    hear: (bytes) => sent.push(unwire(bytes)),
  });
  return { channel, sent };
}

const REMOVE: Request = { kind: "remove", path: "a" };

/** Gives the packet of `REMOVE`. */
function removePacket(id: number): string {
  return unwire(
    packet(
      "\x0d",
      "\x00\x00\x00",
      String.fromCharCode(id),
      "\x00\x00\x00\x01a",
    ),
  );
}

function readRequest(length: number): Request {
  return { kind: "read", handle: wire("h"), offset: 0, length };
}

Deno.test("RequestQueue: sends the requests of one turn together, in their order", async () => {
  const { channel, sent } = recordingChannel();
  const queue = new RequestQueue(channel, Infinity);
  queue.push(1, REMOVE);
  queue.push(2, REMOVE);
  await turn();
  queue.push(3, REMOVE);
  await turn();
  assertEquals(sent, [removePacket(1) + removePacket(2), removePacket(3)]);
  assertEquals(queue.inFlight, 3);
  queue.answered();
  assertEquals(queue.inFlight, 2);
});

Deno.test("RequestQueue: keeps to the most requests in flight", async () => {
  const { channel, sent } = recordingChannel();
  const queue = new RequestQueue(channel, 1);
  queue.push(1, REMOVE);
  queue.push(2, REMOVE);
  await turn();
  assertEquals(sent, [removePacket(1)]);
  queue.answered();
  await turn();
  assertEquals(sent, [removePacket(1), removePacket(2)]);
});

Deno.test("RequestQueue: holds a READ of more than 64 KiB while five are in flight", async () => {
  for (const [length, count] of [[65_536, 6], [65_537, 5]] as const) {
    const { channel, sent } = recordingChannel();
    const queue = new RequestQueue(channel, Infinity);
    for (let id = 1; id <= 5; id++) queue.push(id, REMOVE);
    await turn();
    sent.length = 0;
    queue.push(6, readRequest(length));
    await turn();
    assertEquals([sent.length, queue.inFlight], [count - 5, count]);
    queue.answered();
    await turn();
    assertEquals([sent.length, queue.inFlight], [1, 5]);
  }
});

Deno.test("RequestQueue: sends held READs with any other request", async () => {
  const { channel, sent } = recordingChannel();
  const queue = new RequestQueue(channel, Infinity);
  for (let id = 1; id <= 10; id++) queue.push(id, REMOVE);
  await turn();
  queue.push(11, readRequest(65_537));
  await turn();
  assertEquals(queue.inFlight, 10);
  queue.push(12, REMOVE);
  await turn();
  assertEquals([sent.length, queue.inFlight], [2, 12]);
});

Deno.test("push(): throws for a path that stands for no bytes, and queues nothing", async () => {
  const { channel, sent } = recordingChannel();
  const queue = new RequestQueue(channel, Infinity);
  assertThrows(
    () => queue.push(1, { kind: "remove", path: "\ud800" }),
    EntryError,
  );
  await turn();
  assertEquals([sent, queue.inFlight], [[], 0]);
});

Deno.test("clear(): drops the requests that were not sent", async () => {
  const { channel, sent } = recordingChannel();
  const queue = new RequestQueue(channel, Infinity);
  queue.push(1, REMOVE);
  queue.clear();
  await turn();
  assertEquals(sent, []);
});

Deno.test("RequestQueue: drops its requests where the connection is lost", async () => {
  const { channel, sent } = recordingChannel();
  const queue = new RequestQueue(channel, Infinity);
  channel.goDeaf();
  queue.push(1, REMOVE);
  queue.push(2, REMOVE);
  await turn();
  assertEquals(sent, []);
});

/** Part that sends this text. */
function textPart(text: string): PartBehind {
  return {
    length: text.length,
    sendTo: (output) => output.write(wire(text)),
  };
}

/** Gives the packet of a WRITE of this text at the start of the file `h`. */
function writePacket(id: number, text: string): string {
  const fields = string("h") + uint64(0) + string(text);
  return unwire(packet("\x06", uint32(id), fields));
}

Deno.test("RequestQueue: sends a part behind its request, and the requests around it in their order", async () => {
  for (const text of ["part", "x".repeat(100_000)]) {
    const { channel, sent } = recordingChannel();
    const queue = new RequestQueue(channel, Infinity);
    queue.push(1, REMOVE);
    const part = textPart(text);
    queue.push(2, { kind: "write-from", handle: wire("h"), offset: 0, part });
    queue.push(3, REMOVE);
    await turn();
    assertEquals(
      sent.join(""),
      removePacket(1) + writePacket(2, text) + removePacket(3),
    );
    assertEquals(queue.inFlight, 3);
  }
});

Deno.test("RequestQueue: sends no part whose request was dropped", async () => {
  const { channel, sent } = recordingChannel();
  const queue = new RequestQueue(channel, Infinity);
  const part = textPart("part");
  queue.push(1, { kind: "write-from", handle: wire("h"), offset: 0, part });
  queue.clear();
  await turn();
  assertEquals(sent, []);
});
