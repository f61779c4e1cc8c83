import {
  asConnectionFailure,
  type ConnectionFailure,
  ProtocolError,
  RefusalError,
} from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Observer } from "../events/copy_event.ts";
import type { Relay } from "../scp/relay.ts";
import type { RemoteScp } from "./remote_scp.ts";
import type { RouteContext } from "./route.ts";
import {
  hostsObserver,
  lengthlessObserver,
  MissingFirst,
} from "./scp_observers.ts";
import {
  checkReceived,
  isShellsToRead,
  nameForMissing,
  PERMISSION_BITS,
  recordModeBits,
  type ScpRequest,
  type SourceReading,
  targetText,
  type TopRules,
  topRules,
} from "./scp_request.ts";
import type { RelayProof } from "./scp_source_proof.ts";
import type { ConnectionFailures, Dialogue } from "./scp_sessions.ts";

/**
 * Dialogue that passes what a source on one host sends to a sink on another. The
 * sink starts first: it speaks by itself, so that either ssh may ask in its turn.
 */
export class RelayDialogue implements Dialogue {
  readonly requests: readonly ScpRequest[];
  readonly #source: RemoteLocation;
  readonly #target: RemoteLocation;
  readonly #context: RouteContext;
  readonly #rules: TopRules;
  readonly #missing: MissingFirst;
  readonly #proof: RelayProof | undefined;
  #relay: Relay | undefined;

  /**
   * @param proof Proof of what arrives; absent where nobody wants one.
   * @throws {EntryError} If no remote shell can be given the target.
   */
  constructor(
    source: RemoteLocation,
    target: RemoteLocation,
    { path, hasNext }: SourceReading,
    context: RouteContext,
    proof: RelayProof | undefined,
  ) {
    this.#proof = proof;
    const { options } = context.job;
    this.#source = source;
    this.#target = target;
    this.#context = context;
    this.#rules = topRules(source, options);
    const observer: Observer = isShellsToRead(options)
      ? context.observer
      : hostsObserver([source.host, target.host], context.observer);
    this.#missing = new MissingFirst(lengthlessObserver(source, observer), {
      hasNext,
    });
    const { targetIsDirectory } = options;
    this.requests = [{
      role: "-t",
      location: target,
      path: targetText(target.path, options),
      targetIsDirectory: targetIsDirectory || this.#rules.top === "content",
      isSecond: true,
    }, { role: "-f", location: source, path, targetIsDirectory }];
  }

  /** True where nothing was found, which was not reported. */
  get foundNothing(): boolean {
    return this.#missing.isMissing;
  }

  async start(
    [to, from]: readonly [RemoteScp, RemoteScp],
  ): Promise<ConnectionFailures | undefined> {
    try {
      this.#relay = await this.#relayFrom(
        from,
        to.channel,
        this.#rules.topName,
      );
      await this.#relay.begin();
      return undefined;
    } catch (error) {
      const failure = asConnectionFailure(error);
      if (!this.#canMakeTarget(failure)) return this.#broken(failure);
      return await this.#makeTarget(to, from);
    }
  }

  #canMakeTarget(failure: ConnectionFailure): boolean {
    return failure instanceof RefusalError &&
      failure.message.endsWith("No such file or directory") &&
      this.#rules.top === "content" &&
      !this.#context.job.options.targetIsDirectory;
  }

  /** Has the sink make the missing target of a dot path. */
  async #makeTarget(
    to: RemoteScp,
    from: RemoteScp,
  ): Promise<ConnectionFailures | undefined> {
    const { path } = this.requests[0]!;
    const name = nameForMissing(this.#target.path);
    try {
      const channel = await to.restart({ path, targetIsDirectory: false });
      this.#relay = await this.#relayFrom(from, channel, name);
      await this.#relay.begin();
      return undefined;
    } catch (error) {
      return this.#broken(asConnectionFailure(error));
    }
  }

  async #relayFrom(
    from: RemoteScp,
    target: RemoteScp["channel"],
    topName: string | undefined,
  ): Promise<Relay> {
    // It is loaded while ssh logs in.
    const { Relay } = await import("../scp/relay.ts");
    const { options } = this.#context.job;
    const { recursive, lockstep } = options;
    const modeBits = options.preserve
      ? recordModeBits(options)
      : PERMISSION_BITS;
    const { top, warnsOfEncoded = false, objectionTo } = this.#rules;
    return new Relay(
      { host: this.#source.host, channel: from.channel },
      { host: this.#target.host, channel: target },
      {
        modeBits,
        given: options.modes,
        lockstep,
        rules: {
          recursive,
          top,
          warnsOfEncoded,
          objectionTo,
        },
        ...(topName === undefined ? {} : { topName }),
      },
      this.#proof?.observing(this.#missing) ?? this.#missing,
    );
  }

  async run(): Promise<ConnectionFailures> {
    const { observer } = this.#context;
    const failuresBefore = observer.failures;
    try {
      const received = await this.#relay!.relayEntries();
      await this.#proof?.settle();
      this.#missing.settle(received.entries);
      checkReceived(received, this.#source.path, {
        isExplained: this.foundNothing || observer.failures > failuresBefore,
      });
      return [undefined, undefined];
    } catch (error) {
      await this.#proof?.settle();
      this.#missing.settle();
      return this.#broken(asConnectionFailure(error));
    }
  }

  /** Failures in the order of the requests: the target's, then the source's. */
  #broken(failure: ConnectionFailure): ConnectionFailures {
    const isTargets = this.#relay?.isTargetBroken ??
      failure instanceof ProtocolError;
    return isTargets ? [failure, undefined] : [undefined, failure];
  }
}
