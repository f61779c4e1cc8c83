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
import type { Digester } from "../filesystem/digest.ts";
import type { SftpTuning } from "../options/copy_options.ts";
import { ServerDigester } from "./check_file.ts";
import { CheckedRequests, type Subject } from "./checked_requests.ts";
import { listingOf } from "./listing.ts";
import { Lookups } from "./lookups.ts";
import { reopenedListing } from "./reopened_listing.ts";
import type { RequestSender } from "./request_sender.ts";
import { type BlockLimits, SftpFile } from "./sftp_file.ts";
import { isLink } from "./wire/attributes.ts";
import { Extension, type ServerLimits } from "./wire/extended_packets.ts";
import type { OpenRequest } from "./wire/open_packets.ts";

/** Settings of a server's file system. */
export interface SftpFileSystemOptions {
  /** Prefix of each message about a path. */
  readonly label: string;
  /** Limits that the user asked for. */
  readonly tuning: SftpTuning;
  /** Preferred length of a READ or WRITE, in bytes. */
  readonly blockBytes: number;
  /**
   * Hasher of the server's files where its SFTP session does not hash them; absent
   * where nothing is hashed.
   */
  readonly digester?: Digester | undefined;
}

/** Most requests that OpenSSH's scp has in flight. */
const MOST_REQUESTS = 64;

/**
 * Bytes in flight at once: ssh's window of 2 MiB, and the next requests.
 * Measured: less leaves the window unfilled at a round trip of 2 ms; more costs
 * the server and the client time, for the memory they go through.
 */
const IN_FLIGHT_BYTES = 2.5 * 1024 * 1024;

/**
 * Length in bytes that every server takes (draft-ietf-secsh-filexfer-02, section
 * 3), for those that do not tell their limit.
 */
const SAFE_BLOCK_BYTES = 32 * 1024;

/** Most bytes that OpenSSH's server takes, and its scp ever asks for. */
const MOST_BLOCK_BYTES = 255 * 1024;

/** Fewest bytes that OpenSSH's scp moves at a time. */
const LEAST_BLOCK_BYTES = 64;

/** Entries in flight at once at first, where the server can hold that many open. */
const USUAL_ENTRIES = 64;

/**
 * Most entries in flight at once, on a line with latency. Measured 20 ms away, an
 * npm tree of 9,668 files goes up in 11.7 s with 64 of them, in 3.3 s with 512; 100
 * ms away it comes down in 7.5 s with 512, in 6.2 s with the 815 for which OpenSSH's
 * server has handles.
 */
const MOST_ENTRIES = 1024;

/**
 * Most entries in flight at once over all sessions. Measured 100 ms away, the same
 * tree goes up over eight in 6.9 s with 2048 of them, in 10.9 s with 512.
 */
const MOST_ENTRIES_IN_ALL = 2048;

/** Files of a server, whose paths have `/` as separator on every system. */
export class SftpFileSystem implements FileSystem {
  readonly label: string;
  readonly concurrency: Concurrency;
  readonly copyRange?: NonNullable<FileSystem["copyRange"]>;
  readonly replace?: NonNullable<FileSystem["replace"]>;
  readonly digest?: NonNullable<FileSystem["digest"]>;
  readonly #requests: CheckedRequests;
  readonly #lookups: Lookups;
  readonly #limits: BlockLimits;
  /** Most blocks of a file that are in flight in one session. */
  readonly #blocksOfFile: number;

  private constructor(
    requests: CheckedRequests,
    limits: ServerLimits | undefined,
    { label, tuning, blockBytes, digester }: SftpFileSystemOptions,
  ) {
    this.label = label;
    this.#requests = requests;
    this.#lookups = new Lookups(requests);
    const wanted = tuning.bufferBytes ?? blockBytes;
    const fallback = tuning.bufferBytes ?? SAFE_BLOCK_BYTES;
    const limit = (allowed = 0) =>
      Math.max(
        LEAST_BLOCK_BYTES,
        Math.min(wanted, allowed || fallback, MOST_BLOCK_BYTES),
      );
    this.#limits = { read: limit(limits?.read), write: limit(limits?.write) };
    const bytes = Math.min(this.#limits.read, this.#limits.write);
    const blocks = Math.min(MOST_REQUESTS, Math.floor(IN_FLIGHT_BYTES / bytes));
    const { isLockstep } = requests.session;
    const { width = 1 } = requests.session;
    this.#blocksOfFile = isLockstep ? 1 : tuning.requests ?? blocks;
    const entries = (most: number) =>
      isLockstep ? 1 : Math.min(
        MOST_ENTRIES_IN_ALL,
        entriesFor(limits?.handles, most) * width,
      );
    this.concurrency = {
      entries: entries(USUAL_ENTRIES),
      mostEntries: entries(MOST_ENTRIES),
      blocks: this.#blocksOfFile * width,
      ...(width === 1 ? {} : { blocksOfFile: this.#blocksOfFile }),
      blockBytes: bytes,
    };
    if (requests.session.extensions.has(Extension.COPY_DATA)) {
      this.copyRange = (from, to, at, length) =>
        this.#copyRange(from, to, { at, length });
    }
    if (digester !== undefined) {
      const server = new ServerDigester(requests, digester);
      this.digest = (path, options) => server.digest(path, options);
    }
    if (requests.session.extensions.has(Extension.POSIX_RENAME)) {
      this.replace = (from, path) =>
        requests.expectOk({ kind: "posix-rename", from, path }, {
          path,
          action: "replace",
        });
    }
  }

  /** Gives the file system of a session, once the server told its limits. */
  static async of(
    session: RequestSender,
    options: SftpFileSystemOptions,
  ): Promise<SftpFileSystem> {
    const requests = new CheckedRequests(session, options.label);
    return new SftpFileSystem(requests, await session.limits(), options);
  }

  async find(path: string): Promise<Attributes | undefined> {
    return await this.#lookups.find(path);
  }

  /**
   * Finds an entry as `find` does. One that the server refuses to tell of exists
   * if it can be opened for reading.
   */
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
    const open = () => this.#opendir(path);
    return this.#requests.session.width === undefined
      ? await open()
      : await reopenedListing(open);
  }

  async #opendir(path: string): Promise<Listing> {
    const requests = this.#requests;
    const handle = await requests.expectHandle(
      { kind: "opendir", path },
      { path },
    );
    return listingOf({
      readdir: () => requests.session.request({ kind: "readdir", handle }),
      namesIn: (response) => requests.expectNames(response, path),
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

  async createNew(
    path: string,
    mode: number,
    name?: string,
  ): Promise<OpenFile> {
    return await this.#open(
      {
        kind: "open",
        path,
        access: "create",
        attributes: { permissions: mode },
      },
      { path, name },
    );
  }

  /**
   * Opens a file for writing. Truncates it unless it is known to hold bytes that
   * are worth keeping until new ones arrive.
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
        access: keeps ? "write" : "write and truncate",
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
    const handle = await this.#requests.expectHandle(request, subject);
    return new SftpFile(handle, request.path, {
      name: subject.name,
      requests: this.#requests,
      limits: this.#limits,
      access: request.access,
      blocks: this.#blocksOfFile,
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
    await this.#requests.expectOk({
      kind: "copy-data",
      from: from.handle,
      to: to.handle,
      offset: at,
      length: length === "all" ? 0 : length,
    }, { ...to.subject, attempt: "write" });
  }

  async remove(path: string): Promise<void> {
    await this.#requests.expectOk({ kind: "remove", path }, { path });
  }

  async mkdir(path: string, mode: number): Promise<void> {
    await this.#requests.expectOk(
      { kind: "mkdir", path, attributes: { permissions: mode } },
      { path, attempt: "create directory" },
    );
  }

  async setMode(path: string, mode: number): Promise<void> {
    await this.#requests.expectOk(
      { kind: "setstat", path, attributes: { permissions: mode } },
      { path, action: "set mode" },
    );
  }

  async setTimes(path: string, times: Times): Promise<void> {
    await this.#requests.expectOk(
      { kind: "setstat", path, attributes: { times } },
      { path, action: "set times" },
    );
  }

  async readlink(path: string): Promise<string | undefined> {
    const attributes = await this.#requests.expectAttributes(
      { kind: "lstat", path },
      path,
    );
    if (!isLink(attributes)) return undefined;
    return await this.#requests.expectName({ kind: "readlink", path }, {
      path,
    });
  }

  async symlink(
    path: string,
    destination: string,
    replaces = true,
    name?: string,
  ): Promise<void> {
    const { session } = this.#requests;
    // A directory in the way makes SYMLINK fail with the reason.
    if (replaces) await session.request({ kind: "remove", path });
    await this.#requests.expectOk(
      { kind: "symlink", path, destination },
      { path, name, attempt: "create directory" },
    );
  }

  /**
   * Has the server expand the `~` or `~user` of a path.
   *
   * @throws {EntryError} If it cannot.
   */
  async expandPath(path: string): Promise<string> {
    if (!this.#requests.session.extensions.has(Extension.EXPAND_PATH)) {
      throw new EntryError(
        `${this.label}${path}: the server cannot tell whose home that is`,
      );
    }
    return await this.#requests.expectName({ kind: "expand-path", path }, {
      path,
    });
  }

  join(directory: string, name: string): string {
    return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
  }

  nameOf(path: string): string {
    return basename(path);
  }
}

/** Share of the handles that entries get: there is a directory for four of them. */
const ENTRIES_SHARE = 4 / 5;

/** Gives the entries in flight for which a server has handles. */
function entriesFor(handles = 0, most: number): number {
  if (handles === 0) return USUAL_ENTRIES;
  return Math.max(1, Math.min(most, Math.floor(handles * ENTRIES_SHARE)));
}
