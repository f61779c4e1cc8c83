import type { HashRequest } from "../digest/hash_script.ts";
import { asEntryError, EntryError } from "../errors.ts";
import type {
  CopyEvent,
  MovingFile,
  Observer,
  Proof,
} from "../events/copy_event.ts";
import type { Digest } from "../filesystem/digest.ts";
import type { HashSession } from "./hash_session.ts";

/** File on a host that is compared with what passed. */
export interface ComparedFile {
  /** Requests for its hash, the likeliest first: the first that leads to a file counts. */
  readonly requests: readonly HashRequest[];
  /** Present where any of the requests may lead to the right file. */
  readonly takesAny?: true;
  /** Name in messages, which no other file has. */
  readonly name: string;
  /** End of the message where it is another one. */
  readonly failure: string;
  /**
   * Ways to the SHA-256 that it should have. It has one where several sources have one
   * name; each throws an `EntryError` if it leads to no file.
   */
  readonly expected: readonly (() => Promise<Digest>)[];
}

/** Settings of a proof. */
export interface ScpProofOptions {
  readonly host: string;
  /** Host that tells what is expected, where it is not this machine. */
  readonly otherHost?: string;
  readonly session: HashSession;
  readonly interrupted: AbortSignal;
  /** Finds what a file that arrived is compared with, when it has arrived. */
  find(file: MovingFile): ComparedFile;
}

/** File that arrived, and whoever is to be told that it is proven. */
interface Arrival {
  /** Number of files that arrived before it. */
  readonly order: number;
  readonly file: ComparedFile;
  readonly event: Extract<CopyEvent, { readonly kind: "settled" }>;
  readonly observer: Observer;
}

/** Result of a comparison; "unknown" where a host hashes nothing. */
type Comparison = Proof | "unknown";

/**
 * Proof of files that go over SCP: a session beside the copy hashes on the host what
 * was copied, while the rest is copied.
 */
export class ScpProof {
  readonly #options: ScpProofOptions;
  readonly #pending: Promise<void>[] = [];
  /** Files that differ; another one may have been written over them meanwhile. */
  readonly #doubtful: Arrival[] = [];
  #arrivals = 0;
  /** Order of the last arrival of each name. */
  readonly #last = new Map<string, number>();
  #hasFailed = false;

  constructor(options: ScpProofOptions) {
    this.#options = options;
  }

  /** Gives an observer that tells of a file that arrived once it is proven. */
  observing(observer: Observer): Observer {
    return {
      report: (event) => {
        if (event.kind !== "settled" || event.outcome !== "copied") {
          return observer.report(event);
        }
        const file = this.#options.find(event.file);
        const order = this.#arrivals++;
        const arrival = { order, file, event, observer };
        this.#last.set(file.name, order);
        this.#pending.push(this.#prove(arrival));
      },
    };
  }

  /** Waits until all that arrived is proven, or has failed. */
  async settle(): Promise<void> {
    while (this.#pending.length > 0) {
      await Promise.all(this.#pending.splice(0));
    }
    for (const arrival of this.#doubtful.splice(0)) {
      await this.#decide(arrival);
    }
  }

  async #prove(arrival: Arrival): Promise<void> {
    const result = await this.#compare(arrival).catch(asEntryError);
    if (result instanceof EntryError) this.#doubtful.push(arrival);
    else this.#tell(arrival, result);
  }

  /** Decides on a file that differed, now that nothing is written any more. */
  async #decide(arrival: Arrival): Promise<void> {
    const isReplaced = this.#last.get(arrival.file.name) !== arrival.order;
    if (isReplaced) return this.#tell(arrival, "unknown");
    const result = await this.#compare(arrival).catch(asEntryError);
    if (!(result instanceof EntryError)) return this.#tell(arrival, result);
    const { event, observer } = arrival;
    const { message } = result;
    observer.report({ kind: "failure", message, path: event.file.path });
    observer.report({ ...event, outcome: "failed" });
  }

  #tell({ event, observer }: Arrival, result: Comparison): void {
    observer.report(result === "unknown" ? event : { ...event, proof: result });
  }

  /** @throws {EntryError} If the file is not the same. */
  async #compare({ file, event, observer }: Arrival): Promise<Comparison> {
    const { requests, takesAny, name, failure, expected } = file;
    const { host, otherHost = host, session } = this.#options;
    let isReadable = false;
    for (const find of expected) {
      const due = await find().catch(asEntryError);
      if (due instanceof EntryError) continue;
      if (due.kind === "unavailable") {
        return this.#fail(otherHost, due.reason, observer);
      }
      for (const request of requests) {
        const digest = await session.hash({ ...request, size: event.file.size })
          .catch(asEntryError);
        if (digest instanceof EntryError) continue;
        if (digest.kind === "unavailable") {
          return this.#fail(host, digest.reason, observer);
        }
        if (digest.hash === due.hash) return "hashed";
        isReadable = true;
        if (!takesAny) break;
      }
    }
    const reason = isReadable ? failure : "it cannot be read back";
    throw new EntryError(`${host}: ${name}: verification failed: ${reason}`);
  }

  /** Reports once that nothing can be verified. */
  #fail(host: string, reason: string, observer: Observer): "unknown" {
    if (!this.#hasFailed && !this.#options.interrupted.aborted) {
      this.#hasFailed = true;
      const message = `${host}: cannot verify: ${reason}`;
      observer.report({ kind: "failure", message, host });
    }
    return "unknown";
  }
}
