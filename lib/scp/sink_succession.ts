import type { Channel } from "../channel/channel.ts";
import {
  asEntryError,
  type EntryError,
  ProtocolError,
  RefusalError,
  withName,
} from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { GivenModes } from "../filesystem/store.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { FileSender } from "./file_sender.ts";
import { type Layout, NestedLayout } from "./layout.ts";
import { ScpPeer } from "./peer.ts";
import type { Reconnect } from "./reconnect.ts";
import {
  directoryOf,
  isRefused,
  type SentDirectory,
  type Step,
  unsure,
} from "./sent_entry.ts";
import { SinkLostError } from "./sink_lost.ts";
import { type Mode, SinkSession } from "./sink_session.ts";
import { ONE_AT_A_TIME } from "./stall.ts";

/** Options for all sinks. */
export interface SinkSuccessionOptions {
  /** Send times too. */
  readonly preserve: boolean;
  /** Mode bits that are sent, of those that a record carries. */
  readonly modeBits: number;
  /** As in `SourceOptions`. */
  readonly given?: GivenModes | undefined;
  /** Wait for the reply to each record and each body before the next step. */
  readonly lockstep: boolean;
  /** As in `SourceOptions`. */
  readonly isClient?: true;
}

/**
 * The sinks of one source, of which each takes the place of the last. A session with
 * one of them takes step after step, and is in one mode for good. Where the sink is
 * lost, the next session takes those steps that have no reply, and then goes on:
 *
 *     speculating -- a record is refused --> waiting
 *     speculating, waiting -- messages are dropped --> lockstep
 *
 * In lockstep nothing is lost but the connection, so there are three sessions at
 * most.
 */
export class SinkSuccession {
  readonly #files: FileSystem;
  readonly #options: SinkSuccessionOptions;
  readonly #observer: Observer;
  #session: SinkSession;
  #sender: FileSender;
  /** Present while another sink can take the place of this one. */
  #reconnect: Reconnect | undefined;
  #layout: Layout = new NestedLayout();

  constructor(
    channel: Channel,
    files: FileSystem,
    options: SinkSuccessionOptions,
    observer: Observer,
  ) {
    this.#files = files;
    this.#options = options;
    this.#observer = observer;
    const mode = options.lockstep ? "lockstep" : "waiting";
    this.#session = this.#sessionWith(new ScpPeer(channel), mode);
    this.#sender = this.#newSender();
  }

  #sessionWith(peer: ScpPeer, mode: Mode): SinkSession {
    const { preserve, modeBits } = this.#options;
    const layout = this.#layout;
    return new SinkSession(
      peer,
      { mode, layout, preserve, modeBits },
      this.#observer,
    );
  }

  /** Gives a sender with a buffer of its own: the last one's may be in use. */
  #newSender(): FileSender {
    const { given } = this.#options;
    return new FileSender(this.#files, this.#session, this.#observer, given);
  }

  /** True where a directory's files are to come before the directories in it. */
  get filesFirst(): boolean {
    return this.#layout.isPrivate;
  }

  /** Waits for the sink to be ready, as `Source.begin`. */
  async begin(): Promise<string | undefined> {
    return await this.#session.begin();
  }

  /** Has another sink take the place of one that is lost. */
  reconnectBy(reconnect: Reconnect): void {
    this.#reconnect = reconnect;
  }

  /**
   * Does the same, and speculates with the first sink unless in lockstep.
   *
   * @param layout Present for a sink that `begin` did not wait for.
   */
  speculateBy(reconnect: Reconnect, layout?: Layout): void {
    this.reconnectBy(reconnect);
    if (this.#session.isLockstep) return;
    if (layout !== undefined) this.#layout = layout;
    this.#session = this.#sessionWith(this.#session.peer, "speculating");
    this.#sender = this.#newSender();
    if (layout !== undefined) this.#session.expectStart();
  }

  /**
   * Reports an entry that cannot be sent, to the sink too. A client in lockstep does
   * not warn the sink: one that takes one message from each packet would lose the
   * next one.
   */
  async fail(path: string, { message }: EntryError): Promise<void> {
    const isKept = this.#options.isClient && this.#session.isLockstep;
    if (!isKept) {
      await this.take({ kind: "warning", path, text: `scp: ${message}` });
    }
    this.#observer.report({ kind: "failure", message, path });
  }

  /**
   * Has the sink take a step, and another sink where that one is lost. An entry
   * that cannot be sent is reported.
   */
  async take(step: Step): Promise<void> {
    let steps = [step];
    let lost: SinkLostError | undefined;
    for (let next; (next = steps[0]) !== undefined;) {
      try {
        if (lost !== undefined) await this.#replaceSink(lost, steps);
        lost = undefined;
        await this.#takeNext(next);
        steps.shift();
      } catch (error) {
        if (error instanceof SinkLostError) {
          lost = error;
          steps = error.stepsLeft(steps);
        } else if (next.kind === "file") {
          steps.shift();
          await this.fail(next.path, asEntryError(error));
        } else throw error;
      }
    }
  }

  async #takeNext(step: Step): Promise<void> {
    if (isRefused(step)) return;
    const session = this.#session;
    switch (step.kind) {
      case "warning":
        return await session.warn(step);
      case "directory":
        await session.goTo(step.directory);
        return;
      case "file":
        if (await session.goTo(step.directory)) await this.#sender.send(step);
        return;
      case "end":
        await session.goTo(undefined);
        return await session.awaitReplies();
      default:
        return step satisfies never;
    }
  }

  /**
   * Begins a session with another sink, and has it go where the first of some steps
   * leads.
   */
  async #replaceSink(
    { why }: SinkLostError,
    steps: readonly Step[],
  ): Promise<void> {
    const lost = steps.flatMap((step) => step.kind === "file" ? step.path : []);
    try {
      if (this.#reconnect === undefined) throw new ProtocolError(ONE_AT_A_TIME);
      const isInside = steps.some((step) => isTaken(directoryOf(step)));
      const { channel, outermost } = await this.#reconnect(isInside);
      this.#layout = new NestedLayout(outermost);
      if (why === "stalled") {
        this.#reconnect = undefined;
        this.#observer.report({
          kind: "verbose",
          message: () => `${ONE_AT_A_TIME}: going on in lockstep`,
        });
      }
      this.#session = this.#sessionWith(
        new ScpPeer(channel, { mayHearShell: false }),
        why === "stalled" ? "lockstep" : "waiting",
      );
      this.#sender = this.#newSender();
      const refusal = await this.begin();
      if (refusal !== undefined) {
        // Where no directory was taken, the target is missing, not one of them.
        throw new (isInside ? ProtocolError : RefusalError)(refusal);
      }
      const [first] = steps;
      if (first !== undefined) await this.#session.goTo(directoryOf(first));
    } catch (error) {
      throw lost.length === 0 ? error : withName(unsure(lost), error);
    }
  }
}

/** Tells a directory that a sink took, or that lies in one. */
function isTaken(directory: SentDirectory | undefined): boolean {
  return directory !== undefined &&
    (directory.reply === "taken" || isTaken(directory.above));
}
