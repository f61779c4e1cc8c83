import { UsageError } from "../errors.ts";
import type { GivenModes } from "../filesystem/store.ts";
import type { CopyOptions } from "./copy_options.ts";

/** Kinds of entries by their letters. */
const KINDS = { D: "directory", F: "file" } as const;

/**
 * Reads the modes of `--chmod`, of which the last one for a kind counts.
 *
 * @throws {UsageError} If a value makes no sense.
 */
export function readModes(
  values: readonly string[],
): Pick<CopyOptions, "modes"> {
  if (values.length === 0) return {};
  return { modes: Object.assign({}, ...values.map(readValue)) };
}

function readValue(value: string): GivenModes {
  return Object.assign(
    {},
    ...value.split(",").map((part) => {
      const [, letter, digits] = /^([DF])(0?[0-7]{3})$/.exec(part) ?? [];
      if (letter === undefined) {
        const rule = /^[DF][1-7][0-7]{3}$/.test(part)
          ? "set-id and sticky bits cannot be given: three digits, as in F755"
          : "they must be D755 for directories, F644 for files, or both: D755,F644";
        throw new UsageError(`Invalid modes "${value}": ${rule}`, {
          status: 255,
        });
      }
      return { [KINDS[letter as keyof typeof KINDS]]: parseInt(digits!, 8) };
    }),
  );
}
