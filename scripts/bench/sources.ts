/** Files and trees to copy: described, made, counted. */

import { type Content, makeContent } from "./content.ts";

export interface Source {
  /** Letters, digits and dots. */
  readonly name: string;
  /** How many folders its files are spread over; 0 if it is one file itself. */
  readonly folders: number;
  readonly files: number;
  /** The size of each of its files. */
  readonly fileBytes: number;
  readonly content: Content;
}

/** What a copy has to come to. */
export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

const BLOCK_BYTES = 1024 ** 2;

/** What a file takes in memory at least, in bytes. */
const PAGE_BYTES = 4096;

/** A file with as many bytes as the source has; a file is that already. */
export function asOneFile(source: Source): Source {
  if (source.folders === 0) return source;
  return {
    ...source,
    name: `${source.name}.bytes`,
    folders: 0,
    files: 1,
    fileBytes: source.files * source.fileBytes,
  };
}

export function amountOf({ files, fileBytes }: Source): Amount {
  return { files, bytes: files * fileBytes };
}

/** What it takes on a disk, about, in bytes. */
export function storedBytes({ files, fileBytes }: Source): number {
  return files * (Math.ceil(fileBytes / PAGE_BYTES) + 1) * PAGE_BYTES;
}

/** Makes it in each of these folders, the same in all. */
export function makeSource(
  source: Source,
  [first, ...others]: readonly [string, ...string[]],
): void {
  for (const folder of foldersOf(source)) {
    for (const root of [first, ...others]) {
      Deno.mkdirSync(`${root}/${folder}`, { recursive: true });
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

function foldersOf({ name, folders, files }: Source): string[] {
  const used = Math.min(folders, files);
  return Array.from({ length: used }, (_, index) => `${name}/d${index}`);
}

function pathOf({ name, folders }: Source, index: number): string {
  return folders === 0 ? name : `${name}/d${index % folders}/f${index}`;
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

/** What there is in a folder, at any depth. */
export function amountIn(folder: string): Amount {
  let files = 0;
  let bytes = 0;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    const inside = isDirectory
      ? amountIn(path)
      : { files: 1, bytes: Deno.lstatSync(path).size };
    files += inside.files;
    bytes += inside.bytes;
  }
  return { files, bytes };
}
