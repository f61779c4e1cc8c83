/** Settings of the benchmark, from its command line. */

import { parseArgs } from "@std/cli/parse-args";
import { cacheHome } from "../../lib/system/environment.ts";
import { PEER_NAMES, type PeerName, type Protocol } from "./contenders.ts";
import type { Direction } from "./copy.ts";
import type { Form } from "./program.ts";
import { FLATTERING_TREES, REAL_TREES, type TreeName } from "./trees.ts";

/**
 * Programs on the server: OpenSSH's, its scp alone without an SFTP server, or
 * seacp itself as scp.
 */
export type Remote = "openssh" | "scp-only" | "seacp";

/**
 * Works beside the copies of trees: a large file, a tiny one, the start of the
 * program, the cost of very many files.
 */
const OTHER_WORKS = ["large", "tiny", "start", "scale"] as const;

/** Names that `--trees` takes. */
export type WorkName = TreeName | typeof OTHER_WORKS[number];

const WORK_NAMES: readonly WorkName[] = [
  ...REAL_TREES,
  ...FLATTERING_TREES,
  ...OTHER_WORKS,
];

/** Each option by its name. */
export interface Settings {
  readonly rounds: number;
  /** Names of what is measured. */
  readonly trees: readonly WorkName[];
  /** A directory of the user's own; it is measured in place of the default trees. */
  readonly tree: string | undefined;
  /** The round-trip times that are added, in milliseconds. */
  readonly rtt: readonly number[];
  /** The size of the large file, in MiB. */
  readonly mebibytes: number;
  /** The size of the large file at the greatest round-trip time, in MiB. */
  readonly distant: number;
  /** Number of files of the trees `words` and `random`. */
  readonly files: number;
  /** Number of files of the work `scale`. */
  readonly many: number;
  /** The one direction to measure; both if there is none. */
  readonly direction: Direction | undefined;
  /** In which form seacp is measured. */
  readonly program: Form;
  /** Whom seacp is compared with, where they are installed; absent: as usual. */
  readonly peers: readonly PeerName[] | undefined;
  readonly protocol: Protocol;
  /** More options for seacp alone. */
  readonly options: readonly string[];
  readonly remote: Remote;
  /** Directory that keeps fetched trees. */
  readonly cache: string;
  /** True where times and modes are preserved, by `-p`. */
  readonly preserve: boolean;
  /** True where ssh asks for a password. */
  readonly password: boolean;
  /** True where the floor of each copy is measured, too. */
  readonly floor: boolean;
  /** True where one JSON document is printed in place of tables. */
  readonly json: boolean;
}

/** Names of the options without a value. */
const FLAGS = ["preserve", "password", "floor", "json"] as const;

/** Settings that an option with a value gives. */
type Valued = Omit<Settings, typeof FLAGS[number]>;

const DEFAULTS: Valued = {
  rounds: 9,
  trees: [...REAL_TREES, "large", "tiny", "start"],
  tree: undefined,
  rtt: [0, 20, 100],
  mebibytes: 1024,
  distant: 256,
  files: 2000,
  many: 100_000,
  direction: undefined,
  program: "built",
  peers: undefined,
  protocol: "default",
  options: [],
  remote: "openssh",
  cache: `${cacheHome() ?? "/tmp"}/seacp-bench`,
};

/** Readers of the values of options. */
const READERS: {
  readonly [Name in keyof Valued]: (value: string) => Valued[Name];
} = {
  rounds: (value) => wholeNumber(value, 1),
  trees: (value) => someOf(value, WORK_NAMES),
  tree: given,
  rtt: (value) =>
    [
      ...new Set(value.split(",").map((each) => wholeNumber(each, 0))),
    ].sort((a, b) => a - b),
  mebibytes: (value) => wholeNumber(value, 1),
  distant: (value) => wholeNumber(value, 1),
  files: (value) => wholeNumber(value, 1),
  many: (value) => wholeNumber(value, 20),
  direction: (value) => oneOf<Direction>(value, ["up", "down"]),
  program: (value) => oneOf<Form>(value, ["built", "source"]),
  peers: (value) => someOf(value, PEER_NAMES),
  protocol: (value) => oneOf(value, ["scp", "sftp", "default"]),
  options: (value) => given(value).trim().split(/ +/),
  remote: (value) => oneOf<Remote>(value, ["openssh", "scp-only", "seacp"]),
  cache: given,
};

/**
 * Reads the settings; of an option given twice, the last one counts.
 *
 * @throws {RangeError} If an option is none, or its value makes no sense; the
 * message is a sentence for whoever gave it.
 */
export function parseSettings(args: readonly string[]): Settings {
  const names = Object.keys(READERS) as (keyof Valued)[];
  const { preserve, password, floor, json, ...values } = parseArgs(args, {
    string: names,
    boolean: FLAGS,
    unknown: (arg) => {
      const known = [...names, ...FLAGS].map((name) => `--${name}`).join(", ");
      throw new RangeError(`${arg}: this is no option; there are ${known}`);
    },
  });
  let settings: Settings = {
    ...DEFAULTS,
    ...(values.tree === undefined ? {} : { trees: [] }),
    ...{ preserve, password, floor, json },
  };
  for (const name of names) {
    const value = values[name];
    if (value === undefined) continue;
    try {
      settings = { ...settings, [name]: READERS[name](value) };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RangeError(`--${name}=${value}: ${error.message}`);
    }
  }
  return settings;
}

function wholeNumber(value: string, least: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (number >= least && Number.isSafeInteger(number)) return number;
  throw new RangeError(`the value has to be a whole number, at least ${least}`);
}

function oneOf<Word extends string>(
  value: string,
  words: readonly Word[],
): Word {
  const word = words.find((word) => word === value);
  if (word !== undefined) return word;
  throw new RangeError(`the value has to be ${words.join(" or ")}`);
}

function someOf<Word extends string>(
  value: string,
  words: readonly Word[],
): Word[] {
  const given = value.split(",");
  const found = words.filter((word) => given.includes(word));
  if (given.every((word) => found.some((each) => each === word))) return found;
  throw new RangeError(
    `the value has to be some of ${words.join(",")}, with commas`,
  );
}

function given(value: string): string {
  if (value !== "") return value;
  throw new RangeError("a value has to follow the option: --name=value");
}
