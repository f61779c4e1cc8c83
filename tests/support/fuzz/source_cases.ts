import { assert } from "@std/assert";
import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { Source, type SourceOptions } from "../../../lib/scp/source.ts";
import { literal } from "./byte_text.ts";
import { assertEnds, type FuzzCase } from "./fuzz_case.ts";
import { FuzzChannel } from "./fuzz_channel.ts";
import { mutated } from "./mutations.ts";
import type { Random } from "./random.ts";
import { answerSession } from "./sessions.ts";
import { SpeechCheck } from "./stream_check.ts";
import { WatchedFileSystem } from "./watched_file_system.ts";
import type { World } from "./world.ts";

const PATHS = [
  "",
  "/a",
  "/d",
  "/d/",
  "/d/..",
  "/d/new\nline",
  "/dangling",
  "/no",
];

const DOT_PATHS: readonly SourceOptions["dotPaths"][] = [
  "announced",
  "content",
  { name: "named" },
];

/**
 * A source with a real tree that a mutated sink answers, and another one where
 * bodies go ahead and are refused.
 */
export function sourceCase(random: Random, world: World): FuzzCase {
  const options = {
    recursive: random.chance(75),
    preserve: random.chance(40),
    dotPaths: random.pick(DOT_PATHS),
    lockstep: random.chance(30),
  };
  const paths = Array.from(
    { length: 1 + random.below(3) },
    () => random.pick(PATHS),
  );
  const input = mutated(random, answerSession(random));
  const nextInput = mutated(random, answerSession(random));
  const isAhead = !options.lockstep && random.chance(70);
  return {
    described: `${JSON.stringify(paths)}, ${JSON.stringify(options)}, ` +
      `the sink says\n${literal(input)}` +
      (isAhead ? `\nand the one after it\n${literal(nextInput)}` : ""),
    run: async () => {
      const files = new WatchedFileSystem(new LocalFileSystem(), {
        modeBits: 0,
      }, random);
      const rules = {
        recursive: options.recursive,
        allowsDotPaths: options.dotPaths === "announced",
        isAskedFor: () => true,
      };
      const speech = new SpeechCheck({ ...rules, allowsAhead: isAhead });
      const nextSpeech = new SpeechCheck(rules);
      const channel = new FuzzChannel(input, random, speech);
      const source = new Source(channel, files, options, speech);
      let restarts = 0;
      const beginAnew = async () => {
        restarts++;
        const channel = new FuzzChannel(nextInput, random, nextSpeech);
        return { channel, ...(random.chance(50) ? { outermost: "new" } : {}) };
      };
      await assertEnds(
        async () => {
          await source.begin();
          if (isAhead) source.speculateBy(beginAnew);
          for (const path of paths) await source.send(world.tree + path);
          await source.end();
        },
        ProtocolError,
        SessionError,
      );
      files.assertUnharmed();
      speech.assertDone();
      assert(restarts <= 1, `begun anew ${restarts} times`);
    },
  };
}
