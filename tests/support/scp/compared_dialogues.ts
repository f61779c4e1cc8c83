/**
 * Dialogues that the program and the system's scp hold as the remote side,
 * in equal directories. In all of it, a character is a byte.
 */

import { assertEquals, assertThrows } from "@std/assert";
import { findProgram } from "../../../scripts/peers.ts";
import { peerTest } from "../doors.ts";
import { lacksRawOperands } from "../fixtures/raw_names.ts";
import { type Dialogue, runServer, type Served } from "./remote_side.ts";
import { SEACP } from "../process/program.ts";

/**
 * Where seacp differs on purpose: why, and what comes of it instead. Entries
 * are not compared where contents are given and they are not.
 */
interface Difference extends
  Partial<
    Pick<Served, "status" | "stdout" | "contents" | "entries">
  > {
  readonly why: string;
}

/** Facts of a row besides its dialogue. */
interface Extra extends Partial<Pick<Dialogue, "setup" | "umask" | "wrapper">> {
  /**
   * True where standard error may be written to: `-v` is among the arguments.
   */
  readonly verbose?: boolean;
  readonly differs?: Difference;
  /** Why it is ignored here; absent where it is not. */
  readonly lacks?: string | undefined;
}

/** A dialogue: its name, the arguments, what is said, and the rest. */
export type Row = readonly [
  name: string,
  args: string | readonly string[],
  talk: readonly string[],
  extra?: Extra,
];

/** Rows that begin alike. */
export interface Group {
  readonly name: string;
  /** Maker of the directory, where a row names none. */
  readonly setup: string;
  readonly rows: readonly Row[];
  readonly needs?: readonly string[];
}

/** Acknowledgements ahead, and more than enough. */
export const OK_AHEAD = ">" + "\0".repeat(40);

/** A line of more bytes than a peer reads at a time. */
export const TOO_LONG = "a line longer than 2047 bytes is one line, not two";

export const OLDER = "printf 'older and longer' > d/a";

/** Number of rows that are played at a time. */
const AT_A_TIME = 4;

/** Registers a test of each group, against the system's scp. */
export function compareWithScp(groups: readonly Group[]): void {
  for (const { name, setup, rows, needs = [] } of groups) {
    peerTest(
      `remote side: equals the system's scp in ${name}`,
      ["scp", ...needs],
      async (context) => {
        const waiting = rows.values();
        const players = Array.from({ length: AT_A_TIME }, async () => {
          for (const row of waiting) {
            const lacks = row[3]?.lacks ??
              (hasBytes(row) ? lacksRawOperands : undefined);
            await context.step({
              name: lacks === undefined ? row[0] : `${row[0]} (${lacks})`,
              ignore: lacks !== undefined,
              // Steps that run at the same time cannot have these.
              sanitizeOps: false,
              sanitizeResources: false,
              sanitizeExit: false,
              fn: () => play(row, setup),
            });
          }
        });
        await Promise.all(players);
      },
    );
  }
}

/** Tells whether there is anything but ASCII among the arguments. */
function hasBytes([, args]: Row): boolean {
  return [args].flat().some((word) => /[^\0-\x7f]/.test(word));
}

async function play(
  [_, args, talk, { verbose = false, differs, lacks: _lacks, ...extra } = {}]:
    Row,
  setup: string,
): Promise<void> {
  const dialogue: Dialogue = {
    args: typeof args === "string" ? args.split(" ") : args,
    talk,
    setup,
    ...extra,
  };
  const { stderr: _theirs, ...theirs } = comparable(
    await runServer([findProgram("scp")!], dialogue),
    dialogue,
  );
  const { stderr, ...ours } = comparable(
    await runServer(SEACP, dialogue),
    dialogue,
  );
  assertEquals(stderr !== "", verbose, stderr);
  const script = talk.filter((words) => words.startsWith("<"))
    .map((words) => words.slice(1)).join("");
  assertEquals(theirs.stdout.slice(0, script.length), script);
  if (differs === undefined) assertEquals(ours, theirs);
  else assertDiffers(ours, theirs, differs);
}

/**
 * Leaves out when files of a source were read: ours reads small ones before it
 * announces them, since only that tells how long those of /proc are.
 */
function comparable(served: Served, { args }: Dialogue): Served {
  if (!/^-[a-z]*f/.test(args[0] ?? "")) return served;
  const entries = served.entries.map((line) =>
    line.replace(/^(f \S+ \S+ \S+) \S+/, "$1")
  );
  return { ...served, entries };
}

type Compared = Omit<Served, "stderr">;

function assertDiffers(
  ours: Compared,
  theirs: Compared,
  { why, ...expected }: Difference,
): void {
  const isLeftOut = expected.contents !== undefined &&
    expected.entries === undefined;
  const { entries } = isLeftOut ? theirs : ours;
  assertEquals({ ...ours, entries }, { ...theirs, ...expected }, why);
  assertThrows(() => assertEquals(ours, theirs), Error);
}
