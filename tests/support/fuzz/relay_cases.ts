import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import { shellNameMatcher } from "../../../lib/names/pattern.ts";
import { Relay } from "../../../lib/scp/relay.ts";
import { literal } from "./byte_text.ts";
import { assertEnds, type FuzzCase } from "./fuzz_case.ts";
import { FuzzChannel } from "./fuzz_channel.ts";
import { mutated } from "./mutations.ts";
import type { Random } from "./random.ts";
import { answerSession, sourceSession } from "./sessions.ts";
import { assertAnswers, SpeechCheck } from "./stream_check.ts";

/** A relay between a mutated source and a mutated sink. */
export function relayCase(random: Random): FuzzCase {
  const request = random.pick(["f", "*", "{f,sub}", "?*"]);
  const recursive = random.chance(75);
  const top = random.chance(20) ? "content" : "named";
  const topName = random.chance(50) ? "f" : undefined;
  const sourceSays = mutated(random, sourceSession(random));
  const answers = Array<string>(200).fill("\0");
  const targetSays = random.chance(50)
    ? answers.join("")
    : mutated(random, random.chance(50) ? answers : answerSession(random));
  return {
    described: `${request}${recursive ? " with -r" : ""}, ${top} at the top ` +
      `(${topName}), the source says\n` +
      `${literal(sourceSays)}\nthe target says\n${literal(targetSays)}`,
    run: async () => {
      const matches = shellNameMatcher(request);
      const speech = new SpeechCheck({
        recursive,
        isAskedFor: top === "content" ? () => true : matches,
      });
      const source = new FuzzChannel(sourceSays, random);
      const target = new FuzzChannel(targetSays, random, speech);
      const relay = new Relay(
        { host: "from", channel: source },
        { host: "to", channel: target },
        {
          modeBits: 0o6777,
          ...(topName === undefined ? {} : { topName }),
          rules: {
            recursive,
            top,
            objectionTo: (name) => matches(name) ? undefined : "not asked for",
          },
        },
        speech,
      );
      await assertEnds(() => relay.run(), ProtocolError, SessionError);
      speech.assertDone();
      assertAnswers(source.written);
    },
  };
}
