// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Copies at random over a line that fails at random, for some minutes. Each copy
 * goes on by `--retries` or `--resume` until it is over, and is compared with its
 * source then: status 0 has to mean that all is whole.
 */

import { parseArgs } from "@std/cli/parse-args";
import {
  type Fate,
  UnsteadyLine,
} from "../tests/support/hostile/unsteady_line.ts";
import {
  BETWEEN,
  DOWN,
  type Sides,
  UP,
} from "../tests/support/fixtures/sides.ts";
import { Place } from "../tests/support/fixtures/place.ts";
import { describeTree, exists } from "../tests/support/fixtures/tree.ts";
import { Random } from "../tests/support/fuzz/random.ts";
import { Sshd } from "../tests/support/ssh/sshd.ts";
import { ensurePeers } from "./peers.ts";
import { refuseArgument, runTask } from "./task.ts";

/** Time that it takes if nothing else is said, in minutes. */
const USUAL_MINUTES = 10;

/** Length of the largest files, in bytes. */
const LARGE_BYTES = 6_000_000;

/** Most connections of a copy that fail: the pauses between them grow. */
const MOST_FAILING = 6;

/** Most runs of a copy under `--resume`. */
const MOST_RUNS = 30;

/** Copy that is made again and again until it is whole. */
interface Round {
  readonly sides: Sides;
  /** Options of each of its runs. */
  readonly options: readonly string[];
  readonly isResumed: boolean;
}

/** Counts of what was done. */
interface Counts {
  rounds: number;
  runs: number;
  connections: number;
  bytes: number;
}

function chooseRound(random: Random): Round {
  const isResumed = random.chance(50);
  const sides = random.pick([UP, DOWN, BETWEEN]);
  // Over SCP nothing goes on between two hosts.
  const overScp = isResumed && sides !== BETWEEN ? [["-O"], ["-O"]] : [];
  return {
    sides,
    isResumed,
    options: [
      ...(isResumed ? ["--resume"] : ["--retries", `${MOST_FAILING + 2}`]),
      ...random.pick([[], ["-s"], ["--jobs", "3"], ["--verify"], ...overScp]),
      ...(random.chance(50) ? ["-p"] : []),
      "-r",
    ],
  };
}

/** Gives bytes in which no two stretches are the same. */
function contentOf(random: Random, length: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  const factor = random.below(2 ** 31) * 2 + 1;
  for (let at = 0; at < words.length; at++) words[at] = Math.imul(at, factor);
  return new Uint8Array(words.buffer).subarray(0, length);
}

/** Makes a tree, and what an earlier copy may have left of it at the target. */
function makeTrees(random: Random, from: string, to: string): void {
  const count = 1 + random.below(random.chance(30) ? 150 : 12);
  for (let at = 0; at < count; at++) {
    const isLarge = random.chance(count > 12 ? 2 : 30);
    const length = random.below(isLarge ? LARGE_BYTES : 20_000);
    const content = contentOf(random, length);
    const path = `tree/${random.below(4)}/${at}`;
    writeFile(`${from}/${path}`, content);
    if (random.chance(15)) writeFile(`${to}/${path}`, leftOf(random, content));
  }
}

/** Gives a beginning, perhaps with a hole, or something else. */
function leftOf(random: Random, content: Uint8Array): Uint8Array {
  const left = content.slice(0, random.below(content.length + 1));
  if (random.chance(50)) return left;
  if (random.chance(30)) return contentOf(random, content.length + 9);
  const at = random.below(left.length + 1);
  return left.fill(0, at, at + random.below(300_000));
}

function writeFile(path: string, content: Uint8Array): void {
  Deno.mkdirSync(path.replace(/\/[^/]*$/, ""), { recursive: true });
  Deno.writeFileSync(path, content);
}

function chooseFate(random: Random): Fate {
  if (random.chance(20)) return "refused";
  if (random.chance(25)) return "whole";
  return {
    direction: random.pick(["up", "down"]),
    after: 1 + random.below(random.chance(50) ? 20_000 : 3_000_000),
  };
}

/**
 * Makes one copy, however often that takes.
 *
 * @throws {Error} If it is not whole in the end, or says so too soon.
 */
async function runRound(
  sshd: Sshd,
  random: Random,
  counts: Counts,
): Promise<void> {
  const { sides, options, isResumed } = chooseRound(random);
  await using line = new UnsteadyLine(
    sshd,
    (at) => at < MOST_FAILING ? chooseFate(random) : "whole",
  );
  using place = new Place(line);
  const [from, to] = [sides.from(place), `${sides.to(place)}/there`];
  Deno.mkdirSync(to);
  makeTrees(random, from, to);
  const args = [...options, ...sides.operands(place, "tree", "there")];
  const most = isResumed ? MOST_RUNS : 1;
  for (let run = 1;; run++) {
    counts.runs++;
    const { status, stderr } = await place.copy(args);
    const isWhole = exists(`${to}/tree`) &&
      await isSame(`${from}/tree`, `${to}/tree`);
    if (status === 0 && isWhole) break;
    if (status === 0 || run === most) {
      throw new Error(
        `seacp ${args.join(" ")}\nended with ${status} in run ${run}, ` +
          `${isWhole ? "though" : "and not"} all is whole:\n${stderr}`,
      );
    }
  }
  counts.rounds++;
  counts.connections += line.connections;
  counts.bytes += line.moved.up + line.moved.down;
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [ours, theirs] = [await describeTree(one), await describeTree(other)];
  return ours.join("\n") === theirs.join("\n");
}

if (import.meta.main) {
  await runTask(async () => {
    const {
      minutes = String(USUAL_MINUTES),
      seed = String(Date.now() % 1_000_000),
    } = parseArgs(Deno.args, {
      string: ["minutes", "seed"],
      unknown: refuseArgument,
    });
    if (!(Number(minutes) > 0) || !/^\d+$/.test(seed)) {
      throw new RangeError("--minutes is a number above 0, --seed an integer");
    }
    if (!ensurePeers()) Deno.exit(1);
    console.log(`soak: ${minutes} minutes, --seed=${seed}`);
    const counts: Counts = { rounds: 0, runs: 0, connections: 0, bytes: 0 };
    const end = performance.now() + Number(minutes) * 60_000;
    await using sshd = await Sshd.start();
    for (let round = 0; performance.now() < end; round++) {
      await runRound(sshd, new Random(Number(seed), round), counts)
        .catch((error) => {
          throw new Error(`round ${round} of --seed=${seed}: ${error.message}`);
        });
    }
    const { rounds, runs, connections, bytes } = counts;
    console.log(
      `soak: ${rounds} copies are whole, after ${runs} runs over ` +
        `${connections} connections and ${Math.round(bytes / 2 ** 20)} MiB`,
    );
  });
}
