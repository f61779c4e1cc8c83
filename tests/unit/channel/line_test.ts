import { assertEquals, assertRejects } from "@std/assert";
import { readByte, readLine } from "../../../lib/channel/line.ts";
import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

Deno.test("readByte(): gives one byte after the other, then undefined", async () => {
  const peer = new ScriptedPeer().peerSays(Uint8Array.of(0x00, 0xff));
  assertEquals(await readByte(peer), 0x00);
  assertEquals(await readByte(peer), 0xff);
  assertEquals(await readByte(peer), undefined);
});

/** A line of at most five bytes, newline included. */
async function firstLine(words: string): Promise<string | undefined> {
  const line = await readLine(new ScriptedPeer().peerSays(words), 5);
  return line && new TextDecoder().decode(line);
}

Deno.test("readLine(): gives a line without its newline", async () => {
  for (
    const [words, line] of [
      ["", undefined],
      ["\n", ""],
      ["a\n", "a"],
      ["abcd\n", "abcd"],
      ["\0\r\t\n", "\0\r\t"],
      ["a\nb\n", "a"],
    ] as const
  ) {
    assertEquals(await firstLine(words), line, JSON.stringify(words));
  }
});

Deno.test("readLine(): puts a line together that comes in parts", async () => {
  for (const grain of [1, 2, 3]) {
    const peer = new ScriptedPeer(grain).peerSays("abcd\nef\n");
    assertEquals(await readLine(peer, 5), new TextEncoder().encode("abcd"));
    assertEquals(await readLine(peer, 5), new TextEncoder().encode("ef"));
    assertEquals(await readLine(peer, 5), undefined);
  }
});

Deno.test("readLine(): leaves what follows the newline to the next read", async () => {
  const peer = new ScriptedPeer().peerSays("a\nbody");
  await readLine(peer, 100);
  assertEquals(new TextDecoder().decode(await peer.read(100)), "body");
});

Deno.test("readLine(): throws where the stream ends inside a line", async () => {
  for (const words of ["a", "ab", "abcd"]) {
    await assertRejects(
      () => firstLine(words),
      SessionError,
      `lost connection in the middle of "${words}"`,
    );
  }
});

Deno.test("readLine(): throws at the limit, before it reads any further", async () => {
  const peer = new ScriptedPeer().peerSays("abcdef\n");
  await assertRejects(
    () => readLine(peer, 5),
    ProtocolError,
    "protocol error: line longer than 5 bytes",
  );
  assertEquals(new TextDecoder().decode(await peer.read(100)), "f\n");
});
