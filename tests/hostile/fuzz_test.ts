/**
 * Mutated dialogues against every part that reads what a peer says. The same
 * seed gives the same cases: `deno task fuzz --cases=1000000 --seed=7`, and
 * `--case=123` for one of them alone.
 */

import { parseArgs } from "@std/cli/parse-args";
import { assert } from "@std/assert";
import { commandCase } from "../support/fuzz/command_cases.ts";
import type { CaseMaker } from "../support/fuzz/fuzz_case.ts";
import { greetingCase } from "../support/fuzz/banner_cases.ts";
import { packetCase } from "../support/fuzz/packet_cases.ts";
import { locationCase } from "../support/fuzz/location_cases.ts";
import { neededBytes, usedBytes } from "../support/fuzz/memory.ts";
import { Random } from "../support/fuzz/random.ts";
import { recordCase } from "../support/fuzz/record_cases.ts";
import { relayCase } from "../support/fuzz/relay_cases.ts";
import { requestCase } from "../support/fuzz/request_cases.ts";
import { sftpCase } from "../support/fuzz/sftp_cases.ts";
import { sftpPacketCase } from "../support/fuzz/sftp_packet_cases.ts";
import { sinkCase } from "../support/fuzz/sink_cases.ts";
import { sourceCase } from "../support/fuzz/source_cases.ts";
import { textCase } from "../support/fuzz/text_cases.ts";
import { Watchdog } from "../support/fuzz/watchdog.ts";
import { World } from "../support/fuzz/world.ts";

/** Subjects, and the number of a hundred cases for each. */
const SUBJECTS: readonly (readonly [string, CaseMaker, number])[] = [
  ["A sink stores nothing but what it may", sinkCase, 33],
  ["A source ends where one message is taken from each packet", packetCase, 2],
  ["A source sends nothing but what can be read", sourceCase, 10],
  ["A relay hands on nothing but what it may", relayCase, 15],
  ["A banner is passed up to its marker", greetingCase, 5],
  ["A record is read as it was written", recordCase, 5],
  ["An operand is a location or refused", locationCase, 5],
  ["A server's command stays in its directory", commandCase, 2],
  ["An SFTP server answers each request", requestCase, 5],
  ["An SFTP client stores nothing but what it may", sftpCase, 20],
  ["An SFTP packet is read as it was written", sftpPacketCase, 5],
  ["Foreign text loses no byte and reaches no terminal raw", textCase, 5],
];

const COUNT = numberArgument("cases") ?? 20_000;
const SEED = numberArgument("seed") ?? 1;
const ONLY = numberArgument("case");

/** Time that one case may take, in milliseconds. */
const PATIENCE_MILLISECONDS = 5000;

/** Growth of memory in use that one case may cause, in bytes. */
const CASE_BYTES = 256 * 1024 * 1024;

/** Growth of memory that all cases of a subject may cause, in bytes. */
const TOTAL_BYTES = 16 * 1024 * 1024;

function numberArgument(name: string): number | undefined {
  const { [name]: text } = parseArgs(Deno.args, {
    string: [name],
    unknown: () => true,
  });
  return text === undefined ? undefined : Number(text);
}

/** Expects that what was begun ends in time, and did. */
async function inTime(ran: Promise<void>): Promise<void> {
  const begin = performance.now();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const error = new Error(`It took more than ${PATIENCE_MILLISECONDS} ms`);
  const timer = setTimeout(() => reject(error), PATIENCE_MILLISECONDS);
  try {
    await Promise.race([ran, late]);
  } finally {
    clearTimeout(timer);
  }
  if (performance.now() - begin > PATIENCE_MILLISECONDS) throw error;
}

async function runCase(
  make: CaseMaker,
  world: World,
  number: number,
): Promise<void> {
  const fuzzCase = make(new Random(SEED, number), world);
  const usedBefore = usedBytes();
  try {
    await inTime(fuzzCase.run());
    const bytes = usedBytes() - usedBefore;
    assert(bytes < CASE_BYTES, `took ${bytes} bytes of memory`);
  } catch (cause) {
    throw new Error(
      `--seed=${SEED} --case=${number}: ${fuzzCase.described}`,
      { cause },
    );
  }
}

async function runCases(
  name: string,
  make: CaseMaker,
  numbers: readonly number[],
): Promise<void> {
  using world = new World();
  using watchdog = new Watchdog(`${name}: --seed=${SEED}`);
  const neededBefore = neededBytes();
  for (const number of numbers) {
    watchdog.began(number);
    await runCase(make, world, number);
  }
  const bytes = neededBytes() - neededBefore;
  assert(bytes < TOTAL_BYTES, `${bytes} bytes more are needed`);
}

for (const [name, make, percent] of SUBJECTS) {
  const numbers = ONLY === undefined
    ? Array(Math.ceil(COUNT * percent / 100)).keys().toArray()
    : [ONLY];
  Deno.test(`fuzz: ${name}, whatever it is told (${numbers.length} cases)`, async () => {
    await runCases(name, make, numbers);
  });
}
