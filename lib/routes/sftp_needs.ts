/** Options that only one of the protocols can carry out. */

import type { CopyOptions } from "../options/copy_options.ts";

/** Way of a copy; "between" two hosts through this one. */
export type Way = "up" | "down" | "between";

/** Option that SCP cannot carry out. */
interface Need {
  /** Option as it is typed, or the way to tell which one is given. */
  readonly option: string | ((options: CopyOptions) => string);
  readonly ways: readonly Way[];
  /** Reason, as the end of a sentence. */
  readonly reason: string;
  isGiven(options: CopyOptions): boolean;
  /** Tells an option that SCP cannot carry out as it is given; always if absent. */
  isTooMuch?(options: CopyOptions): boolean;
}

const NO_LOOK = "SCP cannot look at what is there";

const NEEDS: readonly Need[] = [
  {
    option: ({ filters }) => `--${filters![0]!.kind}`,
    ways: ["between"],
    reason: "over SCP one host sends all that it has",
    isGiven: ({ filters }) => filters !== undefined,
  },
  {
    option: "--atomic",
    ways: ["up", "between"],
    reason: "scp writes a file in its place",
    isGiven: ({ isAtomic }) => isAtomic === true,
  },
  {
    option: "--chmod",
    ways: ["up", "between"],
    reason: "over SCP it takes a mode for files and one for directories, or -p",
    isGiven: ({ modes }) => modes !== undefined,
    isTooMuch: ({ modes, recursive, preserve }) =>
      recursive && !preserve &&
      (modes?.file === undefined || modes.directory === undefined),
  },
  {
    option: "--links",
    ways: ["up", "down", "between"],
    reason: "SCP knows no links",
    isGiven: ({ keepsLinks }) => keepsLinks === true,
  },
  {
    option: "--mkdir",
    ways: [],
    reason: "",
    isGiven: ({ makesTarget }) => makesTarget === true,
  },
  {
    option: "--no-clobber",
    ways: ["up", "between"],
    reason: NO_LOOK,
    isGiven: ({ existing }) => existing?.keepsAll === true,
  },
  {
    option: "--skip-unchanged",
    ways: ["up", "between"],
    reason: NO_LOOK,
    isGiven: ({ existing }) => existing?.keepsSame === true,
  },
  {
    option: "--checksum",
    ways: ["up", "down", "between"],
    reason: "SCP tells no SHA-256",
    isGiven: ({ existing }) => existing?.comparesContent === true,
  },
  {
    option: "--update",
    ways: ["up", "between"],
    reason: NO_LOOK,
    isGiven: ({ existing }) => existing?.keepsNewer === true,
  },
  {
    option: "--resume",
    ways: ["between"],
    reason: "over SCP no host goes on with a file of another one",
    isGiven: ({ resumes }) => resumes === true,
  },
  {
    option: "--retries",
    ways: [],
    reason: "",
    isGiven: ({ retries }) => retries !== undefined,
  },
  {
    option: "--verify with --atomic",
    ways: ["down"],
    reason: "over SCP files are proven once they are in their place",
    isGiven: ({ verifies, isAtomic }) => verifies === true && isAtomic === true,
  },
  {
    option: "--verify",
    ways: [],
    reason: "",
    isGiven: ({ verifies }) => verifies === true,
  },
  // Of an upload alone it can tell something over SCP, too: the last one to blame.
  {
    option: "--dry-run",
    ways: ["up", "down", "between"],
    reason: NO_LOOK,
    isGiven: ({ isDry }) => isDry === true,
  },
];

/** Gives a sentence on why a copy needs SFTP; `undefined` where SCP will do. */
export function sftpNeedOf(options: CopyOptions, way: Way): string | undefined {
  const need = NEEDS.find((need) =>
    need.ways.includes(way) && need.isGiven(options) &&
    need.isTooMuch?.(options) !== false
  );
  return need && `${nameOf(need, options)} needs SFTP: ${need.reason}`;
}

/** Gives an option that a copy by the first host itself cannot carry out. */
export function optionOfOurs(options: CopyOptions): string | undefined {
  const need = NEEDS.find((need) => need.isGiven(options));
  return need && nameOf(need, options);
}

function nameOf({ option }: Need, options: CopyOptions): string {
  return typeof option === "string" ? option : option(options);
}
