import type { Field } from "./field.ts";
import { floorTurn } from "./floor.ts";
import { Line } from "./line.ts";
import { playRounds, type RoundOptions } from "./rounds.ts";
import { summarize, type Summary } from "./summary.ts";
import { type Contest, sourcesOf, turnsOf } from "./turns.ts";
import type { Work } from "./works.ts";

const MOST_SCALE_ROUNDS = 3;

/**
 * Time of a peer's copy up to which it is repeated, where latency is added.
 */
const PATIENCE_SECONDS = 20;

/**
 * Measures one work in the field. Those with very many files have three rounds
 * at most; where there is a round-trip time, peers that take more than 20 s have
 * one.
 */
export async function measure(
  work: Work,
  contest: Contest,
  field: Field,
): Promise<Summary> {
  field.provide(sourcesOf(work, contest.peers));
  const roundTrip = work.kind === "copy" ? work.roundTrip : 0;
  await using line = new Line(field, roundTrip);
  const place = { directory: field.directory, config: line.config };
  const options: RoundOptions = {
    rounds: work.kind === "scale"
      ? Math.min(contest.rounds, MOST_SCALE_ROUNDS)
      : contest.rounds,
    patience: roundTrip > 0 ? PATIENCE_SECONDS : Infinity,
  };
  const turns = turnsOf(work, contest, place);
  if (contest.floor && work.kind === "copy") {
    turns.push(
      await floorTurn(turns[0]!, roundTrip, {
        program: contest.program,
        field,
      }),
    );
  }
  const runs = await playRounds(turns, field, options);
  return summarize(work, runs);
}
