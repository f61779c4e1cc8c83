/**
 * Works that are measured: copies, the start of the program, the cost of many
 * files.
 */

import type { Direction } from "./copy.ts";
import type { Settings } from "./settings.ts";
import type { Source } from "./sources.ts";

interface Named {
  readonly name: string;
  /** That it is the start and the end that take the time. */
  readonly isBrief?: true;
}

/** A copy that all contenders make. */
export interface CopyWork extends Named {
  readonly kind: "copy";
  readonly direction: Direction;
  readonly source: Source;
  /** True where times and modes are preserved. */
  readonly preserves: boolean;
  /** The round-trip time that is added, in milliseconds. */
  readonly roundTrip: number;
}

/** Start of the program, to print its version. */
export interface StartWork extends Named {
  readonly kind: "start";
}

/** Cost of each of very many files, next to a tenth as many. */
export interface ScaleWork extends Named {
  readonly kind: "scale";
  readonly direction: Direction;
  readonly source: Source;
  /** A tenth of the files in a tenth of the directories, as many in each. */
  readonly tenth: Source;
  /** One such file: what a copy takes besides its files. */
  readonly single: Source;
}

export type Work = CopyWork | StartWork | ScaleWork;

const MEBIBYTE = 1024 ** 2;
const SMALL_BYTES = 1024;
const SMALL_FOLDERS = 10;
const MANY_FOLDERS = 500;

/**
 * All works that these settings ask for, those with the same source together.
 *
 * @throws {RangeError} If there are none; the message is for whoever set them.
 */
export function works(settings: Settings): Work[] {
  const all: Work[] = [
    ...copyWorks(settings),
    { kind: "start", name: "start-up, --version", isBrief: true },
    ...(settings.scale ? scaleWorks(settings) : []),
  ];
  const { only, direction } = settings;
  const asked = all.filter((work) =>
    work.name.includes(only) &&
    (direction === undefined || work.kind === "start" ||
      work.direction === direction)
  );
  if (asked.length > 0) return asked;
  const names = new Set(all.map(({ name }) => `"${name}"`)).values().toArray();
  throw new RangeError(
    `--only=${only}: no work's name holds this; there are ${names.join(", ")}`,
  );
}

function copyWorks({ mebibytes, files, rtt, content }: Settings): CopyWork[] {
  const large: Source = {
    name: "large",
    directories: 0,
    files: 1,
    fileBytes: mebibytes * MEBIBYTE,
    content: "random",
  };
  const small: Source = {
    name: "small",
    directories: SMALL_FOLDERS,
    files,
    fileBytes: SMALL_BYTES,
    content,
  };
  const tiny: Source = { ...small, name: "tiny", directories: 0, files: 1 };
  const trees = `${files} files of 1 KiB`;
  const plain = { kind: "copy", preserves: false, roundTrip: 0 } as const;
  const far = { roundTrip: rtt };
  const kept = { preserves: true };
  const rows: Omit<CopyWork, "direction">[] = [
    { ...plain, name: `one file of ${mebibytes} MiB`, source: large },
    { ...plain, name: trees, source: small },
    { ...plain, ...kept, name: `${trees}, -p`, source: small },
    { ...plain, ...far, name: `${trees}, ${rtt} ms away`, source: small },
    {
      ...plain,
      ...kept,
      ...far,
      name: `${trees}, -p, ${rtt} ms away`,
      source: small,
    },
    { ...plain, name: "one file of 1 KiB", source: tiny, isBrief: true },
  ];
  return rows.flatMap(bothWays);
}

function scaleWorks({ many, content }: Settings): ScaleWork[] {
  return [1, MANY_FOLDERS].flatMap((directories) => {
    const source: Source = {
      name: `many${directories}`,
      directories,
      files: many,
      fileBytes: SMALL_BYTES,
      content,
    };
    const tenth: Source = {
      ...source,
      name: `tenth${directories}`,
      directories: Math.ceil(directories / 10),
      files: Math.round(many / 10),
    };
    const single: Source = {
      ...source,
      name: "single",
      directories: 0,
      files: 1,
    };
    const place = directories === 1
      ? "one directory"
      : `${directories} directories`;
    const name = `${many} files in ${place}`;
    return bothWays({ kind: "scale" as const, name, source, tenth, single });
  });
}

function bothWays<Row>(row: Row): (Row & { direction: Direction })[] {
  return [{ ...row, direction: "up" }, { ...row, direction: "down" }];
}
