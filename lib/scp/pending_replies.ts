import { SessionError, withName } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { ScpPeer } from "./peer.ts";
import { type SentDirectory, type Step, unsure } from "./sent_entry.ts";
import { orStall } from "./stall.ts";

/**
 * Part of an entry that a sink replies to: the record of its times, its own, its
 * body, or a directory's end; `start` is its own start.
 */
type Part = "start" | "times" | "record" | "body" | "end";

/** Part of an entry that was sent, and its length in bytes. */
export type SentPart = readonly [part: Part, bytes: number];

/**
 * Most bytes in flight at which a missing reply proves something: a pipe takes
 * so many in one piece, so ssh sends them as one packet.
 */
export const TRIAL_BYTES = 4096;

/** Kind of the one that left right before a message, in one go with it. */
type Behind = "nothing" | "warning" | "message";

/** Entry of which something was sent. */
export interface SentEntry {
  readonly path: string;
  /** Step to take again where the sink is lost. */
  readonly step: Step;
  /** True where its body was sent before its record was acknowledged. */
  readonly isSpeculation?: boolean;
  /** Directory that its end leaves; absent where it leaves none of the source. */
  readonly left?: SentDirectory | undefined;
  /** Reply to its own record, once it came. */
  reply?: "taken" | "refused";
}

interface PendingReply {
  readonly entry: SentEntry;
  readonly part: Part;
  readonly bytes: number;
  readonly behind: Behind;
}

/** Loss of a sink, after which the source has to reconnect. */
export interface LostSink {
  /**
   * `refused`: the sink refused a speculation. `stalled`: the sink takes one
   * message from each packet.
   */
  readonly why: "refused" | "stalled";
  /** Entries that have no reply to all their parts, in their order. */
  readonly entries: readonly SentEntry[];
  /** Step that the sink refused, which was reported; absent where none was. */
  readonly refused?: Step;
}

/** Behaviour of a sink, as far as it is known. */
export interface SinkBehaviour {
  /** True where messages may be sent together: the sink is not on trial. */
  readonly takesTogether: boolean;
  /**
   * True where a refused record loses the sink, and is not reported: another sink is
   * to say why, with the path that the user knows.
   */
  readonly refusalLoses: boolean;
}

/**
 * The replies that a source waits for, in the order in which a sink gives them.
 *
 * A sink is on trial until it replies to the second of two messages that were
 * sent together. Some sinks take one message from each packet and drop the rest
 * (ProFTPD's mod_sftp). Such a sink replies to the first message, and for three
 * seconds to none of the few bytes behind it.
 */
export class PendingReplies {
  readonly #peer: ScpPeer;
  readonly #observer: Observer;
  readonly #pending: PendingReply[] = [];
  readonly #refusalLoses: boolean;
  /** Numbers of pending replies to speculations and to records of directories. */
  #speculations = 0;
  #directories = 0;
  #isOnTrial: boolean;
  /** Kind of the one that leaves right before the next message. */
  #behind: Behind = "nothing";

  constructor(
    peer: ScpPeer,
    observer: Observer,
    { takesTogether, refusalLoses }: SinkBehaviour,
  ) {
    this.#peer = peer;
    this.#observer = observer;
    this.#isOnTrial = !takesTogether;
    this.#refusalLoses = refusalLoses;
  }

  /** Number of replies that are pending. */
  get count(): number {
    return this.#pending.length;
  }

  /** True until it is known that messages may be sent together. */
  get isOnTrial(): boolean {
    return this.#isOnTrial;
  }

  /** Tells if so many more bytes in flight would spoil the trial. */
  exceedsTrial(bytes: number): boolean {
    return this.#isOnTrial && this.count > 0 &&
      this.#bytes + bytes > TRIAL_BYTES;
  }

  /** True where the record of a directory has no reply. */
  get hasDirectory(): boolean {
    return this.#directories > 0;
  }

  /** True where a speculation has no reply. */
  get hasSpeculation(): boolean {
    return this.#speculations > 0;
  }

  /** Adds the replies to parts of an entry that is about to be sent. */
  add(entry: SentEntry, parts: readonly SentPart[]): void {
    for (const [part, bytes] of parts) {
      this.#pending.push({ entry, part, bytes, behind: this.#behind });
      this.#count(entry, part, 1);
      this.#behind = "message";
    }
  }

  #count(entry: SentEntry, part: Part, change: 1 | -1): void {
    if (entry.isSpeculation) this.#speculations += change;
    const isDirectory = part === "record" && entry.step.kind === "directory";
    if (isDirectory) this.#directories += change;
  }

  /** Notes that a warning is about to be sent, which gets no reply. */
  addWarning(): void {
    if (this.#behind === "nothing") this.#behind = "warning";
  }

  /**
   * Reads the next reply and reports a refusal.
   *
   * @returns The loss of the sink, if it is lost. No reply is pending then.
   * @throws {UnexpectedOutputError} If something else is said, perhaps by a
   * shell.
   * @throws {ProtocolError} If the sink gives up or says something else.
   * @throws {SessionError} If it ends.
   */
  async readNext(): Promise<LostSink | undefined> {
    const { entry, part, behind } = this.#pending[0]!;
    const reply = await this.#read().catch((error) => {
      if (part === "start" && error instanceof SessionError) {
        return "lost" as const;
      }
      const paths = this.#unsure(entry);
      const path = new Set(paths).size === 1 ? paths[0] : undefined;
      throw withName(unsure(paths), error, path);
    });
    if (reply === "lost") return this.#lose("refused");
    if (reply === "stall") return this.#lose("stalled");
    const { refusal } = reply;
    this.#pending.shift();
    this.#count(entry, part, -1);
    if (behind === "message") this.#isOnTrial = false;
    if (this.count === 0) this.#behind = "nothing";
    if (part === "body") {
      this.#peer.confirm();
      if (refusal === undefined) settle(entry.step, "copied");
    }
    const isRecord = part !== "body" && part !== "end";
    if (part === "record") entry.reply = "taken";
    if (refusal === undefined) {
      this.#markWhole(entry, part);
      return undefined;
    }
    if (isRecord) entry.reply = "refused";
    const { path, step } = entry;
    if (isRecord && this.#refusalLoses) return this.#lose("refused", entry);
    this.#observer.report({ kind: "failure", message: refusal, path });
    settle(step, "failed");
    if (!isRecord || !entry.isSpeculation) return undefined;
    const { entries } = this.#lose("refused");
    const others = entries.filter((other) => other.step !== step);
    return { why: "refused", entries: others, refused: step };
  }

  /** Marks what a reply to a part of an entry shows to be whole. */
  #markWhole(entry: SentEntry, part: Part): void {
    const { step, left } = entry;
    if (part === "body" && step.kind === "file") step.isAcknowledged = true;
    // A guard before the end gets a reply of its own.
    const isLast = this.#pending[0]?.entry !== entry;
    if (part === "end" && left !== undefined && isLast) left.isLeft = true;
  }

  async #read(): Promise<{ refusal: string | undefined } | "stall"> {
    const reply = this.#peer.nextWarning().then((refusal) => ({ refusal }));
    return await (this.#mayStall ? orStall(reply) : reply);
  }

  /** True where a missing reply shows that its message was dropped. */
  get #mayStall(): boolean {
    return this.#isOnTrial && this.#pending[0]!.behind !== "nothing" &&
      this.#bytes <= TRIAL_BYTES;
  }

  /** Bytes in flight, as far as the sink's replies tell. */
  get #bytes(): number {
    return this.#pending.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Gives the paths of all files that may not have arrived, else of directories. */
  #unsure(first: SentEntry): readonly string[] {
    const others = this.#pending.filter(({ part }) => part !== "end");
    const all = [first, ...others.map(({ entry }) => entry)];
    const files = all.filter(({ step }) => step.kind === "file");
    return (files.length > 0 ? files : all).map(({ path }) => path);
  }

  /** Drops all pending replies; `before` is an entry that has one. */
  #lose(why: LostSink["why"], ...before: readonly SentEntry[]): LostSink {
    const pending = this.#pending.splice(0).map(({ entry }) => entry);
    this.#speculations = 0;
    this.#directories = 0;
    return { why, entries: [...new Set([...before, ...pending])] };
  }
}

/** Reports the outcome of a file whose body left; other steps have none. */
function settle(step: Step, outcome: "copied" | "failed"): void {
  if (step.kind !== "file") return;
  step.progress?.settled(step.hasFailed ? "failed" : outcome);
  delete step.progress;
}
