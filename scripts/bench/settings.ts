/** What the benchmark is told on its command line. */

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
  /** How many small files there are. */
  readonly files: number;
  /** The round-trip time of the works that have one, in milliseconds. */
  readonly rtt: number;
  /** How many files there are in the works of `--scale`. */
  readonly many: number;
  /** What a work's name has to hold. */
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
  /** What small files hold. */
  readonly content: Content;
  /** Whether the works with very many files are measured, too. */
  readonly scale: boolean;
  /** Whether one JSON document is printed in place of tables. */
  readonly json: boolean;
}

const DEFAULTS: Settings = {
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
  scale: false,
  json: false,
};

type Reader<Value> = (value: string | undefined) => Value;

const READERS: { readonly [Name in keyof Settings]: Reader<Settings[Name]> } = {
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
  scale: flag,
  json: flag,
};

/**
 * Reads `--name=value` and `--name`; of an option given twice, the last one
 * counts.
 *
 * @throws {RangeError} If an option is none, or its value makes no sense; the
 * message is a sentence for whoever gave it.
 */
export function parseSettings(args: readonly string[]): Settings {
  let settings = DEFAULTS;
  for (const arg of args) {
    const [, name = "", value] = /^--(\w+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (!isOption(name)) {
      const known = Object.keys(READERS).map((option) => `--${option}`);
      throw new RangeError(
        `${arg}: this is no option; there are ${known.join(", ")}`,
      );
    }
    try {
      settings = { ...settings, [name]: READERS[name](value) };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RangeError(`${arg}: ${error.message}`);
    }
  }
  return settings;
}

function isOption(name: string): name is keyof Settings {
  return Object.hasOwn(READERS, name);
}

function wholeNumber(value: string | undefined, least: number): number {
  const number = /^\d+$/.test(value ?? "") ? Number(value) : NaN;
  if (number >= least && Number.isSafeInteger(number)) return number;
  throw new RangeError(`the value has to be a whole number, at least ${least}`);
}

function oneOf<Word extends string>(
  value: string | undefined,
  words: readonly Word[],
): Word {
  const word = words.find((word) => word === value);
  if (word !== undefined) return word;
  throw new RangeError(`the value has to be ${words.join(" or ")}`);
}

function peerNames(value: string | undefined): PeerName[] {
  const names = given(value).split(",");
  if (names.every(isPeerName)) return names;
  throw new RangeError(
    `the value has to be some of ${PEER_NAMES.join(",")}, with commas`,
  );
}

function given(value: string | undefined): string {
  if (value !== undefined && value !== "") return value;
  throw new RangeError("a value has to follow the option: --name=value");
}

function flag(value: string | undefined): true {
  if (value === undefined) return true;
  throw new RangeError("the option takes no value");
}
