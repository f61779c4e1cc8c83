// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * How fast seacp is, as ratios to others that make the same copies in the same
 * run: over a throw-away sshd on loopback, in memory where there is room for it,
 * and with latency through a proxy of its own. All take turns, in one order and
 * then in the other, so that a machine that gets slower is so for all.
 *
 *     deno task bench --rounds=5 --mebibytes=1024 --files=2000 --rtt=20
 *     deno task bench --only=files --direction=up --peers=scp-O,limit
 *     deno task bench --protocol=sftp --content=random --json
 *     deno task bench --program=source
 *     deno task bench --protocol=default
 *     deno task bench --remote=seacp --direction=down --only=files
 *     deno task bench --scale --many=100000 --only=directory
 *
 * seacp is the executable, which is built first, or its source.
 *
 * A ratio is the median of those of the rounds, each seacp's seconds by the
 * peer's in the same round: below 1, seacp is faster. `limit` is one file of as
 * many bytes through `ssh far cat`; for the start-up, a program of one line.
 * CPU time and memory are those of seacp's own process: the median, the most.
 */

import { Sshd } from "../tests/support/ssh/sshd.ts";
import { describeConditions } from "./bench/conditions.ts";
import { isInstalled, peer, seacp } from "./bench/contenders.ts";
import { Field, makeDirectory, neededBytes } from "./bench/field.ts";
import { measure } from "./bench/measure.ts";
import { jsonReport, type Report, textReport } from "./bench/report.ts";
import { prepareProgram } from "./bench/program.ts";
import { playRounds } from "./bench/rounds.ts";
import { parseSettings, type Settings } from "./bench/settings.ts";
import { sourcesOf, startTurns } from "./bench/turns.ts";
import { type Work, works } from "./bench/works.ts";
import { ensurePeers } from "./peers.ts";

/** Signals that end the benchmark early, and the exit status for each. */
const ENDING = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Steps of the benchmark. */
interface Plan {
  readonly settings: Settings;
  readonly works: readonly Work[];
}

/** @throws {RangeError} If it makes no sense; with a sentence that says why. */
function planOf(args: readonly string[]): Plan {
  const settings = parseSettings(args);
  return { settings, works: works(settings) };
}

function reportFor({ json, peers }: Settings): Report {
  return json
    ? jsonReport(console.log)
    : textReport(peers.map((name) => peer(name).name), console.log);
}

/** Measures what is planned; leaves nothing behind. */
async function run(
  { settings, works }: Plan,
  report: Report,
  interrupted: AbortSignal,
): Promise<void> {
  const peers = settings.peers.map(peer);
  const installed = peers.filter(isInstalled);
  const needed = works.map((work) => neededBytes(sourcesOf(work, installed)));
  const directory = makeDirectory(Math.max(...needed));
  try {
    const program = await prepareProgram(
      settings.program,
      directory,
      console.error,
    );
    const contest = {
      program,
      seacp: seacp(program.command, settings.protocol),
      peers: installed,
      rounds: settings.rounds,
    };
    const environment = settings.remote === "scp"
      ? ""
      : pathWithScp(program.command, directory);
    await using sshd = await Sshd.start({ environment });
    const field = new Field(directory, sshd, interrupted);
    // Deno keeps what it has compiled: no round is to pay for that.
    await playRounds(startTurns(contest), field, { rounds: 1 });
    const missing = peers.filter((each) => !installed.includes(each))
      .map(({ name }) => name);
    const { deno } = program;
    report.begin(describeConditions({ deno, directory, settings, missing }));
    for (const work of works) report.add(await measure(work, contest, field));
    report.end();
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** Gives a shell's setting of a PATH whose scp is the program. */
function pathWithScp(command: readonly string[], directory: string): string {
  const bin = `${directory}/remote-bin`;
  Deno.mkdirSync(bin);
  const words = command.map((word) => `'${word}'`).join(" ");
  Deno.writeTextFileSync(
    `${bin}/scp`,
    `#!/bin/sh\nexec ${words} "$@"\n`,
    { mode: 0o755 },
  );
  return `PATH=${bin}:$PATH`;
}

async function main(args: readonly string[]): Promise<number> {
  let plan: Plan;
  try {
    plan = planOf(args);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(error.message);
    return 1;
  }
  if (!ensurePeers()) return 1;
  const interruption = new AbortController();
  for (const [signal, status] of Object.entries(ENDING)) {
    Deno.addSignalListener(
      signal as keyof typeof ENDING,
      () => interruption.abort(status),
    );
  }
  try {
    await run(plan, reportFor(plan.settings), interruption.signal);
    return 0;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    return interruption.signal.reason;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
