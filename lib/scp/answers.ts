import { SessionError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { ScpPeer } from "./peer.ts";
import { ONE_AT_A_TIME } from "./silence.ts";

/**
 * How far a sink's acknowledgements are ahead of what they acknowledge:
 *
 * - `none`: each is given when it is due.
 * - `certain`: one may be given when it is certain to become due.
 * - `window`: inside a directory a source never waits for one.
 *
 * A source that waits for none can send the rest and end well while it is still
 * on its way, and ssh then ends well although the connection is cut. So a window
 * is only for one entry, whose own end shows whether all of it has come.
 */
export type AckPolicy = "none" | "certain" | "window";

/**
 * How many acknowledgements a window holds. It takes two to three a file, so
 * this is enough for far more files than come in one round trip; and a pipe
 * holds it, so that nobody waits to write them.
 */
const WINDOW = 8192;

/**
 * Acknowledgements that the first window holds: a pipe takes so many in one
 * piece, so that ssh sends them as one packet.
 */
const FIRST_WINDOW = 2048;

/**
 * Acknowledgements of those that left together which a source has to take one by
 * one, before it is known to: one packet may have been two.
 */
const PROOF = 4;

/**
 * The answers of a sink: one for each record and one for each body. A source
 * reads one byte after each step and does not care when it was sent. What is
 * acknowledged before it came cannot be refused any more.
 *
 * Some sources take one message from each packet, so that of acknowledgements
 * that leave together only one counts (ProFTPD's mod_sftp). So the first ones are
 * on trial. Where they were swallowed, each answer is given once more when it is
 * due: an acknowledgement, so that a source that was merely slow finds nothing
 * but acknowledgements that it did not need.
 */
export class Answers {
  readonly #peer: ScpPeer;
  readonly #mode: AckPolicy;
  readonly #observer: Observer;
  /** Acknowledgements that were sent and are not due yet. */
  #ahead = 0;
  #trial: "open" | "passed" | "swallowed" = "open";
  /** Acknowledgements that the next window holds. */
  #window = FIRST_WINDOW;
  /** Acknowledgements in advance that the source went on by. */
  #taken = 0;
  /** True where the last answer was given in advance, and not sent again. */
  #wasGiven = false;

  constructor(peer: ScpPeer, mode: AckPolicy, observer: Observer) {
    this.#peer = peer;
    this.#mode = mode;
    this.#observer = observer;
  }

  /** Whether the answer that is due next was given, as an acknowledgement. */
  get isGiven(): boolean {
    return this.#trial === "swallowed" || this.#ahead > 0;
  }

  /** Tells if the source may wait for an answer that was sent in advance. */
  get mayBeSwallowed(): boolean {
    return this.#trial === "open" && this.#wasGiven;
  }

  /**
   * Acknowledges what is to be answered next.
   *
   * @param certain How many answers are certain to become due after it.
   * @param isInside Whether the source is in a directory after it.
   */
  async ok(certain: number, isInside: boolean): Promise<void> {
    await this.#give(() => this.#peer.sendOk());
    await this.#runAhead(certain, isInside);
  }

  /**
   * Tells why what is to be answered next failed; a source that has its
   * acknowledgement is not told.
   */
  async fail(message: string): Promise<void> {
    await this.#give(() => this.#peer.sendFailure(message));
  }

  /** Says that the source went on after the last answer. */
  taken(): void {
    const isTaken = this.#trial === "open" && this.#wasGiven;
    this.#wasGiven = false;
    if (isTaken && ++this.#taken >= PROOF) this.#trial = "passed";
  }

  /** Sends the last answer again, and from now on each one that is due. */
  async repeat(): Promise<void> {
    this.#trial = "swallowed";
    this.#observer.report({
      kind: "verbose",
      message: () => `${ONE_AT_A_TIME}: going on in lockstep`,
    });
    await this.#sendOrLeave(new Uint8Array(1));
    await this.#peer.channel.flush().catch(unlessLost);
  }

  async #give(send: () => Promise<void>): Promise<void> {
    if (this.#trial === "swallowed") {
      return await this.#sendOrLeave(new Uint8Array(1));
    }
    this.#wasGiven = this.isGiven;
    if (this.#wasGiven) this.#ahead--;
    else await send();
  }

  async #runAhead(certain: number, isInside: boolean): Promise<void> {
    if (this.#mode === "none" || this.#trial === "swallowed") return;
    if (!this.#peer.isUnderstood) return;
    const hasWindow = this.#mode === "window" && isInside;
    if (this.#ahead >= (hasWindow ? this.#window / 2 : certain)) return;
    if (this.#trial === "passed") this.#window = WINDOW;
    const wanted = hasWindow ? this.#window : certain;
    const acknowledgements = new Uint8Array(wanted - this.#ahead);
    this.#ahead = wanted;
    await this.#sendOrLeave(acknowledgements);
    // The source may be out of them before we have to wait for it.
    if (hasWindow) await this.#peer.channel.flush().catch(unlessLost);
  }

  /** A source that has said all needs none; one that has not shows it. */
  async #sendOrLeave(acknowledgements: Uint8Array): Promise<void> {
    await this.#peer.channel.write(acknowledgements).catch(unlessLost);
  }
}

function unlessLost(error: unknown): void {
  if (!(error instanceof SessionError)) throw error;
}
