/** Uploads of which a sink refuses some files, and their outcome. */

import { assertEquals } from "@std/assert";
import { startsHarmlessly } from "../../../lib/scp/wire/speculation.ts";
import type { Place } from "../fixtures/place.ts";
import type { Outcome } from "../process/program.ts";
import { describeTree, pattern, type TreeEntry } from "../fixtures/tree.ts";

/** Bodies that a sink must never read as records: files that would be. */
const RECORDS: readonly string[] = [
  "C0644 5 evil\nevil!",
  "E\n",
  "E\nE\nE\nD0755 0 evil\n",
  "D0755 0 evil\n",
  "T1 0 1 0\n",
  "\x01x\n",
  "\x02x\n",
];

/** Gives the files of a directory, each with a name of its own. */
function content(directory: string, prefix: string): TreeEntry[] {
  const bodies: readonly (string | Uint8Array)[] = [
    ...Array.from({ length: 8 }, (_, at) => `file ${at}\nand ${prefix}\n`),
    "",
    "\0\0\x03C0644 5 evil\0",
    "no newline",
    "\n\n",
    pattern(1000),
    pattern(300_000),
    ...RECORDS,
    ...RECORDS.map((record) => `hello\n${record}`),
  ];
  return bodies.map((content, at) => ({
    path: `${directory}/${prefix}${String(at).padStart(2, "0")}`,
    content,
    mode: [0o644, 0o600, 0o755, 0o640][at % 4]!,
    modified: 1_000_000_000 + at,
  }));
}

/** A tree that is sent, below `tree`. */
export const TREE: readonly TreeEntry[] = [
  ...content("tree", "a"),
  ...content("tree/sub", "b"),
  ...content("tree/sub/deep", "c"),
  // Nothing in here has to be waited for before its end.
  ...["s0", "s1", "s2", "s3"].map((name) => ({
    path: `tree/small/${name}`,
    content: `${name}\n`,
    mode: 0o644,
    modified: 1_000_000_200,
  })),
  { path: "tree/small/", mode: 0o755, modified: 1_000_000_201 },
  { path: "tree/sub/deep/", mode: 0o711, modified: 1_000_000_100 },
  { path: "tree/sub/none/", mode: 0o755, modified: 1_000_000_101 },
  { path: "tree/sub/", mode: 0o750, modified: 1_000_000_102 },
  { path: "tree/", mode: 0o755, modified: 1_000_000_103 },
];

/** A tree of one directory, with more in it than pipes and buffers hold. */
export const LARGE_TREE: readonly TreeEntry[] = [
  ...Array.from({ length: 300 }, (_, at) => ({
    path: `tree/${at}`,
    content: `file ${at}\n`.repeat(2000),
  })),
  { path: "tree/", mode: 0o755 },
];

/** A file that is sent. */
export interface SentFile {
  readonly path: string;
  readonly name: string;
  /** True where some of its body may be sent before its record is acknowledged. */
  readonly isAhead: boolean;
}

/** Gives the files below a directory in the order in which they are sent. */
export function sentFiles(root: string, prefix = ""): SentFile[] {
  return [...Deno.readDirSync(`${root}/${prefix}`)].flatMap((entry) => {
    const path = prefix + entry.name;
    if (entry.isDirectory) return sentFiles(root, `${path}/`);
    const body = Deno.readFileSync(`${root}/${path}`);
    const isAhead = startsHarmlessly(body);
    return { path, name: entry.name, isAhead };
  });
}

/** Choice of the files of a tree that are refused. */
export interface Refusals {
  readonly name: string;
  pick(files: readonly SentFile[]): SentFile[];
}

function ahead(files: readonly SentFile[], directory: RegExp): SentFile[] {
  return files.filter(({ path, isAhead }) => isAhead && directory.test(path));
}

function middle<T>(all: readonly T[]): T {
  return all[all.length >> 1]!;
}

/** The files of one directory, those in directories in it left out. */
const TOP = /^a/;
const SUB = /^sub\/b/;
const DEEP = /^sub\/deep\/c/;
const SMALL = /^small\/s/;
const ANY = /^/;

export const REFUSALS: readonly Refusals[] = [
  { name: "no file", pick: () => [] },
  { name: "the first file of all", pick: (files) => [ahead(files, ANY)[0]!] },
  { name: "the last file of all", pick: (all) => [ahead(all, ANY).at(-1)!] },
  {
    name: "a file in the middle",
    pick: (files) => [middle(ahead(files, SUB))],
  },
  {
    name: "the first file of a directory in a directory",
    pick: (files) => [ahead(files, DEEP)[0]!],
  },
  {
    name: "the first file of a directory where none is waited for",
    pick: (files) => [ahead(files, SMALL)[0]!],
  },
  {
    name: "the last file of each directory",
    pick: (files) =>
      [TOP, SUB, DEEP, SMALL].map((directory) =>
        ahead(files, directory).at(-1)!
      ),
  },
  {
    name: "each file that is protocol",
    pick: (files) => files.filter(({ isAhead }) => !isAhead),
  },
  {
    name: "a file, and each one that is protocol",
    pick: (files) => [
      middle(ahead(files, TOP)),
      ...files.filter(({ isAhead }) => !isAhead),
    ],
  },
  {
    name: "every second file",
    pick: (files) => files.filter((_, at) => at % 2 === 1),
  },
  { name: "every file", pick: (files) => [...files] },
];

/** Outcome of an upload of which some files were refused. */
export interface Expected {
  /** Name of the tree's copy in the remote directory. */
  readonly copy: string;
  readonly refused: readonly SentFile[];
  readonly preserve: boolean;
  /** Count of sessions. */
  readonly sessions: number;
}

/**
 * Expects that exactly the files that were not refused arrived, and that each
 * refusal was reported once.
 */
export async function checkUpload(
  { status, stdout, stderr }: Outcome,
  place: Place,
  { copy, refused, preserve, sessions }: Expected,
): Promise<void> {
  const facts = { modes: preserve, times: preserve };
  const paths = new Set(refused.map(({ path }) => path));
  const withoutRefused = (lines: readonly string[]) =>
    lines.filter((line) => !paths.has(pathIn(line)));
  assertEquals(
    withoutRefused(await describeTree(`${place.far}/${copy}`, facts)),
    withoutRefused(await describeTree(`${place.near}/tree`, facts)),
  );
  assertEquals(
    refusedNames(stderr),
    refused.map(({ name }) => name.replace(/\\.*/s, "")).toSorted(),
    stderr,
  );
  assertEquals(sessionCount(stderr), sessions, stderr);
  assertEquals([status, stdout], [refused.length === 0 ? 0 : 1, ""], stderr);
}

/** Gives the path at the end of a line that describes an entry. */
function pathIn(line: string): string {
  return JSON.parse(line.slice(line.indexOf('"')));
}

/**
 * Gives the names of reported refusals, each up to a backslash in it, perhaps from
 * lines that the remote's scp has begun.
 */
function refusedNames(stderr: string): string[] {
  const refusal =
    /scp: .*\/([^/\\]*)[^/]*: (?:refused|Is a directory|File name too long)$/gm;
  return Array.from(stderr.matchAll(refusal), ([, name]) => name!).toSorted();
}

/** Counts the programs that were run in ssh's place, as `-v` reports. */
export function sessionCount(stderr: string): number {
  return [...stderr.matchAll(/Executing: program /g)].length;
}
