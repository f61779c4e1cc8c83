/** Files and trees to copy: described, made, counted. */

import { type Content, makeContent } from "./content.ts";

export interface Source {
  /** Letters, digits and dots. */
  readonly name: string;
  /** Number of directories that hold its files; 0 if it is one file itself. */
  readonly directories: number;
  readonly files: number;
  /** The size of each of its files. */
  readonly fileBytes: number;
  readonly content: Content;
}

/** Expected size of a copy. */
export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

const BLOCK_BYTES = 1024 ** 2;

/** Least space of a file in memory, in bytes. */
const PAGE_BYTES = 4096;

/** A file with as many bytes as the source has; a file is that already. */
export function asOneFile(source: Source): Source {
  if (source.directories === 0) return source;
  return {
    ...source,
    name: `${source.name}.bytes`,
    directories: 0,
    files: 1,
    fileBytes: source.files * source.fileBytes,
  };
}

export function amountOf({ files, fileBytes }: Source): Amount {
  return { files, bytes: files * fileBytes };
}

/** Gives its approximate space on a disk, in bytes. */
export function storedBytes({ files, fileBytes }: Source): number {
  return files * (Math.ceil(fileBytes / PAGE_BYTES) + 1) * PAGE_BYTES;
}

/** Makes it in each of these directories, the same in all. */
export function makeSource(
  source: Source,
  [first, ...others]: readonly [string, ...string[]],
): void {
  for (const directory of directoriesOf(source)) {
    for (const root of [first, ...others]) {
      Deno.mkdirSync(`${root}/${directory}`, { recursive: true });
    }
  }
  for (let index = 0; index < source.files; index++) {
    const path = pathOf(source, index);
    writeFile(`${first}/${path}`, source, index);
    for (const root of others) {
      Deno.copyFileSync(`${first}/${path}`, `${root}/${path}`);
    }
  }
}

function directoriesOf({ name, directories, files }: Source): string[] {
  const used = Math.min(directories, files);
  return Array.from({ length: used }, (_, index) => `${name}/d${index}`);
}

function pathOf({ name, directories }: Source, index: number): string {
  return directories === 0 ? name : `${name}/d${index % directories}/f${index}`;
}

function writeFile(path: string, source: Source, index: number): void {
  using file = Deno.openSync(path, { write: true, createNew: true });
  for (let at = 0; at < source.fileBytes; at += BLOCK_BYTES) {
    const size = Math.min(BLOCK_BYTES, source.fileBytes - at);
    const block = makeContent(source.content, size, index + at);
    for (let from = 0; from < size;) {
      from += file.writeSync(block.subarray(from));
    }
  }
}

/** Gives the entries of a directory, at any depth. */
export function amountIn(directory: string): Amount {
  let files = 0;
  let bytes = 0;
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = `${directory}/${name}`;
    const inside = isDirectory
      ? amountIn(path)
      : { files: 1, bytes: Deno.lstatSync(path).size };
    files += inside.files;
    bytes += inside.bytes;
  }
  return { files, bytes };
}
