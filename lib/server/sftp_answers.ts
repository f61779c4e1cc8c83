import { asEntryError, EntryError } from "../errors.ts";
import {
  after,
  type EntryStatus,
  type Prompt,
  type ServedFileSystem,
} from "../filesystem/served_file_system.ts";
import type {
  ClientOpen,
  ClientRequest,
} from "../sftp/wire/client_requests.ts";
import type { Handle, ReadRequest } from "../sftp/wire/handle_packets.ts";
import type { ServerResponse } from "../sftp/wire/server_responses.ts";
import { AwaitedAnswers, EOF, LIMITS, OK } from "./awaited_answers.ts";
import { setFileAttributes, wireAttributes } from "./client_attributes.ts";
import { ClientHandles } from "./client_handles.ts";
import { failedRequest, type FailedRequests } from "./failed_requests.ts";
import { failureResponse } from "./sftp_failures.ts";

/** Mode of a file for which the client gives none. */
const USUAL_FILE_MODE = 0o666;

/** Request that is answered by a packet of its own: its data go into that. */
type Answerable = Exclude<ClientRequest, { readonly kind: "read" }>;

/**
 * Answers to the requests of one client, given one after the other. Those that clients
 * make most are there at once where the files are.
 */
export class SftpAnswers implements Disposable {
  readonly #files: ServedFileSystem;
  readonly #failed: FailedRequests | undefined;
  readonly #handles = new ClientHandles(LIMITS.handles);
  readonly #awaited: AwaitedAnswers;

  /** @param failed Takes what fails; absent where nobody is told. */
  constructor(files: ServedFileSystem, failed?: FailedRequests) {
    this.#files = files;
    this.#failed = failed;
    this.#awaited = new AwaitedAnswers(files, this.#handles);
  }

  /**
   * Reads a part of a file; gives its length in bytes, or the response where none was
   * read.
   */
  read(
    request: ReadRequest,
    buffer: Uint8Array,
  ): Prompt<number | ServerResponse> {
    return this.#unlessItFails(request, () => {
      const { file } = this.#handles.file(request.handle);
      return after(file.read(buffer, request.offset), (count) => count || EOF);
    });
  }

  /** Carries a request out; gives the response, also where it fails. */
  answer(request: Answerable): Prompt<ServerResponse> {
    return this.#unlessItFails(request, () => this.#carryOut(request));
  }

  /** Gives what a call gives, or the response to a request that fails. */
  #unlessItFails<T>(
    request: ClientRequest,
    call: () => Prompt<T>,
  ): Prompt<T | ServerResponse> {
    try {
      const result = call();
      return result instanceof Promise
        ? result.catch((error) => this.#fail(request, error))
        : result;
    } catch (error) {
      return this.#fail(request, error);
    }
  }

  /** Notes a failure and gives its response; throws what is none of an entry. */
  async #fail(request: ClientRequest, error: unknown): Promise<ServerResponse> {
    const failure = asEntryError(error);
    if (this.#failed !== undefined && !await this.#isInOrder(request)) {
      const failed = failedRequest(
        request,
        failure,
        (handle) => this.#handles.pathOf(handle),
      );
      if (failed !== undefined) this.#failed.add(failed);
    }
    return failureResponse(failure);
  }

  /**
   * Tells a failed request whose aim is reached: clients that copy trees make each
   * directory without a look whether it is there.
   */
  async #isInOrder(request: ClientRequest): Promise<boolean> {
    if (request.kind !== "mkdir") return false;
    const found = await this.#files.find(request.path).catch(asEntryError);
    return !(found instanceof EntryError) && found?.kind === "directory";
  }

  #carryOut(request: Answerable): Prompt<ServerResponse> {
    switch (request.kind) {
      case "write": {
        const { file } = this.#handles.file(request.handle);
        return after(file.write(request.data, request.offset), () => OK);
      }
      case "open":
        return this.#open(request);
      case "close":
        return after(this.#close(request.handle), () => OK);
      case "stat":
      case "lstat": {
        const followsLink = request.kind === "stat";
        const { path } = request;
        return after(this.#files.look(path, { followsLink }), attributesOf);
      }
      case "fstat": {
        const { file } = this.#handles.file(request.handle);
        return after(file.look(), attributesOf);
      }
      case "fsetstat": {
        const { file } = this.#handles.file(request.handle);
        return after(setFileAttributes(file, request.attributes), () => OK);
      }
      default:
        return this.#awaited.answer(request);
    }
  }

  #open({ path, purpose, attributes }: ClientOpen): Prompt<ServerResponse> {
    this.#handles.checkRoom();
    const { permissions = USUAL_FILE_MODE } = attributes;
    return after(
      this.#files.open(path, purpose, permissions & 0o7777),
      (file) => {
        const handle = this.#handles.add({ kind: "file", path, file });
        return { kind: "handle", handle };
      },
    );
  }

  #close(handle: Handle): Prompt<void> {
    const entry = this.#handles.take(handle);
    if (entry.kind === "file") return entry.file.close();
    entry.listing[Symbol.dispose]();
  }

  /** Closes all that the client has open. */
  [Symbol.dispose](): void {
    this.#handles[Symbol.dispose]();
  }
}

function attributesOf(status: EntryStatus): ServerResponse {
  return { kind: "attributes", attributes: wireAttributes(status) };
}
