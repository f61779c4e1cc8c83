import type { GivenOption } from "../options/getopt.ts";
import { parseCopyOptions } from "../options/command_line.ts";
import {
  dashed,
  OPTIONS,
  SHELLS,
  type TableOption,
} from "../options/option_table.ts";
import type { CopyOptions } from "../options/copy_options.ts";
import type { LocationRules, RemoteLocation } from "../location/location.ts";
import { parseLocation } from "../location/operand.ts";
import { findInPath } from "../ssh/program.ts";
import { homeDirectory } from "../system/environment.ts";
import { Cache, cacheDirectory } from "./cache.ts";
import { hostsOfUser } from "./host_files.ts";
import { localNames, withHome } from "./local_names.ts";
import { endGroup, keepFromPrompting } from "./process.ts";
import { type Reach, remoteNames } from "./remote_names.ts";
import { SSH_KEYWORDS } from "./ssh_keywords.ts";
import { type PathReader, readTypedPath } from "./typed_path.ts";
import { type Situation, situationOf, type Wanted } from "./words.ts";

/** A word that the one at the cursor may become. */
export interface Candidate {
  /** Word as the program would be given it. */
  readonly text: string;
  /** True where the word goes on, so that no blank follows it. */
  readonly isOpen: boolean;
  /** Text in a list of candidates; the word itself where absent. */
  readonly shown?: string;
  readonly description?: string;
}

/** Every word that the one at the cursor may become. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** True where local files are candidates too, for the shell to find. */
  readonly withFiles: boolean;
}

type WantedOperand = Extract<Wanted, { kind: "operand" }>;

/** Environment variable that, set to `no`, leaves remote paths uncompleted. */
const REMOTE_VARIABLE = "SEACP_COMPLETE_REMOTE";

/** Limit for an answer of a local program, in milliseconds. */
const LOCAL_MILLISECONDS = 1000;

const NOTHING: Completion = { candidates: [], withFiles: false };
const FILES: Completion = { candidates: [], withFiles: true };

/**
 * Finds candidates for the last one of some words. This process must live for
 * that alone: it gives up its terminal where ssh is run.
 *
 * @param words The words behind the command's name, up to the cursor.
 * @throws {UsageError} If a copy with the options before the word is refused.
 * @throws {EntryError} If the word names a host that no login may name.
 */
export async function completionOf(
  words: readonly string[],
  rules: LocationRules,
): Promise<Completion> {
  const situation = situationOf(words, OPTIONS);
  const { wanted } = situation;
  switch (wanted.kind) {
    case "option":
      return optionsLike(wanted.typed);
    case "value":
      return wanted.option.valueKind === "file" && wanted.before === ""
        ? FILES
        : valuesLike(wanted.typed, wanted.option, { situation, rules })
          .then((values) => withBefore(values, wanted.before));
    case "operand":
      return await operandsLike(wanted, situation, rules);
    default:
      return wanted satisfies never;
  }
}

function optionsLike(typed: string): Completion {
  const candidates = OPTIONS.flatMap((option) => {
    const text = dashed(option.name);
    const { summary: description } = option;
    return description !== undefined && text.startsWith(typed)
      ? [{ text, isOpen: false, description }]
      : [];
  });
  // Clustered letters are a whole word as they are.
  const isCluster = candidates.length === 0 && /^-[^-]/.test(typed);
  return isCluster ? words([typed]) : { candidates, withFiles: false };
}

function words(texts: readonly string[], isOpen = false): Completion {
  return {
    candidates: texts.map((text) => ({ text, isOpen })),
    withFiles: false,
  };
}

/** Puts the part of the word before its value before each candidate. */
function withBefore(completion: Completion, before: string): Completion {
  if (before === "") return completion;
  const { candidates, withFiles } = completion;
  return {
    withFiles,
    candidates: candidates.map(({ text, shown = text, ...rest }) => ({
      ...rest,
      text: before + text,
      shown,
    })),
  };
}

/** Finds candidates for an option's value, by its kind. */
async function valuesLike(
  typed: string,
  option: TableOption,
  { situation: { given }, rules }: {
    situation: Situation;
    rules: LocationRules;
  },
): Promise<Completion> {
  switch (option.valueKind) {
    case "file":
      return { candidates: localCandidates(typed), withFiles: false };
    case "host": {
      const [, before, last] = /^(.*[,@])?(.*)$/s.exec(typed)!;
      return withBefore(
        words(hosts(given).filter((it) => it.startsWith(last!))),
        before ?? "",
      );
    }
    case "cipher": {
      const [, before, last] = /^(.*,)?(.*)$/s.exec(typed)!;
      const names = await ciphers(parseCopyOptions(given, rules).ssh.program);
      return withBefore(
        words(names.filter((it) => it.startsWith(last!))),
        before ?? "",
      );
    }
    case "ssh_option":
      return words(
        SSH_KEYWORDS
          .filter((it) => it.toLowerCase().startsWith(typed.toLowerCase()))
          .map((it) => `${typed}${it.slice(typed.length)}=`),
        true,
      );
    default:
      return textsLike(typed, option);
  }
}

function textsLike(typed: string, { name }: TableOption): Completion {
  const like = (texts: readonly string[]) =>
    texts.filter((text) => text.startsWith(typed));
  if (name === "X") return words(like(["buffer=", "nrequests="]), true);
  return name === "completions" ? words(like(SHELLS)) : NOTHING;
}

/** Finds local files, where the shell does not look for them itself. */
export function localCandidates(typed: string, home?: string): Candidate[] {
  return localNames(typed, home).map(({ name, isDirectory }) => ({
    text: isDirectory ? `${name}/` : name,
    isOpen: isDirectory,
  }));
}

async function operandsLike(
  { typed, isFirst }: Pick<WantedOperand, "typed" | "isFirst">,
  { given }: Situation,
  rules: LocationRules,
): Promise<Completion> {
  // Names in a URI would have to be encoded.
  if (typed.startsWith("scp://")) return NOTHING;
  const location = parseLocation(typed, rules);
  if (location.kind === "remote") {
    const options = parseCopyOptions(given, rules);
    return await remotePathsLike(typed, location, {
      options,
      reader: readerOf(options, isFirst),
    });
  }
  if (typed.includes("/")) return FILES;
  const at = typed.lastIndexOf("@") + 1;
  const user = typed.slice(0, at);
  const candidates = hosts(given)
    .map((host) => host.includes(":") ? `[${host}]` : host)
    .filter((host) => host.startsWith(typed.slice(at)))
    .map((host) => ({ text: `${user}${host}:`, isOpen: true }));
  return { candidates, withFiles: true };
}

/** Gives the reader of a path: the remote shell with `-O` alone. */
function readerOf({ protocol }: CopyOptions, isSource: boolean): PathReader {
  if (protocol === "scp") return "shell";
  return protocol === undefined && isSource ? "pattern" : "server";
}

async function remotePathsLike(
  typed: string,
  location: RemoteLocation,
  { options, reader }: { options: CopyOptions; reader: PathReader },
): Promise<Completion> {
  const variable = (name: string) => Deno.env.get(name);
  if (variable(REMOTE_VARIABLE) === "no") return NOTHING;
  const text = typed.endsWith(":") && location.path === "."
    ? ""
    : location.path;
  const host = typed.slice(0, typed.length - text.length);
  const path = readTypedPath(text, reader);
  if (path === undefined) return NOTHING;
  let isOwnGroup = false;
  try {
    const names = await remoteNames(location, path, {
      ...withHomes(options),
      cache: new Cache(cacheDirectory(variable)),
      prepare: () => {
        isOwnGroup = keepFromPrompting();
      },
    });
    const candidates = names.map(({ name, kind }) => ({
      text: host + path.withName(name, kind),
      isOpen: kind !== "file",
      shown: kind === "directory" ? `${name}/` : name,
    }));
    return { candidates, withFiles: false };
  } finally {
    if (isOwnGroup) endGroup();
  }
}

/** Expands the `~/` of values, which the shell has not expanded yet. */
function withHomes({ ssh, sftpServer }: CopyOptions): Reach {
  const home = homeDirectory();
  const flags = ssh.flags.map((flag) => withHome(flag, home));
  return {
    ssh: { ...ssh, program: withHome(ssh.program, home), flags },
    ...(sftpServer === undefined
      ? {}
      : { sftpServer: withHome(sftpServer, home) }),
  };
}

function hosts(given: readonly GivenOption[]): string[] {
  return hostsOfUser(
    homeDirectory(),
    given.findLast(({ option }) => option.name === "F")?.value,
  );
}

/** Asks an ssh for its ciphers. */
async function ciphers(program: string): Promise<string[]> {
  const path = withHome(program, homeDirectory());
  if (!path.includes("/") && findInPath(path) === undefined) return [];
  const { stdout } = await new Deno.Command(path, {
    args: ["-Q", "cipher"],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(LOCAL_MILLISECONDS),
  }).output();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((name) => /^[\w@.+-]+$/.test(name));
}
