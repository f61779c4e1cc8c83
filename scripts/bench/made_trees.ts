/** Trees that are made up, the same in each run but for random bytes. */

import { type Content, randomNumbers } from "./content.ts";
import type { Source } from "./sources.ts";

/** Size and number of the files of the extremes and of very many files. */
const SMALL_BYTES = 1024;
const SMALL_DIRECTORIES = 10;

const PHOTOS = 60;
const PHOTO_BYTES = { least: 1_000_000, greatest: 5_000_000 };

const JSON_FILES = 1000;
const JSON_DIRECTORIES = 20;
const JSON_BYTES = { least: 2100, greatest: 12_000 };

/** Directories of the trees with one file in each. */
const LONE_FILES = 500;
const LONE_BYTES = 1024;

/** Numbers of a tree of small files. */
export interface SmallFiles {
  readonly files: number;
  readonly directories?: number;
  readonly content?: Content;
}

/** Describes files of 1 KiB of text, in 10 directories unless told otherwise. */
export function smallFiles(
  name: string,
  { files, directories = SMALL_DIRECTORIES, content = "text" }: SmallFiles,
): Source {
  return {
    name,
    files: Array.from({ length: files }, (_, index) => ({
      path: `d${index % directories}/f${index}`,
      bytes: SMALL_BYTES,
    })),
    origin: content,
  };
}

/** Describes 60 files of 1 to 5 MB of random bytes. */
export function photos(): Source {
  const random = randomNumbers(PHOTOS);
  return {
    name: "photos",
    files: Array.from({ length: PHOTOS }, (_, index) => ({
      path: `${index}.jpg`,
      bytes: random(PHOTO_BYTES.least, PHOTO_BYTES.greatest),
    })),
    origin: "random",
  };
}

/** Describes 1,000 files of one line of JSON each, 2,100 to 12,000 bytes. */
export function jsonFiles(): Source {
  const random = randomNumbers(JSON_FILES);
  return {
    name: "json",
    files: Array.from({ length: JSON_FILES }, (_, index) => ({
      path: `${index % JSON_DIRECTORIES}/${index}.json`,
      bytes: random(JSON_BYTES.least, JSON_BYTES.greatest),
    })),
    origin: "json",
  };
}

/** Describes 500 directories, each in the last one, with a file in each. */
export function deep(): Source {
  return loneFiles("deep", (index) => "d/".repeat(index));
}

/** Describes 500 directories side by side, with a file in each. */
export function wide(): Source {
  return loneFiles("wide", (index) => `d${index}/`);
}

function loneFiles(
  name: string,
  directoryOf: (index: number) => string,
): Source {
  return {
    name,
    files: Array.from({ length: LONE_FILES }, (_, index) => ({
      path: `${directoryOf(index)}f`,
      bytes: LONE_BYTES,
    })),
    origin: "text",
  };
}
