import { assertEquals, assertRejects } from "@std/assert";
import { RefusalError } from "../../../lib/errors.ts";
import { UNWATCHED } from "../../../lib/events/file_progress.ts";
import {
  type RelayedBody,
  RelayTarget,
  type RelayTargetOptions,
} from "../../../lib/scp/relay_target.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

function targetOf(
  channel: ScriptedPeer,
  options: Partial<RelayTargetOptions> = {},
): { target: RelayTarget; observer: RecordingObserver } {
  const observer = new RecordingObserver();
  const target = new RelayTarget(
    { host: "to", channel },
    { modeBits: 0o777, ...options },
    observer,
  );
  return { target, observer };
}

/** The body of a file that was relayed, and its source's warning. */
function body(warning?: string): RelayedBody {
  return { name: "a", path: "d/a", progress: UNWATCHED, warning };
}

const FILE = { kind: "file", mode: 0o4755, size: 1, name: "a" } as const;

Deno.test("RelayTarget: throws the refusal of a target before anything is sent", async () => {
  const { target } = targetOf(
    new ScriptedPeer().peerSays("\x01scp: d: Not a directory\n"),
  );
  await assertRejects(
    () => target.begin(),
    RefusalError,
    "scp: d: Not a directory",
  );
  assertEquals(target.isBroken, true);
});

Deno.test("RelayTarget: prefetches a record before the reply to the last body", async () => {
  const peer = new ScriptedPeer().weSay("C0755 1 a\n").peerSays("\0")
    .weSay("\0C0755 1 a\n").peerSays("\0\0");
  const { target } = targetOf(peer);
  assertEquals(await target.offer(FILE, "d/a"), undefined);
  await target.endBody(body());
  assertEquals(await target.offer(FILE, "d/a"), undefined);
  peer.assertDone();
});

Deno.test("RelayTarget: waits for the reply to each message in lockstep", async () => {
  const peer = new ScriptedPeer().weSay("C0755 1 a\n").peerSays("\0")
    .weSay("\0").peerSays("\0").weSay("E\n").peerSays("\0");
  const { target } = targetOf(peer, { lockstep: true });
  await target.offer(FILE, "d/a");
  await target.endBody(body());
  await target.endDirectory("d", "d");
  peer.assertDone();
});

Deno.test("RelayTarget: reads the reply to times before the next record", async () => {
  const peer = new ScriptedPeer().weSay("T1 0 2 0\n").peerSays("\0")
    .weSay("C0755 1 a\n").peerSays("\0");
  const { target } = targetOf(peer);
  await target.sendTimes({ kind: "times", modified: 1000, accessed: 2000 });
  await target.offer(FILE, "d/a");
  peer.assertDone();
});

Deno.test("RelayTarget: reports a refusal with its host's name, and gives its text", async () => {
  const peer = new ScriptedPeer().weSay("C0755 1 a\n")
    .peerSays("\x01scp: a: Is a directory\n");
  const { target, observer } = targetOf(peer);
  assertEquals(await target.offer(FILE, "d/a"), "scp: a: Is a directory");
  assertEquals(observer.failures, ["to: scp: a: Is a directory"]);
  assertEquals(target.isBroken, false);
});

Deno.test("RelayTarget: ends a body with the source's warning", async () => {
  const peer = new ScriptedPeer().weSay("\x01scp: a: Input/output error\n")
    .peerSays("\0");
  const { target } = targetOf(peer);
  await target.endBody(body("scp: a: Input/output error"));
  await target.awaitBodyReply();
  await target.awaitBodyReply();
  peer.assertDone();
});
