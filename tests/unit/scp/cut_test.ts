import { assert, assertEquals } from "@std/assert";
import type { Channel } from "../../../lib/channel/channel.ts";
import {
  EntryError,
  ProtocolError,
  SessionError,
  UsageError,
} from "../../../lib/errors.ts";
import type { AckPolicy } from "../../../lib/scp/replies.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { Received } from "../../../lib/scp/entry_reader.ts";
import { Sink } from "../../../lib/scp/sink.ts";
import { Source } from "../../../lib/scp/source.ts";
import { channelPair, type PairCut } from "../../support/channels/pair.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { PRESERVING_SINK } from "../../support/scp/sink_options.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import {
  cutShort,
  describeTree,
  makeTree,
} from "../../support/fixtures/tree.ts";

/** Waits of the two sides for each other. */
interface Mode {
  readonly name: string;
  readonly lockstep: boolean;
  readonly ackPolicy: AckPolicy;
}

const MODES: readonly Mode[] = [
  { name: "in lockstep", lockstep: true, ackPolicy: "none" },
  { name: "speculating", lockstep: false, ackPolicy: "none" },
  {
    name: "with acknowledgements in advance",
    lockstep: false,
    ackPolicy: "window",
  },
];

/** One side of a copy. */
interface Side {
  readonly observer: RecordingObserver;
  readonly mode: Mode;
}

async function send(
  channel: Channel,
  path: string,
  { observer, mode: { lockstep } }: Side,
): Promise<void> {
  const options = {
    recursive: true,
    preserve: true,
    dotPaths: "content" as const,
    lockstep,
  };
  const source = new Source(channel, new LocalFileSystem(), options, observer);
  try {
    await source.begin();
    await source.send(path);
    await source.end();
  } finally {
    await channel.close();
  }
}

async function receive(
  channel: Channel,
  target: string,
  { observer, mode: { ackPolicy } }: Side,
): Promise<Received> {
  const sink = new Sink(channel, new LocalFileSystem(), {
    ...PRESERVING_SINK,
    ackPolicy,
  }, observer);
  try {
    return await sink.receive(target);
  } finally {
    await channel.close();
  }
}

/** Entries that stand where a file of the tree goes. */
const OLDER = "older and longer";

/**
 * Copies a small tree over a pair that is cut, and checks what comes of it;
 * whether all came through before.
 */
async function copyCut(cut: PairCut, mode: Mode): Promise<boolean> {
  using directory = new TempDirectory();
  using target = new TempDirectory();
  makeTree(directory.path, [
    { path: "tree/a", content: "alpha\n" },
    { path: "tree/d/empty", content: "" },
    { path: "tree/d/z", content: "the last but not the least\n" },
  ]);
  makeTree(target.path, [{ path: "tree/a", content: OLDER }]);
  const [near, far] = channelPair(cut);
  const sender = new RecordingObserver();
  const receiver = new RecordingObserver();
  const [sent, received] = await Promise.allSettled([
    send(near, `${directory.path}/tree`, { observer: sender, mode }),
    receive(far, target.path, { observer: receiver, mode }),
  ]);
  assertKnown(sent);
  assertKnown(received);
  const isWhole = isTold(mode.ackPolicy === "window" ? received : sent);
  if (isWhole) {
    assertEquals([...sender.failures, ...receiver.failures], []);
    assertEquals(
      await describeTree(target.path),
      await describeTree(directory.path),
    );
  }
  const first = `${target.path}/tree/a`;
  if (Deno.readTextFileSync(first) === OLDER) Deno.removeSync(first);
  cutShort(directory.path, target.path);
  return isWhole;
}

/**
 * Tells if one side knows that all has come: a source that waited for all
 * replies, or a sink that got the end of all entries.
 */
function isTold(end: PromiseSettledResult<Received | void>): boolean {
  if (end.status === "rejected") return false;
  const { entries, endedInside } = end.value ?? { entries: 1 };
  return entries > 0 && endedInside === undefined;
}

/** Expects an end that is good or has one of our own classes. */
function assertKnown(end: PromiseSettledResult<Received | void>): void {
  if (end.status === "fulfilled") return;
  const kinds = [EntryError, ProtocolError, SessionError, UsageError];
  assert(kinds.some((kind) => end.reason instanceof kind), end.reason);
}

for (const way of ["there", "back"] as const) {
  for (const mode of MODES) {
    Deno.test(`Source and Sink: ${mode.name}, end wherever the stream ${way} is cut, and leave true prefixes`, async () => {
      let after = 0;
      try {
        // Acknowledgements in advance are many bytes, and all alike.
        while (!await copyCut({ way, after }, mode)) {
          after += after > 100 && way === "back" ? 500 : 1;
        }
      } catch (cause) {
        throw new Error(`cut after ${after} bytes`, { cause });
      }
      assert(after > 10, `all is there after ${after} bytes`);
    });
  }
}
