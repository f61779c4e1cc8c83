import type { MovingFile, Observer } from "../events/copy_event.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import type { RemoteLocation } from "../location/location.ts";
import { HashSession } from "./hash_session.ts";
import type { LoginPlans } from "./login_plan.ts";
import { PassedFiles } from "./passed_files.ts";
import type { RouteContext } from "./route.ts";
import { type ComparedFile, ScpProof } from "./scp_proof.ts";
import { UploadPlaces } from "./upload_places.ts";

/** Planner of an ssh beside those of a copy. */
export type PlansBeside = Pick<LoginPlans, "partBeside">;

/**
 * Gives the session that hashes the files of one operand over SCP. Since nothing can
 * be read back, its ssh asks once more where it has to.
 *
 * @param operand Operand as the remote shell is given it.
 */
export function hashSessionFor(
  operand: string,
  location: RemoteLocation,
  context: RouteContext,
  plans: PlansBeside,
): HashSession {
  return new HashSession(location, context, {
    operands: operand,
    findPart: async () =>
      await plans.partBeside(location, undefined) ?? { kind: "first" },
    interrupted: context.job.interrupted,
  });
}

/** Gives the name of a file below a target, for messages. */
export function nameBelow(target: string, place: string): string {
  return place === "" ? target : `${target || "."}/${place}`;
}

/** End of the message of a target that is another one. */
export const NOT_SENT = "what is there is not what was sent";

/**
 * Proof of an upload over SCP. Its session starts first, to tell whether the target is
 * a directory.
 */
export class UploadProof {
  readonly #paths: readonly string[];
  readonly #target: RemoteLocation;
  readonly #context: RouteContext;
  readonly #session: HashSession;
  readonly #passed: PassedFiles;
  readonly #proof: ScpProof;
  /** Number of times that each file was compared: several sources may bring it. */
  readonly #counts = new Map<string, number>();
  #places: UploadPlaces | undefined;

  /** @param session Session that is given the target for its operand. */
  constructor(
    paths: readonly string[],
    target: RemoteLocation,
    context: RouteContext,
    session: HashSession,
  ) {
    this.#paths = paths;
    this.#target = target;
    this.#context = context;
    this.#passed = new PassedFiles(context.files);
    this.#session = session;
    this.#proof = new ScpProof({
      host: target.host,
      session,
      interrupted: context.job.interrupted,
      find: (file) => this.#find(file),
    });
  }

  /** The local files, which tell the hash of what is read. */
  get files(): FileSystem {
    return this.#passed.files;
  }

  /**
   * Starts the session, and waits until it tells what the target is.
   *
   * @param targetIsDirectory True where the target is a directory in any case.
   */
  async begin(targetIsDirectory: boolean): Promise<void> {
    const isInside = await this.#session.isThere() || targetIsDirectory;
    this.#places = new UploadPlaces(this.#paths, isInside, this.#context);
  }

  /** Gives an observer that tells of a file that arrived once it is proven. */
  observing(observer: Observer): Observer {
    return this.#proof.observing(observer);
  }

  /** Waits until all that arrived is proven, or has failed. */
  async settle(): Promise<void> {
    await this.#proof.settle();
  }

  #find(file: MovingFile): ComparedFile {
    const places = this.#placesOf(file.path);
    return {
      requests: places.map((path) => ({ path, base: { kind: "target" } })),
      name: nameBelow(this.#target.path, places[0] ?? ""),
      failure: NOT_SENT,
      expected: [this.#passed.take(file)],
    };
  }

  /**
   * Gives the paths below the target at which a file may have arrived, the likeliest
   * first: where it is in several sources, one of those may have failed.
   */
  #placesOf(path: string): readonly string[] {
    const places = this.#places!.of(path);
    const count = this.#counts.get(path) ?? 0;
    if (places.length > 1) this.#counts.set(path, count + 1);
    return [...places.slice(count), ...places.slice(0, count)];
  }
}
