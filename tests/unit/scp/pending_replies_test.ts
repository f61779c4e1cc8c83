import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { SessionError } from "../../../lib/errors.ts";
import type { Channel } from "../../../lib/channel/channel.ts";
import { ScpPeer } from "../../../lib/scp/peer.ts";
import {
  PendingReplies,
  type SentEntry,
} from "../../../lib/scp/pending_replies.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { stalledAfter } from "../../support/scp/stalled_channel.ts";

function repliesOf(
  channel: Channel,
  { isLockstep = false } = {},
): { replies: PendingReplies; peer: ScpPeer; observer: RecordingObserver } {
  const peer = new ScpPeer(channel);
  const observer = new RecordingObserver();
  const replies = new PendingReplies(peer, observer, {
    takesTogether: isLockstep,
    refusalLoses: false,
  });
  return { replies, peer, observer };
}

function entry(path: string): SentEntry {
  return {
    path,
    step: {
      kind: "file",
      path,
      name: path,
      directory: undefined,
    },
  };
}

function speculation(path: string): SentEntry {
  return { ...entry(path), isSpeculation: true };
}

Deno.test("PendingReplies: reads replies in order and reports refusals", async () => {
  const { replies, peer, observer } = repliesOf(
    new ScriptedPeer().peerSays("\0\x01scp: a: disk full\n\0"),
  );
  const sent = entry("a");
  replies.add(sent, [["record", 10], ["body", 4]]);
  replies.add(entry("d"), [["end", 2]]);
  assertEquals(replies.count, 3);
  assertEquals(await replies.readNext(), undefined);
  assertEquals([sent.reply, peer.isConfirmed], ["taken", false]);
  assertEquals(await replies.readNext(), undefined);
  assertEquals([sent.reply, peer.isConfirmed], ["taken", true]);
  assertEquals(await replies.readNext(), undefined);
  assertEquals(replies.count, 0);
  assertEquals(observer.failures, ["scp: a: disk full"]);
});

Deno.test("PendingReplies: loses the sink with all that is behind a refused speculation", async () => {
  const { replies, observer } = repliesOf(
    new ScriptedPeer().peerSays("\0\0\x01scp: b: no\n"),
  );
  const [a, b, c] = [speculation("a"), speculation("b"), speculation("c")];
  for (const sent of [a, b, c]) {
    replies.add(sent, [["record", 10], ["body", 2]]);
  }
  const d = entry("d");
  replies.add(d, [["end", 2]]);
  await replies.readNext();
  await replies.readNext();
  assertEquals(replies.hasSpeculation, true);
  assertEquals(await replies.readNext(), {
    why: "refused",
    entries: [c, d],
    refused: b.step,
  });
  assertEquals([replies.count, b.reply], [0, "refused"]);
  assertEquals(replies.hasSpeculation, false);
  assertEquals(observer.failures, ["scp: b: no"]);
});

Deno.test("PendingReplies: loses a sink whose refusals are not to be shown with the refused entry itself", async () => {
  const peer = new ScpPeer(new ScriptedPeer().peerSays("\0\x01scp: /x: no\n"));
  const observer = new RecordingObserver();
  const replies = new PendingReplies(peer, observer, {
    takesTogether: true,
    refusalLoses: true,
  });
  const [a, b] = [entry("a"), speculation("b")];
  replies.add(a, [["times", 10], ["record", 10]]);
  replies.add(b, [["record", 10], ["body", 2]]);
  assertEquals(await replies.readNext(), undefined);
  assertEquals(a.reply, undefined);
  assertEquals(await replies.readNext(), { why: "refused", entries: [a, b] });
  assertEquals([a.reply, replies.count], ["refused", 0]);
  assertEquals(observer.failures, []);
});

Deno.test("PendingReplies: tells whether the record of a directory has no reply", async () => {
  const { replies } = repliesOf(new ScriptedPeer().peerSays("\0\0"));
  replies.add(
    { path: "d", step: { kind: "directory", directory: undefined } },
    [["record", 10], ["end", 2]],
  );
  assertEquals(replies.hasDirectory, true);
  await replies.readNext();
  assertEquals(replies.hasDirectory, false);
});

Deno.test("PendingReplies: keeps the sink where a body or a waiting entry is refused", async () => {
  const { replies } = repliesOf(
    new ScriptedPeer().peerSays("\0\x01scp: a: disk full\n\x01scp: b: no\n"),
  );
  const waiting: SentEntry = entry("b");
  replies.add(speculation("a"), [["record", 10], ["body", 2]]);
  replies.add(waiting, [["record", 10]]);
  for (let count = 0; count < 3; count++) {
    assertEquals(await replies.readNext(), undefined);
  }
  assertEquals(waiting.reply, "refused");
});

Deno.test("PendingReplies: ends the trial at the reply to a second message", async () => {
  const { replies } = repliesOf(new ScriptedPeer().peerSays("\0\0\0"));
  replies.add(entry("d"), [["record", 10]]);
  await replies.readNext();
  assertEquals(replies.isOnTrial, true);
  replies.add(entry("a"), [["record", 10], ["body", 2]]);
  await replies.readNext();
  assertEquals(replies.isOnTrial, true);
  await replies.readNext();
  assertEquals(replies.isOnTrial, false);
});

Deno.test("PendingReplies: holds a trial to 4 KiB in flight", async () => {
  const { replies } = repliesOf(new ScriptedPeer().peerSays("\0"));
  assertEquals(replies.exceedsTrial(100_000), false);
  replies.add(entry("a"), [["record", 96]]);
  assertEquals(replies.exceedsTrial(4000), false);
  assertEquals(replies.exceedsTrial(4001), true);
  const lockstep = repliesOf(new ScriptedPeer(), { isLockstep: true }).replies;
  lockstep.add(entry("a"), [["record", 96]]);
  assertEquals(lockstep.exceedsTrial(4001), false);
});

Deno.test("PendingReplies: loses a sink that stalls for three seconds behind its first reply", async () => {
  using time = new FakeTime();
  const { replies } = repliesOf(stalledAfter("\0"));
  const [a, b] = [speculation("a"), speculation("b")];
  replies.add(a, [["record", 10], ["body", 2]]);
  replies.add(b, [["record", 10], ["body", 2]]);
  assertEquals(await replies.readNext(), undefined);
  const lost = replies.readNext();
  await time.tickAsync(3000);
  assertEquals(await lost, { why: "stalled", entries: [a, b] });
  assertEquals(replies.count, 0);
});

Deno.test("PendingReplies: names the entries that may be lost in an error", async () => {
  const { replies } = repliesOf(new ScriptedPeer().peerEnds());
  replies.add(entry("a"), [["record", 10]]);
  replies.add(entry("b"), [["record", 10], ["body", 2]]);
  replies.add(entry("d"), [["end", 2]]);
  await assertRejects(
    () => replies.readNext(),
    SessionError,
    "a and 1 more after it: lost connection",
  );
});
