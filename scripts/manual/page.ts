import { type Example, EXAMPLES } from "../../lib/options/examples.ts";
import {
  dashed,
  OPTIONS,
  type TableOption,
} from "../../lib/options/option_table.ts";
import { SERVER_GROUP } from "../../lib/options/server_group.ts";
import { argument, textLines } from "./mdoc.ts";
import { OPTION_REMARKS } from "./option_remarks.ts";
import {
  AFTER_EXAMPLES,
  AFTER_OPTIONS,
  CAVEATS,
  DESCRIPTION,
  OPTIONS_BEGIN,
} from "./sections.ts";

/** Version and date that a manual page names. */
export interface ManualBuild {
  readonly version: string;
  readonly date: Date;
}

/** Options that users are shown. */
const SHOWN = OPTIONS.filter(({ summary }) => summary !== undefined);

/** Options that make no copy: each is a command line of its own. */
const OWN_CALLS = ["completions", "help", "version"];

/** Options of a server, which have one command line together. */
const SERVERS: readonly string[] = SERVER_GROUP.options.map(({ name }) => name);

/** Makes the manual page `seacp(1)` as mdoc(7). */
export function manualPage({ version, date }: ManualBuild): string {
  return joined([
    `.Dd ${longDate(date)}`,
    ".Dt SEACP 1",
    ".Os",
    ".Sh NAME",
    ".Nm seacp",
    ".Nd copy files between hosts",
    ...synopsis(),
    DESCRIPTION,
    OPTIONS_BEGIN,
    ".Bl -tag -width Ds",
    ...SHOWN.map(describe),
    ".El",
    AFTER_OPTIONS,
    ".Sh EXAMPLES",
    EXAMPLES.map(exampleLines).join("\n.Pp\n"),
    AFTER_EXAMPLES,
    ".Sh HISTORY",
    textLines(`This is the manual of seacp ${version}.`),
    "It has the options of scp in OpenSSH 10.5 and a few of its own.",
    CAVEATS,
  ]) + "\n";
}

/** Makes a synopsis like scp's: flags, then options with values, each sorted. */
function synopsis(): string[] {
  const own = SHOWN.filter(({ name }) => OWN_CALLS.includes(name)).map(flag);
  const inCopies = SHOWN
    .filter(({ name }) => !OWN_CALLS.includes(name) && !SERVERS.includes(name))
    .toSorted((a, b) =>
      a.name.localeCompare(b.name, "en", { caseFirst: "upper" })
    );
  const plain = inCopies.filter(({ value }) => value === undefined);
  const letters = plain.filter(({ name }) => name.length === 1)
    .map(({ name }) => name).join("");
  const others = [
    ...plain.filter(({ name }) => name.length > 1),
    ...inCopies.filter(({ value }) => value !== undefined),
  ];
  return [
    ".Sh SYNOPSIS",
    ".Nm",
    `.Op Fl ${letters}`,
    ...others.map((option) => `.Op ${flag(option)}`),
    ".Ar source ...",
    ".Ar target",
    ".Nm",
    ...SHOWN.filter(({ name }) => SERVERS.includes(name)).map((option) =>
      option.name === "serve" ? `.${flag(option)}` : `.Op ${flag(option)}`
    ),
    ...own.flatMap((call) => [".Nm", `.${call}`]),
  ];
}

function describe({ name, value, summary = "" }: TableOption): string {
  const remark = OPTION_REMARKS[name];
  return joined([
    `.It ${flag({ name, value })}`,
    textLines(summary),
    ...(remark === undefined ? [] : [remark]),
  ]);
}

function exampleLines({ command, effect }: Example): string {
  const sentence = effect.charAt(0).toUpperCase() + effect.slice(1);
  return `${textLines(sentence)}:\n.Dl ${argument(command)}`;
}

/** Formats an option and its value as macros. */
function flag(
  { name, value }: { name: string; value?: string | undefined },
): string {
  const typed = `Fl ${argument(dashed(name).slice(1))}`;
  return value === undefined ? typed : `${typed} Ar ${argument(value)}`;
}

/** Joins parts without empty lines, which are errors in mdoc. */
function joined(parts: readonly string[]): string {
  return parts.map((part) => part.trim()).join("\n");
}

/** Formats a date as mdoc(7) wants it: `November 25, 2026`. */
function longDate(date: Date): string {
  return date.toLocaleDateString("en-US", {
    dateStyle: "long",
    timeZone: "UTC",
  });
}
