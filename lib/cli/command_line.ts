import type { CopyOptions } from "../copy/job.ts";
import { UsageError } from "../errors.ts";
import type { LocationRules } from "../location/location.ts";
import { parsePort } from "../location/port.ts";
import { getopt, type GivenOption } from "./getopt.ts";
import { OPTIONS } from "./options.ts";

/** What the user asked for. */
export interface CommandLine {
  readonly sources: readonly string[];
  readonly target: string;
  readonly quiet: boolean;
  readonly options: CopyOptions;
}

/** The largest `-l`, in Kbit/s. */
const MAX_LIMIT = 104_857_600;

/** The largest number of either `-X`. */
const MAX_SFTP_TUNING = 262_144;

/**
 * Reads scp's command line.
 *
 * @throws {UsageError} With scp's words and status for what it does not take.
 */
export function parseCommandLine(
  args: readonly string[],
  rules: Pick<LocationRules, "servicePort">,
): CommandLine {
  const { given, operands } = getopt(args, OPTIONS);
  const has = (letter: string) => given.some((o) => o.letter === letter);
  const last = (letter: string) =>
    given.findLast((o) => o.letter === letter)?.value;
  for (const option of given) checkOption(option, rules);
  checkBuilt(given);
  if (operands.length < 2) throw new UsageError("", { showUsage: true });

  const port = last("P") === undefined
    ? undefined
    : parsePort(last("P")!, rules);
  const limit = last("l");
  return {
    sources: operands.slice(0, -1),
    target: operands.at(-1)!,
    quiet: has("q"),
    options: {
      recursive: has("r"),
      preserve: has("p"),
      checkNames: !has("T"),
      targetIsFolder: has("d") || operands.length > 2,
      verbose: has("v"),
      ...(limit === undefined ? {} : { bitsPerSecond: Number(limit) * 1024 }),
      ssh: {
        program: last("S") ?? "ssh",
        flags: given.flatMap(sshFlags),
        ...(port === undefined ? {} : { port }),
      },
    },
  };
}

/** What an option says to ssh, word for word as OpenSSH's scp says it. */
function sshFlags({ letter, value }: GivenOption): string[] {
  if ("46ACvq".includes(letter)) return [`-${letter}`];
  if ("cFiJo".includes(letter)) return [`-${letter}`, value];
  return letter === "B" ? ["-oBatchmode=yes"] : [];
}

/** @throws {UsageError} If scp does not take the option's value. */
function checkOption(
  { letter, value }: GivenOption,
  rules: Pick<LocationRules, "servicePort">,
): void {
  switch (letter) {
    case "1":
      throw new UsageError("SSH protocol v.1 is no longer supported", {
        status: 255,
      });
    case "M":
      throw new UsageError("", { showUsage: true });
    case "l":
      if (!isWithin(value, MAX_LIMIT)) {
        throw new UsageError("", { showUsage: true });
      }
      return;
    case "P":
      if (parsePort(value, rules) === undefined) {
        throw new UsageError(`bad port "${value}"\n`, { status: 255 });
      }
      return;
    case "X":
      return checkSftpOption(value);
  }
}

/** @throws {UsageError} If it is no `nrequests=…` or `buffer=…` scp takes. */
function checkSftpOption(text: string): void {
  const [, name, value] = /^(buffer|nrequests)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError("Invalid -X option", { status: 255 });
  }
  const [, digits, unit] = /^(\d+)([KMGkmg]?)$/.exec(value) ?? [];
  const scale = name === "buffer"
    ? 1024 ** ["", "k", "m", "g"].indexOf((unit ?? "").toLowerCase())
    : unit === ""
    ? 1
    : NaN;
  const isValid = digits !== undefined &&
    isWithin(String(Number(digits) * scale), MAX_SFTP_TUNING);
  if (isValid) return;
  const what = name === "buffer" ? "buffer size" : "number of requests";
  throw new UsageError(
    `Invalid ${what} "${value}": it must be from 1 to ${MAX_SFTP_TUNING}`,
    { status: 255 },
  );
}

function isWithin(digits: string, maximum: number): boolean {
  return /^\d+$/.test(digits) && Number(digits) >= 1 &&
    Number(digits) <= maximum;
}

/** @throws {UsageError} If what is asked for is yet to be built. */
function checkBuilt(given: readonly GivenOption[]): void {
  const protocol = given.findLast(({ letter }) => "Os".includes(letter));
  const missing =
    given.find(({ letter }) =>
      "tf".includes(letter) || (letter === "D" && protocol?.letter !== "O")
    ) ?? (protocol?.letter === "s" ? protocol : undefined);
  if (missing !== undefined) {
    throw new UsageError(`-${missing.letter} is not built yet`);
  }
}
