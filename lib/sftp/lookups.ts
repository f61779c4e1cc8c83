import { EntryError } from "../errors.ts";
import type { Attributes } from "../filesystem/file_system.ts";
import type { CheckedRequests } from "./checked_requests.ts";
import {
  attributesFrom,
  isLink,
  tellsKind,
  type WireAttributes,
} from "./wire/attributes.ts";
import type { Handle } from "./wire/handle_packets.ts";
import type { OpeningRequest } from "./wire/open_packets.ts";
import type { Response } from "./wire/response_packets.ts";
import { Status } from "./wire/status.ts";

/** Mode of a directory whose mode the server does not tell: its owner's alone. */
const UNKNOWN_MODE = 0o700;

const UNKNOWN: Attributes = {
  kind: "unknown",
  size: 0,
  mode: UNKNOWN_MODE,
  modified: 0,
  accessed: 0,
};

/**
 * Looks up the entry at a path on servers that may refuse any of LSTAT, STAT and
 * FSTAT.
 */
export class Lookups {
  readonly #requests: CheckedRequests;

  constructor(requests: CheckedRequests) {
    this.#requests = requests;
  }

  /**
   * Finds the entry that a path leads to, links followed. The attributes behind a
   * link include the identity.
   *
   * @returns `undefined` where there is no entry; the kind "unknown" where the
   * server refuses to tell.
   * @throws {ProtocolError} If the server breaks the protocol.
   * @throws {SessionError} If the connection is lost.
   */
  async find(path: string): Promise<Attributes | undefined> {
    const link = await this.#lookUp({ kind: "lstat", path });
    if (link === "missing") return undefined;
    if (link !== "refused" && !isLink(link)) {
      return await this.#withKind(path, link);
    }
    const [target, identity] = await Promise.all([
      this.#lookUp({ kind: "stat", path }),
      this.identify(path),
    ]);
    if (target === "missing") return undefined;
    const found = target === "refused"
      ? await this.#probeDirectory(path)
      : await this.#withKind(path, target);
    return identity === undefined ? found : { ...found, identity };
  }

  /**
   * Finds an entry as `find` does. One that the server refuses to tell of exists
   * if it can be opened for reading.
   */
  async findSource(path: string): Promise<Attributes | undefined> {
    const found = await this.find(path);
    if (found?.kind !== "unknown") return found;
    const readable = await this.#openAndFstat(path);
    return typeof readable === "string" ? undefined : readable;
  }

  /**
   * Gives the attributes of the entry that a path leads to.
   *
   * @throws {EntryError} If there is none, or the server refuses to tell.
   */
  async stat(path: string): Promise<Attributes> {
    const { session, label } = this.#requests;
    const response = await session.request({ kind: "stat", path });
    if (response.kind === "attributes") {
      return await this.#withKind(path, response.attributes);
    }
    const failure = await this.#requests.failure({ path }, response);
    if (!(failure instanceof EntryError) || isMissing(response)) throw failure;
    const found = await this.#attributesWithoutStat(path);
    if (found === "refused") throw failure;
    if (found !== "missing") return found;
    throw new EntryError(`${label}${path}: No such file or directory`);
  }

  /** Gives the path without links, which is the same for the same entry. */
  async identify(path: string): Promise<string | undefined> {
    const { session } = this.#requests;
    const response = await session.request({ kind: "realpath", path });
    if (response.kind === "status") return undefined;
    if (response.kind !== "name") throw session.violation(response);
    const [entry] = response.entries;
    return entry?.isWhole ? entry.name : undefined;
  }

  /** Gives the attributes of a source where the server refuses STAT. */
  async #attributesWithoutStat(path: string): Promise<Attributes | Nothing> {
    const link = await this.#lookUp({ kind: "lstat", path });
    if (link === "missing") return link;
    if (link !== "refused" && !isLink(link)) {
      return await this.#withKind(path, link);
    }
    const found = await this.#probeDirectory(path);
    return found.kind === "unknown" ? await this.#openAndFstat(path) : found;
  }

  /** Opens an entry as a file and asks for the attributes of the open file. */
  async #openAndFstat(path: string): Promise<Attributes | Nothing> {
    const handle = await this.#open({
      kind: "open",
      path,
      access: "read",
      attributes: {},
    });
    if (typeof handle === "string") return handle;
    try {
      const found = await this.#lookUp({ kind: "fstat", handle });
      return attributesFrom(typeof found === "string" ? {} : found);
    } finally {
      this.#requests.closeLater(handle);
    }
  }

  /** Fills in the kind where the server's attributes lack it. */
  async #withKind(path: string, found: WireAttributes): Promise<Attributes> {
    const attributes = attributesFrom(found);
    if (tellsKind(found)) return attributes;
    const { kind } = await this.#probeDirectory(path);
    return { ...attributes, kind: kind === "directory" ? kind : "file" };
  }

  /**
   * Opens a path as a directory, which changes no entry. Where that fails the
   * path may be a file's or nobody's: many servers give both the same status.
   */
  async #probeDirectory(path: string): Promise<Attributes> {
    const handle = await this.#open({ kind: "opendir", path });
    if (typeof handle === "string") return UNKNOWN;
    this.#requests.closeLater(handle);
    return { ...UNKNOWN, kind: "directory" };
  }

  async #open(request: OpeningRequest): Promise<Handle | Nothing> {
    const { session } = this.#requests;
    const response = await session.request(request);
    if (response.kind === "handle") return response.handle;
    if (isMissing(response)) return "missing";
    if (!isRefusal(response)) throw session.violation(response);
    return "refused";
  }

  async #lookUp(request: AttributesRequest): Promise<WireAttributes | Nothing> {
    const { session } = this.#requests;
    const response = await session.request(request);
    if (response.kind === "attributes") return response.attributes;
    if (isMissing(response)) return "missing";
    if (!isRefusal(response)) throw session.violation(response);
    return "refused";
  }
}

/** Outcome without attributes: no entry, or a server that refuses to tell. */
type Nothing = "missing" | "refused";

type AttributesRequest =
  | { readonly kind: "stat" | "lstat"; readonly path: string }
  | { readonly kind: "fstat"; readonly handle: Handle };

function isMissing(response: Response): boolean {
  return response.kind === "status" && response.code === Status.NO_SUCH_FILE;
}

function isRefusal(response: Response): boolean {
  return response.kind === "status" && response.code !== Status.OK;
}
