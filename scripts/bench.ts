// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * How fast a copy is, as ratios to the system's scp in the same run: over a
 * throw-away sshd on loopback, in memory where there is such a folder, and with
 * latency through a proxy of its own. Both take turns, each first in every other
 * round, so that a machine that gets slower is so for both.
 *
 *     deno task bench --rounds=5 --mebibytes=1024 --files=2000 --rtt=20
 *     deno task bench --only=files --protocol=scp
 */

import { SEACP } from "../tests/support/program.ts";
import { Sshd } from "../tests/support/sshd.ts";
import { makeTree, removeTree } from "../tests/support/tree.ts";
import { LatencyProxy } from "./bench/latency_proxy.ts";
import { sources, type Work, works } from "./bench/works.ts";
import { ensurePeers, findProgram } from "./peers.ts";

/** What both programs are told to speak. */
const PROTOCOLS = { sftp: "-s", scp: "-O" } as const;

interface Settings {
  readonly rounds: number;
  readonly protocol: keyof typeof PROTOCOLS;
  /** What a work's name has to hold. */
  readonly only: string;
}

/** Where the copies happen. */
interface Field {
  readonly sshd: Sshd;
  readonly folder: string;
  readonly settings: Settings;
}

function argument(name: string, fallback: string): string {
  const given = Deno.args.find((arg) => arg.startsWith(`--${name}=`));
  return given?.split("=")[1] ?? fallback;
}

/** In memory, disks have no part in it. */
function useMemory(): void {
  try {
    if (Deno.statSync("/dev/shm").isDirectory) {
      Deno.env.set("TMPDIR", "/dev/shm");
    }
  } catch {
    // Then it is on a disk.
  }
}

async function measure(work: Work, field: Field): Promise<string[]> {
  await using proxy = work.roundTrip === 0
    ? undefined
    : new LatencyProxy(field.sshd.port, work.roundTrip);
  const port = proxy?.port ?? field.sshd.port;
  const ours: number[] = [];
  const theirs: number[] = [];
  const turns = [
    [SEACP, ours],
    [[findProgram("scp")!], theirs],
  ] as const;
  for (let round = 0; round < field.settings.rounds; round++) {
    const order = round % 2 === 0 ? turns : turns.toReversed();
    for (const [program, seconds] of order) {
      seconds.push(await copySeconds(program, work, { ...field, port }));
    }
  }
  const ratios = ours.map((seconds, at) => seconds / theirs[at]!);
  return [
    work.name,
    work.direction,
    median(ours).toFixed(2),
    median(theirs).toFixed(2),
    median(ratios).toFixed(3),
  ];
}

/** Makes one copy; what it leaves is removed. */
async function copySeconds(
  program: readonly string[],
  work: Work,
  { sshd, folder, settings, port }: Field & { readonly port: number },
): Promise<number> {
  const near = `${folder}/near`;
  const far = `${sshd.home}/far`;
  const [from, to] = work.direction === "up"
    ? [`${folder}/${work.source}`, "far:far/copy"]
    : [`far:${work.source}`, `${near}/copy`];
  Deno.mkdirSync(near);
  Deno.mkdirSync(far);
  const args = [
    ...program.slice(1),
    ...[PROTOCOLS[settings.protocol], "-q", "-F", sshd.config],
    ...["-P", String(port), "-o", `HostKeyAlias=[127.0.0.1]:${sshd.port}`],
    ...[...work.options, from, to],
  ];
  const before = performance.now();
  const { code } = await new Deno.Command(program[0]!, { args, stdin: "null" })
    .spawn().status;
  const seconds = (performance.now() - before) / 1000;
  if (code !== 0) throw new Error(`${program[0]} ${args.join(" ")}: ${code}`);
  removeTree(near);
  removeTree(far);
  return seconds;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function printRow(cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

if (import.meta.main) {
  if (!ensurePeers()) Deno.exit(1);
  useMemory();
  const protocol = argument("protocol", "sftp");
  if (protocol !== "sftp" && protocol !== "scp") {
    console.error(`--protocol=${protocol}: it is sftp or scp`);
    Deno.exit(1);
  }
  const settings: Settings = {
    rounds: Number(argument("rounds", "5")),
    only: argument("only", ""),
    protocol,
  };
  const sizes = {
    fileBytes: Number(argument("mebibytes", "1024")) * 1024 ** 2,
    files: Number(argument("files", "2000")),
    roundTrip: Number(argument("rtt", "20")),
  };
  const folder = Deno.makeTempDirSync({ prefix: "seacp-bench-" });
  await using sshd = await Sshd.start();
  try {
    const entries = sources(sizes);
    makeTree(folder, entries);
    makeTree(sshd.home, entries);
    printRow([
      "work",
      "",
      "seacp, s",
      `scp ${PROTOCOLS[protocol]}, s`,
      "ratio",
    ]);
    printRow(["---", "---", "---", "---", "---"]);
    for (const work of works(sizes)) {
      if (!work.name.includes(settings.only)) continue;
      printRow(await measure(work, { sshd, folder, settings }));
    }
  } finally {
    removeTree(folder);
  }
}
