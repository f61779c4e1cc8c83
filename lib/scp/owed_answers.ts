import { naming } from "../errors.ts";
import type { Observer } from "../progress/observer.ts";
import type { ScpPeer } from "./peer.ts";

/** An entry of which something was sent. */
export interface SentEntry {
  readonly path: string;
  /** As it was announced; present where the entry went ahead. */
  readonly name?: string;
  /** Whether its body was sent before its record was acknowledged. */
  readonly isAhead?: true;
  /** Whether the answer to the last record that was answered refused it. */
  isRefused?: boolean;
}

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

  /** Whether something of what is owed an answer went ahead. */
  get isAhead(): boolean {
    return this.#owed.at(-1)?.entry.isAhead === true;
  }

  /** Says what of an entry is to be answered next. */
  add(entry: SentEntry, parts: readonly Part[]): void {
    for (const part of parts) this.#owed.push({ entry, part });
  }

  /**
   * Hears the next answer and reports what it refuses.
   *
   * @returns Where a file that went ahead was refused, which loses the sink: the
   * others that went ahead and were not answered. Nothing is owed any more then.
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
    if (part !== "record" || entry.isAhead !== true) return undefined;
    return this.#lose(entry);
  }

  /** What a broken dialogue is named after: all that may not have arrived. */
  #waiting({ path }: SentEntry): string {
    const others = new Set(
      this.#owed.filter(({ part }) => part !== "end")
        .map(({ entry }) => entry.path),
    );
    others.delete(path);
    return others.size === 0
      ? path
      : `${path} and ${others.size} more after it`;
  }

  #lose(refused: SentEntry): readonly SentEntry[] {
    const lost = new Set(
      this.#owed.splice(0).map(({ entry }) => entry)
        .filter((entry) => entry !== refused && entry.isAhead === true),
    );
    return [...lost];
  }
}
