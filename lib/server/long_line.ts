/** Lines for people in the listings of a server, as of `ls -l`. */

import type { EntryStatus } from "../filesystem/served_file_system.ts";

/** Letters of the kinds of entries, by their bits of `S_IFMT`. */
const KIND_LETTERS: Readonly<Record<number, string>> = {
  0o010000: "p",
  0o020000: "c",
  0o040000: "d",
  0o060000: "b",
  0o100000: "-",
  0o120000: "l",
  0o140000: "s",
};

const MONTHS: readonly string[] = [
  ...["Jan", "Feb", "Mar", "Apr", "May", "Jun"],
  ...["Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
];

/** Age from which on a line has the year in place of the time, in milliseconds. */
const HALF_A_YEAR = 365 / 2 * 24 * 60 * 60 * 1000;

/**
 * Gives the line of an entry; its owners are numbers.
 *
 * @param now Time in milliseconds since 1970 UTC.
 */
export function longLine(
  name: string,
  { permissions, names, user, group, size, modified }: EntryStatus,
  now: number,
): string {
  return [
    `${letters(permissions)} `,
    String(names).padStart(3),
    String(user).padEnd(8),
    String(group).padEnd(8),
    String(size).padStart(8),
    timeText(new Date(modified), now),
    name,
  ].join(" ");
}

/** Gives the letters of a kind and permissions: `drwxr-xr-x`. */
function letters(permissions: number): string {
  const kind = KIND_LETTERS[permissions & 0o170000] ?? "?";
  const special = [
    { bit: 0o4000, letter: "s" },
    { bit: 0o2000, letter: "s" },
    { bit: 0o1000, letter: "t" },
  ];
  const parts = special.map(({ bit, letter }, at) => {
    const bits = permissions >> (6 - 3 * at) & 0o7;
    const runs = (bits & 1) !== 0;
    const last = (permissions & bit) === 0
      ? runs ? "x" : "-"
      : runs
      ? letter
      : letter.toUpperCase();
    return `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${last}`;
  });
  return kind + parts.join("");
}

function timeText(time: Date, now: number): string {
  const day = String(time.getDate()).padStart(2);
  const isRecent = Math.abs(now - time.getTime()) < HALF_A_YEAR;
  const two = (number: number) => String(number).padStart(2, "0");
  const last = isRecent
    ? `${two(time.getHours())}:${two(time.getMinutes())}`
    : String(time.getFullYear()).padStart(5);
  return `${MONTHS[time.getMonth()]} ${day} ${last}`;
}
