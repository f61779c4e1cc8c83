import { isShell, type Shell } from "./shell_names.ts";
import {
  BATCH_MODE,
  type CopyJob,
  type CopyOptions,
  type ServeRequest,
} from "./copy_options.ts";
import { UsageError } from "../errors.ts";
import type { LocationRules } from "../location/location.ts";
import { parsePort } from "../location/location.ts";
import { getopt, type GivenOption } from "./getopt.ts";
import { dashed, OPTIONS } from "./option_table.ts";

/** A copy, as the user asked for it. */
export interface CopyRequest
  extends Pick<CopyJob, "sources" | "target" | "options"> {
  readonly kind: "copy";
  readonly quiet: boolean;
}

/** The remote's part of a copy, as a client's scp asks for it. */
export interface ServeCommand extends ServeRequest {
  readonly kind: "serve";
}

/** What the user asked for. */
export type CommandLine =
  | CopyRequest
  | ServeCommand
  | { readonly kind: "help" }
  | { readonly kind: "version"; readonly verbose: boolean }
  | { readonly kind: "completions"; readonly shell: Shell }
  | {
    readonly kind: "complete";
    readonly shell: Shell;
    /** What the shell's completion function says of what is typed. */
    readonly words: readonly string[];
  };

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
  for (const { name, value } of given) {
    if (name === "help") return { kind: name };
    if (name === "version") {
      return { kind: name, verbose: given.some(({ name }) => name === "v") };
    }
    if (name === "completions") return { kind: name, shell: readShell(value) };
    if (name === "complete") {
      return { kind: name, shell: readShell(value), words: operands };
    }
  }
  const options = parseCopyOptions(given, rules);
  const role = parseRole(given);
  if (role !== undefined) {
    return { kind: "serve", role, paths: operands, ...options };
  }
  if (operands.length < 2) throw wrongUse();
  return {
    kind: "copy",
    sources: operands.slice(0, -1),
    target: operands.at(-1)!,
    quiet: given.some(({ name }) => name === "q"),
    options: {
      ...options,
      targetIsDirectory: options.targetIsDirectory || operands.length > 2,
    },
  };
}

/** As in scp, a source comes before a sink. */
function parseRole(
  given: readonly GivenOption[],
): ServeCommand["role"] | undefined {
  const has = (wanted: string) => given.some(({ name }) => name === wanted);
  return has("f") ? "source" : has("t") ? "sink" : undefined;
}

/**
 * What the options say of a copy.
 *
 * @throws {UsageError} If a value makes no sense.
 */
export function parseCopyOptions(
  given: readonly GivenOption[],
  rules: Pick<LocationRules, "servicePort">,
): CopyOptions {
  const has = (wanted: string) => given.some(({ name }) => name === wanted);
  const values = (wanted: string) =>
    given.filter(({ name }) => name === wanted).map(({ value }) => value);
  if (has("1")) {
    throw new UsageError("SSH protocol v.1 is no longer supported", {
      status: 255,
    });
  }
  if (has("M")) throw wrongUse();
  const port = values("P").map((text) => readPort(text, rules)).at(-1);
  const bitsPerSecond = values("l").map(readLimit).at(-1);
  const sftpServer = values("D").at(-1);
  const protocol = parseProtocol(given);
  return {
    recursive: has("r"),
    preserve: has("p"),
    checkNames: !has("T"),
    targetIsDirectory: has("d"),
    throughHere:
      given.findLast(({ name }) => "3R".includes(name))?.name !== "R",
    verbose: has("v"),
    lockstep: has("lockstep"),
    ...(bitsPerSecond === undefined ? {} : { bitsPerSecond }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(sftpServer === undefined ? {} : { sftpServer }),
    sftpTuning: Object.assign({}, ...values("X").map(readSftpOption)),
    ssh: {
      program: values("S").at(-1) ?? "ssh",
      flags: given.flatMap(sshFlags),
      ...(port === undefined ? {} : { port }),
    },
  };
}

/** The last one named; an SFTP server of one's own is to be spoken to, too. */
function parseProtocol(
  given: readonly GivenOption[],
): CopyOptions["protocol"] {
  const named = given.findLast(({ name }) => "Os".includes(name))?.name;
  if (named === "O") return "scp";
  const isSftp = named === "s" || given.some(({ name }) => name === "D");
  return isSftp ? "sftp" : undefined;
}

/** What an option says to ssh, word for word as OpenSSH's scp says it. */
function sshFlags({ name, value }: GivenOption): string[] {
  if ("46ACvq".includes(name)) return [dashed(name)];
  if ("cFiJo".includes(name)) return [dashed(name), value];
  return name === "B" ? [BATCH_MODE] : [];
}

function wrongUse(): UsageError {
  return new UsageError("", { showUsage: true });
}

function readShell(name: string): Shell {
  if (isShell(name)) return name;
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

/** Reads Kbit/s; gives bits a second, a Kbit being 1024 of them. */
function readLimit(text: string): number {
  if (!isWithin(text, MAX_LIMIT)) throw wrongUse();
  return Number(text) * 1024;
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
