import { type RestPlace, writablePoint } from "../digest/file_rest.ts";
import { BLOCK_BYTES } from "../digest/hash_script.ts";
import { asEntryError, EntryError, SessionError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import { startFile, untilSettled } from "../events/file_progress.ts";
import type { Attributes, OpenFile } from "../filesystem/file_system.ts";
import { givenMode } from "../filesystem/store.ts";
import type { RemoteLocation } from "../location/location.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import type { FoundEntry } from "../tree/destination.ts";
import {
  findPoint,
  isUnchanged,
  reportWhole,
  type ResumePoint,
  SOURCE_CHANGED,
  whole,
} from "../tree/resume_point.ts";
import { AskedAhead } from "./asked_ahead.ts";
import { chosenFiles } from "./filters.ts";
import type { HashSession } from "./hash_session.ts";
import { BeginningComparer, TOO_SHORT } from "./beginning_comparer.ts";
import {
  moveRests,
  reportLeft,
  type RestFile,
  type RestHost,
  type RestSession,
} from "./rest_session.ts";
import type { RouteContext } from "./route.ts";
import { recordModeBits } from "./scp_request.ts";
import { nameBelow } from "./scp_upload_proof.ts";
import { UploadPlaces } from "./upload_places.ts";

/** Knowledge of a file at the target. */
interface Known {
  readonly point: ResumePoint | { readonly kind: "new" };
  readonly place: RestPlace;
  /** Attributes of its source by then. */
  readonly source: Attributes;
}

/** File whose rest is to be sent. */
interface Rest extends RestFile {
  readonly source: Attributes;
}

/**
 * Upload over SCP that goes on with what is there: a session beside it tells what that
 * is, ahead of the copy, and rests go their own way once all other files have left.
 */
export class UploadResume {
  readonly #paths: readonly string[];
  readonly #target: RemoteLocation;
  readonly #context: RouteContext;
  readonly #session: HashSession;
  readonly #host: RestHost;
  readonly #ahead: AskedAhead<Known>;
  readonly #rests: Rest[] = [];
  /** Modes and times that are being set. */
  readonly #given: Promise<void>[] = [];
  readonly #comparer: BeginningComparer;
  /** Absent where everything is copied whole. */
  #places: UploadPlaces | undefined;
  /** True where the target is a directory that the sources go into. */
  #isInside = false;
  #isWarned = false;

  /** @param session Session that is given the target for its operand. */
  constructor(
    paths: readonly string[],
    target: RemoteLocation,
    context: RouteContext,
    { session, host }: { session: HashSession; host: RestHost },
  ) {
    const { files, rules } = context;
    this.#paths = paths.map(withoutTrailingSlashes);
    this.#target = target;
    this.#context = context;
    this.#session = session;
    this.#host = host;
    this.#comparer = new BeginningComparer(files, session);
    const roots = this.#paths;
    this.#ahead = new AskedAhead(
      chosenFiles(files, { roots, rules }),
      (file) => this.#ask(file),
    );
  }

  /**
   * Starts the session, and waits until it tells what the target is.
   *
   * @param targetIsDirectory True where the target is a directory in any case.
   */
  async begin(targetIsDirectory: boolean): Promise<void> {
    const isThere = await this.#session.isThere();
    if (isThere === undefined) {
      const wasLost = await this.#session.wasLost();
      return this.#warn(
        wasLost ? "another login failed" : await this.#session.reason(),
      );
    }
    this.#isInside = isThere || targetIsDirectory;
    const places = new UploadPlaces(this.#paths, this.#isInside, this.#context);
    if (!places.areDistinct) {
      return this.#warn("several sources may bring one file");
    }
    this.#places = places;
    for (const path of this.#paths) this.#ahead.walk(path);
  }

  /** Ends what is asked ahead. */
  end(): void {
    this.#ahead.end();
  }

  /**
   * Tells a file that need not be sent: it is there, or its rest goes its own way.
   *
   * @throws {EntryError} If the file cannot be looked at.
   */
  async leavesOut(path: string, observer: Observer): Promise<boolean> {
    if (this.#places === undefined) return false;
    const known = await this.#ahead.take(path);
    if (known === undefined || known.point.kind === "new") return false;
    const point = await this.#isStill(path, known)
      ? known.point
      : SOURCE_CHANGED;
    const { place, source } = known;
    const name = this.#nameOf(place);
    switch (point.kind) {
      case "whole":
        reportWhole(observer, path, point);
        return false;
      case "same":
        if (this.#context.job.options.preserve) {
          this.#given.push(this.#giveOrReport(place, path, source));
        }
        observer.report({
          kind: "skipped",
          path,
          target: name,
          reason: "same content",
          bytes: source.size,
        });
        return true;
      case "at":
        this.#rests.push({ path, name, place, at: point.at, source });
        return true;
      default:
        return point satisfies never;
    }
  }

  /**
   * Sends the rests, once all other files have left.
   *
   * @param isLost True where the connection of those was lost.
   */
  async settle(
    observer: Observer,
    { isLost }: { isLost: boolean },
  ): Promise<void> {
    const rests = this.#rests.splice(0);
    if (isLost) reportLeft(rests, observer);
    else {
      await moveRests(
        rests,
        this.#host,
        this.#context,
        (session, rest) => this.#send(session, rest, observer),
      );
    }
    await Promise.all(this.#given.splice(0));
  }

  #nameOf({ path }: RestPlace): string {
    return `${this.#target.host}: ${nameBelow(this.#target.path, path)}`;
  }

  async #ask(file: FoundEntry): Promise<Known> {
    const { path, attributes: source } = file;
    const [inside = ""] = this.#places!.of(path);
    const place: RestPlace = { path: inside, base: { kind: "target" } };
    const known = (point: Known["point"]) => ({ point, place, source });
    // What is in a directory that is not there is new.
    if (!this.#isInside && inside !== "") return known({ kind: "new" });
    const told = await this.#session.size(place).catch(asEntryError);
    if (told instanceof EntryError) {
      return known(whole("it cannot be read there"));
    }
    if (told.kind === "unavailable") {
      this.#warn(told.reason);
      return known({ kind: "new" });
    }
    const there = told.answer === "-" ? 0 : Number(told.answer);
    if (there === 0) return known({ kind: "new" });
    const { size } = source;
    if (there < size && there < BLOCK_BYTES) return known(whole(TOO_SHORT));
    const point = await findPoint(
      { size, there },
      (length) => this.#comparer.compare({ path, size, length }, place),
    );
    if (point.kind !== "at") return known(point);
    const at = writablePoint(point.at);
    return known(at === 0 ? whole(TOO_SHORT) : { kind: "at", at });
  }

  /** Tells a source that is as it was when it was compared. */
  async #isStill(path: string, { source }: Known): Promise<boolean> {
    return isUnchanged(await this.#context.files.stat(path), source);
  }

  /**
   * Gives a file that is there the mode and times of its source, as far as it is to
   * have them.
   *
   * @throws {EntryError} If they cannot be set.
   */
  async #give(place: RestPlace, source: Attributes): Promise<void> {
    const { options } = this.#context.job;
    const { preserve, modes } = options;
    if (!preserve && modes?.file === undefined) return;
    const mode = givenMode("file", source.mode, modes) &
      recordModeBits(options);
    const times = preserve ? source : undefined;
    const result = await this.#session.give(place, { mode, times });
    if (result.kind === "answer") return;
    throw new EntryError(
      `${this.#nameOf(place)}: its mode and times cannot be set: ` +
        result.reason,
    );
  }

  async #giveOrReport(
    place: RestPlace,
    path: string,
    source: Attributes,
  ): Promise<void> {
    try {
      await this.#give(place, source);
    } catch (error) {
      const { message } = asEntryError(error);
      this.#context.observer.report({ kind: "failure", message, path });
    }
  }

  /** @throws {EntryError} If it does not arrive whole. */
  async #send(
    session: RestSession,
    rest: Rest,
    observer: Observer,
  ): Promise<void> {
    const { path, name, place, at, source } = rest;
    const { size } = source;
    const { files } = this.#context;
    using file = await files.openToRead(path);
    if (!isUnchanged(await file.stat(), source)) {
      throw new EntryError(`${path}: it has changed meanwhile`);
    }
    await session.beginWrite(rest);
    observer.report({ kind: "resumed", path, at, size });
    const progress = startFile(observer, {
      name: files.nameOf(path),
      path,
      size,
      resumedAt: at,
    });
    await untilSettled(progress, async () => {
      const flaw = await sendRange(
        session,
        file,
        rest,
        (bytes) => progress.moved(bytes),
      );
      const { size: there, failure } = await session.endWrite();
      if (flaw !== undefined) throw flaw;
      const reason = failure ??
        (there === size ? undefined : `it has ${there} bytes, not ${size}`);
      if (reason !== undefined) throw new EntryError(`${name}: ${reason}`);
      await this.#give(place, source);
      return undefined;
    });
  }

  /** Says once why all is copied whole. */
  #warn(reason: string): void {
    if (this.#isWarned) return;
    this.#isWarned = true;
    const message = `${this.#target.host}: all is copied whole: ${reason}`;
    this.#context.observer.report({ kind: "warning", message });
  }
}

/**
 * Sends a file from a byte on; gives a failure to read it.
 *
 * @param moved Called with the number of bytes in each part that is sent.
 */
async function sendRange(
  { channel }: RestSession,
  file: OpenFile,
  { path, at, source: { size } }: Rest,
  moved: (bytes: number) => void,
): Promise<EntryError | undefined> {
  const block = new Uint8Array(Math.min(size - at, channel.blockBytes));
  for (let done = at; done < size;) {
    const room = block.subarray(0, Math.min(size - done, block.length));
    const count = await file.read(room, done).catch(asEntryError);
    if (count instanceof EntryError) return count;
    if (count === 0) {
      return new EntryError(`${path}: the file shrank while it was read`);
    }
    try {
      await channel.write(room.subarray(0, count));
    } catch (error) {
      // The host says why it took no more.
      if (error instanceof SessionError) return undefined;
      throw error;
    }
    done += count;
    moved(count);
  }
  return undefined;
}
