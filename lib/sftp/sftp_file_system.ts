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
import { join } from "../names/remote_path.ts";
import { CheckedRequests, type Subject } from "./checked_requests.ts";
import { listingOf } from "./listing.ts";
import { Lookups } from "./lookups.ts";
import { reopenedListing } from "./reopened_listing.ts";
import { requestsInFlight } from "./requests_in_flight.ts";
import type { RequestSender } from "./request_sender.ts";
import { type BlockLimits, SftpFile } from "./sftp_file.ts";
import { readWhole, storeWhole } from "./whole_file.ts";
import { isLink } from "./wire/attributes.ts";
import { Extension, type ServerLimits } from "./wire/extended_packets.ts";
import type { OpenRequest } from "./wire/open_packets.ts";
import { Status } from "./wire/status.ts";

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

/** Files of a server, whose paths have `/` as separator on every system. */
export class SftpFileSystem implements FileSystem {
  readonly label: string;
  readonly concurrency: Concurrency;
  readonly keepsOrder: FileSystem["keepsOrder"];
  readonly identifyInside: FileSystem["identifyInside"];
  readonly copyRange?: NonNullable<FileSystem["copyRange"]>;
  readonly replace?: NonNullable<FileSystem["replace"]>;
  readonly digest?: NonNullable<FileSystem["digest"]>;
  readonly readWhole?: NonNullable<FileSystem["readWhole"]>;
  readonly storeWhole?: NonNullable<FileSystem["storeWhole"]>;
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
    const { session } = requests;
    const flight = requestsInFlight(limits, session, { tuning, blockBytes });
    this.#limits = flight.limits;
    this.#blocksOfFile = flight.blocksOfFile;
    this.concurrency = flight.concurrency;
    const { isLockstep, width = 1, extensions, keepsOrder } = session;
    // An OpenSSH's listings have the attributes of links themselves (sftp-server.c,
    // `process_readdir`); some other servers' have those of what they lead to.
    if (keepsOrder) this.identifyInside = join;
    if (keepsOrder && !isLockstep) {
      // Several sessions keep no order among each other.
      this.keepsOrder = width === 1 ? "of all" : "of a file";
      this.storeWhole = (file, made) => storeWhole(requests, file, made);
      this.readWhole = (path, buffer, asked) =>
        readWhole(requests, path, buffer, asked);
    }
    if (extensions.has(Extension.COPY_DATA)) {
      this.copyRange = (from, to, at, length) =>
        this.#copyRange(from, to, { at, length });
    }
    if (digester !== undefined) {
      const server = new ServerDigester(requests, digester);
      this.digest = (path, options) => server.digest(path, options);
    }
    if (extensions.has(Extension.POSIX_RENAME)) {
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
      checkEntered: () => this.#checkEntered(path),
      namesIn: (response) => requests.expectNames(response, path),
      failure: (reason) => new EntryError(`${this.label}${path}: ${reason}`),
      close: () => requests.closeLater(handle),
    });
  }

  /**
   * Checks that a directory without names, not even its own, can be entered: OpenSSH's
   * server leaves out what it cannot look at (sftp-server.c, `process_readdir`).
   *
   * @throws {EntryError} If it cannot be.
   */
  async #checkEntered(path: string): Promise<void> {
    const { session } = this.#requests;
    const stat = (path: string) => session.request({ kind: "stat", path });
    const [itself, inside] = await Promise.all([
      stat(path),
      stat(join(path, ".")),
    ]);
    const isShut = itself.kind === "attributes" && inside.kind === "status" &&
      inside.code === Status.PERMISSION_DENIED;
    if (isShut) throw await this.#requests.failure({ path }, inside);
  }

  openToRead(path: string): Promise<OpenFile> {
    return this.#open(
      { kind: "open", path, access: "read", attributes: {} },
      { path },
    );
  }

  createNew(path: string, mode: number, name?: string): Promise<OpenFile> {
    return this.#open(
      {
        kind: "open",
        path,
        access: "create",
        attributes: { permissions: mode },
      },
      { path, name, attempt: "create file" },
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
    name?: string,
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
      { path, name, attempt: "create file" },
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
    return join(directory, name);
  }

  nameOf(path: string): string {
    return basename(path);
  }
}
