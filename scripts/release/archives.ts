import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { createTar } from "nanotar";
import type { Target } from "../build/targets.ts";

/** A file of an archive. */
export interface Packed {
  /** Its path below the archive's one folder. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly mode: number;
}

/** The archive's name in a release: the same for every version. */
export function archiveName({ triple, executable }: Target): string {
  return `seacp-${triple}${executable.endsWith(".exe") ? ".zip" : ".tar.gz"}`;
}

/**
 * An archive of files in one folder, which is called as the archive is. The
 * same files and date give the same bytes, whoever packs them where.
 */
export function packArchive(
  target: Target,
  files: readonly Packed[],
  date: Date,
): Uint8Array {
  const folder = `seacp-${target.triple}`;
  const placed = files.map((file) => ({
    ...file,
    path: `${folder}/${file.path}`,
  }));
  return archiveName(target).endsWith(".zip")
    ? packZip(placed, date)
    : packTar(placed, date);
}

function packTar(files: readonly Packed[], date: Date): Uint8Array {
  const owner = { uid: 0, gid: 0, user: "root", group: "root" };
  const tar = createTar(files.map(({ path, content, mode }) => ({
    name: path,
    data: content,
    attrs: { ...owner, mode: mode.toString(8), mtime: date.getTime() },
  })));
  return gzipSync(tar, { level: 9 });
}

function packZip(files: readonly Packed[], date: Date): Uint8Array {
  const UNIX = 3;
  // An archive holds a local time without its zone: this one is in UTC.
  const mtime = new Date(
    date.getTime() + date.getTimezoneOffset() * 60 * 1000,
  );
  return zipSync(
    Object.fromEntries(files.map(({ path, content, mode }) => [
      path,
      [content, { os: UNIX, attrs: (0o100000 | mode) * 0x10000, mtime }],
    ])),
    { level: 9 },
  );
}
