/** Answers to requests of SFTP that may have to be waited for. */

import { Turns } from "../channel/turns.ts";
import { EntryError } from "../errors.ts";
import type {
  EntryStatus,
  OpenPurpose,
  ServedFile,
  ServedFileSystem,
} from "../filesystem/served_file_system.ts";
import type {
  ClientCopy,
  ClientRequest,
} from "../sftp/wire/client_requests.ts";
import type { ServerLimits } from "../sftp/wire/extended_packets.ts";
import type { Handle } from "../sftp/wire/handle_packets.ts";
import type {
  SentEntry,
  ServerResponse,
} from "../sftp/wire/server_responses.ts";
import { Status } from "../sftp/wire/status.ts";
import {
  setAttributes,
  setLinkAttributes,
  wireAttributes,
} from "./client_attributes.ts";
import type { ClientHandles } from "./client_handles.ts";
import { checkFile } from "./file_check.ts";
import { longLine } from "./long_line.ts";
import { RequestRefusal } from "./sftp_failures.ts";

/** Limits of a session, those of OpenSSH's server. */
export const LIMITS: ServerLimits = {
  packet: 256 * 1024,
  read: 255 * 1024,
  write: 255 * 1024,
  // Descriptors of the process, which usually has 1024, are needed otherwise, too.
  handles: 960,
};

/** Most entries in one part of a listing. */
const ENTRIES_AT_ONCE = 100;

/** Mode of a directory for which the client gives none. */
const USUAL_DIRECTORY_MODE = 0o777;

/** Bytes that are copied between two files at a time. */
const COPIED_AT_ONCE = 256 * 1024;

/** Response to a request that was carried out. */
export const OK: ServerResponse = { kind: "status", code: Status.OK };
/** Response where nothing is left to read or list. */
export const EOF: ServerResponse = { kind: "status", code: Status.EOF };

/** Purpose of an open that only reads. */
const TO_READ: OpenPurpose = {
  reads: true,
  writes: false,
  appends: false,
  makes: false,
  isNew: false,
  empties: false,
};

/** Request that is answered here: `SftpAnswers` has those that clients make most. */
export type AwaitedRequest = Exclude<
  ClientRequest,
  { readonly kind: PromptKind }
>;

/** Kinds of the requests that are answered at once where the files are. */
type PromptKind =
  | "read"
  | "write"
  | "open"
  | "close"
  | "stat"
  | "lstat"
  | "fstat"
  | "fsetstat";

/** Answers to requests that may have to be waited for. */
export class AwaitedAnswers {
  readonly #files: ServedFileSystem;
  readonly #handles: ClientHandles;
  readonly #turns = new Turns();

  /** @param handles What the client has open. */
  constructor(files: ServedFileSystem, handles: ClientHandles) {
    this.#files = files;
    this.#handles = handles;
  }

  /**
   * Carries a request out, and gives the response.
   *
   * @throws {EntryError} If it fails.
   */
  async answer(request: AwaitedRequest): Promise<ServerResponse> {
    const files = this.#files;
    switch (request.kind) {
      case "opendir":
        return await this.#opendir(request.path);
      case "readdir":
        return await this.#readdir(request.handle);
      case "setstat":
        await setAttributes(files, request.path, request.attributes);
        return OK;
      case "lsetstat":
        await setLinkAttributes(files, request.path, request.attributes);
        return OK;
      case "mkdir": {
        const { permissions = USUAL_DIRECTORY_MODE } = request.attributes;
        await files.mkdir(request.path, permissions & 0o7777);
        return OK;
      }
      case "remove":
        await files.remove(request.path);
        return OK;
      case "rmdir":
        await files.rmdir(request.path);
        return OK;
      case "rename":
        await files.rename(request.from, request.path);
        return OK;
      case "posix-rename":
        await files.replace(request.from, request.path);
        return OK;
      case "hardlink":
        if (files.link === undefined) {
          throw new RequestRefusal(
            Status.PERMISSION_DENIED,
            "this server makes no links",
          );
        }
        await files.link(request.from, request.path);
        return OK;
      case "symlink":
        await files.symlink(request.path, request.destination, false);
        return OK;
      case "readlink":
        return await this.#readlink(request.path);
      case "realpath":
        return nameOf(await files.canonical(request.path || "."));
      case "expand-path":
        return await this.#expandPath(request.path);
      case "statvfs":
        return { kind: "space", space: await files.space(request.path) };
      case "fstatvfs": {
        const { path } = this.#handles.file(request.handle);
        return { kind: "space", space: await files.space(path) };
      }
      case "fsync":
        await this.#handles.file(request.handle).file.sync();
        return OK;
      case "copy-data":
        await this.#copy(request);
        return OK;
      case "check-file":
        return await this.#checkFile(request);
      case "limits":
        return { kind: "limits", limits: LIMITS };
      case "unknown":
        return { kind: "status", code: Status.OP_UNSUPPORTED };
      default:
        return request satisfies never;
    }
  }

  async #opendir(path: string): Promise<ServerResponse> {
    this.#handles.checkRoom();
    const listing = await this.#files.readdir(path);
    const entries = listing[Symbol.asyncIterator]();
    const handle = this.#handles.add({
      kind: "directory",
      path,
      listing,
      entries,
    });
    return { kind: "handle", handle };
  }

  async #readdir(handle: Handle): Promise<ServerResponse> {
    const { path, entries } = this.#handles.directory(handle);
    const now = Date.now();
    const sent: SentEntry[] = [];
    while (sent.length < ENTRIES_AT_ONCE) {
      const next = await entries.next();
      if (next.done) break;
      const { name } = next.value;
      const status = await this.#lookIn(path, name);
      if (status === undefined) continue;
      const line = longLine(name, status, now);
      sent.push({ name, line, attributes: wireAttributes(status) });
    }
    return sent.length === 0 ? EOF : { kind: "name", entries: sent };
  }

  /** Looks at an entry of a listing; `undefined` where it is gone by now. */
  async #lookIn(path: string, name: string): Promise<EntryStatus | undefined> {
    try {
      const entry = this.#files.join(path || ".", name);
      return await this.#files.look(entry, { followsLink: false });
    } catch (error) {
      if (error instanceof EntryError) return undefined;
      throw error;
    }
  }

  async #readlink(path: string): Promise<ServerResponse> {
    const destination = await this.#files.readlink(path);
    if (destination !== undefined) return nameOf(destination);
    throw new RequestRefusal(Status.BAD_MESSAGE, "this is no symbolic link");
  }

  async #expandPath(path: string): Promise<ServerResponse> {
    const [, user, rest] = /^~([^/]*)(.*)$/s.exec(path) ?? [];
    if (user === undefined) {
      return nameOf(await this.#files.canonical(path || "."));
    }
    const directory = await this.#files.homeOf(user);
    if (directory === undefined) {
      throw new RequestRefusal(Status.NO_SUCH_FILE, "no such user");
    }
    const home = await this.#files.canonical(directory);
    return nameOf(home === "/" ? rest || "/" : home + rest);
  }

  async #copy(
    { from, to, fromOffset, toOffset, length }: ClientCopy,
  ): Promise<void> {
    const [source, target] = [this.#handles.file(from), this.#handles.file(to)];
    const most = length === 0 ? Number.MAX_SAFE_INTEGER : length;
    const mayOverlap = Math.abs(fromOffset - toOffset) < most;
    if (mayOverlap && await isSameFile(source.file, target.file)) {
      throw new RequestRefusal(Status.FAILURE, "the ranges overlap");
    }
    const buffer = new Uint8Array(Math.min(most, COPIED_AT_ONCE));
    for (let done = 0; done < most;) {
      const part = buffer.subarray(0, Math.min(buffer.length, most - done));
      const count = await source.file.read(part, fromOffset + done);
      if (count === 0) {
        if (length === 0) return;
        throw new RequestRefusal(Status.EOF);
      }
      await target.file.write(part.subarray(0, count), toOffset + done);
      done += count;
      if (this.#turns.areDue) await this.#turns.give();
    }
  }

  async #checkFile(
    request: Extract<ClientRequest, { readonly kind: "check-file" }>,
  ): Promise<ServerResponse> {
    if (typeof request.file !== "string") {
      const { file } = this.#handles.file(request.file);
      return await checkFile(file, request, this.#turns);
    }
    using file = await this.#files.open(request.file, TO_READ, 0);
    return await checkFile(file, request, this.#turns);
  }
}

async function isSameFile(
  one: ServedFile,
  other: ServedFile,
): Promise<boolean> {
  const [first, second] = [await one.identify(), await other.identify()];
  return first?.identity === second?.identity;
}

/** Gives the response that holds one path; its other fields tell nothing. */
function nameOf(path: string): ServerResponse {
  return {
    kind: "name",
    entries: [{ name: path, line: path, attributes: {} }],
  };
}
