import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Channel } from "../../../lib/channel/channel.ts";
import { SessionError } from "../../../lib/errors.ts";
import { orStall, WatchedChannel } from "../../../lib/scp/stall.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

Deno.test("orStall(): gives a reply that comes within three seconds", async () => {
  using time = new FakeTime();
  const { promise, resolve } = Promise.withResolvers<string>();
  const reply = orStall(promise);
  await time.tickAsync(2999);
  resolve("ok");
  assertEquals(await reply, "ok");
});

Deno.test("orStall(): gives a stall after three seconds, whatever comes later", async () => {
  using time = new FakeTime();
  const { promise, reject } = Promise.withResolvers<string>();
  const reply = orStall(promise);
  await time.tickAsync(3000);
  assertEquals(await reply, "stall");
  reject(new SessionError("lost connection"));
  await time.runMicrotasks();
});

Deno.test("orStall(): throws as the reply does", async () => {
  await assertRejects(
    () => orStall(Promise.reject(new SessionError("lost connection"))),
    SessionError,
  );
});

/** Watches a channel; gives the notes of its watch. */
function watched(
  inner: Channel,
  isOn: boolean,
): { channel: WatchedChannel; notes: string[] } {
  const notes: string[] = [];
  const channel = new WatchedChannel(inner, {
    isOn: () => isOn,
    onStall: async () => void notes.push("stall"),
    onInput: () => void notes.push("input"),
  });
  return { channel, notes };
}

/** A channel whose one read ends when it is told to. */
function slow(): { inner: Channel; come(): void } {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const inner = Object.assign(new ScriptedPeer(), { read: () => promise });
  return { inner, come: () => resolve(Uint8Array.of(0)) };
}

Deno.test("WatchedChannel: reports one stall of a read, and then its end", async () => {
  using time = new FakeTime();
  const { inner, come } = slow();
  const { channel, notes } = watched(inner, true);
  const read = channel.read(1);
  await time.tickAsync(2999);
  assertEquals(notes, []);
  await time.tickAsync(1);
  await time.tickAsync(10_000);
  assertEquals(notes, ["stall"]);
  come();
  assertEquals(await read, Uint8Array.of(0));
  assertEquals(notes, ["stall", "input"]);
});

Deno.test("WatchedChannel: reports nothing where it is off", async () => {
  using time = new FakeTime();
  const { inner, come } = slow();
  const { channel, notes } = watched(inner, false);
  const read = channel.read(1);
  await time.tickAsync(10_000);
  come();
  await read;
  assertEquals(notes, []);
});

Deno.test("WatchedChannel: writes, flushes and closes as the channel inside", async () => {
  const inner = new ScriptedPeer().weSay("ab");
  const { channel } = watched(inner, true);
  await channel.write(new TextEncoder().encode("ab"));
  await channel.flush();
  await channel.close();
  inner.assertDone();
  assertEquals([channel.blockBytes, inner.isClosed], [inner.blockBytes, true]);
});

Deno.test("WatchedChannel: tells what has arrived, but where a read is to be watched", async () => {
  for (const isOn of [true, false]) {
    const inner = new ScriptedPeer().peerSays("abc");
    const { channel, notes } = watched(inner, isOn);
    assertEquals(channel.arrived?.length, isOn ? undefined : 3);
    if (!isOn) channel.skip(2);
    assertEquals((await channel.read(9)).length, isOn ? 3 : 1);
    assertEquals(notes, isOn ? ["input"] : []);
  }
});
