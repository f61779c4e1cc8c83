import { EMPTY_HASH } from "../digest/hash_script.ts";
import { asEntryError, EntryError } from "../errors.ts";
import type { Digest, Digester, DigestOptions } from "../filesystem/digest.ts";
import type { CheckedRequests } from "./checked_requests.ts";
import { Extension, parseCheckFile } from "./wire/extended_packets.ts";
import { Status } from "./wire/status.ts";

/** Answer of a server that tells no hash. */
const NO_HASH: Digest = {
  kind: "unavailable",
  reason: "the server hashes no files",
};

/** Tells whether a server says that it hashes files in its SFTP session. */
export function announcesCheckFile(
  { extensions }: Pick<CheckedRequests["session"], "extensions">,
): boolean {
  return extensions.has(Extension.CHECK_FILE) ||
    extensions.has(Extension.CHECK_FILE_NAME);
}

/**
 * Hasher of a server's files in several ways: by its SFTP session, and by another
 * hasher, which comes first where the session announces nothing. The next way is taken
 * where one tells no hash, or another one than is expected; a way that was wrong is
 * not taken again.
 */
export class ServerDigester implements Digester {
  readonly #requests: CheckedRequests;
  /** Ways that are left, the best first. */
  #ways: readonly Digester[];

  constructor(requests: CheckedRequests, other: Digester) {
    this.#requests = requests;
    const own: Digester = {
      digest: async (path, options) => {
        const digest = await this.#ask(path, options);
        if (digest === undefined) this.#drop([own]);
        return digest ?? NO_HASH;
      },
    };
    this.#ways = announcesCheckFile(requests.session)
      ? [own, other]
      : [other, own];
  }

  async digest(path: string, options: DigestOptions = {}): Promise<Digest> {
    const { expected } = options;
    const wrong: Digester[] = [];
    let unavailable: Digest | undefined;
    let other: Digest | EntryError | undefined;
    for (const way of this.#ways) {
      const digest = await way.digest(path, options).catch(asEntryError);
      if (digest instanceof EntryError) {
        other ??= digest;
        wrong.push(way);
      } else if (digest.kind === "unavailable") {
        // The other hasher knows a reason.
        if (digest !== NO_HASH) unavailable = digest;
      } else if (expected === undefined) return digest;
      else if (digest.hash === expected) {
        this.#drop(wrong);
        return digest;
      } else {
        if (other === undefined || other instanceof EntryError) other = digest;
        wrong.push(way);
      }
    }
    if (other instanceof EntryError) throw other;
    return other ?? unavailable ?? NO_HASH;
  }

  #drop(ways: readonly Digester[]): void {
    this.#ways = this.#ways.filter((way) => !ways.includes(way));
  }

  /** Asks the server; gives `undefined` where it does not know the request. */
  async #ask(
    path: string,
    { length, size }: DigestOptions = {},
  ): Promise<Digest | undefined> {
    // A length of 0 stands for the whole file, which ProFTPD takes for no range.
    if (length === 0) return { kind: "hash", hash: EMPTY_HASH };
    const { session } = this.#requests;
    if (size === 0) {
      const request = { kind: "stat", path } as const;
      const found = await this.#requests.expectAttributes(request, path);
      return found.size === 0 ? { kind: "hash", hash: EMPTY_HASH } : NO_HASH;
    }
    const response = await session.request({
      kind: "check-file",
      path,
      length: length ?? 0,
    });
    if (response.kind === "extended") {
      const hash = parseCheckFile(response.body);
      return hash === undefined ? undefined : { kind: "hash", hash };
    }
    if (response.kind !== "status" || response.code === Status.OK) {
      throw session.violation(response);
    }
    return response.code === Status.OP_UNSUPPORTED ? undefined : NO_HASH;
  }
}
