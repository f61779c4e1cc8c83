/** Copies from and to a hostile server, and what must be so after each. */

import { assert, assertEquals } from "@std/assert";
import type { Channel } from "../../../lib/channel/channel.ts";
import {
  asConnectionFailure,
  type ConnectionFailure,
  EntryError,
} from "../../../lib/errors.ts";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import type { Platform } from "../../../lib/names/names.ts";
import { copyOverSftp } from "./sftp_copy.ts";
import type { HostileSftpChannel } from "./sftp_channel.ts";
import {
  HostileSftpServer,
  type HostileSftpServerOptions,
} from "./sftp_server.ts";
import { HostileSftpTree } from "./sftp_tree.ts";
import { RecordingObserver } from "../recording_observer.ts";
import { unwire } from "../sftp/bytes.ts";
import { TempDirectory } from "../fixtures/temp_directory.ts";
import { makeTree, pattern, type TreeEntry } from "../fixtures/tree.ts";
import { turn } from "../turn.ts";

/** Tree that is copied, either way. */
const TREE: readonly TreeEntry[] = [
  { path: "d/a", content: "alpha\n" },
  { path: "d/empty", content: "" },
  { path: "d/large", content: pattern(20_000) },
  { path: "d/none/" },
  { path: "d/sub/b", content: "beta\n" },
  { path: "d/sub/deep/c", content: pattern(5000) },
];

/** Paths of source and target for each way. */
export const WAYS = {
  "a file that comes": { way: "down", source: "d/large" },
  "a tree that comes": { way: "down", source: "d" },
  "a tree that goes": { way: "up", source: "d" },
} as const;

export type Way = keyof typeof WAYS;

/**
 * What a place holds: of each file its bytes, a character for each, of each link
 * `-> destination`, and of each directory nothing; by paths, those of directories
 * ending in a slash.
 */
export type Contents = ReadonlyMap<string, string>;

export interface Attack extends Omit<HostileSftpServerOptions, "entries"> {
  /** Tree that is copied; the usual one if absent. */
  readonly entries?: readonly TreeEntry[];
  /** By which name, or `*` at its end; that of the way if absent. */
  readonly source?: string;
  /** Expected result; absent for the source as it is. */
  readonly expected?: Contents;
  readonly preserve?: boolean;
  readonly blockBytes?: number;
  readonly platform?: Platform;
  /** The disk here; the local one if absent. */
  readonly files?: FileSystem;
  /** Existing entries of a server that is written to, besides the target. */
  readonly held?: readonly TreeEntry[];
  /** Puts into a target here what the user has in it already. */
  prepare?(target: string): void;
  /** The line to the server; its own channel if absent. */
  line?(server: Channel): Channel;
  /** Goes on beside the copy. */
  beside?(server: HostileSftpServer, over: AbortSignal): Promise<void>;
}

/** Result of a copy. */
export interface Outcome {
  readonly server: HostileSftpServer;
  /** Messages for the user, one for each failure. */
  readonly told: readonly string[];
  /** Why the copy was given up, which was told last. */
  readonly breach: ConnectionFailure | undefined;
  readonly arrived: Contents;
  /** The permission bits of what arrived here, by its paths. */
  readonly modes: ReadonlyMap<string, number>;
}

/** Time that a copy may take, in milliseconds. */
const PATIENCE_MILLISECONDS = 10_000;

/** Tick of a system's clock that directories are stamped by, in milliseconds. */
const TICK_MILLISECONDS = 10;

/** Waits until what was just made is older than a copy that begins now. */
async function pastBirth(): Promise<void> {
  const made = Date.now();
  while (Date.now() <= made + TICK_MILLISECONDS) await turn();
}

/**
 * Copies into a directory, and expects that no harm is done: the copy ends;
 * nothing changes but what is in that directory; there is nothing but what should
 * be, each file whole or the beginning of what it should be; and whoever is
 * told nothing has it all.
 */
export async function attack(way: Way, options: Attack): Promise<Outcome> {
  const isDown = WAYS[way].way === "down";
  const { entries = TREE, source = WAYS[way].source } = options;
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "beside", content: "untouched", mode: 0o600, modified: 1e9 },
    { path: "in/" },
    ...(isDown ? [] : belowFrom(entries)),
  ]);
  await pastBirth();
  const target = `${directory.path}/in`;
  options.prepare?.(target);
  const before = around(directory.path);
  const server = new HostileSftpServer({
    ...options,
    entries: isDown ? entries : [{ path: "in/" }, ...options.held ?? []],
  });
  const observer = new RecordingObserver();
  const { told, breach } = await endOf(
    copyOverSftp(options.line?.(server.channel) ?? server.channel, {
      ...options,
      way: WAYS[way].way,
      source: isDown ? source : `${directory.path}/from/${source}`,
      target: isDown ? target : "in",
    }, observer),
    (over) => options.beside?.(server, over),
  );
  await arrival(server.channel);
  const failures = [...observer.failures, ...told];
  assertEquals(server.complaint, undefined, "what the client asks");
  assertEquals(around(directory.path), before, "what is around the target");
  assertEquals(observer.bodies.filter((body) => body.endsWith("…")), []);
  const arrived = isDown
    ? new Map(onDisk(target, ""))
    : contentsOf(server.tree, "/in/");
  assertArrived(
    arrived,
    options.expected ?? sourceContents(entries, source),
    failures.length === 0,
  );
  return {
    server,
    told: failures,
    breach,
    arrived,
    modes: isDown ? modesBelow(target, [...arrived.keys()]) : new Map(),
  };
}

function belowFrom(entries: readonly TreeEntry[]): TreeEntry[] {
  return entries.map((entry) => ({ ...entry, path: `from/${entry.path}` }));
}

/** A line for each entry beside the target, and for those they hold. */
function around(root: string): string[] {
  return [...onDisk(root, "")]
    .filter(([path]) => !path.startsWith("in/"))
    .map(([path, content]) => {
      const { mode, mtime } = Deno.statSync(`${root}/${path}`);
      return `${mode!.toString(8)} ${path} ${mtime!.getTime()} ${content}`;
    })
    .toSorted();
}

/** Runs a copy to its end, and something beside it. */
async function endOf(
  copy: Promise<void>,
  beside: (over: AbortSignal) => Promise<void> | undefined,
): Promise<{ told: string[]; breach: ConnectionFailure | undefined }> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error("The copy does not end")),
    PATIENCE_MILLISECONDS,
  );
  const over = new AbortController();
  const goneOn = beside(over.signal);
  try {
    await Promise.race([copy, late]);
    return { told: [], breach: undefined };
  } catch (error) {
    if (error instanceof EntryError) {
      return { told: [error.message], breach: undefined };
    }
    return {
      told: [asConnectionFailure(error).message],
      breach: asConnectionFailure(error),
    };
  } finally {
    clearTimeout(timer);
    over.abort();
    await goneOn;
  }
}

/** Waits until nothing is in flight any more. */
async function arrival(channel: HostileSftpChannel): Promise<void> {
  for (let uses = -1; uses !== channel.uses; await turn()) uses = channel.uses;
}

function* onDisk(root: string, prefix: string): Iterable<[string, string]> {
  for (const entry of Deno.readDirSync(`${root}/${prefix}`)) {
    const path = prefix + entry.name;
    const full = `${root}/${path}`;
    if (entry.isDirectory) {
      yield [`${path}/`, ""];
      yield* onDisk(root, `${path}/`);
    } else if (entry.isSymlink) yield [path, `-> ${Deno.readLinkSync(full)}`];
    else yield [path, unwire(Deno.readFileSync(full))];
  }
}

function contentsOf(tree: HostileSftpTree, prefix: string): Contents {
  return new Map(
    [...tree.entries].filter(([path]) =>
      path.startsWith(prefix) && path !== prefix
    ).map(([path, { kind, content }]) => [
      path.slice(prefix.length) + (kind === "directory" ? "/" : ""),
      content,
    ]),
  );
}

/** Gives the expected copy of a source. */
function sourceContents(
  entries: readonly TreeEntry[],
  source: string,
): Contents {
  const directory = source.slice(0, source.lastIndexOf("/") + 1);
  const contents = contentsOf(new HostileSftpTree(entries), `/${directory}`);
  const name = source.slice(directory.length);
  return new Map(
    [...contents].filter(([path]) =>
      name === "*" || path === name || path.startsWith(`${name}/`)
    ),
  );
}

function assertArrived(
  arrived: Contents,
  expected: Contents,
  isWhole: boolean,
): void {
  for (const [path, content] of arrived) {
    const whole = expected.get(path);
    assert(whole !== undefined, `${JSON.stringify(path)} is there`);
    assert(whole.startsWith(content), `${path} is no beginning`);
    if (isWhole) assertEquals(content.length, whole.length, `${path} is cut`);
  }
  if (isWhole) assertEquals(arrived.size, expected.size, "entries");
}

function modesBelow(
  root: string,
  paths: readonly string[],
): ReadonlyMap<string, number> {
  return new Map(
    paths.map((
      path,
    ) => [path, Deno.statSync(`${root}/${path}`).mode! & 0o7777]),
  );
}
