import { naming } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { ScpPeer } from "./peer.ts";
import { type SentEntry, unsure } from "./sent_entry.ts";
import { orSilence } from "./silence.ts";

/** Part of an entry that a sink answers: a record, a body, or the end of a directory. */
type Part = "record" | "body" | "end";

/** A part of an entry that was sent, and its length in bytes. */
export type SentPart = readonly [part: Part, bytes: number];

/**
 * Bytes up to which what a sink does not answer was not held up by the line: a
 * pipe takes so many in one piece, so that ssh sends them as one packet.
 */
export const TRIAL_BYTES = 4096;

/** Kind of the one that left right before a message, in one go with it. */
type Behind = "nothing" | "warning" | "message";

interface Owed {
  readonly entry: SentEntry;
  readonly part: Part;
  readonly bytes: number;
  readonly behind: Behind;
}

/** Loss of a sink. */
export interface LostSink {
  /**
   * `refused`: it refused the first of the entries, which went ahead. `silent`:
   * it takes what comes together for one message.
   */
  readonly why: "refused" | "silent";
  /** Entries that went ahead and were not answered. */
  readonly entries: readonly SentEntry[];
}

/**
 * The answers that a sink owes, in the order in which it gives them.
 *
 * Until a second message of those that were sent together is answered, a sink is
 * on trial: some take one message from each packet and drop what stands behind
 * it (ProFTPD's mod_sftp). One that answers the first, and for three seconds none
 * of the few bytes behind it, is such a one.
 */
export class OwedAnswers {
  readonly #peer: ScpPeer;
  readonly #observer: Observer;
  readonly #owed: Owed[] = [];
  #isOnTrial: boolean;
  /** Kind of the one that leaves right before the next message. */
  #behind: Behind = "nothing";

  /** @param isLockstep True where each answer is waited for. */
  constructor(
    peer: ScpPeer,
    observer: Observer,
    { isLockstep }: { readonly isLockstep: boolean },
  ) {
    this.#peer = peer;
    this.#observer = observer;
    this.#isOnTrial = !isLockstep;
  }

  get count(): number {
    return this.#owed.length;
  }

  /** True until it is known that messages may be sent together. */
  get isOnTrial(): boolean {
    return this.#isOnTrial;
  }

  /** Tells if so many more bytes are too many to tell by. */
  exceedsTrial(bytes: number): boolean {
    return this.#isOnTrial && this.count > 0 &&
      this.#bytes + bytes > TRIAL_BYTES;
  }

  /** The first file that went ahead and is owed an answer. */
  get firstAhead(): SentEntry["ahead"] {
    return this.#owed.find(({ entry }) => entry.ahead)?.entry.ahead;
  }

  /** Says what of an entry is to be answered next. */
  add(entry: SentEntry, parts: readonly SentPart[]): void {
    for (const [part, bytes] of parts) {
      this.#owed.push({ entry, part, bytes, behind: this.#behind });
      this.#behind = "message";
    }
  }

  /** Says that a warning was sent, which is not answered. */
  addWarning(): void {
    if (this.#behind === "nothing") this.#behind = "warning";
  }

  /**
   * Hears the next answer and reports what it refuses.
   *
   * @returns What was lost with the sink, if it was. Nothing is owed any more
   * then.
   * @throws {UnexpectedOutputError} If something else is said, perhaps by a shell.
   * @throws {ProtocolError} If the sink gives up or says something else.
   * @throws {SessionError} If it ends.
   */
  async hear(): Promise<LostSink | undefined> {
    const { entry, part, behind } = this.#owed[0]!;
    const answer = await this.#answer()
      .catch((error) => Promise.reject(naming(this.#waiting(entry), error)));
    if (answer === "silence") {
      const owed = this.#owed.splice(0).map(({ entry }) => entry);
      return { why: "silent", entries: aheadOf(owed) };
    }
    const { refusal } = answer;
    this.#owed.shift();
    if (behind === "message") this.#isOnTrial = false;
    if (this.count === 0) this.#behind = "nothing";
    if (part === "body") this.#peer.understand();
    if (part === "record") entry.isRefused = refusal !== undefined;
    if (refusal === undefined) return undefined;
    this.#observer.report({ kind: "failure", message: refusal });
    const isLost = part === "record" && entry.ahead !== undefined;
    return isLost ? this.#lose(entry) : undefined;
  }

  async #answer(): Promise<{ refusal: string | undefined } | "silence"> {
    const answer = this.#peer.nextWarning().then((refusal) => ({ refusal }));
    return await (this.#tellsBySilence ? orSilence(answer) : answer);
  }

  get #tellsBySilence(): boolean {
    return this.#isOnTrial && this.#owed[0]!.behind !== "nothing" &&
      this.#bytes <= TRIAL_BYTES;
  }

  /** Bytes that the sink has not answered. */
  get #bytes(): number {
    return this.#owed.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Name for a broken dialogue's error: all that may not have arrived. */
  #waiting(first: SentEntry): string {
    const others = this.#owed.filter(({ part }) => part !== "end");
    return unsure([first, ...others.map(({ entry }) => entry)]);
  }

  #lose(refused: SentEntry): LostSink {
    const owed = this.#owed.splice(0).map(({ entry }) => entry);
    return { why: "refused", entries: aheadOf([refused, ...owed]) };
  }
}

function aheadOf(entries: readonly SentEntry[]): readonly SentEntry[] {
  return [...new Set(entries.filter(({ ahead }) => ahead))];
}
