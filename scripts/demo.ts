// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * The main job on real input: a tree goes to a host over a real sshd and
 * comes back, and is compared with what it was.
 */

import { SEACP } from "../tests/support/process/program.ts";
import {
  LENDS_TERMINAL,
  lentTerminal,
  quoted,
} from "../tests/support/process/pseudo_terminal.ts";
import { Sshd } from "../tests/support/ssh/sshd.ts";
import {
  describeTree,
  makeTree,
  ODD_NAMES,
  removeTree,
  type TreeEntry,
} from "../tests/support/fixtures/tree.ts";
import { ensurePeers, findProgram } from "./peers.ts";

const BIG_BYTES = 64 * 1024 * 1024;

const y2k = 946_684_800;

function treeEntries(): TreeEntry[] {
  return [
    { path: "README.txt", content: "A tree to copy.\n", modified: y2k },
    { path: "big.bin", content: randomBytes(BIG_BYTES), mode: 0o600 },
    { path: "empty", content: "", mode: 0o644, modified: y2k + 1 },
    { path: "empty directory/", mode: 0o700, modified: y2k + 2 },
    { path: "nested/a/b/c/deep.txt", content: "deep\n", mode: 0o640 },
    { path: "nested/a/b/", mode: 0o750, modified: y2k + 3 },
    { path: "read-only/", mode: 0o555, modified: y2k + 4 },
    { path: "read-only/file", content: "read me\n", mode: 0o444 },
    { path: "run.sh", content: "#!/bin/sh\n", mode: 0o755, modified: y2k + 5 },
    ...ODD_NAMES.map((name, index) => ({
      path: `odd names/${name}`,
      content: `${name}\n`,
      modified: y2k + 10 + index,
    })),
  ];
}

function randomBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += 65536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65536));
  }
  return bytes;
}

/** Runs a copy where its meter can be seen: on a terminal, lent if need be. */
async function copy(args: readonly string[]): Promise<void> {
  console.log(`\n$ seacp ${args.map(quoted).join(" ")}`);
  const command = [...SEACP, ...args];
  const hasMeter = Deno.stdout.isTerminal() ||
    findProgram(LENDS_TERMINAL) === undefined;
  const [program, ...rest] = hasMeter
    ? command
    : lentTerminal(command.map(quoted).join(" "));
  const { code } = await new Deno.Command(program!, {
    args: rest,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (code !== 0) throw new Error(`seacp ended with exit status ${code}`);
}

/** Says what differs between two descriptions of a tree. */
function compare(sent: readonly string[], received: readonly string[]): void {
  const differences = [
    ...sent.filter((line) => !received.includes(line)).map((l) => `- ${l}`),
    ...received.filter((line) => !sent.includes(line)).map((l) => `+ ${l}`),
  ];
  if (differences.length > 0) {
    throw new Error(`the trees differ:\n${differences.join("\n")}`);
  }
}

async function demo(directory: string): Promise<void> {
  const here = `${directory}/tree`;
  const back = `${directory}/back`;
  const entries = treeEntries();
  makeTree(here, entries);
  Deno.mkdirSync(back);
  await using sshd = await Sshd.start();
  console.log(`A throw-away sshd listens on 127.0.0.1, port ${sshd.port}.`);

  await copy(["-F", sshd.config, "-rp", here, "far:"]);
  await copy(["-F", sshd.config, "-rp", "far:tree", back]);

  const facts = { modes: true, times: true };
  const sent = await describeTree(here, facts);
  compare(sent, await describeTree(`${sshd.home}/tree`, facts));
  compare(sent, await describeTree(`${back}/tree`, facts));
  removeTree(`${sshd.home}/tree`);
  console.log(
    `\n${sent.length} files and directories went there and came back: names, ` +
      "bytes, modes and times are the same in all three places.",
  );
}

if (import.meta.main) {
  if (!ensurePeers()) Deno.exit(1);
  const directory = Deno.makeTempDirSync({ prefix: "seacp-demo-" });
  try {
    await demo(directory);
  } catch (error) {
    console.error(`\nThe demonstration failed: ${error}`);
    Deno.exitCode = 1;
  } finally {
    removeTree(directory);
  }
}
