import { sha256 } from "../build/sha256.ts";
import type { Target } from "../build/targets.ts";
import { archiveName, packArchive, type Packed } from "./archives.ts";
import { checksums, stamp } from "./stamp.ts";

/** Parts of a release. */
export interface Release {
  readonly version: string;
  /** The address of the page with all releases. */
  readonly releases: string;
  readonly date: Date;
  /** Files of every archive besides the executable. */
  readonly documents: readonly Packed[];
  /** Texts with marks, which are assets of their own, by their names. */
  readonly templates: ReadonlyMap<string, string>;
  readonly targets: readonly Target[];
  /** The executable for a target. */
  readonly executable: (target: Target) => Uint8Array;
}

/** A file of a release. */
export interface Asset {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * Every asset of a release, one after the other: an archive for each target,
 * their checksums, and the templates with those filled in.
 *
 * @throws {RangeError} If a template has a mark that nothing is known for.
 */
export function* releaseAssets(release: Release): Generator<Asset, void> {
  const { version, releases, date, documents, targets } = release;
  const sums = new Map<string, string>();
  for (const target of targets) {
    const content = packArchive(target, [
      {
        path: target.executable,
        content: release.executable(target),
        mode: 0o755,
      },
      ...documents,
    ], date);
    const name = archiveName(target);
    sums.set(name, sha256(content));
    yield { name, content };
  }
  const text = (name: string, content: string): Asset => ({
    name,
    content: new TextEncoder().encode(content),
  });
  yield text("SHA256SUMS", checksums(sums));
  for (const [name, template] of release.templates) {
    yield text(name, stamp(template, { version, releases, sums }));
  }
}
