import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  EntryError,
  ProtocolError,
  SessionError,
} from "../../../lib/errors.ts";
import { FilePart } from "../../../lib/sftp/file_part.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { MemoryFile } from "../../support/file_systems/memory_file.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { wire } from "../../support/sftp/bytes.ts";

async function send(part: FilePart, expected: string): Promise<void> {
  const peer = new ScriptedPeer().weSay(wire(expected));
  await part.sendTo(peer);
  peer.assertDone();
}

Deno.test("FilePart: tells how much of it is the file's", async () => {
  const file = new MemoryFile(wire("0123456789"));
  for (
    const [start, sent, expected] of [
      [0, 4, "0123"],
      [8, 2, "89\0\0"],
      [10, 0, "\0\0\0\0"],
    ] as const
  ) {
    const part = new FilePart(file, start, 4);
    await send(part, expected);
    assertEquals(await part.sentBytes(), sent);
  }
});

Deno.test("FilePart: tells what it sent last, and waits for it", async () => {
  const long = wire("0123");
  const short = wire("01");
  for (const contents of [[long, short], [short, long]]) {
    let content = contents[0]!;
    const file = withFaults(new MemoryFile(), {
      read: (buffer, at) => new MemoryFile(content).read(buffer, at),
    });
    const part = new FilePart(file, 0, 4);
    for (content of contents) {
      const sending = send(part, content === long ? "0123" : "01\0\0");
      assertEquals(await part.sentBytes(), content.length);
      await sending;
    }
  }
});

Deno.test("FilePart: forgets a connection that was lost with it", async () => {
  const file = new MemoryFile(wire("0123"));
  const part = new FilePart(file, 0, 4);
  const lost = {
    blockBytes: 4,
    write: () => Promise.reject(new SessionError("lost connection")),
  };
  await assertRejects(() => part.sendTo(lost), SessionError);
  await send(part, "0123");
  assertEquals(await part.sentBytes(), 4);
});

Deno.test("FilePart: throws what a read of it threw", async () => {
  const file = withFaults(new MemoryFile(), {
    read: () => Promise.reject(new EntryError("f: Input/output error")),
  });
  const part = new FilePart(file, 0, 2);
  await send(part, "\0\0");
  await assertRejects(
    () => part.sentBytes(),
    EntryError,
    "f: Input/output error",
  );
});

Deno.test("FilePart: takes an answer before it is sent for a violation", () => {
  const part = new FilePart(new MemoryFile(), 0, 1);
  assertThrows(
    () => part.sentBytes(),
    ProtocolError,
    "protocol error: an answer to a request that was not sent yet",
  );
});
