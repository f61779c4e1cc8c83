import { basename } from "@std/path/posix/basename";
import { EntryError } from "../errors.ts";
import type {
  Attributes,
  Concurrency,
  FileSystem,
  Listing,
  OpenFile,
  Times,
} from "../filesystem/file_system.ts";
import type { SftpTuning } from "../options/copy_options.ts";
import { isLink } from "./wire/attributes.ts";
import { Extension, type ServerLimits } from "./wire/extended_packets.ts";
import { listingOf } from "./listing.ts";
import { Lookups } from "./lookups.ts";
import type { OpenRequest } from "./wire/open_packets.ts";
import { type BlockLimits, SftpFile } from "./remote_file.ts";
import { Requests, type Subject } from "./remote_requests.ts";
import type { SftpSession } from "./session.ts";

export interface SftpFileSystemOptions {
  /** What messages about a path put before it. */
  readonly label: string;
  readonly tuning: SftpTuning;
  /** The most that is best moved at a time, in bytes. */
  readonly blockBytes: number;
}

/** What OpenSSH's scp has in flight at once, at most. */
const MOST_REQUESTS = 64;

/**
 * What is in flight at once, in bytes: ssh's window of 2 MiB, and what waits to
 * be asked for. Measured, less leaves the window of a line of 2 ms unfilled, and
 * more takes memory that the server and we have to go through.
 */
const UNDER_WAY_BYTES = 2.5 * 1024 * 1024;

/** What every server takes, where it does not tell (section 3), in bytes. */
const SAFE_BLOCK_BYTES = 32 * 1024;

/** What OpenSSH's server takes, and its scp never goes beyond, in bytes. */
const MOST_BLOCK_BYTES = 255 * 1024;

/** The least that OpenSSH's scp moves at a time, in bytes. */
const LEAST_BLOCK_BYTES = 64;

/** Entries that are in flight at once, if the server holds so many open. */
const USUAL_ENTRIES = 64;

/** The files of a server. Its paths are separated by `/`, whatever it runs on. */
export class SftpFileSystem implements FileSystem {
  readonly label: string;
  readonly concurrency: Concurrency;
  readonly copyRange?: NonNullable<FileSystem["copyRange"]>;
  readonly #requests: Requests;
  readonly #lookups: Lookups;
  readonly #limits: BlockLimits;

  private constructor(
    requests: Requests,
    limits: ServerLimits | undefined,
    { label, tuning, blockBytes }: SftpFileSystemOptions,
  ) {
    this.label = label;
    this.#requests = requests;
    this.#lookups = new Lookups(requests);
    const wanted = tuning.bufferBytes ?? blockBytes;
    const untold = tuning.bufferBytes ?? SAFE_BLOCK_BYTES;
    const limit = (told = 0) =>
      Math.max(
        LEAST_BLOCK_BYTES,
        Math.min(wanted, told || untold, MOST_BLOCK_BYTES),
      );
    this.#limits = { read: limit(limits?.read), write: limit(limits?.write) };
    const bytes = Math.min(this.#limits.read, this.#limits.write);
    const blocks = Math.min(MOST_REQUESTS, Math.floor(UNDER_WAY_BYTES / bytes));
    const { isLockstep } = requests.session;
    this.concurrency = {
      entries: isLockstep ? 1 : entriesFor(limits?.handles),
      blocks: isLockstep ? 1 : tuning.requests ?? blocks,
      blockBytes: bytes,
    };
    if (requests.session.extensions.has(Extension.COPY_DATA)) {
      this.copyRange = (from, to, at, length) =>
        this.#copyRange(from, to, { at, length });
    }
  }

  /** The files that a session leads to. */
  static async of(
    session: SftpSession,
    options: SftpFileSystemOptions,
  ): Promise<SftpFileSystem> {
    const requests = new Requests(session, options.label);
    return new SftpFileSystem(requests, await session.limits(), options);
  }

  async find(path: string): Promise<Attributes | undefined> {
    return await this.#lookups.find(path);
  }

  /** The same for a source: where the server refuses to tell, it is opened. */
  async findSource(path: string): Promise<Attributes | undefined> {
    return await this.#lookups.findSource(path);
  }

  async stat(path: string): Promise<Attributes> {
    return await this.#lookups.stat(path);
  }

  async identify(path: string): Promise<string | undefined> {
    return await this.#lookups.identify(path);
  }

  async readdir(path: string): Promise<Listing> {
    const requests = this.#requests;
    const handle = await requests.handle(
      { kind: "opendir", path },
      { path },
    );
    return listingOf({
      next: () => requests.session.request({ kind: "readdir", handle }),
      namesIn: (response) => requests.names(response, path),
      failure: (reason) => new EntryError(`${this.label}${path}: ${reason}`),
      close: () => requests.closeLater(handle),
    });
  }

  async openToRead(path: string): Promise<OpenFile> {
    return await this.#open(
      { kind: "open", path, access: "read", attributes: {} },
      { path },
    );
  }

  /**
   * Empties the file where there is nothing to keep until something new is
   * there: where it is absent or empty, or the server does not tell.
   */
  async openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
  ): Promise<OpenFile> {
    const keeps = replaced !== undefined && replaced.kind !== "unknown" &&
      (replaced.kind !== "file" || replaced.size > 0);
    return await this.#open(
      {
        kind: "open",
        path,
        access: keeps ? "write" : "write anew",
        attributes: { permissions: mode },
      },
      { path, attempt: "create file" },
      keeps ? replaced.size : 0,
    );
  }

  async #open(
    request: OpenRequest,
    subject: Subject,
    length = 0,
  ): Promise<SftpFile> {
    const handle = await this.#requests.handle(request, subject);
    return new SftpFile(handle, request.path, {
      requests: this.#requests,
      limits: this.#limits,
      length,
    });
  }

  async #copyRange(
    from: OpenFile,
    to: OpenFile,
    { at, length }: { at: number; length: number | "all" },
  ): Promise<void> {
    if (!(from instanceof SftpFile && to instanceof SftpFile)) {
      throw new TypeError("Files of another place cannot be copied here");
    }
    to.grew(length === "all" ? Infinity : at + length);
    await this.#requests.done({
      kind: "copy-data",
      from: from.handle,
      to: to.handle,
      offset: at,
      length: length === "all" ? 0 : length,
    }, { path: to.path, attempt: "write" });
  }

  async remove(path: string): Promise<void> {
    await this.#requests.done({ kind: "remove", path }, { path });
  }

  async mkdir(path: string, mode: number): Promise<void> {
    await this.#requests.done(
      { kind: "mkdir", path, attributes: { permissions: mode } },
      { path, attempt: "create directory" },
    );
  }

  async setMode(path: string, mode: number): Promise<void> {
    await this.#requests.done(
      { kind: "setstat", path, attributes: { permissions: mode } },
      { path, doing: "set mode" },
    );
  }

  async setTimes(path: string, times: Times): Promise<void> {
    await this.#requests.done(
      { kind: "setstat", path, attributes: { times } },
      { path, doing: "set times" },
    );
  }

  async readlink(path: string): Promise<string | undefined> {
    const attributes = await this.#requests.attributes(
      { kind: "lstat", path },
      path,
    );
    if (!isLink(attributes)) return undefined;
    return await this.#requests.name({ kind: "readlink", path }, { path });
  }

  async symlink(path: string, destination: string): Promise<void> {
    const { session } = this.#requests;
    // Where a directory is in the way, what follows says so.
    await session.request({ kind: "remove", path });
    await this.#requests.done(
      { kind: "symlink", path, destination },
      { path, attempt: "create directory" },
    );
  }

  /**
   * The path with its `~` or `~user` expanded by the server.
   *
   * @throws {EntryError} If it cannot be.
   */
  async expandPath(path: string): Promise<string> {
    if (!this.#requests.session.extensions.has(Extension.EXPAND_PATH)) {
      throw new EntryError(
        `${this.label}${path}: the server cannot tell whose home that is`,
      );
    }
    return await this.#requests.name({ kind: "expand-path", path }, { path });
  }

  join(directory: string, name: string): string {
    return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
  }

  nameOf(path: string): string {
    return basename(path);
  }
}

/** Half of what may be open is for files; directories that are listed have more. */
function entriesFor(handles = 0): number {
  if (handles === 0) return USUAL_ENTRIES;
  return Math.max(1, Math.min(USUAL_ENTRIES, Math.floor(handles / 2)));
}
