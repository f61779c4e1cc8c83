/** Proofs of what a host sends over SCP: to this machine, or to another host. */

import { withSlashes } from "../names/remote_path.ts";
import type { HashBase, HashRequest } from "../digest/hash_script.ts";
import type { MovingFile, Observer } from "../events/copy_event.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { HashSession } from "./hash_session.ts";
import { PassedFiles } from "./passed_files.ts";
import type { RouteContext } from "./route.ts";
import { type ComparedFile, ScpProof } from "./scp_proof.ts";
import { type SourceReading, targetText, topRules } from "./scp_request.ts";
import {
  hashSessionFor,
  nameBelow,
  NOT_SENT,
  type PlansBeside,
} from "./scp_upload_proof.ts";

/** Most operands of one name that are looked into for a file. */
const MOST_OF_A_NAME = 4;

/** Proof of a copy whose source is on a host. */
export interface SourceProof {
  /** Finds out what it has to know of the target, before the copy begins. */
  begin(): Promise<void>;
  /** Gives an observer that tells of a file that arrived once it is proven. */
  observing(observer: Observer): Observer;
  /** Waits until all that arrived is proven, or has failed. */
  settle(): Promise<void>;
  /** Ends its sessions. */
  end(): Promise<void>;
}

/** Source of a copy, as one reading of its operand has it. */
export interface ReadSource extends SourceReading {
  readonly source: RemoteLocation;
}

/** Place of a file in what a host sends. */
interface SentPlace {
  /** Name of the topmost entry; absent where the operand is known without it. */
  readonly top: string | undefined;
  /** Path below the topmost entry; empty for that one. */
  readonly inside: string;
}

/** Gives the requests for the hash of a file that a host has sent. */
function requestsFor({ top, inside }: SentPlace): readonly HashRequest[] {
  if (top === undefined) return [{ path: inside, base: { kind: "first" } }];
  return Array.from({ length: MOST_OF_A_NAME }, (_, at) => {
    const base: HashBase = { kind: "source", name: top, count: at + 1 };
    return { path: inside, base };
  });
}

/** Splits the path of an entry behind its first name. */
function split(path: string): { first: string; rest: string } {
  const [first = "", ...rest] = path.split("/");
  return { first, rest: rest.join("/") };
}

/** Tells whether a topmost entry is that of the one operand, whatever its name. */
function isUnnamed(source: RemoteLocation, { job }: RouteContext): boolean {
  const { top, topName } = topRules(source, job.options);
  return top === "content" || topName !== undefined;
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
  #isInside = false;

  constructor(
    { source, path, hasNext, target }: ReadSource & { target: string },
    context: RouteContext,
    plans: PlansBeside,
  ) {
    this.#source = source;
    this.#mayFindNothing = hasNext;
    this.#target = target;
    this.#context = context;
    this.#passed = new PassedFiles(context.files);
    this.#session = hashSessionFor(path, source, context, plans);
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
    const found = await this.#context.files.find(this.#target);
    this.#isInside = found?.kind === "directory";
  }

  observing(observer: Observer): Observer {
    return this.#proof.observing(observer);
  }

  async settle(): Promise<void> {
    await this.#proof.settle();
  }

  async end(): Promise<void> {
    await this.#session.end();
  }

  #find(file: MovingFile): ComparedFile {
    const place = this.#placeOf(file);
    const { top = this.#source.path, inside } = place;
    return {
      requests: requestsFor(place),
      takesAny: true,
      name: nameBelow(top, inside),
      failure: "what arrived is not what is there",
      expected: [this.#passed.take(file)],
    };
  }

  #placeOf({ path, name }: MovingFile): SentPlace {
    const { files, job: { rules } } = this.#context;
    const isUnknown = isUnnamed(this.#source, this.#context);
    const { top } = topRules(this.#source, this.#context.job.options);
    if (path === this.#target) {
      return { top: isUnknown ? undefined : name, inside: "" };
    }
    const below = path.slice(files.join(this.#target, "").length);
    const inside = withSlashes(below, rules);
    // The target is the topmost entry, or its content goes there.
    if (top === "content" || !this.#isInside) return { top: undefined, inside };
    const { first, rest } = split(inside);
    return { top: isUnknown ? undefined : first, inside: rest };
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
