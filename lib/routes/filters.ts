import { EntryError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import {
  FilteredFileSystem,
  type FilterOptions,
} from "../filesystem/filtered_file_system.ts";
import type { FilterRule, FilterRules } from "../names/filter_rules.ts";
import { decodeName } from "../names/name_bytes.ts";
import type { CopyOptions, FilterOption } from "../options/copy_options.ts";

/** Longest file of patterns, in bytes. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Module that reads rules; only copies with filters load it. */
type RulesModule = typeof import("../names/filter_rules.ts");

/**
 * Gives the rules of a job's filters, in the order of the command line; `undefined`
 * where it has none.
 *
 * @throws {EntryError} If a file of patterns cannot be read.
 */
export async function filterRulesOf(
  files: FileSystem,
  { filters }: Pick<CopyOptions, "filters">,
): Promise<FilterRules | undefined> {
  if (filters === undefined) return undefined;
  const module = await import("../names/filter_rules.ts");
  const rules: FilterRule[] = [];
  for (const filter of filters) {
    rules.push(...await rulesOf(filter, files, module));
  }
  const isInclusive = filters[0]!.kind === "include";
  return new module.FilterRules(rules, { isInclusive });
}

async function rulesOf(
  { kind, value }: FilterOption,
  files: FileSystem,
  { ruleOfLine, ruleOfOption }: RulesModule,
): Promise<readonly FilterRule[]> {
  if (kind !== "exclude-from") return [ruleOfOption(kind, value)];
  const text = await readPatterns(files, value);
  return text.replace(/^\ufeff/, "").split("\n")
    .flatMap((line, at) => ruleOfLine(line, `${value}:${at + 1}`) ?? []);
}

/** Reads a file of patterns, whose bytes need not be UTF-8. */
async function readPatterns(files: FileSystem, path: string): Promise<string> {
  using file = await files.openToRead(path);
  const buffer = new Uint8Array(MAX_FILE_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = await file.read(buffer.subarray(length), length);
    if (count === 0) return decodeName(buffer.subarray(0, length));
    length += count;
  }
  throw new EntryError(
    `${path}: a file of patterns has at most ${MAX_FILE_BYTES} bytes`,
  );
}

/** Copy whose entries are chosen. */
export interface ChosenCopy {
  /** Directories that are copied, as their file system names them. */
  readonly roots: readonly string[];
  /** Rules for what is in them; absent where all of it is copied. */
  readonly rules: FilterRules | undefined;
  /** True where links stay links. */
  readonly keepsLinks?: boolean;
  /** Entries that are looked at, as in `FilterOptions`; absent for all of them. */
  readonly concerns?: FilterOptions["concerns"];
  /** Observer of what is excluded; absent where nobody is told. */
  readonly observer?: Observer;
}

/** Gives the view of a file system that shows what is to be copied. */
export function chosenFiles(
  files: FileSystem,
  { roots, rules, keepsLinks = false, concerns, observer }: ChosenCopy,
): FileSystem {
  if (rules === undefined) return files;
  return new FilteredFileSystem(files, {
    rules,
    roots,
    keepsLinks,
    ...(concerns === undefined ? {} : { concerns }),
    ...(observer === undefined ? {} : {
      onExcluded: (path, reason) =>
        observer.report({
          kind: "excluded",
          label: files.label,
          path,
          reason,
        }),
    }),
  });
}
