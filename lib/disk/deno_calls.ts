import type {
  Attributes,
  DirectoryEntry,
  Times,
} from "../filesystem/file_system.ts";
import { onWindows } from "../system/own_platform.ts";
import { attributesOf } from "./deno_attributes.ts";
import {
  danglingPath,
  directoryPath,
  isDirectory,
  linkedPath,
  namesDirectory,
  passable,
  reachablePath,
  writablePath,
} from "./deno_path.ts";
import type { SystemCalls, SystemFile } from "./system_calls.ts";

/**
 * The runtime's calls, for systems whose C library is not called. They take
 * well-formed paths alone, and list a directory part by part: at once, 100,000
 * names take 90 MiB.
 */
export const denoCalls: SystemCalls = {
  setsByFile: false,

  stat: (path) => attributesOf(path, Deno.statSync(reachablePath(path))),

  find: (path) => {
    try {
      return denoCalls.stat(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  },

  readdir: (path) => entriesOf(reachablePath(path)),

  openToRead: (path) => new DenoFile(path, Deno.openSync(reachablePath(path))),

  create: (path, mode) => {
    const options = { write: true, createNew: true, mode };
    try {
      return new DenoFile(path, Deno.openSync(writablePath(path), options));
    } catch (error) {
      const { AlreadyExists, IsADirectory } = Deno.errors;
      const isThere = error instanceof AlreadyExists ||
        error instanceof IsADirectory;
      if (isThere) return undefined;
      throw error;
    }
  },

  openToWrite: (path, mode) =>
    new DenoFile(path, openLinked(path, { write: true, create: true, mode })),

  openToWait: async (path, mode) => {
    const options = { write: true, create: true, mode };
    const file = await Deno.open(writablePath(path), options);
    return new WaitingFile(path, file);
  },

  mkdir: (path, mode) => Deno.mkdirSync(directoryPath(path), { mode }),

  chmod: (path, mode) => {
    // Windows keeps no mode.
    if (!onWindows) Deno.chmodSync(reachablePath(path), mode);
  },

  utimes: (path, { accessed, modified }) =>
    Deno.utimeSync(reachablePath(path), seconds(accessed), seconds(modified)),

  rename: (from, to) => Deno.renameSync(reachablePath(from), reachablePath(to)),

  unlink: (path) => {
    const reached = reachablePath(path);
    if (Deno.lstatSync(reached).isDirectory) {
      throw new Deno.errors.IsADirectory("Is a directory");
    }
    Deno.removeSync(reached);
  },

  unlinkUnlessDirectory: (path) => {
    const reached = reachablePath(path);
    if (namesDirectory(path)) return;
    try {
      if (!Deno.lstatSync(reached).isDirectory) Deno.removeSync(reached);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  },

  readlink: (path) => {
    const reached = reachablePath(path);
    const isLink = !namesDirectory(path) && Deno.lstatSync(reached).isSymlink;
    return isLink ? Deno.readLinkSync(reached) : undefined;
  },

  symlink: (destination, path) => {
    const reached = reachablePath(path);
    const text = passable(destination);
    // Windows has one kind of link for directories, another for all else.
    const type = isDirectory(linkedPath(reached, text)) ? "dir" : "file";
    Deno.symlinkSync(text, reached, { type });
  },
};

/**
 * Opens a file, made where there is none. A program without all permissions
 * cannot have the runtime open a link that leads to nothing.
 */
function openLinked(path: string, options: Deno.OpenOptions): Deno.FsFile {
  const reached = writablePath(path);
  try {
    return Deno.openSync(reached, options);
  } catch (error) {
    const { NotFound, FilesystemLoop } = Deno.errors;
    const mayDangle = error instanceof NotFound ||
      error instanceof FilesystemLoop;
    const linked = mayDangle ? danglingPath(reached) : undefined;
    if (linked === undefined) throw error;
    return openLinked(linked, options);
  }
}

async function* entriesOf(
  path: string,
): AsyncGenerator<DirectoryEntry, void> {
  for await (const { name, isFile, isDirectory } of Deno.readDir(path)) {
    if (isFile) yield { name, kind: "file" };
    else if (isDirectory) yield { name, kind: "directory" };
    else yield { name };
  }
}

class DenoFile implements SystemFile {
  readonly #path: string;
  protected readonly file: Deno.FsFile;

  constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.file = file;
  }

  fstat(): Attributes {
    return attributesOf(this.#path, this.file.statSync());
  }

  seek(at: number): void {
    this.file.seekSync(at, Deno.SeekMode.Start);
  }

  read(buffer: Uint8Array): number {
    return this.file.readSync(buffer) ?? 0;
  }

  write(bytes: Uint8Array): number | Promise<number> {
    return this.file.writeSync(bytes);
  }

  ftruncate(size: number): void {
    this.file.truncateSync(size);
  }

  /** Sets the mode by the path: the runtime has no other call. */
  fchmod(mode: number): void {
    denoCalls.chmod(this.#path, mode);
  }

  futimes({ accessed, modified }: Times): void {
    this.file.utimeSync(seconds(accessed), seconds(modified));
  }

  close(): void {
    this.file.close();
  }

  [Symbol.dispose](): void {
    this.file.close();
  }
}

/** A FIFO or a device. Its writes leave the event loop free for signals. */
class WaitingFile extends DenoFile {
  override write(bytes: Uint8Array): Promise<number> {
    return this.file.write(bytes);
  }
}

function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}
