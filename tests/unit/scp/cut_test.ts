import { assert, assertEquals } from "@std/assert";
import type { Channel } from "../../../lib/channel/channel.ts";
import {
  EntryError,
  ProtocolError,
  SessionError,
  UsageError,
} from "../../../lib/errors.ts";
import { LocalFiles } from "../../../lib/files/local_files.ts";
import { Sink } from "../../../lib/scp/sink.ts";
import { Source } from "../../../lib/scp/source.ts";
import { channelPair, type PairCut } from "../../support/channel_pair.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { cutShort, describeTree, makeTree } from "../../support/tree.ts";

async function send(
  channel: Channel,
  path: string,
  observer: RecordingObserver,
): Promise<void> {
  const options = { recursive: true, preserve: true, announceNameless: false };
  const source = new Source(channel, new LocalFiles(), options, observer);
  try {
    await source.begin();
    await source.send(path);
  } finally {
    await channel.close();
  }
}

async function receive(
  channel: Channel,
  target: string,
  observer: RecordingObserver,
): Promise<void> {
  const sink = new Sink(channel, new LocalFiles(), {
    recursive: true,
    targetIsFolder: false,
    overwriteTarget: false,
    mayHearShell: true,
    objectionTo: () => undefined,
    platform: "posix",
    store: { preserve: true, umask: 0o022, modeBits: 0o777 },
  }, observer);
  try {
    await sink.receive(target);
  } finally {
    await channel.close();
  }
}

/** What stands where a file of the tree goes. */
const OLDER = "older and longer";

/**
 * Copies a small tree over a pair that is cut, and checks what comes of it;
 * whether all came through before.
 */
async function copyCut(cut: PairCut): Promise<boolean> {
  using folder = new TempFolder();
  using target = new TempFolder();
  makeTree(folder.path, [
    { path: "tree/a", content: "alpha\n" },
    { path: "tree/d/empty", content: "" },
    { path: "tree/d/z", content: "the last but not the least\n" },
  ]);
  makeTree(target.path, [{ path: "tree/a", content: OLDER }]);
  const [near, far] = channelPair(cut);
  const sender = new RecordingObserver();
  const receiver = new RecordingObserver();
  const [sent, received] = await Promise.allSettled([
    send(near, `${folder.path}/tree`, sender),
    receive(far, target.path, receiver),
  ]);
  assertKnown(sent);
  assertKnown(received);
  // The sink's end alone is no sign that all has come: ssh's status is.
  if (sent.status === "fulfilled") {
    assertEquals([...sender.failures, ...receiver.failures], []);
    assertEquals(
      await describeTree(target.path),
      await describeTree(folder.path),
    );
  }
  const first = `${target.path}/tree/a`;
  if (Deno.readTextFileSync(first) === OLDER) Deno.removeSync(first);
  cutShort(folder.path, target.path);
  return sent.status === "fulfilled";
}

/** Expects an end that is good or has one of our own classes. */
function assertKnown(end: PromiseSettledResult<void>): void {
  if (end.status === "fulfilled") return;
  const kinds = [EntryError, ProtocolError, SessionError, UsageError];
  assert(kinds.some((kind) => end.reason instanceof kind), end.reason);
}

for (const way of ["there", "back"] as const) {
  Deno.test(`Source and Sink end wherever their stream is cut, on its way ${way}, and leave true prefixes`, async () => {
    let after = 0;
    try {
      while (!await copyCut({ way, after })) after++;
    } catch (cause) {
      throw new Error(`cut after ${after} bytes`, { cause });
    }
    assert(after > 10, `all is there after ${after} bytes`);
  });
}
