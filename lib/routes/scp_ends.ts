import { ProtocolError, RefusalError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Tally } from "../events/tally.ts";
import type { SshEnd } from "../ssh/session.ts";
import type { ConnectionFailure } from "./breach.ts";
import { confusionHint } from "./confusion.ts";
import type { DialogueContext } from "./context.ts";
import type { CopyJob } from "../options/copy_options.ts";
import { lostMessage } from "./lost.ts";
import type { RemoteScp } from "./remote_scp.ts";
import { asHostsWords } from "./remote_words.ts";

/** An scp that was talked to, and what broke the dialogue with it. */
export interface EndedScp {
  readonly scp: RemoteScp;
  readonly breach: ConnectionFailure | undefined;
}

/** Status of ssh itself. */
const SSH_FAILED = 255;

/** Reports what scps left to report when their dialogue was over. */
export class ScpEnds {
  readonly #context: DialogueContext;
  readonly #job: CopyJob;
  readonly #observer: Tally;

  constructor(context: DialogueContext) {
    this.#context = context;
    this.#job = context.job;
    this.#observer = context.observer;
  }

  /**
   * Sees each one to its end, and reports it.
   *
   * @param failuresBefore How many were reported before it was talked to.
   */
  async report(
    scps: readonly EndedScp[],
    failuresBefore: number,
  ): Promise<void> {
    const isWhole = scps.every(({ breach }) => breach === undefined);
    const untold = isWhole ? [] : scps;
    for (const { scp: { session } } of untold) session.showHeld();
    for (const { scp: { location: { host } }, breach } of scps) {
      if (!(breach instanceof ProtocolError)) continue;
      const message = breach.message +
        confusionHint(breach, this.#job.options);
      const isTheirs = breach instanceof RefusalError && scps.length === 1;
      this.#observer.report({
        kind: "failure",
        message: this.#worded(host, message, { isTheirs }),
      });
    }
    if (scps.some(({ breach }) => breach instanceof ProtocolError)) return;
    const ends = await Promise.all(
      scps.map(({ scp }) => scp.session.end({ isWhole })),
    );
    const ended = scps.map(({ scp: { location, role }, breach }, at) => ({
      location,
      role,
      breach,
      end: ends[at]!,
    }));
    for (const { location, breach, end } of ended) {
      if (breach === undefined) continue;
      this.#observer.report({
        kind: "failure",
        message: lostMessage(location, breach, { end, job: this.#job }),
        isConnection: true,
      });
    }
    // What one host's end brings about at another is not that one's failure.
    if (!isWhole) return;
    for (const { location, role, end } of ended) {
      if (role === "-t") this.#hearLeftover(location, end);
    }
    for (const { location, end } of ended) {
      this.#reportEnd(location, end, failuresBefore);
    }
  }

  /** Words a message about a host: with -O its scp's own are left as they are. */
  #worded(
    host: string,
    message: string,
    { isTheirs }: { isTheirs: boolean },
  ): string {
    if (this.#context.hosts.mayChange) return asHostsWords(host, message);
    return isTheirs ? message : `${host}: ${message}`;
  }

  #reportEnd(
    { host }: RemoteLocation,
    { code, failure }: SshEnd,
    failuresBefore: number,
  ): void {
    // An scp that could not copy something has said so, and ends with 1.
    const isTold = (code === 1 || this.#job.interrupted.aborted) &&
      this.#observer.failures > failuresBefore;
    if (failure === undefined || isTold) return;
    if (code >= SSH_FAILED) {
      this.#observer.report({
        kind: "failure",
        message: `${host}: ${failure}`,
        isConnection: true,
      });
    } else {this.#observer.report({
        kind: "failure",
        message: `${host}: ${failure}`,
      });}
  }

  /**
   * A shell may say what looks like scp's first acknowledgement. Then each that
   * follows is taken for the one before it, and the last is left over.
   */
  #hearLeftover(location: RemoteLocation, { leftover }: SshEnd): void {
    // deno-lint-ignore no-control-regex
    const [, extra, refusal] = /^(\0*)(?:\x01(.*)\n)?/s.exec(leftover)!;
    if (extra !== "") this.#context.shells.tell(location, extra!);
    if (refusal !== undefined) {
      const { host } = location;
      this.#observer.report({
        kind: "failure",
        message: this.#worded(host, refusal, { isTheirs: true }),
      });
    }
  }
}
