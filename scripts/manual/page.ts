import { type Example, EXAMPLES } from "../../lib/options/examples.ts";
import {
  dashed,
  OPTIONS,
  type TableOption,
} from "../../lib/options/option_table.ts";
import { argument, textLines } from "./mdoc.ts";
import { OPTION_REMARKS } from "./option_remarks.ts";
import {
  AFTER_EXAMPLES,
  AFTER_OPTIONS,
  CAVEATS,
  DESCRIPTION,
  OPTIONS_BEGIN,
} from "./sections.ts";

/** What a manual is the manual of. */
export interface ManualBuild {
  readonly version: string;
  /** When it was made. */
  readonly date: Date;
}

/** The options that are shown to users. */
const SHOWN = OPTIONS.filter(({ summary }) => summary !== undefined);

/** These are no part of a copy: each is a call of its own. */
const OWN_CALLS = ["completions", "help", "version"];

/** The manual page `seacp(1)`, as mdoc(7). */
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
    "Its options are those of the scp in OpenSSH 10.5, and a few of its own.",
    CAVEATS,
  ]) + "\n";
}

/** As scp's: letters in one bracket, then what takes a value, both sorted. */
function synopsis(): string[] {
  const own = SHOWN.filter(({ name }) => OWN_CALLS.includes(name)).map(flag);
  const inCopies = SHOWN.filter(({ name }) => !OWN_CALLS.includes(name))
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

/** An option as a macro shows it, its value too. */
function flag(
  { name, value }: { name: string; value?: string | undefined },
): string {
  const typed = `Fl ${argument(dashed(name).slice(1))}`;
  return value === undefined ? typed : `${typed} Ar ${argument(value)}`;
}

/** Parts under each other: an empty line is an error in mdoc. */
function joined(parts: readonly string[]): string {
  return parts.map((part) => part.trim()).join("\n");
}

/** The date as mdoc wants it: `November 25, 2026`. */
function longDate(date: Date): string {
  return date.toLocaleDateString("en-US", {
    dateStyle: "long",
    timeZone: "UTC",
  });
}
