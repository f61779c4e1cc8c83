/** Copies that clients make, of the same directories each time. */

import { ODD_NAMES, pattern, type TreeEntry } from "../fixtures/tree.ts";
import type { CopyRequest } from "./client.ts";

/** One row of the table: a copy, where it happens, and its end. */
export interface Copy extends CopyRequest {
  readonly name: string;
  readonly near?: readonly TreeEntry[];
  readonly far?: readonly TreeEntry[];
  /** Paths that hold the same afterwards: of the source, of the target. */
  readonly same?: readonly (readonly [string, string])[];
  /** Marks a copy that fails: then the client says so. */
  readonly fails?: true;
}

const Y2K_SECONDS = 946_684_800;

/** A tree of odd names, modes and times. */
const TREE: readonly TreeEntry[] = [
  ...ODD_NAMES.map((name, index) => ({
    path: `tree/${name}`,
    content: `${name}\n`,
    modified: Y2K_SECONDS + index,
  })),
  { path: "tree/empty", content: "" },
  { path: "tree/deep/er/est", content: "x".repeat(300_000), mode: 0o640 },
  { path: "tree/deep/er/", mode: 0o751, modified: Y2K_SECONDS + 1 },
  { path: "tree/read-only/file", content: "r\n", mode: 0o444 },
  { path: "tree/read-only/", mode: 0o555, modified: Y2K_SECONDS + 2 },
];

/** The same tree under another name, part of it there in other lengths. */
const OLDER_TREE: readonly TreeEntry[] = [
  { path: "other/tree/deep/er/est", content: "o".repeat(400_000) },
  { path: "other/tree/empty", content: "not empty\n" },
];

const TWO: readonly TreeEntry[] = [
  { path: "a", content: "alpha\n", mode: 0o640, modified: Y2K_SECONDS },
  { path: "b", content: "beta\n", mode: 0o755 },
];

/** A file of several packets. */
export const LARGE: TreeEntry = {
  path: "my file",
  content: pattern(300_000),
  mode: 0o640,
  modified: Y2K_SECONDS,
};

const IN: TreeEntry = { path: "in/" };
const IN_TO: TreeEntry = { path: "in to/" };

/** A file that is copied, whatever is at the target. */
function fileCopies(
  direction: "up" | "down",
  [source, target]: readonly ["near" | "far", "near" | "far"],
): readonly Copy[] {
  const goes = direction === "up" ? "goes up" : "comes down";
  const one = { direction, sources: ["my file"] } as const;
  return [
    {
      ...one,
      name: `a file with a blank ${goes} over a longer one`,
      [source]: [LARGE],
      [target]: [{ path: "in to/it s", content: pattern(400_000) }],
      target: "in to/it s",
      same: [["my file", "in to/it s"]],
    },
    {
      ...one,
      name: `a file with a blank ${goes} over a shorter one`,
      [source]: [LARGE],
      [target]: [{ path: "in to/my file", content: "short" }],
      target: "in to/my file",
      same: [["my file", "in to/my file"]],
    },
    {
      ...one,
      name: `an empty file ${goes}`,
      [source]: [{ path: "my file", content: "" }],
      [target]: [IN_TO],
      target: "in to/empty",
      same: [["my file", "in to/empty"]],
    },
    {
      ...one,
      name: `a file ${goes} into a directory with its mode and times`,
      [source]: [LARGE],
      [target]: [IN_TO],
      target: "in to",
      preserve: true,
      same: [["my file", "in to/my file"]],
    },
    {
      ...one,
      name: `a missing file ${goes}`,
      [target]: [IN],
      target: "in/gone",
      fails: true,
    },
    {
      ...one,
      name: `a file ${goes} into a missing directory`,
      [source]: [LARGE],
      target: "no/where",
      fails: true,
      isForScp: true,
    },
  ];
}

/** A tree that is copied, whatever is at the target. */
function treeCopies(
  direction: "up" | "down",
  [source, target]: readonly ["near" | "far", "near" | "far"],
): readonly Copy[] {
  const goes = direction === "up" ? "goes up" : "comes down";
  const tree = { direction, sources: ["tree"], recursive: true } as const;
  return [
    {
      ...tree,
      name: `a tree of odd names ${goes} with its modes and times`,
      [source]: TREE,
      target: ".",
      preserve: true,
      same: [["tree/", "tree/"]],
    },
    {
      ...tree,
      name: `a tree ${goes} under another name, over one that is there`,
      [source]: TREE,
      [target]: OLDER_TREE,
      target: "other",
      same: [["tree/", "other/tree/"]],
    },
    {
      ...tree,
      name: `a tree ${goes} where a file is`,
      [source]: [{ path: "tree/f", content: "f" }],
      [target]: [{ path: "tree", content: "file" }],
      target: ".",
      fails: true,
      isForScp: true,
    },
    {
      direction,
      name: `a directory ${goes} without -r`,
      [source]: [{ path: "d/f", content: "f" }],
      sources: ["d"],
      target: ".",
      fails: true,
      isForScp: true,
    },
  ];
}

const UP = ["near", "far"] as const;
const DOWN = ["far", "near"] as const;

/** Copies of several sources, patterns, and targets that do not fit them. */
const SEVERAL: readonly Copy[] = [
  {
    name: "several files go up into a directory",
    direction: "up",
    near: TWO,
    far: [IN],
    sources: ["a", "b"],
    target: "in",
    same: [["a", "in/a"], ["b", "in/b"]],
  },
  {
    name: "several files come down",
    direction: "down",
    far: TWO,
    near: [IN],
    sources: ["a", "b"],
    target: "in",
    same: [["a", "in/a"], ["b", "in/b"]],
  },
  {
    name: "a file goes up with -d",
    direction: "up",
    near: TWO,
    far: [IN],
    sources: ["a"],
    target: "in",
    intoDirectory: true,
    isForScp: true,
    same: [["a", "in/a"]],
  },
  {
    name: "a pattern comes down",
    direction: "down",
    far: TWO,
    near: [IN],
    sources: ["[ab]"],
    target: "in",
    preserve: true,
    isPattern: true,
    same: [["a", "in/a"], ["b", "in/b"]],
  },
  {
    name: "several sources are missing, one is there",
    direction: "down",
    far: TWO,
    near: [IN],
    sources: ["no", "a", "not"],
    target: "in",
    fails: true,
    isForScp: true,
  },
  {
    name: "sources of one request are missing",
    direction: "down",
    far: TWO,
    near: [IN],
    sources: ["{no,a,not,b}"],
    target: "in",
    isPattern: true,
    fails: true,
    isForScp: true,
  },
  {
    name: "a local source is missing, the rest goes up",
    direction: "up",
    near: TWO,
    far: [IN],
    sources: ["a", "no", "b"],
    target: "in",
    fails: true,
    isForScp: true,
  },
  {
    name: "the target that has to be a directory is missing",
    direction: "up",
    near: TWO,
    sources: ["a", "b"],
    target: "no",
    fails: true,
    isForScp: true,
  },
  {
    name: "the target that has to be a directory is a file",
    direction: "up",
    near: TWO,
    far: TWO,
    sources: ["b"],
    target: "a",
    intoDirectory: true,
    fails: true,
    isForScp: true,
  },
  {
    name: "a file is to go where a directory is, and one where it may",
    direction: "up",
    near: TWO,
    far: [{ path: "a/" }],
    sources: ["a", "b"],
    target: ".",
    fails: true,
    isForScp: true,
  },
];

/** The table's rows. */
export const COPIES: readonly Copy[] = [
  ...fileCopies("up", UP),
  ...fileCopies("down", DOWN),
  ...treeCopies("up", UP),
  ...treeCopies("down", DOWN),
  ...SEVERAL,
];
