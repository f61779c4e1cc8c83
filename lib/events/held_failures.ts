import type { CopyEvent, Observer } from "./copy_event.ts";

/** Failure of a copy. */
type Failure = Extract<CopyEvent, { readonly kind: "failure" }>;

/** Failure of a connection that a new one may make good. */
export type MendableFailure =
  & Failure
  & Required<Pick<Failure, "mendable" | "host">>;

/**
 * Passes on the events of a copy that may be tried again. It holds the failures of
 * a try until it is known if another one follows, which drops them, and tells but
 * once what several tries say.
 */
export class HeldFailures implements Observer {
  readonly #observer: Observer;
  #held: CopyEvent[] | undefined;
  /** Keys of what was told, by this try and by those before. */
  #told = new Set<string>();
  readonly #toldBefore = new Set<string>();

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /** Begins to hold failures. */
  hold(): void {
    this.#held = [];
  }

  /**
   * Failure that ended the try; absent where none did, or where one of them is none
   * that a new connection may make good.
   */
  get mendable(): MendableFailure | undefined {
    const lost = (this.#held ?? []).filter((event) =>
      event.kind === "failure" &&
      (event.isConnection === true || event.endsSession === true)
    ) as Failure[];
    return lost.every(isMendable) ? lost[0] : undefined;
  }

  /** Passes on what was held: no other try follows. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#told = new Set();
    this.#toldBefore.clear();
    for (const event of held) this.#observer.report(event);
  }

  /** Drops the failures: another try follows, which copies their files again. */
  drop(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const key of this.#told) this.#toldBefore.add(key);
    this.#told = new Set();
    for (const event of held) {
      if (event.kind !== "settled") continue;
      this.#observer.report({ ...event, outcome: "again" });
    }
  }

  report(event: CopyEvent): void {
    if (this.#held === undefined) return this.#observer.report(event);
    const isFailed = event.kind === "failure" ||
      (event.kind === "settled" && event.outcome === "failed");
    if (isFailed) this.#held.push(event);
    else if (!this.#isTold(event)) this.#observer.report(event);
    else if (event.kind === "settled") {
      this.#observer.report({ ...event, outcome: "again" });
    }
  }

  /** Tells what a try before has told. */
  #isTold(event: CopyEvent): boolean {
    const key = keyOf(event);
    if (key === undefined) return false;
    this.#told.add(key);
    return this.#toldBefore.has(key);
  }
}

function isMendable(failure: Failure): failure is MendableFailure {
  return failure.mendable !== undefined && failure.host !== undefined;
}

/** Gives a key of an event that is told but once; `undefined` for all others. */
function keyOf(event: CopyEvent): string | undefined {
  switch (event.kind) {
    case "warning":
      return `${event.kind}\0${event.message}`;
    case "excluded":
      return `${event.kind}\0${event.label}${event.path}`;
    case "skipped":
      return `${event.kind}\0${event.target}`;
    case "planned":
      return `${event.kind}\0${event.target.label}${event.target.path}`;
    case "settled":
      return event.outcome === "copied"
        ? `${event.kind}\0${event.file.path}`
        : undefined;
    default:
      return undefined;
  }
}
