import { asEntryError, EntryError, TooManyOpenError } from "../errors.ts";
import { type Attempt, explainFailure } from "./failures.ts";
import type { RequestSender } from "./request_sender.ts";
import type { WireAttributes } from "./wire/attributes.ts";
import type { Handle } from "./wire/handle_packets.ts";
import type { OpeningRequest } from "./wire/open_packets.ts";
import type { Request } from "./wire/requests.ts";
import {
  MAX_PATH_BYTES,
  type NameEntry,
  type Response,
} from "./wire/response_packets.ts";
import { Status } from "./wire/status.ts";

/** Subject of a request, for the message of a failure. */
export interface Subject {
  readonly path: string;
  /** Path that the message names; `path`, if absent. */
  readonly name?: string | undefined;
  /** Action that the message names; absent where the path alone will do. */
  readonly action?: string;
  /**
   * Purpose of the request.
   *
   * @default {"other"}
   */
  readonly attempt?: Attempt;
}

/**
 * Sends requests and checks that each gets the kind of response it expects. A
 * failed request throws an `EntryError`: the label, the subject, the reason. A
 * response of another kind ends the session with a `ProtocolError`.
 */
export class CheckedRequests {
  readonly session: RequestSender;
  /** Beginning of each message. */
  readonly label: string;

  constructor(session: RequestSender, label: string) {
    this.session = session;
    this.label = label;
  }

  /** Expects the status OK. */
  async expectOk(request: Request, subject: Subject): Promise<void> {
    const response = await this.session.request(request);
    if (response.kind !== "status") throw this.session.violation(response);
    if (response.code !== Status.OK) {
      throw await this.failure(subject, response);
    }
  }

  /** Expects the status OK; gives the error of a request that fails. */
  async refusalOf(
    request: Request,
    subject: Subject,
  ): Promise<EntryError | undefined> {
    return await this.expectOk(request, subject)
      .then(() => undefined, asEntryError);
  }

  /**
   * Expects a handle.
   *
   * @throws {TooManyOpenError} If the request fails while another handle is open,
   * and the reason does not exclude that this is why.
   */
  async expectHandle(
    request: OpeningRequest,
    subject: Subject,
  ): Promise<Handle> {
    const { session } = this;
    const { path, name = path } = subject;
    const isOtherOpen = session.handles.count > 0;
    const response = await session.request(request);
    if (response.kind === "handle") return response.handle;
    const failure = await this.failure(subject, response);
    const mayBeTooMany = isOtherOpen && failure instanceof EntryError &&
      isTooMany(
        response,
        failure.message.slice(this.label.length + name.length),
      );
    if (mayBeTooMany) {
      throw new TooManyOpenError(failure.message);
    }
    throw failure;
  }

  /** Expects attributes. */
  async expectAttributes(
    request: Request,
    path: string,
  ): Promise<WireAttributes> {
    const response = await this.session.request(request);
    if (response.kind === "attributes") return response.attributes;
    throw await this.failure({ path }, response);
  }

  /** Expects one name. */
  async expectName(request: Request, subject: Subject): Promise<string> {
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

  /** Expects a READDIR's names; gives `undefined` after the last ones. */
  async expectNames(
    response: Response,
    path: string,
  ): Promise<readonly NameEntry[] | undefined> {
    if (response.kind === "status" && response.code === Status.EOF) {
      return undefined;
    }
    if (response.kind !== "name") throw await this.failure({ path }, response);
    // A server that answers with no names would be asked forever.
    if (response.entries.length === 0) throw this.session.violation(response);
    return response.entries;
  }

  /** Gives the error to throw for a response that was not expected. */
  async failure(
    { path, name = path, action, attempt = "other" }: Subject,
    response: Response,
  ): Promise<Error> {
    const isFailure = response.kind === "status" &&
      response.code !== Status.OK;
    if (!isFailure) return this.session.violation(response);
    const reason = await explainFailure(
      this.session,
      { path, attempt },
      response,
    );
    const subject = action === undefined ? name : `${name}: ${action}`;
    return new EntryError(`${this.label}${subject}: ${reason}`);
  }

  /** Closes a handle without waiting. Written data are not known to be kept. */
  closeLater(handle: Handle): void {
    this.session.request({ kind: "close", handle }).catch(() => {
      // The session has ended, and all handles with it.
    });
  }
}

/** Reasons, in the system's words, that closing other handles does not cure. */
const OTHER_REASONS =
  /(is|not) a directory|no such|denied|exists|no space|quota|read-only|levels of/i;

/** Tells whether the reason may be too many handles; most servers do not say. */
function isTooMany(response: Response, reason: string): boolean {
  if (/too many open files/i.test(reason)) return true;
  return response.kind === "status" && response.code === Status.FAILURE &&
    !OTHER_REASONS.test(reason);
}
