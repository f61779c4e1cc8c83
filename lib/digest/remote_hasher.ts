import type { Channel } from "../channel/channel.ts";
import { readLine } from "../channel/line.ts";
import { ProtocolError, SessionError } from "../errors.ts";
import { decodeName } from "../names/name_bytes.ts";
import {
  formatRequest,
  type HashAnswer,
  type HashRequest,
  parseAnswerLine,
  parseTool,
} from "./hash_script.ts";

/** Longest line of an answer, in bytes: it may hold a name. */
const MAX_LINE_BYTES = 16 * 1024;

/** Most lines of an answer before the last one. */
const MAX_LINES = 8;

/** Request that was not answered. */
type Pending = PromiseWithResolvers<HashAnswer>;

/**
 * Dialogue with the script that hashes files on a host. Requests leave without a
 * wait for the answers to those before, which come in the same order.
 */
export class RemoteHasher {
  readonly #channel: Channel;
  readonly #pending: Pending[] = [];
  #unsent: Uint8Array[] = [];
  #isSending = false;
  #isReading = false;
  #failure: { readonly error: unknown } | undefined;

  private constructor(channel: Channel) {
    this.#channel = channel;
  }

  /**
   * Begins the dialogue behind the script's key.
   *
   * @returns `undefined` where the host has no tool that hashes.
   * @throws {SessionError} If the connection is lost.
   * @throws {ProtocolError} If no script answers.
   */
  static async begin(channel: Channel): Promise<RemoteHasher | undefined> {
    const line = await readLine(channel, MAX_LINE_BYTES);
    if (line === undefined) throw new SessionError("lost connection");
    const tool = parseTool(decodeName(line));
    return tool === undefined ? undefined : new RemoteHasher(channel);
  }

  /**
   * Has a file hashed.
   *
   * @throws {EntryError} If the path cannot be sent.
   * @throws {SessionError} If the connection is lost.
   * @throws {ProtocolError} If the answer is none.
   */
  async hash(request: HashRequest): Promise<HashAnswer> {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#unsent.push(formatRequest(request));
    const pending = Promise.withResolvers<HashAnswer>();
    this.#pending.push(pending);
    this.#orFail(() => this.#send());
    this.#orFail(() => this.#readAnswers());
    return await pending.promise;
  }

  /** Sends all requests that wait, those that are made meanwhile too. */
  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    // What is asked for at once leaves in one flight.
    await Promise.resolve();
    while (this.#unsent.length > 0) {
      const requests = this.#unsent;
      this.#unsent = [];
      for (const request of requests) await this.#channel.write(request);
      await this.#channel.flush();
    }
    this.#isSending = false;
  }

  async #readAnswers(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#pending.length > 0) {
      const answer = await this.#readAnswer();
      this.#pending.shift()!.resolve(answer);
      // Whoever waited may ask for more.
      await Promise.resolve();
    }
    this.#isReading = false;
  }

  async #readAnswer(): Promise<HashAnswer> {
    const lines: string[] = [];
    while (lines.length <= MAX_LINES) {
      const line = await readLine(this.#channel, MAX_LINE_BYTES);
      if (line === undefined) throw new SessionError("lost connection");
      const answer = parseAnswerLine(line, lines);
      if (answer !== undefined) return answer;
      lines.push(decodeName(line));
    }
    throw new ProtocolError("protocol error: too long an answer");
  }

  /** Runs a step; what it throws is the failure of all requests. */
  async #orFail(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#failure ??= { error };
      for (const { reject } of this.#pending.splice(0)) reject(error);
    }
  }
}
