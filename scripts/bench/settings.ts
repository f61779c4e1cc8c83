/** Settings of the benchmark, from its command line. */

import { parseArgs } from "@std/cli/parse-args";
import {
  isPeerName,
  PEER_NAMES,
  type PeerName,
  type Protocol,
} from "./contenders.ts";
import type { Content } from "./content.ts";
import type { Direction } from "./copy.ts";
import type { Form } from "./program.ts";

/** Programs that may be scp on the server: OpenSSH's, or seacp itself. */
export type Remote = "scp" | "seacp";

/** Each option by its name, `--scale` and `--json` without a value. */
export interface Settings {
  readonly rounds: number;
  /** The size of the large file. */
  readonly mebibytes: number;
  /** Number of small files. */
  readonly files: number;
  /** The round-trip time of the works that have one, in milliseconds. */
  readonly rtt: number;
  /** Number of files in the works of `--scale`. */
  readonly many: number;
  /** Text that a work's name has to contain. */
  readonly only: string;
  /** The one direction to measure; both if there is none. */
  readonly direction: Direction | undefined;
  /** In which form seacp is measured. */
  readonly program: Form;
  /** Whom seacp is compared with, where they are installed. */
  readonly peers: readonly PeerName[];
  readonly protocol: Protocol;
  /** Program that is scp on the server. */
  readonly remote: Remote;
  /** Content of small files. */
  readonly content: Content;
  /** True where the works with very many files are measured, too. */
  readonly scale: boolean;
  /** True where one JSON document is printed in place of tables. */
  readonly json: boolean;
}

/** Names of the options without a value. */
const FLAGS = ["scale", "json"] as const;

/** Settings that an option with a value gives. */
type Valued = Omit<Settings, typeof FLAGS[number]>;

const DEFAULTS: Valued = {
  rounds: 5,
  mebibytes: 1024,
  files: 2000,
  rtt: 20,
  many: 100_000,
  only: "",
  direction: undefined,
  program: "built",
  peers: PEER_NAMES,
  protocol: "scp",
  remote: "scp",
  content: "text",
};

/** Readers of the values of options. */
const READERS: {
  readonly [Name in keyof Valued]: (value: string) => Valued[Name];
} = {
  rounds: (value) => wholeNumber(value, 1),
  mebibytes: (value) => wholeNumber(value, 1),
  files: (value) => wholeNumber(value, 1),
  rtt: (value) => wholeNumber(value, 1),
  many: (value) => wholeNumber(value, 20),
  only: given,
  direction: (value) => oneOf<Direction>(value, ["up", "down"]),
  program: (value) => oneOf<Form>(value, ["built", "source"]),
  peers: peerNames,
  protocol: (value) => oneOf(value, ["scp", "sftp", "default"]),
  remote: (value) => oneOf<Remote>(value, ["scp", "seacp"]),
  content: (value) => oneOf(value, ["text", "random"]),
};

/**
 * Reads the settings; of an option given twice, the last one counts.
 *
 * @throws {RangeError} If an option is none, or its value makes no sense; the
 * message is a sentence for whoever gave it.
 */
export function parseSettings(args: readonly string[]): Settings {
  const names = Object.keys(READERS) as (keyof Valued)[];
  const { scale, json, ...values } = parseArgs(args, {
    string: names,
    boolean: FLAGS,
    unknown: (arg) => {
      const known = [...names, ...FLAGS].map((name) => `--${name}`).join(", ");
      throw new RangeError(`${arg}: this is no option; there are ${known}`);
    },
  });
  let settings: Settings = { ...DEFAULTS, scale, json };
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

function peerNames(value: string): PeerName[] {
  const names = given(value).split(",");
  if (names.every(isPeerName)) return names;
  throw new RangeError(
    `the value has to be some of ${PEER_NAMES.join(",")}, with commas`,
  );
}

function given(value: string): string {
  if (value !== "") return value;
  throw new RangeError("a value has to follow the option: --name=value");
}
