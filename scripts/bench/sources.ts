/** Files and trees to copy: described, made, counted. */

import { dirname } from "node:path";
import { type Content, makeContent } from "./content.ts";

/** File of a source. */
export interface SourceFile {
  /** Path below the source; empty if the source is this file. */
  readonly path: string;
  readonly bytes: number;
}

/** A file or a tree, which is the same wherever it is made. */
export interface Source {
  /** Letters, digits, hyphens and dots. */
  readonly name: string;
  /** At least one. */
  readonly files: readonly SourceFile[];
  /** Content to make up, or the directory that holds the files. */
  readonly origin: Content | { readonly directory: string };
}

/** Size of a file or a tree. */
export interface Amount {
  readonly files: number;
  readonly directories: number;
  readonly bytes: number;
}

const BLOCK_BYTES = 1024 ** 2;

/** Least space of a file in memory, in bytes. */
const PAGE_BYTES = 4096;

/** Tells whether a source is a directory. */
export function isTree({ files }: Source): boolean {
  return files[0]!.path !== "";
}

/** Gives the most directories of a source that are above one file. */
export function levelsOf(source: Source): number {
  return source.files.reduce(
    (most, file) => Math.max(most, pathOf(source, file).split("/").length - 1),
    0,
  );
}

/** Describes a source of one file. */
export function oneFile(name: string, bytes: number): Source {
  return { name, files: [{ path: "", bytes }], origin: "random" };
}

/** Gives a file with as many bytes as the source has; a file is that already. */
export function asOneFile(source: Source): Source {
  if (!isTree(source)) return source;
  return oneFile(`${source.name}.bytes`, amountOf(source).bytes);
}

/** Counts a source. */
export function amountOf(source: Source): Amount {
  return {
    files: source.files.length,
    directories: directoriesOf(source).length,
    bytes: source.files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Gives the approximate space of a source on a disk, in bytes. */
export function storedBytes({ files }: Source): number {
  return files.reduce(
    (sum, { bytes }) => sum + (Math.ceil(bytes / PAGE_BYTES) + 1) * PAGE_BYTES,
    0,
  );
}

/** Makes a source in each of these directories, the same in all. */
export function makeSource(
  source: Source,
  [first, ...others]: readonly [string, ...string[]],
): void {
  for (const directory of directoriesOf(source)) {
    for (const root of [first, ...others]) {
      Deno.mkdirSync(`${root}/${directory}`);
    }
  }
  source.files.forEach((file, index) => {
    const path = pathOf(source, file);
    makeFile(`${first}/${path}`, source, index);
    for (const root of others) {
      Deno.copyFileSync(`${first}/${path}`, `${root}/${path}`);
    }
  });
}

/** Gives the directories of a source, parents first. */
function directoriesOf(source: Source): string[] {
  if (!isTree(source)) return [];
  const directories = new Set([source.name]);
  const add = (path: string) => {
    if (directories.has(path)) return;
    add(dirname(path));
    directories.add(path);
  };
  for (const file of source.files) add(dirname(pathOf(source, file)));
  return [...directories];
}

function pathOf({ name }: Source, { path }: SourceFile): string {
  return path === "" ? name : `${name}/${path}`;
}

function makeFile(to: string, { files, origin }: Source, index: number): void {
  const { path, bytes } = files[index]!;
  if (typeof origin === "object") {
    Deno.copyFileSync(`${origin.directory}/${path}`, to);
    return;
  }
  using file = Deno.openSync(to, { write: true, createNew: true });
  for (let at = 0; at < bytes; at += BLOCK_BYTES) {
    const size = Math.min(BLOCK_BYTES, bytes - at);
    const block = makeContent(origin, size, index + at);
    for (let from = 0; from < size;) {
      from += file.writeSync(block.subarray(from));
    }
  }
}

/** Gives the regular files in a directory, at any depth. */
export function filesIn(directory: string, below = ""): SourceFile[] {
  const entries = Deno.readDirSync(`${directory}/${below}`).toArray()
    .toSorted((a, b) => a.name < b.name ? -1 : 1);
  return entries.flatMap(({ name, isDirectory, isFile }) => {
    const path = `${below}${name}`;
    if (isDirectory) return filesIn(directory, `${path}/`);
    if (!isFile) return [];
    return [{ path, bytes: Deno.lstatSync(`${directory}/${path}`).size }];
  });
}

/** Counts all entries in a directory, at any depth. */
export function amountIn(directory: string): Amount {
  let [files, directories, bytes] = [0, 0, 0];
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = `${directory}/${name}`;
    if (!isDirectory) {
      files++;
      bytes += Deno.lstatSync(path).size;
      continue;
    }
    const inside = amountIn(path);
    files += inside.files;
    directories += 1 + inside.directories;
    bytes += inside.bytes;
  }
  return { files, directories, bytes };
}
