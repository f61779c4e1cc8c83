import type { RestPlace } from "../digest/file_rest.ts";
import { BLOCK_BYTES } from "../digest/hash_script.ts";
import { asEntryError, EntryError } from "../errors.ts";
import type { Attributes } from "../filesystem/file_system.ts";
import { findQuietly } from "../filesystem/find_quietly.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { FoundEntry } from "../tree/destination.ts";
import { findPoint, type ResumePoint, whole } from "../tree/resume_point.ts";
import { BeginningComparer, TOO_SHORT } from "./beginning_comparer.ts";
import type { HashSession } from "./hash_session.ts";
import type { RouteContext } from "./route.ts";
import { isOneEntry } from "./scp_request.ts";
import { nameBelow } from "./scp_upload_proof.ts";
import { DownloadPlaces, requestsFor } from "./sent_places.ts";

/** Knowledge of a file that is here, and of its source. */
export interface KnownFile {
  readonly point: ResumePoint;
  readonly place: RestPlace;
  /** Name of its source in messages. */
  readonly name: string;
  /** Length of its source by then, in bytes. */
  readonly size: number;
  /** Attributes of what is here. */
  readonly here: Attributes;
}

/** Files that a download finds here, about whose sources a host is asked. */
export class FilesHere {
  readonly #source: RemoteLocation;
  readonly #target: string;
  readonly #context: RouteContext;
  readonly #session: HashSession;
  readonly #comparer: BeginningComparer;
  #places: DownloadPlaces | undefined;
  #hasTarget = false;
  #files = 0;
  /** Bytes of them that need not come. */
  #saved = 0;
  #isWarned = false;

  /** @param session Session that is given the source for its operand. */
  constructor(
    source: RemoteLocation,
    target: string,
    context: RouteContext,
    session: HashSession,
  ) {
    this.#source = source;
    this.#target = target;
    this.#context = context;
    this.#session = session;
    this.#comparer = new BeginningComparer(context.files, session);
  }

  /** Looks at the target, before the copy begins. */
  async begin(): Promise<void> {
    const { files } = this.#context;
    this.#hasTarget = await findQuietly(files, this.#target) !== undefined;
    this.#places = await DownloadPlaces.find(
      this.#source,
      this.#target,
      this.#context,
    );
  }

  /** True where anything was at the target. */
  get hasTarget(): boolean {
    return this.#hasTarget;
  }

  /** True where they are large enough that each of them may cost a round trip. */
  get areWorth(): boolean {
    return this.#saved >= this.#files * BLOCK_BYTES;
  }

  /**
   * Finds the point for a file; gives `undefined` where nothing is told of it.
   *
   * @param name Name by which it came, where that is not its path's.
   */
  async ask(
    { path, attributes: here }: FoundEntry,
    name = this.#context.files.nameOf(path),
  ): Promise<KnownFile | undefined> {
    if (here.kind !== "file" || here.size === 0) return undefined;
    this.#files++;
    const sent = this.#places!.of({ path, name });
    const [place, another] = requestsFor(sent);
    const size = await this.#sizeOf(place!);
    if (size === undefined) return undefined;
    const inMessages = nameBelow(sent.top ?? this.#source.path, sent.inside);
    const known = (point: ResumePoint) => ({
      point,
      place: place!,
      name: `${this.#source.host}: ${inMessages}`,
      size,
      here,
    });
    const { path: operand } = this.#source;
    const isOne = isOneEntry(operand, this.#context.job.options);
    const mayClash = another !== undefined && !isOne;
    if (mayClash && await this.#sizeOf(another) !== undefined) {
      return known(whole("several sources have its name"));
    }
    if (here.size < size && here.size < BLOCK_BYTES) {
      return known(whole(TOO_SHORT));
    }
    const point = await findPoint(
      { size, there: here.size },
      (length) => this.#comparer.compare({ path, size, length }, place!),
    );
    const isShort = point.kind === "at" && point.at < BLOCK_BYTES;
    if (isShort) return known(whole(TOO_SHORT));
    if (point.kind !== "whole") this.#saved += lengthHere({ point, size });
    return known(point);
  }

  /** Tells whether the last operand that is on the host is the source of a file. */
  async isLastOperand(known: KnownFile, path: string): Promise<boolean> {
    const { size } = known;
    const length = lengthHere(known);
    const place = { path: "", base: { kind: "last" } } as const;
    return await this.#sizeOf(place) === size &&
      await this.#comparer.compare({ path, size, length }, place) === "same";
  }

  /** Gives the length of a file on the host; `undefined` where there is none. */
  async #sizeOf(place: RestPlace): Promise<number | undefined> {
    const told = await this.#session.size(place).catch(asEntryError);
    if (told instanceof EntryError) return undefined;
    if (told.kind === "answer") {
      return told.answer === "-" ? undefined : Number(told.answer);
    }
    this.warn(`all is copied whole: ${told.reason}`);
    return undefined;
  }

  /** Says once why not all goes on that could. */
  warn(reason: string): void {
    if (this.#isWarned) return;
    this.#isWarned = true;
    const message = `${this.#source.host}: ${reason}`;
    this.#context.observer.report({ kind: "warning", message });
  }
}

/** Gives the bytes of a file that are here and right. */
function lengthHere(
  { point, size }: Pick<KnownFile, "point" | "size">,
): number {
  return point.kind === "at" ? point.at : size;
}
