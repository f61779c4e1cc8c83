/**
 * Place of the copies: a directory here, and the home directory of a login to
 * far.
 */

import { statfsSync } from "node:fs";

import { COPIES, type Direction } from "./copy.ts";
import type { Host } from "./host.ts";
import { makeSource, type Source, storedBytes } from "./sources.ts";

const MEMORY = "/dev/shm";

/**
 * A directory in memory, if there is such a place with room for what is asked;
 * else wherever temporary directories are. From then on, all temporary files of
 * this process and those it starts are in it.
 *
 * @param bytes What it has to take.
 */
export function makeDirectory(bytes: number): string {
  const dir = hasRoom(MEMORY, bytes) ? { dir: MEMORY } : {};
  const directory = Deno.makeTempDirSync({ ...dir, prefix: "seacp-bench-" });
  Deno.env.set("TMPDIR", directory);
  return directory;
}

function hasRoom(directory: string, bytes: number): boolean {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize > bytes;
  } catch {
    return false;
  }
}

/**
 * Gives the space of sources on both sides, of a copy and of its recording, in
 * bytes.
 */
export function neededBytes(sources: readonly Source[]): number {
  const stored = sources.map(storedBytes);
  return 2 * stored.reduce((sum, bytes) => sum + bytes, 0) +
    2 * Math.max(0, ...stored);
}

/** The directory with a host, and the sources that are there at the moment. */
export class Field {
  /** Directory in which all programs run. */
  readonly directory: string;
  readonly host: Host;
  /** Ends what is under way. */
  readonly interrupted: AbortSignal;
  #sources: readonly Source[] = [];

  constructor(directory: string, host: Host, interrupted: AbortSignal) {
    this.directory = directory;
    this.host = host;
    this.interrupted = interrupted;
  }

  /** Gives the directory of a copy in this direction. */
  copies(direction: Direction): string {
    return `${
      direction === "up" ? this.host.sshd.home : this.directory
    }/${COPIES}`;
  }

  /** Sees to it that these are there, on both sides, and no others. */
  provide(sources: readonly Source[]): void {
    const isThere = (source: Source, among: readonly Source[]) =>
      among.some(({ name }) => name === source.name);
    const sides = [this.directory, this.host.sshd.home] as const;
    for (const source of this.#sources) {
      if (isThere(source, sources)) continue;
      for (const side of sides) {
        Deno.removeSync(`${side}/${source.name}`, { recursive: true });
      }
    }
    for (const source of sources) {
      if (!isThere(source, this.#sources)) makeSource(source, sides);
    }
    this.#sources = sources;
  }
}
