import { naming } from "../errors.ts";
import type { Observer } from "../progress/observer.ts";
import type { ScpPeer } from "./peer.ts";
import { type SentEntry, unsure } from "./sent_entry.ts";

/** What a sink answers: a record, a body, or the end of a folder. */
type Part = "record" | "body" | "end";

interface Owed {
  readonly entry: SentEntry;
  readonly part: Part;
}

/** The answers that a sink owes, in the order in which it gives them. */
export class OwedAnswers {
  readonly #peer: ScpPeer;
  readonly #observer: Observer;
  readonly #owed: Owed[] = [];

  constructor(peer: ScpPeer, observer: Observer) {
    this.#peer = peer;
    this.#observer = observer;
  }

  get count(): number {
    return this.#owed.length;
  }

  /** The first file that went ahead and is owed an answer. */
  get firstAhead(): SentEntry["ahead"] {
    return this.#owed.find(({ entry }) => entry.ahead)?.entry.ahead;
  }

  /** Says what of an entry is to be answered next. */
  add(entry: SentEntry, parts: readonly Part[]): void {
    for (const part of parts) this.#owed.push({ entry, part });
  }

  /**
   * Hears the next answer and reports what it refuses.
   *
   * @returns Where a file that went ahead was refused, which loses the sink: that
   * file, then the others that went ahead and were not answered. Nothing is owed
   * any more then.
   * @throws {GreetingError} If something else is said, perhaps by a shell.
   * @throws {ProtocolError} If the sink gives up or says something else.
   * @throws {SessionError} If it ends.
   */
  async hear(): Promise<readonly SentEntry[] | undefined> {
    const { entry, part } = this.#owed[0]!;
    const refusal = await this.#peer.nextWarning()
      .catch((error) => Promise.reject(naming(this.#waiting(entry), error)));
    this.#owed.shift();
    if (part === "body") this.#peer.understand();
    if (part === "record") entry.isRefused = refusal !== undefined;
    if (refusal === undefined) return undefined;
    this.#observer.failed(refusal);
    const isLost = part === "record" && entry.ahead !== undefined;
    return isLost ? this.#lose(entry) : undefined;
  }

  /** What a broken dialogue is named after: all that may not have arrived. */
  #waiting(first: SentEntry): string {
    const others = this.#owed.filter(({ part }) => part !== "end");
    return unsure([first, ...others.map(({ entry }) => entry)]);
  }

  #lose(refused: SentEntry): readonly SentEntry[] {
    const owed = this.#owed.splice(0).map(({ entry }) => entry);
    return [...new Set([refused, ...owed.filter(({ ahead }) => ahead)])];
  }
}
