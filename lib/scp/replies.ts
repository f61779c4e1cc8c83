import { SessionError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { ScpPeer } from "./peer.ts";
import { ONE_AT_A_TIME } from "./stall.ts";
import { OK } from "./wire/records.ts";

/**
 * Acknowledgements that a sink gives in advance:
 *
 * - `none`: each is given when it is due.
 * - `certain`: one may be given when it is certain to become due.
 * - `window`: inside a directory a source never waits for one.
 *
 * A source that never waits can send the rest and end well while all of it is
 * still in flight, and ssh then ends well although the connection is cut. So a
 * window is only for one entry, whose own end shows that all of it has come.
 */
export type AckPolicy = "none" | "certain" | "window";

/**
 * Number of acknowledgements in a window. A file takes two to three, so this is
 * enough for far more files than come in one round trip. A pipe holds as many,
 * so writing them never blocks.
 */
const WINDOW = 8192;

/**
 * Number of acknowledgements in the first window: a pipe takes so many in one
 * piece, so ssh sends them as one packet.
 */
const FIRST_WINDOW = 2048;

/**
 * Acknowledgements given together that a source has to take one by one before
 * the trial is passed: one packet may have been two.
 */
const PROOF = 4;

/**
 * The replies of a sink: one for each record and one for each body. A source
 * reads one byte after each step and does not care when it was sent. A step that
 * was acknowledged in advance cannot be refused any more.
 *
 * Some sources take one message from each packet, so that of acknowledgements
 * that leave together only one counts (ProFTPD's mod_sftp). So the first ones are
 * on trial. Where they were swallowed, each reply is given again when it is due.
 * It is an acknowledgement then, so a source that was merely slow finds nothing
 * but acknowledgements that it did not need.
 */
export class Replies {
  readonly #peer: ScpPeer;
  readonly #policy: AckPolicy;
  readonly #observer: Observer;
  /** Number of acknowledgements that were sent and are not due yet. */
  #inAdvance = 0;
  #trial: "open" | "passed" | "swallowed" = "open";
  /** Number of acknowledgements in the next window. */
  #window = FIRST_WINDOW;
  /** Number of times that the source went on by acknowledgements in advance. */
  #taken = 0;
  /** True where the last reply was given in advance, and not sent again. */
  #wasGiven = false;

  constructor(peer: ScpPeer, policy: AckPolicy, observer: Observer) {
    this.#peer = peer;
    this.#policy = policy;
    this.#observer = observer;
  }

  /** True where the reply that is due next was given, as an acknowledgement. */
  get isGiven(): boolean {
    return this.#trial === "swallowed" || this.#inAdvance > 0;
  }

  /** Number of steps, from the next one on, that were acknowledged, and are believed. */
  get given(): number {
    return this.#trial === "swallowed" ? 0 : this.#inAdvance;
  }

  /** True where the source may wait for a reply that was given in advance. */
  get mayBeSwallowed(): boolean {
    return this.#trial === "open" && this.#wasGiven;
  }

  /**
   * Acknowledges the next step.
   *
   * @param certain Number of replies that are certain to become due after it.
   * @param isInside True where the source is in a directory after it.
   */
  ok(certain: number, isInside: boolean): void | Promise<void> {
    if (this.given > 0) return this.pass(1, certain, isInside);
    return this.#acknowledge(certain, isInside);
  }

  async #acknowledge(certain: number, isInside: boolean): Promise<void> {
    await this.#give(() => this.#peer.sendOk());
    await this.#acknowledgeInAdvance(certain, isInside);
  }

  /**
   * Passes over the next steps, which were acknowledged in advance.
   *
   * @param steps Number of them, not more than were `given`.
   * @param certain As that of `ok`, after the last of them.
   */
  pass(
    steps: number,
    certain: number,
    isInside: boolean,
  ): void | Promise<void> {
    this.#wasGiven = true;
    this.#inAdvance -= steps;
    return this.#acknowledgeInAdvance(certain, isInside);
  }

  /**
   * Replies to the next step with the reason why it failed, unless it was
   * acknowledged in advance.
   */
  async fail(message: string): Promise<void> {
    await this.#give(() => this.#peer.sendFailure(message));
  }

  /** Notes that the source went on after the last reply. */
  taken(): void {
    const isTaken = this.#trial === "open" && this.#wasGiven;
    this.#wasGiven = false;
    if (isTaken && ++this.#taken >= PROOF) this.#trial = "passed";
  }

  /** Sends the last reply again, and from now on each one that is due. */
  async repeat(): Promise<void> {
    this.#trial = "swallowed";
    this.#observer.report({
      kind: "verbose",
      message: () => `${ONE_AT_A_TIME}: going on in lockstep`,
    });
    await this.#sendOrLeave(OK);
    await this.#peer.channel.flush().catch(unlessLost);
  }

  async #give(send: () => Promise<void>): Promise<void> {
    if (this.#trial === "swallowed") return await this.#sendOrLeave(OK);
    this.#wasGiven = this.isGiven;
    if (this.#wasGiven) this.#inAdvance--;
    else await send();
  }

  #acknowledgeInAdvance(
    certain: number,
    isInside: boolean,
  ): void | Promise<void> {
    if (this.#policy === "none" || this.#trial === "swallowed") return;
    if (!this.#peer.isConfirmed) return;
    const hasWindow = this.#policy === "window" && isInside;
    if (this.#inAdvance >= (hasWindow ? this.#window / 2 : certain)) return;
    if (this.#trial === "passed") this.#window = WINDOW;
    const wanted = hasWindow ? this.#window : certain;
    const acknowledgements = new Uint8Array(wanted - this.#inAdvance);
    this.#inAdvance = wanted;
    return this.#sendInAdvance(acknowledgements, hasWindow);
  }

  async #sendInAdvance(
    acknowledgements: Uint8Array,
    isWindow: boolean,
  ): Promise<void> {
    await this.#sendOrLeave(acknowledgements);
    // The source may run out of them before this side waits for it.
    if (isWindow) await this.#peer.channel.flush().catch(unlessLost);
  }

  /**
   * Sends acknowledgements that the source may not need: one that has sent all
   * is gone, and one that has not shows its loss at the next read.
   */
  async #sendOrLeave(acknowledgements: Uint8Array): Promise<void> {
    await this.#peer.channel.write(acknowledgements).catch(unlessLost);
  }
}

function unlessLost(error: unknown): void {
  if (!(error instanceof SessionError)) throw error;
}
