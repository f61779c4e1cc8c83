/** Confined disks for tests, each with a directory beside it. */

import { ConfinedDisk } from "../../../lib/disk/confined_disk.ts";
import type { Access } from "../../../lib/filesystem/access.ts";
import type {
  OpenPurpose,
  ServedFile,
} from "../../../lib/filesystem/served_file_system.ts";
import { TempDirectory } from "../fixtures/temp_directory.ts";
import { lacksLinuxLibrary, testUnless } from "../c_library.ts";

/** A confined disk, and what lies beside its directory. */
export class ConfinedPlace implements Disposable {
  readonly #directory = new TempDirectory();
  readonly #umask = Deno.umask();
  /** Directory of the disk. */
  readonly root: string;
  /** Directory beside it, whose name begins alike. */
  readonly outside: string;
  readonly disk: ConfinedDisk;

  constructor(access: Access = "read-write") {
    this.root = `${this.#directory.path}/dir`;
    this.outside = `${this.#directory.path}/dirx`;
    Deno.mkdirSync(this.root);
    Deno.mkdirSync(this.outside);
    Deno.writeTextFileSync(`${this.outside}/secret`, "secret");
    this.disk = ConfinedDisk.open(this.root, access);
  }

  /** Path in the directory, for the test itself. */
  at(path: string): string {
    return `${this.root}/${path}`;
  }

  [Symbol.dispose](): void {
    this.disk[Symbol.dispose]();
    Deno.umask(this.#umask);
    this.#directory[Symbol.dispose]();
  }
}

/** Purposes of a client that opens a file, none of them yet. */
const NO_PURPOSE: OpenPurpose = {
  ...{ reads: false, writes: false, appends: false },
  ...{ makes: false, isNew: false, empties: false },
};

/** Purposes for which clients open files, by their names. */
export const PURPOSES: Readonly<Record<string, OpenPurpose>> = {
  reading: { ...NO_PURPOSE, reads: true },
  writing: { ...NO_PURPOSE, writes: true },
  both: { ...NO_PURPOSE, reads: true, writes: true },
  making: { ...NO_PURPOSE, writes: true, makes: true },
  "making anew": { ...NO_PURPOSE, writes: true, makes: true, isNew: true },
  emptying: { ...NO_PURPOSE, writes: true, makes: true, empties: true },
  appending: { ...NO_PURPOSE, writes: true, appends: true },
};

/** Registers a test of confined disks, on systems that have them. */
export function confinedTest(
  name: string,
  fn: () => void | Promise<void>,
): void {
  testUnless(lacksLinuxLibrary, name, fn);
}

/** Reads an open file to its end, and closes it. */
export async function contentOf(
  file: Pick<ServedFile, "read"> & Disposable,
): Promise<string> {
  using _ = file;
  const buffer = new Uint8Array(64);
  return new TextDecoder().decode(
    buffer.subarray(0, await file.read(buffer, 0)),
  );
}

/** Writes a new content into an open file, and closes it. */
export async function fill(
  file: Pick<ServedFile, "write" | "close">,
  content: string,
): Promise<void> {
  await file.write(new TextEncoder().encode(content), 0);
  await file.close();
}
