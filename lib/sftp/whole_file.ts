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
import type { Outcome } from "./outcomes.ts";
import { receiverInto } from "./data_receiver.ts";
import type { WireAttributes } from "./wire/attributes.ts";
import type { Handle } from "./wire/handle_packets.ts";
import type { Request } from "./wire/requests.ts";
import type { Response } from "./wire/response_packets.ts";
import { Status } from "./wire/status.ts";

/**
 * Reads the beginning of a file, as `FileSystem.readWhole`: OPEN in one flight, READ and
 * CLOSE in another.
 */
export async function readWhole(
  requests: CheckedRequests,
  path: string,
  buffer: Uint8Array,
  asked: () => void,
): Promise<number | undefined> {
  const { session } = requests;
  const opened = await session.request({
    kind: "open",
    path,
    access: "read",
    attributes: {},
  });
  const handle = handleIn(opened, requests);
  if (handle === undefined) return undefined;
  const reading = session.read(handle, receiverInto(buffer), 0);
  // Nothing was written: how it is closed does not matter.
  requests.closeLater(handle);
  asked();
  const read = await reading;
  if (read.kind === "data") return read.length > 0 ? read.length : undefined;
  if (read.kind !== "status" || read.code === Status.OK) {
    throw session.violation(read);
  }
  return read.code === Status.EOF ? 0 : undefined;
}

/**
 * Makes a file and gives it all that it is to have, as `FileSystem.storeWhole`: OPEN
 * in one flight; WRITE and FSETSTAT, where there is something to send, and CLOSE in
 * another. One function and two waits: each layer between would cost a tree of small
 * files a tenth of the client's time, measured.
 */
export async function storeWhole(
  requests: CheckedRequests,
  { path, mode, content, attributes: final }: WholeFile,
  made: () => void,
): Promise<StoredWhole | undefined> {
  const { session } = requests;
  const opened = await session.request({
    kind: "open",
    path,
    access: "create",
    attributes: { permissions: mode },
  });
  const handle = handleIn(opened, requests);
  if (handle === undefined) return undefined;
  made();
  const attributes = wireAttributesOf(final);
  const steps: Request[] = [];
  if (content.length > 0) {
    steps.push({ kind: "write", handle, offset: 0, data: content });
  }
  if (attributes !== undefined) {
    steps.push({ kind: "fsetstat", handle, attributes });
  }
  steps.push({ kind: "close", handle });
  const outcomes = await session.requestAll(steps);
  if (outcomes.every(isSuccess)) return {};
  const closed = outcomes.pop()!;
  const set = attributes === undefined ? undefined : outcomes.pop();
  const [written] = outcomes;
  if (written !== undefined && !isSuccess(written)) {
    const failure = written instanceof Error
      ? written
      : await requests.failure({ path, attempt: "write" }, written);
    await empty(requests, path);
    return { failure };
  }
  const refusal = set === undefined || isSuccess(responseOf(set))
    ? undefined
    : await setEach(requests, path, final);
  const flaw = refusal ?? await closingFailure(requests, path, closed);
  return flaw === undefined ? {} : { flaw };
}

/** Gives the handle in the answer to an OPEN; `undefined` where that was refused. */
function handleIn(
  opened: Response,
  { session }: CheckedRequests,
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
