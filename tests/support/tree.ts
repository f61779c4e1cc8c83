/** Trees of files on the local disk: made, described, removed. */

import { assertEquals } from "@std/assert";

/** What a tree is made of: its content by path, directories ending in a slash. */
export interface TreeEntry {
  readonly path: string;
  /** A file's content; a directory has none. */
  readonly content?: string | Uint8Array;
  /** Octal permission bits. */
  readonly mode?: number;
  /** Modification time, in seconds since 1970 UTC. */
  readonly modified?: number;
}

/** Names that a careless copy loses, breaks or takes for something else. */
export const ODD_NAMES: readonly string[] = [
  "with blanks and  two",
  'it\'s "quoted"',
  "-leading-dash",
  "star*and[brackets]?",
  "back\\slash $HOME `id` ;&|",
  "smile 😀 名前 é",
  ".hidden",
  "tab\there",
];

/** Bytes of every value, in no short period. */
export function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => at ^ (at >> 8));
}

/** Whether anything is at `path`, a dangling link too. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Makes the entries below `root`, directories on the way included. */
export function makeTree(root: string, entries: readonly TreeEntry[]): void {
  for (const { path, content } of entries) {
    const full = `${root}/${path}`;
    Deno.mkdirSync(full.replace(/\/[^/]*$/, ""), { recursive: true });
    if (content === undefined) continue;
    if (typeof content === "string") Deno.writeTextFileSync(full, content);
    else Deno.writeFileSync(full, content);
  }
  // A directory's mode and times come last: what goes into it changes them.
  const deepestFirst = entries.toSorted((a, b) => depth(b) - depth(a));
  for (const { path, mode, modified } of deepestFirst) {
    const full = `${root}/${path}`;
    if (modified !== undefined) Deno.utimeSync(full, modified, modified);
    if (mode !== undefined) Deno.chmodSync(full, mode);
  }
}

function depth({ path }: TreeEntry): number {
  return path.split("/").filter((part) => part !== "").length;
}

/** Which facts a description of a tree holds besides names and content. */
export interface DescribeOptions {
  readonly modes?: boolean;
  /** To the second, as the SCP protocol carries them. */
  readonly times?: boolean;
}

/** A line for each entry below `root`, sorted by path. */
export async function describeTree(
  root: string,
  { modes = false, times = false }: DescribeOptions = {},
): Promise<string[]> {
  const lines: string[] = [];
  for (const path of sorted(root)) {
    const info = Deno.lstatSync(`${root}/${path}`);
    lines.push([
      info.isDirectory ? "directory" : info.isSymlink ? "link" : "file",
      ...(modes ? [(info.mode! & 0o7777).toString(8).padStart(4, "0")] : []),
      ...(times ? [String(Math.floor(info.mtime!.getTime() / 1000))] : []),
      ...(info.isSymlink ? [Deno.readLinkSync(`${root}/${path}`)] : []),
      ...(info.isFile
        ? [String(info.size), await digest(`${root}/${path}`)]
        : []),
      JSON.stringify(path),
    ].join(" "));
  }
  return lines;
}

/**
 * Expects that what is below `copy` is below `root`, too, each file the whole
 * of its original or its beginning; gives the paths of those cut short.
 */
export function cutShort(root: string, copy: string): string[] {
  return sorted(copy).filter((path) => {
    if (Deno.statSync(`${copy}/${path}`).isDirectory) return false;
    const original = Deno.readFileSync(`${root}/${path}`);
    const content = Deno.readFileSync(`${copy}/${path}`);
    assertEquals(content, original.subarray(0, content.length), path);
    return content.length < original.length;
  });
}

/**
 * The paths below `root` in the order in which the system lists them, which is
 * the order of a copy; each directory before what it holds.
 */
export function listed(root: string): string[] {
  return [...walk(root, "", (entries) => entries)];
}

/** The same, each directory's entries by their names. */
function sorted(root: string): string[] {
  return [
    ...walk(
      root,
      "",
      (entries) => entries.toSorted((a, b) => a.name < b.name ? -1 : 1),
    ),
  ];
}

function* walk(
  root: string,
  prefix: string,
  arranged: (entries: Deno.DirEntry[]) => Deno.DirEntry[],
): Iterable<string> {
  const entries = arranged([...Deno.readDirSync(`${root}/${prefix}`)]);
  for (const { name, isDirectory } of entries) {
    yield prefix + name;
    if (isDirectory) yield* walk(root, `${prefix}${name}/`, arranged);
  }
}

async function digest(path: string): Promise<string> {
  const bytes = await crypto.subtle.digest(
    "SHA-256",
    Deno.readFileSync(path),
  );
  return new Uint8Array(bytes).toHex();
}

/** Removes a tree, read-only directories in it too. */
export function removeTree(root: string): void {
  makeWritable(root);
  Deno.removeSync(root, { recursive: true });
}

function makeWritable(directory: string): void {
  Deno.chmodSync(directory, 0o700);
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (isDirectory) makeWritable(`${directory}/${name}`);
  }
}
