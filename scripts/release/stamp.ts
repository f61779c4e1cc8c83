/** Values that a release puts into its templates. */
export interface Stamp {
  readonly version: string;
  /** The address of the page with all releases, without a slash at its end. */
  readonly releases: string;
  /** The SHA-256 of each archive, by its name. */
  readonly sums: ReadonlyMap<string, string>;
}

/**
 * A template with everything between two `@` replaced.
 *
 * @throws {RangeError} If a mark stands for nothing that is known.
 */
export function stamp(
  template: string,
  { version, releases, sums }: Stamp,
): string {
  const values: Readonly<Record<string, string>> = {
    VERSION: version,
    RELEASES: releases,
    HOMEPAGE: releases.replace(/\/releases$/, ""),
  };
  return template.replaceAll(
    /@([A-Z0-9]+)(?::([\w.-]+))?@/g,
    (mark, name, archive) => {
      const value = name === "SHA256" ? sums.get(archive) : values[name];
      if (value !== undefined) return value;
      throw new RangeError(`Unknown mark in a template: ${mark}`);
    },
  );
}

/** The sums in the form of sha256sum, one line an archive. */
export function checksums(sums: Stamp["sums"]): string {
  return Array.from(sums, ([name, sum]) => `${sum}  ${name}\n`).join("");
}
