import {
  asConnectionFailure,
  asEntryError,
  type EntryError,
} from "../errors.ts";
import type {
  FinalAttributes,
  StoredWhole,
  WholeFile,
} from "../filesystem/file_system.ts";
import type { CheckedRequests } from "./checked_requests.ts";
import { type DataReceiver, receiverInto } from "./data_receiver.ts";
import type { Outcome, OutcomeListener } from "./outcomes.ts";
import type { RequestSender } from "./request_sender.ts";
import type { WireAttributes } from "./wire/attributes.ts";
import type { Handle } from "./wire/handle_packets.ts";
import type { Response } from "./wire/response_packets.ts";
import { Status } from "./wire/status.ts";

/**
 * Reads the beginning of a file, as `FileSystem.readWhole`: OPEN in one flight, READ and
 * CLOSE in another.
 */
export function readWhole(
  requests: CheckedRequests,
  path: string,
  buffer: Uint8Array,
  asked: () => void,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { session } = requests;
    const end = { resolve, reject };
    session.requestFor(
      new WholeRead(session, buffer, asked, end),
      Step.OPEN,
      { kind: "open", path, access: "read", attributes: {} },
    );
  });
}

/** Steps of a file, each a request. */
const Step = { OPEN: 0, READ: 1, WRITE: 1, SET: 2, CLOSE: 3 } as const;

/** Listeners to the end of a file: one of them is called, once. */
interface EndListeners<T> {
  resolve(end: T | PromiseLike<T>): void;
  reject(error: unknown): void;
}

/** Read of the beginning of a file, without a promise for each step. */
class WholeRead implements OutcomeListener {
  readonly #session: RequestSender;
  readonly #receiver: DataReceiver;
  readonly #asked: () => void;
  readonly #end: EndListeners<number | undefined>;

  constructor(
    session: RequestSender,
    buffer: Uint8Array,
    asked: () => void,
    end: EndListeners<number | undefined>,
  ) {
    this.#session = session;
    this.#receiver = receiverInto(buffer);
    this.#asked = asked;
    this.#end = end;
  }

  settle(outcome: Outcome, step: number): void {
    // Nothing was written: how it is closed does not matter.
    if (step === Step.CLOSE) return;
    try {
      const response = responseOf(outcome);
      if (step === Step.OPEN) this.#opened(response);
      else this.#end.resolve(this.#countIn(response));
    } catch (error) {
      this.#end.reject(error);
    }
  }

  #opened(response: Response): void {
    const handle = handleIn(response, this.#session);
    if (handle === undefined) return this.#end.resolve(undefined);
    const length = this.#receiver.most;
    const read = { kind: "read", handle, offset: 0, length } as const;
    this.#session.requestFor(this, Step.READ, read, this.#receiver);
    this.#session.requestFor(this, Step.CLOSE, { kind: "close", handle });
    this.#asked();
  }

  #countIn(response: Response): number | undefined {
    if (response.kind === "data") return response.length || undefined;
    if (response.kind !== "status" || response.code === Status.OK) {
      throw this.#session.violation(response);
    }
    return response.code === Status.EOF ? 0 : undefined;
  }
}

/**
 * Makes a file and gives it all that it is to have, as `FileSystem.storeWhole`: OPEN
 * in one flight; WRITE and FSETSTAT, where there is something to send, and CLOSE in
 * another.
 */
export function storeWhole(
  requests: CheckedRequests,
  file: WholeFile,
  made: () => void,
): Promise<StoredWhole | undefined> {
  return new Promise((resolve, reject) => {
    const end = { resolve, reject };
    const attributes = { permissions: file.mode };
    requests.session.requestFor(
      new WholeStore(requests, file, made, end),
      Step.OPEN,
      { kind: "open", path: file.path, access: "create", attributes },
    );
  });
}

/** File that is made and stored whole, without a promise for each step. */
class WholeStore implements OutcomeListener {
  readonly #requests: CheckedRequests;
  readonly #file: WholeFile;
  readonly #made: () => void;
  readonly #end: EndListeners<StoredWhole | undefined>;
  /** Outcomes of the steps behind OPEN; none of a step that was not taken. */
  readonly #outcomes: (Outcome | undefined)[] = [];
  /** Number of those that are missing. */
  #left = 0;

  constructor(
    requests: CheckedRequests,
    file: WholeFile,
    made: () => void,
    end: EndListeners<StoredWhole | undefined>,
  ) {
    this.#requests = requests;
    this.#file = file;
    this.#made = made;
    this.#end = end;
  }

  settle(outcome: Outcome, step: number): void {
    try {
      if (step === Step.OPEN) return this.#opened(responseOf(outcome));
      this.#outcomes[step] = outcome;
      this.#left--;
      if (this.#left === 0) this.#end.resolve(this.#result());
    } catch (error) {
      this.#end.reject(error);
    }
  }

  #opened(response: Response): void {
    const { session } = this.#requests;
    const handle = handleIn(response, session);
    if (handle === undefined) return this.#end.resolve(undefined);
    this.#made();
    const { content, attributes: final } = this.#file;
    const attributes = wireAttributesOf(final);
    const hasContent = content.length > 0;
    this.#left = 1 + Number(hasContent) + Number(attributes !== undefined);
    if (hasContent) {
      const write = {
        kind: "write",
        handle,
        offset: 0,
        data: content,
      } as const;
      session.requestFor(this, Step.WRITE, write);
    }
    if (attributes !== undefined) {
      const set = { kind: "fsetstat", handle, attributes } as const;
      session.requestFor(this, Step.SET, set);
    }
    session.requestFor(this, Step.CLOSE, { kind: "close", handle });
  }

  #result(): StoredWhole | Promise<StoredWhole> {
    const [, written, set, closed] = this.#outcomes;
    const isWhole = [written, set, closed].every((outcome) =>
      outcome === undefined || isSuccess(outcome)
    );
    return isWhole ? {} : this.#failed(written, set, closed!);
  }

  /** Gives what failed of a file that is closed. */
  async #failed(
    written: Outcome | undefined,
    set: Outcome | undefined,
    closed: Outcome,
  ): Promise<StoredWhole> {
    const requests = this.#requests;
    const { path, attributes } = this.#file;
    if (written !== undefined && !isSuccess(written)) {
      const failure = written instanceof Error
        ? written
        : await requests.failure({ path, attempt: "write" }, written);
      await empty(requests, path);
      return { failure };
    }
    const refusal = set === undefined || isSuccess(responseOf(set))
      ? undefined
      : await setEach(requests, path, attributes);
    const flaw = refusal ?? await closingFailure(requests, path, closed);
    return flaw === undefined ? {} : { flaw };
  }
}

/** Gives the handle in the answer to an OPEN; `undefined` where that was refused. */
function handleIn(
  opened: Response,
  session: RequestSender,
): Handle | undefined {
  if (opened.kind === "status" && opened.code !== Status.OK) return undefined;
  if (opened.kind !== "handle") throw session.violation(opened);
  return opened.handle;
}

/** Gives the attributes to send; `undefined` where none are to be set. */
function wireAttributesOf(
  { mode, times }: FinalAttributes,
): WireAttributes | undefined {
  if (mode === undefined && times === undefined) return undefined;
  return {
    ...(mode === undefined ? {} : { permissions: mode }),
    ...(times === undefined ? {} : { times }),
  };
}

/** Empties a file that was not written and is closed, unless it is out of reach. */
async function empty(requests: CheckedRequests, path: string): Promise<void> {
  const attributes = { size: 0 };
  await requests.refusalOf({ kind: "setstat", path, attributes }, { path })
    .catch(asConnectionFailure);
}

/** Sets each attribute by the path, for a server that refused both at once. */
async function setEach(
  requests: CheckedRequests,
  path: string,
  { mode, times }: FinalAttributes,
): Promise<EntryError | undefined> {
  const set = (attributes: WireAttributes, action: string) =>
    requests.refusalOf({ kind: "setstat", path, attributes }, { path, action });
  const refusals = await Promise.all([
    mode === undefined ? undefined : set({ permissions: mode }, "set mode"),
    times === undefined ? undefined : set({ times }, "set times"),
  ]);
  return refusals.find((refusal) => refusal !== undefined);
}

async function closingFailure(
  requests: CheckedRequests,
  path: string,
  outcome: Outcome,
): Promise<EntryError | undefined> {
  const response = responseOf(outcome);
  if (isSuccess(response)) return undefined;
  const failure = await requests.failure({ path, action: "close" }, response);
  return asEntryError(failure);
}

function isSuccess(outcome: Outcome): boolean {
  return !(outcome instanceof Error) && outcome.kind === "status" &&
    outcome.code === Status.OK;
}

/** Gives the response of an outcome, or throws the error that it is. */
function responseOf(outcome: Outcome): Response {
  if (outcome instanceof Error) throw outcome;
  return outcome;
}
