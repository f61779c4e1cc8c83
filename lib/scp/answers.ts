import { SessionError } from "../errors.ts";
import type { ScpPeer } from "./peer.ts";

/**
 * How far a sink's acknowledgements are ahead of what they acknowledge:
 *
 * - `none`: each is given when it is due.
 * - `certain`: one may be given when it is certain to become due.
 * - `window`: inside a folder a source never waits for one.
 *
 * A source that waits for none can send the rest and end well while it is still
 * on its way, and ssh then ends well although the connection is cut. So a window
 * is only for one entry, whose own end shows whether all of it has come.
 */
export type Ahead = "none" | "certain" | "window";

/**
 * How many acknowledgements a window holds. It takes two to three a file, so
 * this is enough for far more files than come in one round trip; and a pipe
 * holds it, so that nobody waits to write them.
 */
const WINDOW = 8192;

/**
 * The answers of a sink: one for each record and one for each body. A source
 * reads one byte after each step and does not care when it was sent. What is
 * acknowledged before it came cannot be refused any more.
 */
export class Answers {
  readonly #peer: ScpPeer;
  readonly #mode: Ahead;
  /** Acknowledgements that were sent and are not due yet. */
  #ahead = 0;

  constructor(peer: ScpPeer, mode: Ahead) {
    this.#peer = peer;
    this.#mode = mode;
  }

  /** Whether the answer that is due next was given, as an acknowledgement. */
  get isGiven(): boolean {
    return this.#ahead > 0;
  }

  /**
   * Acknowledges what is to be answered next.
   *
   * @param certain How many answers are certain to become due after it.
   * @param isInside Whether the source is in a folder after it.
   */
  async ok(certain: number, isInside: boolean): Promise<void> {
    if (this.isGiven) this.#ahead--;
    else await this.#peer.sendOk();
    await this.#runAhead(certain, isInside);
  }

  /**
   * Tells why what is to be answered next failed; a source that has its
   * acknowledgement is not told.
   */
  async fail(message: string): Promise<void> {
    if (this.isGiven) this.#ahead--;
    else await this.#peer.sendFailure(message);
  }

  async #runAhead(certain: number, isInside: boolean): Promise<void> {
    if (this.#mode === "none" || !this.#peer.isUnderstood) return;
    const hasWindow = this.#mode === "window" && isInside;
    if (this.#ahead >= (hasWindow ? WINDOW / 2 : certain)) return;
    const wanted = hasWindow ? WINDOW : certain;
    const acknowledgements = new Uint8Array(wanted - this.#ahead);
    this.#ahead = wanted;
    const { channel } = this.#peer;
    try {
      await channel.write(acknowledgements);
      // The source may be out of them before we have to wait for it.
      if (hasWindow) await channel.flush();
    } catch (error) {
      // A source that has said all needs none; one that has not shows it.
      if (!(error instanceof SessionError)) throw error;
    }
  }
}
