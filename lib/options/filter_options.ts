import { UsageError } from "../errors.ts";
import type { CopyOptions, FilterOption } from "./copy_options.ts";
import type { GivenOption } from "./getopt.ts";
import { dashed } from "./option_table.ts";

const KINDS: readonly FilterOption["kind"][] = [
  "exclude",
  "include",
  "exclude-from",
];

/**
 * Reads the options that choose among the entries of directories, in their order.
 *
 * @throws {UsageError} If a pattern is empty, or there are no directories to choose
 * in.
 */
export function readFilters(
  given: readonly GivenOption[],
): Pick<CopyOptions, "filters"> {
  const filters = given.flatMap(({ option: { name }, value }) => {
    const kind = KINDS.find((kind) => kind === name);
    return kind === undefined ? [] : [{ kind, value }];
  });
  const [first] = filters;
  if (first === undefined) return {};
  const option = dashed(first.kind);
  const empty = filters.find(({ value }) => value === "");
  if (empty !== undefined) throw wrong(`${dashed(empty.kind)} is empty`);
  const isGiven = (name: string) =>
    given.some(({ option }) => option.name === name);
  if (!isGiven("r")) {
    throw wrong(`${option} needs -r: it chooses among what is in directories`);
  }
  return { filters };
}

function wrong(message: string): UsageError {
  return new UsageError(message, { status: 255 });
}
