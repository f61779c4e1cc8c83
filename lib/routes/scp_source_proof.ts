/** Proofs of what a host sends over SCP: to this machine, or to another host. */

import type { MovingFile, Observer } from "../events/copy_event.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { HashSession } from "./hash_session.ts";
import { PassedFiles } from "./passed_files.ts";
import type { RouteContext } from "./route.ts";
import { type ComparedFile, ScpProof } from "./scp_proof.ts";
import { type SourceReading, targetText, topRules } from "./scp_request.ts";
import {
  DownloadPlaces,
  isUnnamed,
  requestsFor,
  split,
} from "./sent_places.ts";
import {
  hashSessionFor,
  nameBelow,
  NOT_SENT,
  type PlansBeside,
} from "./scp_upload_proof.ts";

/** Proof of a copy whose source is on a host. */
export interface SourceProof {
  /** Finds out what it has to know of the target, before the copy begins. */
  begin(): Promise<void>;
  /** Gives an observer that tells of a file that arrived once it is proven. */
  observing(observer: Observer): Observer;
  /** Waits until all that arrived is proven, or has failed. */
  settle(): Promise<void>;
}

/** Source of a copy, as one reading of its operand has it. */
export interface ReadSource extends SourceReading {
  readonly source: RemoteLocation;
}

/** Proof of a download over SCP. */
export class DownloadProof implements SourceProof {
  readonly #source: RemoteLocation;
  /** True where a session may be started in vain. */
  readonly #mayFindNothing: boolean;
  readonly #target: string;
  readonly #context: RouteContext;
  readonly #session: HashSession;
  readonly #passed: PassedFiles;
  readonly #proof: ScpProof;
  #places: DownloadPlaces | undefined;

  /** @param session Session that is given the source for its operand. */
  constructor(
    { source, hasNext, target }: ReadSource & { target: string },
    context: RouteContext,
    session: HashSession,
  ) {
    this.#source = source;
    this.#mayFindNothing = hasNext;
    this.#target = target;
    this.#context = context;
    this.#passed = new PassedFiles(context.files);
    this.#session = session;
    this.#proof = new ScpProof({
      host: source.host,
      session: this.#session,
      interrupted: context.job.interrupted,
      find: (file) => this.#find(file),
    });
  }

  /** The local files, which tell the hash of what is written. */
  get files(): FileSystem {
    return this.#passed.files;
  }

  async begin(): Promise<void> {
    if (!this.#mayFindNothing) this.#session.start();
    this.#places = await DownloadPlaces.find(
      this.#source,
      this.#target,
      this.#context,
    );
  }

  observing(observer: Observer): Observer {
    return this.#proof.observing(observer);
  }

  async settle(): Promise<void> {
    await this.#proof.settle();
  }

  #find(file: MovingFile): ComparedFile {
    const place = this.#places!.of(file);
    const { top = this.#source.path, inside } = place;
    return {
      requests: requestsFor(place),
      takesAny: true,
      name: nameBelow(top, inside),
      failure: "what arrived is not what is there",
      expected: [this.#passed.take(file)],
    };
  }
}

/** Proof of a copy between two hosts over SCP: each of them hashes its file. */
export class RelayProof implements SourceProof {
  readonly #source: RemoteLocation;
  /** True where a session may be started in vain. */
  readonly #mayFindNothing: boolean;
  readonly #target: RemoteLocation;
  readonly #context: RouteContext;
  readonly #from: HashSession;
  readonly #to: HashSession;
  readonly #proof: ScpProof;
  readonly #targetIsDirectory: boolean;
  #isInside = false;

  /** @throws {EntryError} If no remote shell can be given the target. */
  constructor(
    { source, path, hasNext, target }: ReadSource & { target: RemoteLocation },
    context: RouteContext,
    plans: PlansBeside,
  ) {
    const { options, interrupted } = context.job;
    this.#source = source;
    this.#mayFindNothing = hasNext;
    this.#target = target;
    this.#context = context;
    this.#targetIsDirectory = options.targetIsDirectory;
    this.#from = hashSessionFor(path, source, context, plans);
    const targetOperand = targetText(target.path, options);
    this.#to = hashSessionFor(targetOperand, target, context, plans);
    this.#proof = new ScpProof({
      host: target.host,
      otherHost: source.host,
      session: this.#to,
      interrupted,
      find: (file) => this.#find(file),
    });
  }

  async begin(): Promise<void> {
    this.#isInside = await this.#to.isThere() || this.#targetIsDirectory;
    if (!this.#mayFindNothing) this.#from.start();
  }

  observing(observer: Observer): Observer {
    return this.#proof.observing(observer);
  }

  async settle(): Promise<void> {
    await this.#proof.settle();
  }

  /** Ends its sessions. */
  async end(): Promise<void> {
    await Promise.all([this.#from.end(), this.#to.end()]);
  }

  #find({ path }: MovingFile): ComparedFile {
    const { first, rest } = split(path);
    const { top } = topRules(this.#source, this.#context.job.options);
    const isUnknown = isUnnamed(this.#source, this.#context);
    const place = this.#isInside && top !== "content" ? path : rest;
    const sources = requestsFor({
      top: isUnknown ? undefined : first,
      inside: rest,
    });
    return {
      requests: [{ path: place, base: { kind: "target" } }],
      name: nameBelow(this.#target.path, place),
      failure: NOT_SENT,
      expected: sources.map((request) => () => this.#from.hash(request)),
    };
  }
}
