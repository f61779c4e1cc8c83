import { asConnectionFailure, SessionError } from "../errors.ts";
import { currentUmask } from "../disk/local_file_system.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Observer } from "../events/copy_event.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import type { Sink } from "../scp/sink.ts";
import type { DownloadResume } from "./download_resume.ts";
import type { RemoteScp } from "./remote_scp.ts";
import type { RouteContext } from "./route.ts";
import {
  hostObserver,
  lengthlessObserver,
  MissingFirst,
} from "./scp_observers.ts";
import {
  ackPolicyFor,
  checkReceived,
  isShellsToRead,
  PERMISSION_BITS,
  type ScpRequest,
  type SourceReading,
  topRules,
} from "./scp_request.ts";
import type { DownloadProof } from "./scp_source_proof.ts";
import type { ConnectionFailures, Dialogue } from "./scp_sessions.ts";

/** Reading of a source operand, and the target of what it names. */
export interface Download extends SourceReading {
  readonly target: string;
}

/** Helpers of a download, each absent where nobody wants it. */
export interface DownloadHelpers {
  /** Proof of what arrives. */
  readonly proof: DownloadProof | undefined;
  /** Way to go on with what is here. */
  readonly resume: DownloadResume | undefined;
}

/** Means of a download. */
export interface DownloadMeans {
  readonly helpers: DownloadHelpers;
  /** Part of its ssh, which shares the login of another one; absent where it logs in. */
  readonly part?: LoginPart | undefined;
}

/** Dialogue that receives what a source sends. */
export class DownloadDialogue implements Dialogue {
  readonly request: ScpRequest;
  readonly #target: string;
  readonly #context: RouteContext;
  readonly #missing: MissingFirst;
  readonly #proof: DownloadProof | undefined;
  readonly #resume: DownloadResume | undefined;
  #sink: Sink | undefined;

  constructor(
    source: RemoteLocation,
    { path, target, hasNext }: Download,
    context: RouteContext,
    { helpers: { proof, resume }, part }: DownloadMeans,
  ) {
    this.#proof = proof;
    this.#resume = resume;
    const { targetIsDirectory, existing } = context.job.options;
    this.request = {
      role: "-f",
      location: source,
      path,
      targetIsDirectory,
      preserve: existing?.keepsSame === true || existing?.keepsNewer === true,
      part,
      isTrial: part !== undefined,
    };
    this.#target = target;
    this.#context = context;
    const observer: Observer = isShellsToRead(context.job.options)
      ? context.observer
      : hostObserver(source.host, context.observer);
    this.#missing = new MissingFirst(lengthlessObserver(source, observer), {
      hasNext,
    });
  }

  /** True where nothing was found, which was not reported. */
  get foundNothing(): boolean {
    return this.#missing.isMissing;
  }

  /** True where the source was told that files need not come, and ends with status 1. */
  get hasRefused(): boolean {
    return this.#resume?.hasRefused === true;
  }

  async start(
    [scp]: readonly [RemoteScp],
  ): Promise<ConnectionFailures | undefined> {
    const { job, among, rules } = this.#context;
    const proof = this.#proof;
    const files = proof?.files ?? this.#context.files;
    const observer = proof?.observing(this.#missing) ?? this.#missing;
    const { location } = this.request;
    const { recursive, preserve, targetIsDirectory, existing } = job.options;
    // This machine grants no set-id bits of another one.
    const policy = {
      preserve,
      umask: currentUmask(),
      modeBits: PERMISSION_BITS,
      given: job.options.modes,
    };
    // It is loaded while ssh logs in.
    const { Sink } = await import("../scp/sink.ts");
    this.#resume?.storeIn({ files, policy, observer });
    this.#sink = new Sink(scp.channel, files, {
      ...topRules(location, job.options),
      recursive,
      targetIsDirectory,
      overwriteTarget: false,
      // As over SFTP, where the server looks at the path as it is.
      directory: location.path.endsWith("/")
        ? `${location.host}: ${location.path}`
        : undefined,
      among,
      mayHearShell: true,
      ackPolicy: ackPolicyFor(location.path, job.options),
      platform: job.rules.platform,
      label: `${location.host}: `,
      ...(rules === undefined ? {} : { filter: rules }),
      ...(existing === undefined ? {} : { existing }),
      isAtomic: job.options.isAtomic === true,
      store: policy,
      present: this.#resume,
    }, observer);
    return await this.#sink.begin(this.#target)
      .then(() => undefined, (error) => [asConnectionFailure(error)]);
  }

  async run(): Promise<ConnectionFailures> {
    const { observer } = this.#context;
    const failuresBefore = observer.failures;
    try {
      const received = await this.#sink!.receiveEntries();
      await this.#settle({ isLost: false });
      this.#missing.settle(received.entries);
      checkReceived(received, this.request.location.path, {
        isExplained: this.foundNothing || observer.failures > failuresBefore,
      });
      return [undefined];
    } catch (error) {
      await this.#settle({ isLost: error instanceof SessionError });
      this.#missing.settle();
      return [asConnectionFailure(error)];
    }
  }

  async #settle(end: { isLost: boolean }): Promise<void> {
    await this.#resume?.settle(end);
    await this.#proof?.settle();
  }
}
