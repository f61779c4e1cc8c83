import { assertEquals } from "@std/assert";
import { ScpPeer } from "../../../lib/scp/peer.ts";
import { type AckPolicy, Replies } from "../../../lib/scp/replies.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

function repliesTo(
  script: ScriptedPeer,
  policy: AckPolicy,
): { replies: Replies; peer: ScpPeer; observer: RecordingObserver } {
  const peer = new ScpPeer(script);
  const observer = new RecordingObserver();
  return { replies: new Replies(peer, policy, observer), peer, observer };
}

Deno.test("Replies: gives each reply when it is due by the policy none", async () => {
  const script = new ScriptedPeer().weSay("\0\x01scp: no\n\0");
  const { replies, peer } = repliesTo(script, "none");
  peer.confirm();
  await replies.ok(2, true);
  assertEquals(replies.isGiven, false);
  await replies.fail("no");
  await replies.ok(0, true);
  script.assertDone();
});

Deno.test("Replies: gives certain acknowledgements in advance, and no failure after them", async () => {
  const script = new ScriptedPeer().weSay("\0\0\0");
  const { replies, peer } = repliesTo(script, "certain");
  peer.confirm();
  await replies.ok(2, false);
  script.assertDone();
  assertEquals(replies.isGiven, true);
  await replies.fail("too late");
  await replies.ok(0, false);
  assertEquals(replies.isGiven, false);
});

Deno.test("Replies: gives nothing in advance to a peer that may be a shell", async () => {
  const script = new ScriptedPeer().weSay("\0");
  const { replies } = repliesTo(script, "window");
  await replies.ok(2, true);
  script.assertDone();
});

Deno.test("Replies: passes the trial after four acknowledgements that the source took", async () => {
  const script = new ScriptedPeer().weSay("\0" + "\0".repeat(2048));
  const { replies, peer } = repliesTo(script, "window");
  peer.confirm();
  await replies.ok(0, true);
  assertEquals(replies.mayBeSwallowed, false);
  for (let count = 0; count < 4; count++) {
    await replies.ok(0, true);
    assertEquals(replies.mayBeSwallowed, true);
    replies.taken();
  }
  await replies.ok(0, true);
  assertEquals(replies.mayBeSwallowed, false);
  script.assertDone();
});

Deno.test("Replies: sends the last reply again, and acknowledges each step after it", async () => {
  const script = new ScriptedPeer().weSay("\0\0\0" + "\0\0\0");
  const { replies, peer, observer } = repliesTo(script, "certain");
  peer.confirm();
  await replies.ok(2, false);
  await replies.ok(1, false);
  assertEquals(replies.mayBeSwallowed, true);
  await replies.repeat();
  assertEquals([replies.isGiven, replies.mayBeSwallowed], [true, false]);
  await replies.fail("cannot be said any more");
  await replies.ok(2, true);
  script.assertDone();
  assertEquals(observer.verboseLines, [
    "the remote side takes one message at a time: going on in lockstep",
  ]);
});

Deno.test("Replies: passes over steps that were acknowledged in advance, and fills the window up", async () => {
  const script = new ScriptedPeer().weSay("\0" + "\0".repeat(2048));
  const { replies, peer } = repliesTo(script, "window");
  peer.confirm();
  await replies.ok(0, true);
  assertEquals(replies.given, 2048);
  assertEquals(replies.pass(2, 1, true), undefined);
  assertEquals([replies.given, replies.mayBeSwallowed], [2046, true]);
  for (let left = 2046; left > 1024; left -= 2) await replies.pass(2, 1, true);
  script.weSay("\0".repeat(1026));
  assertEquals(replies.given, 1024);
  await replies.pass(2, 1, true);
  assertEquals(replies.given, 2048);
  script.assertDone();
});

Deno.test("Replies: believes no acknowledgement in advance once some were swallowed", async () => {
  const script = new ScriptedPeer().weSay("\0\0\0" + "\0");
  const { replies, peer } = repliesTo(script, "certain");
  peer.confirm();
  await replies.ok(2, false);
  assertEquals(replies.given, 2);
  await replies.repeat();
  assertEquals([replies.given, replies.isGiven], [0, true]);
  script.assertDone();
});
