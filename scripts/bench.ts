// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Measures how fast seacp is, as ratios to others that make the same copies in
 * the same run: over a throw-away sshd on loopback, in memory where there is room
 * for it, and with latency through a proxy of its own. All take turns, in one
 * order and then in the other, so that a machine that gets slower is so for all.
 *
 *     deno task bench
 *     deno task bench --trees=npm,git --rtt=0,20 --rounds=3 --direction=up
 *     deno task bench --tree=DIRECTORY --peers=rsync,tar,scp-O --preserve
 *     deno task bench --protocol=sftp --floor --json
 *     deno task bench --trees=large --rtt=100 --options='--jobs 8'
 *     deno task bench --password
 *     deno task bench --remote=scp-only --trees=npm
 *     deno task bench --remote=seacp --direction=down --program=source
 *     deno task bench --trees=scale --many=100000
 *
 * The trees are real by default: packages that npm fetches (once: the cache keeps
 * them), the loose objects that git makes of some, this repository, photos, JSON in
 * one line, and a file a directory, deep and wide. Trees of words or of random
 * bytes flatter.
 *
 * seacp is the executable, which is built first, or its source.
 *
 * A ratio is the median of those of the rounds, each seacp's seconds by the
 * peer's in the same round: below 1, seacp is faster. `limit` is one file of as
 * many bytes through `ssh far cat`; for the start-up, a program of one line.
 * `--floor` has OpenSSH's server answer the recorded requests of seacp's copy,
 * all sent at once, after a start of seacp: no client that sends them is faster.
 * CPU time and memory are those of seacp's own process: the median, the most.
 */

import { describeConditions } from "./bench/conditions.ts";
import {
  type Contender,
  isInstalled,
  peer,
  seacp,
} from "./bench/contenders.ts";
import { Field, makeDirectory, neededBytes } from "./bench/field.ts";
import { MissingTreeError } from "./bench/gathered_trees.ts";
import { startHost } from "./bench/host.ts";
import { measure } from "./bench/measure.ts";
import { jsonReport, type Report, textReport } from "./bench/report.ts";
import { prepareProgram } from "./bench/program.ts";
import { playRounds } from "./bench/rounds.ts";
import { parseSettings, type Settings } from "./bench/settings.ts";
import { findTrees } from "./bench/trees.ts";
import { type Contest, sourcesOf, startTurns } from "./bench/turns.ts";
import { peersOf, type Work, works } from "./bench/works.ts";
import { ensurePeers } from "./peers.ts";

/** Signals that end the benchmark early, and the exit status for each. */
const ENDING = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Steps of the benchmark. */
interface Plan {
  readonly settings: Settings;
  readonly works: readonly Work[];
}

/**
 * Gives the peers of all works, or of one, those that are installed and those
 * that are missing.
 */
function findPeers(
  works: readonly Work[],
  settings: Settings,
): Record<"installed" | "missing", Contender[]> {
  const names = new Set(works.flatMap((work) => peersOf(work, settings)));
  const peers = [...names].map(peer);
  return {
    installed: peers.filter(isInstalled),
    missing: peers.filter((each) => !isInstalled(each)),
  };
}

function reportFor({ settings, works }: Plan): Report {
  if (settings.json) return jsonReport(console.log);
  const { installed } = findPeers(works, settings);
  return textReport(installed.map(({ name }) => name), settings, console.log);
}

/** Measures what is planned; leaves nothing behind but what the cache keeps. */
async function run(plan: Plan, interrupted: AbortSignal): Promise<void> {
  const { settings, works } = plan;
  const { installed, missing } = findPeers(works, settings);
  const needed = works.map((work) => neededBytes(sourcesOf(work, installed)));
  const directory = makeDirectory(Math.max(...needed));
  try {
    const program = await prepareProgram(
      settings.program,
      directory,
      console.error,
    );
    const { command, deno } = program;
    await using host = await startHost(settings, command, directory);
    const field = new Field(directory, host, interrupted);
    const contestOf = (works: readonly Work[]): Contest => ({
      program,
      seacp: seacp(command, settings.protocol, settings.options),
      peers: findPeers(works, settings).installed,
      rounds: settings.rounds,
      floor: settings.floor,
    });
    // Deno keeps what it has compiled: no round is to pay for that.
    await playRounds(startTurns(contestOf(works)), field, { rounds: 1 });
    const report = reportFor(plan);
    report.begin(describeConditions({
      deno,
      directory,
      settings,
      missing: missing.map(({ name }) => name),
    }));
    for (const work of works) {
      report.add(await measure(work, contestOf([work]), field));
    }
    report.end();
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** @throws {RangeError | MissingTreeError} With a message for whoever asked. */
async function planOf(args: readonly string[]): Promise<Plan | undefined> {
  const settings = parseSettings(args);
  if (!ensurePeers()) return undefined;
  return { settings, works: works(settings, await findTrees(settings)) };
}

async function main(args: readonly string[]): Promise<number> {
  let plan: Plan | undefined;
  try {
    plan = await planOf(args);
  } catch (error) {
    if (error instanceof RangeError || error instanceof MissingTreeError) {
      console.error(error.message);
      return 1;
    }
    throw error;
  }
  if (plan === undefined) return 1;
  const interruption = new AbortController();
  for (const [signal, status] of Object.entries(ENDING)) {
    Deno.addSignalListener(
      signal as keyof typeof ENDING,
      () => interruption.abort(status),
    );
  }
  try {
    await run(plan, interruption.signal);
    return 0;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    return interruption.signal.reason;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
