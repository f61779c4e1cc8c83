import { EntryError, TooManyOpenError } from "../errors.ts";
import type { WireAttributes } from "./wire/attributes.ts";
import { type Attempt, reasonFor } from "./failures.ts";
import type { Handle } from "./wire/handle_packets.ts";
import type { OpeningRequest } from "./wire/open_packets.ts";
import type { Request } from "./wire/requests.ts";
import {
  MAX_PATH_BYTES,
  type NameEntry,
  type Response,
} from "./wire/response_packets.ts";
import type { SftpSession } from "./session.ts";
import { Status } from "./wire/status.ts";

/** What a request is about, for an error. */
export interface Subject {
  readonly path: string;
  /** What is done to it, where the path alone does not say. */
  readonly doing?: string;
  readonly attempt?: Attempt;
}

/**
 * Requests by the responses that they want. A failure the server tells of is an
 * `EntryError`: the label, what it is about, and why; a response of another
 * kind is the end of the session.
 */
export class Requests {
  readonly session: SftpSession;
  readonly label: string;

  constructor(session: SftpSession, label: string) {
    this.session = session;
    this.label = label;
  }

  /** Expects that it is done. */
  async done(request: Request, subject: Subject): Promise<void> {
    const response = await this.session.request(request);
    if (response.kind !== "status") throw this.session.violation(response);
    if (response.code !== Status.OK) {
      throw await this.failure(subject, response);
    }
  }

  /**
   * @throws {TooManyOpenError} If it fails while something else is open, and
   * not for another reason.
   */
  async handle(request: OpeningRequest, subject: Subject): Promise<Handle> {
    const { session } = this;
    const { path } = subject;
    const isOther = session.handles.count > 0;
    const response = await session.request(request);
    if (response.kind === "handle") return response.handle;
    const failure = await this.failure(subject, response);
    const mayBeTooMany = isOther && failure instanceof EntryError &&
      isTooMany(
        response,
        failure.message.slice(this.label.length + path.length),
      );
    if (mayBeTooMany) {
      throw new TooManyOpenError(failure.message);
    }
    throw failure;
  }

  async attributes(request: Request, path: string): Promise<WireAttributes> {
    const response = await this.session.request(request);
    if (response.kind === "attributes") return response.attributes;
    throw await this.failure({ path }, response);
  }

  /** The one name that answers a request about one path. */
  async name(request: Request, subject: Subject): Promise<string> {
    const response = await this.session.request(request);
    if (response.kind !== "name") throw await this.failure(subject, response);
    const [entry, ...others] = response.entries;
    if (entry === undefined || others.length > 0) {
      throw this.session.violation(response);
    }
    if (!entry.isWhole) {
      throw new EntryError(
        `${this.label}${subject.path}: the server answers with a name of more ` +
          `than ${MAX_PATH_BYTES} bytes`,
      );
    }
    return entry.name;
  }

  /** Some names of a directory; `undefined` after the last. */
  async names(
    response: Response,
    path: string,
  ): Promise<readonly NameEntry[] | undefined> {
    if (response.kind === "status" && response.code === Status.EOF) {
      return undefined;
    }
    if (response.kind !== "name") throw await this.failure({ path }, response);
    // A server without names to tell would be asked for ever.
    if (response.entries.length === 0) throw this.session.violation(response);
    return response.entries;
  }

  /** The error that a response is, to be thrown. */
  async failure(
    { path, doing, attempt = "other" }: Subject,
    response: Response,
  ): Promise<Error> {
    const isFailure = response.kind === "status" &&
      response.code !== Status.OK;
    if (!isFailure) return this.session.violation(response);
    const reason = await reasonFor(this.session, { path, attempt }, response);
    const what = doing === undefined ? path : `${path}: ${doing}`;
    return new EntryError(`${this.label}${what}: ${reason}`);
  }

  /** Closes what nothing was written to; whether that is done, nobody asks. */
  closeLater(handle: Handle): void {
    this.session.request({ kind: "close", handle }).catch(() => {
      // The session has ended, and all handles with it.
    });
  }
}

/** Reasons that do not go by themselves, in the system's words. */
const OTHER_REASONS =
  /(is|not) a directory|no such|denied|exists|no space|quota|read-only|levels of/i;

/** Most servers say no more than that it failed. */
function isTooMany(response: Response, reason: string): boolean {
  if (/too many open files/i.test(reason)) return true;
  return response.kind === "status" && response.code === Status.FAILURE &&
    !OTHER_REASONS.test(reason);
}
