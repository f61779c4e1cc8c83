import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import { shellNameMatcher } from "../../../lib/names/pattern.ts";
import type { StorePolicy } from "../../../lib/filesystem/store.ts";
import { Sink, type SinkOptions } from "../../../lib/scp/sink.ts";
import { literal } from "./byte_text.ts";
import { memoryDisk, realDisk } from "./disks.ts";
import { assertEnds, type FuzzCase } from "./fuzz_case.ts";
import { FuzzChannel } from "./fuzz_channel.ts";
import { mutated } from "./mutations.ts";
import type { Random } from "./random.ts";
import { sourceSession } from "./sessions.ts";
import {
  assertAnswers,
  assertInStep,
  CheckedObserver,
  singly,
} from "./stream_check.ts";
import { NO_WINDOWS_NAME, WatchedFileSystem } from "./watched_file_system.ts";
import { KEPT, TARGETS, type World } from "./world.ts";

/** Number of cases out of a hundred that have a real disk. */
const REAL_PERCENT = 40;

/** Mode bits that peers can grant nobody on this machine. */
const SET_ID_AND_STICKY = 0o7000;

/** The most acknowledgements that a sink gives before they are due. */
const MOST_AHEAD = 8192;

/** The process's own: what the system takes from modes in any case. */
const umask = Deno.build.os === "windows" ? 0 : Deno.umask();

/** A sink, a client's or a remote's, that a mutated source talks to. */
export function sinkCase(random: Random, world: World): FuzzCase {
  const request = random.pick(["f", "*", "{f,sub}", undefined]);
  const isClient = random.chance(60);
  const preserve = random.chance(40);
  const rules: Omit<SinkOptions, "objectionTo"> & {
    readonly store: Required<Omit<StorePolicy, "given">>;
  } = {
    top: isClient && random.chance(20) ? "content" : "named",
    recursive: random.chance(75),
    targetIsDirectory: random.chance(15),
    overwriteTarget: !isClient,
    mayHearShell: isClient,
    ackPolicy: isClient ? random.pick(["none", "certain", "window"]) : "none",
    platform: random.pick(["posix", "posix", "windows"]),
    store: {
      preserve,
      umask,
      modeBits: isClient || !preserve ? 0o777 : 0o7777,
    },
  };
  const kind = random.pick(TARGETS);
  const isReal = random.chance(REAL_PERCENT);
  const input = mutated(random, sourceSession(random));
  return {
    described: `${isReal ? "a real" : "a"} ${kind} for ${request ?? "any"}, ` +
      `${JSON.stringify(rules)}, the source says\n${literal(input)}`,
    run: async () => {
      const disk = isReal ? realDisk(world, kind) : memoryDisk(kind);
      const modeBits = allowedBits(rules);
      const { target } = disk;
      const limits = {
        target,
        modeBits,
        ...(rules.platform === "windows" ? { forbidden: NO_WINDOWS_NAME } : {}),
      };
      const files = new WatchedFileSystem(disk.files, limits, random);
      await receive(input, files, random, {
        target,
        options: { ...rules, objectionTo: objectionTo(request, isClient) },
      });
      if (!isReal) return;
      const ownBits = preserve ? 0o777 : 0o755;
      world.assertUnharmed(modeBits | ownBits, input.length + KEPT.length);
    },
  };
}

async function receive(
  input: string,
  files: WatchedFileSystem,
  random: Random,
  { target, options }: { target: string; options: SinkOptions },
): Promise<void> {
  const channel = new FuzzChannel(input, random);
  const observer = new CheckedObserver();
  const sink = new Sink(channel, files, options, observer);
  let end: "whole" | "broken" | "lost" = "broken";
  await assertEnds(
    async () => {
      await sink.receive(target);
      end = "whole";
    },
    ProtocolError,
    SessionError,
  );
  // Who does not listen to what is acknowledged in advance may say all the same.
  if (channel.wasDeaf) end = "broken";
  if (channel.wasLost) end = "lost";
  files.assertUnharmed();
  observer.assertDone();
  const answers = singly(channel.written);
  assertAnswers(answers);
  assertInStep(
    input.slice(0, channel.position),
    answers,
    end,
    options.ackPolicy === "none" ? 0 : MOST_AHEAD,
  );
}

/** The bits that an entry may be given, its owner's rights to it aside. */
function allowedBits(
  { overwriteTarget, store }: {
    overwriteTarget: boolean;
    store: Required<Omit<StorePolicy, "given">>;
  },
): number {
  if (!store.preserve) return 0o777 & ~store.umask;
  return overwriteTarget ? 0o7777 : 0o7777 & ~SET_ID_AND_STICKY;
}

function objectionTo(
  request: string | undefined,
  isClient: boolean,
): SinkOptions["objectionTo"] {
  if (request === undefined || !isClient) return () => undefined;
  const matches = shellNameMatcher(request);
  return (name) => matches(name) ? undefined : `${name} for ${request}`;
}
