import type { Direction } from "./cut_proxy.ts";
import { FaultyLine } from "./faulty_line.ts";
import { Place } from "../fixtures/place.ts";
import { lengthOf, until } from "../process/processes.ts";
import type { Outcome, Running } from "../process/program.ts";
import type { Sshd } from "../ssh/sshd.ts";
import { pattern } from "../fixtures/tree.ts";

/** Copies all files of one directory, in the order of their names, to another. */
export interface Way {
  readonly name: string;
  /** Protocol that an option names. */
  readonly protocol: "scp" | "sftp";
  /** Directory for the files' content. */
  readonly direction: Direction;
  ends(place: Place): { from: string; to: string };
  args(place: Place): readonly string[];
}

export const ways: readonly Way[] = [
  {
    name: "an upload",
    protocol: "scp",
    direction: "up",
    ends: ({ near, far }) => ({ from: `${near}/from`, to: `${far}/to` }),
    args: (place) => [
      "-O",
      ...[...Deno.readDirSync(`${place.near}/from`)]
        .map(({ name }) => `from/${name}`).toSorted(),
      place.remote("to"),
    ],
  },
  {
    name: "a download",
    protocol: "scp",
    direction: "down",
    ends: ({ near, far }) => ({ from: `${far}/from`, to: `${near}/to` }),
    args: (place) => ["-O", place.remote("from/*"), "to"],
  },
];

/** The same over SFTP, where several files are in flight at once. */
export const sftpWays: readonly Way[] = ways.map((way) => ({
  ...way,
  name: `${way.name} over SFTP`,
  protocol: "sftp",
  args: (place) => ["-s", ...way.args(place).slice(1)],
}));

/** The length of `f`, in bytes: more than ssh's window, all pipes and requests hold. */
export const LENGTH = 8 * 1024 ** 2;

/** Time of `f`, in seconds. */
const LONG_AGO = 1_000_000_000;

/** Bytes that pass before the halt. */
const PASSED_BYTES = 600_000;

/** A copy that is halted inside the file `f`. */
export interface Halted {
  readonly line: FaultyLine;
  readonly place: Place;
  /** The directory `f` is copied from, and that it is copied to. */
  readonly from: string;
  readonly to: string;
  /** The process of the program. */
  readonly pid: number;
  /** Resolves when it has ended. */
  readonly outcome: Promise<Outcome>;
}

export interface Plan {
  /** The files that come after `f`: their content by name. */
  readonly after?: Readonly<Record<string, string>>;
  /** Files one of which begins to arrive before the halt; `f`, if absent. */
  readonly begun?: readonly string[];
  /** Starts the program; plainly, if absent. */
  start?(place: Place, args: readonly string[]): Running;
  /** Step that runs during the halt. */
  act(halted: Halted): Promise<void> | void;
}

/**
 * Starts a copy, halts its line in the middle of `f`, has the plan act, lets
 * the line go on and sees the copy to its end.
 */
export async function haltCopy(
  { sshd, way }: { sshd: Sshd; way: Way },
  {
    after = {},
    begun = ["f"],
    start = (place, args) => place.start(args),
    act,
  }: Plan,
  check: (outcome: Outcome, halted: Halted) => void,
): Promise<void> {
  await using line = new FaultyLine(sshd, {
    direction: way.direction,
    after: PASSED_BYTES,
    isHeld: true,
  });
  using place = new Place(line);
  const { from, to } = way.ends(place);
  Deno.mkdirSync(from);
  Deno.mkdirSync(to);
  writeLongAgo(`${from}/f`, pattern(LENGTH));
  for (const [name, content] of Object.entries(after)) {
    Deno.writeTextFileSync(`${from}/${name}`, content);
  }
  const { pid, outcome } = start(place, way.args(place));
  await Promise.race([line.proxy.reached, outcome.then(endedEarly)]);
  await until(
    `one of ${begun} begins to arrive`,
    () => begun.some((name) => lengthOf(`${to}/${name}`) > 0),
  );
  const halted = { line, place, from, to, pid, outcome };
  await act(halted);
  line.proxy.release();
  const ended = await outcome;
  await line.assertNobodyLeft();
  check(ended, halted);
}

/** Makes a file as nobody has written to for long: the system may send it by itself. */
function writeLongAgo(path: string, content: Uint8Array): void {
  Deno.writeFileSync(path, content);
  using file = Deno.openSync(path);
  // Pages that are on the disk become zeros where they are cut while they are sent.
  file.syncSync();
  Deno.utimeSync(path, LONG_AGO, LONG_AGO);
}

function endedEarly({ status, stderr }: Outcome): never {
  throw new Error(`ended with ${status} before the halt: ${stderr}`);
}
