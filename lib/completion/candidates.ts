import type { GivenOption } from "../options/getopt.ts";
import { dashed, OPTIONS, type TableOption } from "../options/option_table.ts";
import type { LocationRules, RemoteLocation } from "../location/location.ts";
import { parseLocation } from "../location/operand.ts";
import { findInPath } from "../ssh/program.ts";
import { homeDirectory } from "../system/environment.ts";
import { Cache, cacheDirectory } from "./cache.ts";
import { hostsOfUser } from "./host_files.ts";
import { localNames, withHome } from "./local_names.ts";
import { askNobody, endGroup } from "./process.ts";
import { type Reach, remoteNames } from "./remote_names.ts";
import { SHELLS } from "../options/shell_names.ts";
import { SSH_KEYWORDS } from "./ssh_keywords.ts";
import { type PathReader, readTypedPath } from "./typed_path.ts";
import { type Situation, situationOf, type Wanted } from "./words.ts";

/** What a word may become. */
export interface Candidate {
  /** The word, as the program would be given it. */
  readonly text: string;
  /** Whether it goes on, so that no blank is to follow. */
  readonly isOpen: boolean;
  /** What a list shows for it, if not the word. */
  readonly shown?: string;
  readonly description?: string;
}

/** What the word at the cursor may become. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Whether local files are candidates too, which the shell knows best. */
  readonly withFiles: boolean;
}

/** How a copy would be made, as far as that leads to a remote. */
export interface CopyReach extends Reach {
  readonly protocol?: "scp" | "sftp";
}

/** What completions need to know of the program. */
export interface CompletedProgram {
  readonly rules: LocationRules;
  /** What options say. It may throw what the program says of wrong ones. */
  reachBy(given: readonly GivenOption[]): CopyReach;
}

type WantedOperand = Extract<Wanted, { kind: "operand" }>;

/** Says that remote paths are not to be completed. */
const REMOTE_VARIABLE = "SEACP_COMPLETE_REMOTE";

/** How long a local program may take to tell something, in milliseconds. */
const LOCAL_MILLISECONDS = 1000;

const NOTHING: Completion = { candidates: [], withFiles: false };
const FILES: Completion = { candidates: [], withFiles: true };

/**
 * What the last one of some words may become. This process must live for that
 * alone: it gives up its terminal where an ssh is to be run.
 *
 * @param words The words behind the command's name, up to the cursor.
 */
export async function completionOf(
  words: readonly string[],
  program: CompletedProgram,
): Promise<Completion> {
  const situation = situationOf(words, OPTIONS);
  const { wanted } = situation;
  switch (wanted.kind) {
    case "option":
      return optionsLike(wanted.typed);
    case "value":
      return wanted.option.valueKind === "file" && wanted.before === ""
        ? FILES
        : valuesLike(wanted.typed, wanted.option, { situation, program })
          .then((values) => withBefore(values, wanted.before));
    case "operand":
      return await operandsLike(wanted, situation, program);
    default:
      return wanted satisfies never;
  }
}

function optionsLike(
  typed: string,
): Completion {
  const candidates = OPTIONS.flatMap((option) => {
    const text = dashed(option.name);
    const { summary: description } = option;
    return description !== undefined && text.startsWith(typed)
      ? [{ text, isOpen: false, description }]
      : [];
  });
  // Letters that cluster are a word as they are.
  const isCluster = candidates.length === 0 && /^-[^-]/.test(typed);
  return isCluster ? words([typed]) : { candidates, withFiles: false };
}

function words(texts: readonly string[], isOpen = false): Completion {
  return {
    candidates: texts.map((text) => ({ text, isOpen })),
    withFiles: false,
  };
}

/** The same candidates, behind what else is in their word. */
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

/** An option's value, by its kind. */
async function valuesLike(
  typed: string,
  option: TableOption,
  { situation: { given }, program }: {
    situation: Situation;
    program: CompletedProgram;
  },
): Promise<Completion> {
  switch (option.valueKind) {
    case "file":
      return {
        candidates: localCandidates(typed),
        withFiles: false,
      };
    case "host": {
      const [, before, last] = /^(.*[,@])?(.*)$/s.exec(typed)!;
      return withBefore(
        words(hosts(given).filter((it) => it.startsWith(last!))),
        before ?? "",
      );
    }
    case "cipher": {
      const [, before, last] = /^(.*,)?(.*)$/s.exec(typed)!;
      const names = await ciphers(program.reachBy(given).ssh.program);
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

function textsLike(
  typed: string,
  { name }: TableOption,
): Completion {
  const like = (texts: readonly string[]) =>
    texts.filter((text) => text.startsWith(typed));
  if (name === "X") return words(like(["buffer=", "nrequests="]), true);
  return name === "completions" ? words(like(SHELLS)) : NOTHING;
}

/** Files and directories here, where the shell does not look for them itself. */
export function localCandidates(typed: string, home?: string): Candidate[] {
  return localNames(typed, home).map(({ name, isDirectory }) => ({
    text: isDirectory ? `${name}/` : name,
    isOpen: isDirectory,
  }));
}

async function operandsLike(
  { typed, isFirst }: Pick<WantedOperand, "typed" | "isFirst">,
  { given }: Situation,
  program: CompletedProgram,
): Promise<Completion> {
  // The parts of a URI are written in another way.
  if (typed.startsWith("scp://")) return NOTHING;
  const location = parseLocation(typed, program.rules);
  if (location.kind === "remote") {
    const reach = program.reachBy(given);
    return await remotePathsLike(typed, location, {
      reach,
      reader: readerOf(reach, isFirst),
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

/** Tells who reads a path: only `-O` has the remote's shell do so. */
function readerOf({ protocol }: CopyReach, isSource: boolean): PathReader {
  if (protocol === "scp") return "shell";
  return protocol === undefined && isSource ? "pattern" : "server";
}

async function remotePathsLike(
  typed: string,
  location: RemoteLocation,
  { reach, reader }: { reach: Reach; reader: PathReader },
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
      ...withHomes(reach),
      cache: new Cache(cacheDirectory(variable)),
      prepare: () => {
        isOwnGroup = askNobody();
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

/** A shell would have read the `~/` at the front of a value that is apart. */
function withHomes({ ssh, sftpServer }: Reach): Reach {
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
    given.findLast(({ name }) => name === "F")?.value,
  );
}

/** The ciphers that an ssh knows. */
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
