import { UsageError } from "../errors.ts";
import { type LocationRules, parsePort } from "../location/location.ts";
import { checkCombinations } from "./combinations.ts";
import type { CopyJob, CopyOptions, ServeRequest } from "./copy_options.ts";
import { getopt, type GivenOption, partsOf } from "./getopt.ts";
import { readFilters } from "./filter_options.ts";
import { readModes } from "./mode_option.ts";
import { readRetries } from "./retries_option.ts";
import { type DirectoryServer, readDirectoryServer } from "./serve_options.ts";
import {
  CHOICE_GROUP,
  dashed,
  OPTIONS,
  type Shell,
  SHELLS,
} from "./option_table.ts";

/** A copy as the user requests it. */
export interface CopyRequest
  extends Pick<CopyJob, "sources" | "target" | "options"> {
  readonly kind: "copy";
  readonly quiet: boolean;
  /** True where the progress is told in lines off a terminal. */
  readonly progress: boolean;
  /** True where the end is told although nothing failed. */
  readonly summary: boolean;
  /** True where the events are told as JSON on standard output. */
  readonly json: boolean;
}

/** The remote's part of a copy, as a client's scp requests it. */
export interface ServeCommand extends ServeRequest {
  readonly kind: "serve";
}

/** One call of the program. */
export type CommandLine =
  | CopyRequest
  | ServeCommand
  | DirectoryServer
  | { readonly kind: "sftpServer" }
  | { readonly kind: "help" }
  | { readonly kind: "version"; readonly verbose: boolean }
  | { readonly kind: "completions"; readonly shell: Shell }
  | {
    readonly kind: "complete";
    readonly shell: Shell;
    /**
     * Arguments of the shell's completion function: the line as it is typed.
     */
    readonly words: readonly string[];
  };

/** The largest `-l`, in Kbit/s. */
const MAX_LIMIT = 104_857_600;

/** The largest `--jobs`, in connections. */
const MAX_JOBS = 64;

/** The largest number of either `-X` option; `buffer` is in bytes. */
const MAX_SFTP_TUNING = 262_144;

/**
 * Reads scp's command line.
 *
 * @throws {UsageError} With scp's words and status, where scp refuses the call.
 */
export function parseCommandLine(
  args: readonly string[],
  rules: Pick<LocationRules, "servicePort">,
): CommandLine {
  const { given, operands } = getopt(args, OPTIONS);
  for (const { option: { name }, value } of given) {
    if (name === "help") return { kind: name };
    if (name === "version") return { kind: name, verbose: has(given, "v") };
    if (name === "completions") return { kind: name, shell: readShell(value) };
    if (name === "complete") {
      return { kind: name, shell: readShell(value), words: operands };
    }
  }
  if (has(given, "sftp-server")) {
    checkSftpServer(given, operands);
    return { kind: "sftpServer" };
  }
  const server = readDirectoryServer(given, operands);
  if (server !== undefined) return server;
  const options = parseCopyOptions(given, rules);
  // As in scp, `-f` has precedence over `-t`.
  checkReports(given);
  if (has(given, "f") || has(given, "t")) {
    checkServed(given);
    const role = has(given, "f") ? "source" : "sink";
    return { kind: "serve", role, paths: operands, ...options };
  }
  if (operands.length < 2) throw wrongUse();
  checkCombinations(options);
  return {
    kind: "copy",
    sources: operands.slice(0, -1),
    target: operands.at(-1)!,
    quiet: has(given, "q"),
    progress: has(given, "progress"),
    summary: has(given, "summary"),
    json: has(given, "json"),
    options: {
      ...options,
      targetIsDirectory: options.targetIsDirectory || operands.length > 2,
    },
  };
}

/**
 * Reads the options that concern a copy.
 *
 * @throws {UsageError} If a value makes no sense.
 */
export function parseCopyOptions(
  given: readonly GivenOption[],
  rules: Pick<LocationRules, "servicePort">,
): CopyOptions {
  const isGiven = (name: string) => has(given, name);
  const values = (name: string) =>
    given.filter(({ option }) => option.name === name)
      .map(({ value }) => value);
  if (isGiven("1")) {
    throw new UsageError("SSH protocol v.1 is no longer supported", {
      status: 255,
    });
  }
  if (isGiven("M")) throw wrongUse();
  const port = values("P").map((text) => readPort(text, rules)).at(-1);
  const bitsPerSecond = values("l").map(readLimit).at(-1);
  const sftpServer = values("D").at(-1);
  const protocol = parseProtocol(given);
  return {
    recursive: isGiven("r"),
    preserve: isGiven("p"),
    checkNames: !isGiven("T"),
    targetIsDirectory: isGiven("d") || isGiven("mkdir"),
    throughHere: lastOf(["3", "R"], given) !== "R",
    verbose: isGiven("v"),
    lockstep: isGiven("lockstep"),
    jobs: values("jobs").map(readJobs).at(-1) ?? 1,
    share: isGiven("share"),
    ...readRetries(values("retries")),
    ...(bitsPerSecond === undefined ? {} : { bitsPerSecond }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(sftpServer === undefined ? {} : { sftpServer }),
    ...readFilters(given),
    ...readExisting(isGiven),
    ...readModes(values("chmod")),
    ...(isGiven("atomic") ? { isAtomic: true } : {}),
    ...(isGiven("dry-run") ? { isDry: true } : {}),
    ...(isGiven("links") ? { keepsLinks: true } : {}),
    ...(isGiven("verify") ? { verifies: true } : {}),
    ...(isGiven("resume") ? { resumes: true } : {}),
    ...(isGiven("mkdir") ? { makesTarget: true } : {}),
    sftpTuning: Object.assign({}, ...values("X").map(readSftpOption)),
    ssh: {
      program: values("S").at(-1) ?? "ssh",
      flags: given.flatMap(sshArguments),
      ...(port === undefined ? {} : { port }),
    },
  };
}

/** Options that tell more of a copy than scp does. */
const REPORTS = ["progress", "summary", "json"] as const;

/** Options beside which they tell nothing, each with the reason. */
const SILENT = [
  ["R", "leaves the copy to another scp"],
  ["t", "is the remote side"],
  ["f", "is the remote side"],
] as const;

/** @throws {UsageError} If an option asks for a report where there is none. */
function checkReports(given: readonly GivenOption[]): void {
  const reports = REPORTS.filter((name) => has(given, name));
  // JSON is no text for people.
  const told = reports.find((name) => name !== "json");
  if (told !== undefined && has(given, "q")) {
    throw new UsageError(
      `--${told} cannot be used with -q: -q is to be quiet`,
    );
  }
  const [report] = reports;
  if (report === undefined) return;
  for (const [name, reason] of SILENT) {
    const isGiven = name === "R"
      ? lastOf(["3", "R"], given) === name
      : has(given, name);
    if (!isGiven) continue;
    throw new UsageError(
      `--${report} cannot be used with -${name}: -${name} ${reason}`,
    );
  }
}

/** Tells whether arguments ask for JSON, however wrong they are otherwise. */
export function asksForJson(args: readonly string[]): boolean {
  return [...partsOf(args, OPTIONS)].some((part) =>
    part.kind === "option" && part.option.name === "json"
  );
}

/** Gives the protocol given last; an SFTP server's path alone means SFTP. */
function parseProtocol(
  given: readonly GivenOption[],
): CopyOptions["protocol"] {
  const name = lastOf(["O", "s"], given);
  if (name === "O") return "scp";
  return name === "s" || has(given, "D") ? "sftp" : undefined;
}

/** Gives ssh's arguments for an option, word for word as OpenSSH's scp does. */
function sshArguments({ option, value }: GivenOption): string[] {
  if (option.ssh === undefined) return [];
  return option.value === undefined ? [option.ssh] : [option.ssh, value];
}

/** @throws {UsageError} If an option is given that a remote side cannot carry out. */
function checkServed(given: readonly GivenOption[]): void {
  const clients = given.find(({ option }) =>
    CHOICE_GROUP.options.includes(option)
  );
  if (clients === undefined) return;
  throw new UsageError(
    `${dashed(clients.option.name)} is for clients, not for -t and -f`,
    { status: 255 },
  );
}

/** @throws {UsageError} If an SFTP server is given anything else. */
function checkSftpServer(
  given: readonly GivenOption[],
  operands: readonly string[],
): void {
  if (given.length === 1 && operands.length === 0) return;
  throw new UsageError("--sftp-server takes nothing else", { status: 255 });
}

/** Reads the options about files whose target is there. */
function readExisting(
  isGiven: (name: string) => boolean,
): Pick<CopyOptions, "existing"> {
  const existing = {
    keepsAll: isGiven("no-clobber"),
    keepsSame: isGiven("skip-unchanged"),
    keepsNewer: isGiven("update"),
    ...(isGiven("checksum") ? { comparesContent: true as const } : {}),
  };
  return Object.values(existing).includes(true) ? { existing } : {};
}

function has(given: readonly GivenOption[], name: string): boolean {
  return given.some(({ option }) => option.name === name);
}

/** Gives the one of some options that is given last, as it has precedence. */
function lastOf(
  names: readonly string[],
  given: readonly GivenOption[],
): string | undefined {
  return given.findLast(({ option }) => names.includes(option.name))?.option
    .name;
}

function wrongUse(): UsageError {
  return new UsageError("", { showUsage: true });
}

function readShell(name: string): Shell {
  const shell = SHELLS.find((shell) => shell === name);
  if (shell !== undefined) return shell;
  throw new UsageError(
    `unknown shell "${name}": it must be bash, zsh, fish or powershell`,
    { status: 255 },
  );
}

function readPort(
  text: string,
  rules: Pick<LocationRules, "servicePort">,
): number {
  const port = parsePort(text, rules);
  if (port !== undefined) return port;
  throw new UsageError(`bad port "${text}"\n`, { status: 255 });
}

/** Reads Kbit/s of 1024 bits; gives bits per second. */
function readLimit(text: string): number {
  if (!isWithin(text, MAX_LIMIT)) throw wrongUse();
  return Number(text) * 1024;
}

function readJobs(text: string): number {
  if (isWithin(text, MAX_JOBS)) return Number(text);
  throw new UsageError(
    `Invalid number of jobs "${text}": it must be from 1 to ${MAX_JOBS}`,
    { status: 255 },
  );
}

/**
 * Reads `nrequests=…` or `buffer=…`, the latter in bytes or with a unit.
 *
 * @throws {UsageError} If scp does not take it.
 */
function readSftpOption(text: string): CopyOptions["sftpTuning"] {
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
  const number = Number(digits) * scale;
  if (digits !== undefined && isWithin(String(number), MAX_SFTP_TUNING)) {
    return name === "buffer" ? { bufferBytes: number } : { requests: number };
  }
  const subject = name === "buffer" ? "buffer size" : "number of requests";
  throw new UsageError(
    `Invalid ${subject} "${value}": it must be from 1 to ${MAX_SFTP_TUNING}`,
    { status: 255 },
  );
}

function isWithin(digits: string, maximum: number): boolean {
  return /^\d+$/.test(digits) && Number(digits) >= 1 &&
    Number(digits) <= maximum;
}
