import { EntryError } from "../errors.ts";
import type { Attributes } from "../filesystem/file_system.ts";
import {
  attributesFrom,
  isLink,
  tellsKind,
  type WireAttributes,
} from "./wire/attributes.ts";
import type { Handle } from "./wire/handle_packets.ts";
import type { OpeningRequest } from "./wire/open_packets.ts";
import type { Requests } from "./remote_requests.ts";
import type { Response } from "./wire/response_packets.ts";
import { Status } from "./wire/status.ts";

/** A server that tells nothing of a directory has it open to its owner alone. */
const UNKNOWN_MODE = 0o700;

const UNKNOWN: Attributes = {
  kind: "unknown",
  size: 0,
  mode: UNKNOWN_MODE,
  modified: 0,
  accessed: 0,
};

/**
 * Finds out what is at a path, where a server may refuse any of the requests
 * for it: LSTAT, STAT, FSTAT.
 */
export class Lookups {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /**
   * Finds what a path leads to, links followed. What links lead to is told by
   * the path without them, too.
   *
   * @returns `undefined` where nothing is there; the kind "unknown" where the
   * server refuses to tell.
   */
  async find(path: string): Promise<Attributes | undefined> {
    const link = await this.#ask({ kind: "lstat", path });
    if (link === "missing") return undefined;
    if (link !== "refused" && !isLink(link)) {
      return await this.#withKind(path, link);
    }
    const [behind, identity] = await Promise.all([
      this.#ask({ kind: "stat", path }),
      this.identify(path),
    ]);
    if (behind === "missing") return undefined;
    const found = behind === "refused"
      ? await this.#probeDirectory(path)
      : await this.#withKind(path, behind);
    return identity === undefined ? found : { ...found, identity };
  }

  /**
   * Finds the same for what is to be read: where the server refuses to tell, it
   * is there if it can be opened.
   */
  async findSource(path: string): Promise<Attributes | undefined> {
    const found = await this.find(path);
    if (found?.kind !== "unknown") return found;
    const readable = await this.#openToLook(path);
    return typeof readable === "string" ? undefined : readable;
  }

  /** Finds the same; that nothing is there, or cannot be told, is an error. */
  async stat(path: string): Promise<Attributes> {
    const { session, label } = this.#requests;
    const response = await session.request({ kind: "stat", path });
    if (response.kind === "attributes") {
      return await this.#withKind(path, response.attributes);
    }
    const failure = await this.#requests.failure({ path }, response);
    if (!(failure instanceof EntryError) || isMissing(response)) throw failure;
    const found = await this.#attributesOtherwise(path);
    if (found === "refused") throw failure;
    if (found !== "missing") return found;
    throw new EntryError(`${label}${path}: No such file or directory`);
  }

  /** The path without links: the one name that an entry has. */
  async identify(path: string): Promise<string | undefined> {
    const { session } = this.#requests;
    const response = await session.request({ kind: "realpath", path });
    if (response.kind === "status") return undefined;
    if (response.kind !== "name") throw session.violation(response);
    const [entry] = response.entries;
    return entry?.isWhole ? entry.name : undefined;
  }

  /** Finds out without STAT what is at a source path. */
  async #attributesOtherwise(path: string): Promise<Attributes | Nothing> {
    const link = await this.#ask({ kind: "lstat", path });
    if (link === "missing") return link;
    if (link !== "refused" && !isLink(link)) {
      return await this.#withKind(path, link);
    }
    const found = await this.#probeDirectory(path);
    return found.kind === "unknown" ? await this.#openToLook(path) : found;
  }

  /** Opens as a file what no look-up tells of, to ask for what it is. */
  async #openToLook(path: string): Promise<Attributes | Nothing> {
    const handle = await this.#open({
      kind: "open",
      path,
      access: "read",
      attributes: {},
    });
    if (typeof handle === "string") return handle;
    try {
      const open = await this.#ask({ kind: "fstat", handle });
      return attributesFrom(typeof open === "string" ? {} : open);
    } finally {
      this.#requests.closeLater(handle);
    }
  }

  /** Fills in the kind where what was told does not say it. */
  async #withKind(path: string, told: WireAttributes): Promise<Attributes> {
    const attributes = attributesFrom(told);
    if (tellsKind(told)) return attributes;
    const { kind } = await this.#probeDirectory(path);
    return { ...attributes, kind: kind === "directory" ? kind : "file" };
  }

  /**
   * Opens a path as a directory, which changes nothing whatever is there. Where
   * that fails it may be a file, or nothing: many servers tell no difference.
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

  async #ask(request: AttributesRequest): Promise<WireAttributes | Nothing> {
    const { session } = this.#requests;
    const response = await session.request(request);
    if (response.kind === "attributes") return response.attributes;
    if (isMissing(response)) return "missing";
    if (!isRefusal(response)) throw session.violation(response);
    return "refused";
  }
}

/** A server's answer that is no other one: nothing is there, or it refuses. */
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
