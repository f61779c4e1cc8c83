import { dirname } from "@std/path/dirname";
import { gunzipSync, gzipSync } from "node:zlib";
import { unzipSync, zipSync } from "fflate";
import { createTar, parseTar } from "nanotar";
import type { Target } from "../build/targets.ts";

/** A file of an archive. */
export interface Packed {
  /** Its path below the archive's one directory. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly mode: number;
}

/** The archive's name in a release: the same for every version. */
export function archiveName({ triple, executable }: Target): string {
  return `seacp-${triple}${executable.endsWith(".exe") ? ".zip" : ".tar.gz"}`;
}

/**
 * An archive of files in one directory, which is called as the archive is. The
 * same files and date give the same bytes, whoever packs them where.
 */
export function packArchive(
  target: Target,
  files: readonly Packed[],
  date: Date,
): Uint8Array {
  const directory = `seacp-${target.triple}`;
  const placed = files.map((file) => ({
    ...file,
    path: `${directory}/${file.path}`,
  }));
  return archiveName(target).endsWith(".zip")
    ? packZip(placed, date)
    : packTar(placed, date);
}

/**
 * Unpacks an archive that `packArchive` made into a directory that exists.
 *
 * @throws {Error} If it is no such archive, or a file cannot be written; then
 * some may have been.
 */
export function unpackArchive(
  target: Target,
  content: Uint8Array,
  directory: string,
): void {
  for (const { path, content: bytes, mode } of packedIn(target, content)) {
    const file = `${directory}/${path}`;
    Deno.mkdirSync(dirname(file), { recursive: true });
    Deno.writeFileSync(file, bytes, { mode });
  }
}

/** The files of an archive; one for Windows holds no modes that count there. */
function packedIn(target: Target, content: Uint8Array): Packed[] {
  if (archiveName(target).endsWith(".zip")) {
    return Object.entries(unzipSync(content)).map((
      [path, content],
    ) => ({ path, content, mode: 0o755 }));
  }
  return parseTar(new Uint8Array(gunzipSync(content))).map((file) => ({
    path: file.name,
    content: file.data ?? new Uint8Array(),
    mode: parseInt(file.attrs?.mode ?? "644", 8) & 0o777,
  }));
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
