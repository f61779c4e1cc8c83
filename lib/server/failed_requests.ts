/** Requests of SFTP clients that failed, as an administrator is told of them. */

import type { EntryError } from "../errors.ts";
import type { ClientRequest } from "../sftp/wire/client_requests.ts";
import type { Handle } from "../sftp/wire/handle_packets.ts";
import { reasonOf } from "./sftp_failures.ts";

/** Request that opens or changes something, and failed. Its texts are raw. */
export interface FailedRequest {
  /** Name of the request: the protocol's, but an open tells what it is for. */
  readonly request: string;
  /** Path as the client wrote it; absent where its handle is none. */
  readonly path?: string;
  /** Second path of a rename, a copy or a link. */
  readonly to?: string;
  readonly reason: string;
}

/**
 * Describes a failed request; `undefined` where it only asks what is there, which
 * clients do for names that may be missing.
 *
 * @param pathOf Gives the path by which a handle was opened.
 */
export function failedRequest(
  request: ClientRequest,
  error: EntryError,
  pathOf: (handle: Handle) => string | undefined,
): FailedRequest | undefined {
  const subject = subjectOf(request, pathOf);
  if (subject === undefined) return undefined;
  // The handle of a failed close has gone, but the error names its file.
  const reason = request.kind === "close" ? error.message : reasonOf(error);
  return { ...subject, reason };
}

function subjectOf(
  request: ClientRequest,
  pathOf: (handle: Handle) => string | undefined,
): Omit<FailedRequest, "reason"> | undefined {
  switch (request.kind) {
    case "open": {
      const { writes, makes, empties } = request.purpose;
      const changes = writes || makes || empties;
      const name = changes ? "open-to-write" : "open-to-read";
      return { request: name, path: request.path };
    }
    case "opendir":
    case "setstat":
    case "lsetstat":
    case "mkdir":
    case "remove":
    case "rmdir":
      return { request: request.kind, path: request.path };
    case "rename":
    case "posix-rename":
    case "hardlink":
      return { request: request.kind, path: request.from, to: request.path };
    case "symlink":
      return {
        request: "symlink",
        path: request.path,
        to: request.destination,
      };
    case "read":
    case "write":
    case "close":
    case "readdir":
    case "fsetstat":
    case "fsync":
      return { request: request.kind, ...named(pathOf(request.handle)) };
    case "copy-data": {
      const to = pathOf(request.to);
      return {
        request: "copy-data",
        ...named(pathOf(request.from)),
        ...(to === undefined ? {} : { to }),
      };
    }
    case "stat":
    case "lstat":
    case "fstat":
    case "readlink":
    case "realpath":
    case "expand-path":
    case "statvfs":
    case "fstatvfs":
    case "check-file":
    case "limits":
    case "unknown":
      return undefined;
    default:
      return request satisfies never;
  }
}

function named(path: string | undefined): { readonly path?: string } {
  return path === undefined ? {} : { path };
}

/** Most failed requests of a session that are told one by one in a minute. */
export const MOST_A_MINUTE = 20;

const MINUTE_MILLISECONDS = 60_000;

/** Counts the failed requests of a session, and tells of some. */
export class FailedRequests {
  readonly #tell: (failure: FailedRequest, leftOut: number) => void;
  readonly #now: () => number;
  #count = 0;
  #first: string | undefined;
  /** Start of the minute that the told ones are counted in. */
  #minute = -Infinity;
  #told = 0;
  #leftOut = 0;

  /**
   * @param tell Takes a failure, and the number of those before it that were left out
   * because there were too many in a minute.
   * @param now Clock, in milliseconds.
   */
  constructor(
    tell: (failure: FailedRequest, leftOut: number) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#tell = tell;
    this.#now = now;
  }

  /** Number of failures so far. */
  get count(): number {
    return this.#count;
  }

  /** Path and reason of the first one; raw text. */
  get first(): string | undefined {
    return this.#first;
  }

  add(failure: FailedRequest): void {
    const { path, reason } = failure;
    this.#count++;
    this.#first ??= path === undefined ? reason : `${path}: ${reason}`;
    if (this.#now() - this.#minute >= MINUTE_MILLISECONDS) {
      this.#minute = this.#now();
      this.#told = 0;
    }
    if (this.#told === MOST_A_MINUTE) {
      this.#leftOut++;
      return;
    }
    this.#told++;
    this.#tell(failure, this.#leftOut);
    this.#leftOut = 0;
  }
}
