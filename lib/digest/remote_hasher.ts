import type { Channel } from "../channel/channel.ts";
import { readLine } from "../channel/line.ts";
import { ProtocolError, SessionError } from "../errors.ts";
import { decodeName } from "../names/name_bytes.ts";
import {
  checkPath,
  formatRequests,
  type HashAnswers,
  type HashBase,
  type HashRequest,
  isShareable,
  mostLines,
  parseAnswerLine,
  parseTool,
  takeRequests,
} from "./hash_script.ts";

/** Longest line of an answer, in bytes: it may hold a name. */
const MAX_LINE_BYTES = 64 * 1024;

/** Most flights of requests: what is asked for meanwhile shares the next one. */
const MOST_FLIGHTS = 4;

/** The same where the next request shares none. */
const MOST_ALONE = 64;

/** Request that was not answered. */
interface Pending extends HashRequest {
  /** True where it shared a flight that was answered without hashes. */
  isAlone: boolean;
  resolve(answer: string | undefined): void;
  reject(error: unknown): void;
}

/**
 * Dialogue with the script that hashes files on a host. Requests leave without a wait
 * for the answers to those before, which come in the same order. Small files that are
 * asked for while enough is in flight share one call of the tool.
 */
export class RemoteHasher {
  /** True where the first operand of the script was a directory at its start. */
  readonly isThere: boolean;
  readonly #channel: Channel;
  /** Base of the last request that was sent. */
  #base: HashBase | undefined;
  readonly #waiting: Pending[] = [];
  /** Requests that were sent, by their flights. */
  readonly #flights: (readonly Pending[])[] = [];
  #isSending = false;
  #isReading = false;
  #failure: { readonly error: unknown } | undefined;

  private constructor(channel: Channel, isThere: boolean) {
    this.#channel = channel;
    this.isThere = isThere;
  }

  /**
   * Begins the dialogue behind the script's key.
   *
   * @returns `undefined` where the host has no tool that hashes.
   * @throws {SessionError} If the connection is lost.
   * @throws {ProtocolError} If no script answers.
   */
  static async begin(channel: Channel): Promise<RemoteHasher | undefined> {
    if (parseTool(await readText(channel)) === undefined) return undefined;
    const isThere = (await readText(channel)).trimEnd() === "there";
    return new RemoteHasher(channel, isThere);
  }

  /**
   * Has a file hashed, or what else is asked of it; gives the answer as in
   * `HashAnswers`.
   *
   * @throws {EntryError} If the path cannot be sent.
   * @throws {SessionError} If the connection is lost.
   * @throws {ProtocolError} If the answer is none.
   */
  async ask(request: HashRequest): Promise<string | undefined> {
    checkPath(request.path);
    if (this.#failure !== undefined) throw this.#failure.error;
    const { promise, resolve, reject } = Promise.withResolvers<
      string | undefined
    >();
    this.#waiting.push({ ...request, isAlone: false, resolve, reject });
    this.#proceed();
    return await promise;
  }

  #proceed(): void {
    this.#orFail(() => this.#send());
    this.#orFail(() => this.#readAnswers());
  }

  /** Sends what waits, as far as not enough is in flight. */
  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    // What is asked for at once leaves in one flight.
    await Promise.resolve();
    for (let next; (next = this.#waiting[0]) !== undefined;) {
      const isAlone = next.isAlone || !isShareable(next);
      const most = isAlone ? MOST_ALONE : MOST_FLIGHTS;
      if (this.#flights.length >= most) break;
      const flight = isAlone
        ? this.#waiting.splice(0, 1)
        : takeRequests(this.#waiting);
      this.#flights.push(flight);
      this.#orFail(() => this.#readAnswers());
      await this.#channel.write(formatRequests(flight, this.#base));
      this.#base = flight[0]!.base;
      await this.#channel.flush();
    }
    this.#isSending = false;
  }

  async #readAnswers(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#flights.length > 0) {
      const answers = await this.#readAnswer(this.#flights[0]!);
      this.#settle(this.#flights.shift()!, answers);
      this.#orFail(() => this.#send());
    }
    this.#isReading = false;
  }

  /** Hands out answers; files that shared a flight in vain are asked for one by one. */
  #settle(flight: readonly Pending[], answers: HashAnswers): void {
    for (const [at, pending] of flight.entries()) {
      const answer = answers[at];
      if (answer !== undefined || flight.length === 1) pending.resolve(answer);
      else {
        pending.isAlone = true;
        this.#waiting.push(pending);
      }
    }
  }

  async #readAnswer(requests: readonly HashRequest[]): Promise<HashAnswers> {
    const lines: string[] = [];
    while (lines.length <= mostLines(requests)) {
      const line = await readText(this.#channel);
      const answers = parseAnswerLine(line, lines, requests);
      if (answers !== undefined) return answers;
      lines.push(line);
    }
    throw new ProtocolError("protocol error: too long an answer");
  }

  /** Runs a step; what it throws is the failure of all requests. */
  async #orFail(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#failure ??= { error };
      const left = [...this.#flights.splice(0).flat(), ...this.#waiting];
      this.#waiting.length = 0;
      for (const { reject } of left) reject(error);
    }
  }
}

/**
 * Reads a line.
 *
 * @throws {SessionError} If there is none.
 */
export async function readText(channel: Channel): Promise<string> {
  const line = await readLine(channel, MAX_LINE_BYTES);
  if (line === undefined) throw new SessionError("lost connection");
  return decodeName(line);
}
