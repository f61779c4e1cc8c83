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
 * @throws {UsageError} If a pattern or a path is empty.
 */
export function readFilters(
  given: readonly GivenOption[],
): Pick<CopyOptions, "filters"> {
  const filters = given.flatMap(({ option: { name }, value }) => {
    const kind = KINDS.find((kind) => kind === name);
    return kind === undefined ? [] : [{ kind, value }];
  });
  if (filters.length === 0) return {};
  const empty = filters.find(({ value }) => value === "");
  if (empty !== undefined) {
    throw new UsageError(`${dashed(empty.kind)} is empty`, { status: 255 });
  }
  return { filters };
}
