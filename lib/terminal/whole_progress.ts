import type {
  CopyEvent,
  MovingFile,
  Observer,
  Total,
} from "../events/copy_event.ts";
import { estimateTime, type Work, type WorkSample } from "./time_left.ts";

/** Progress of a whole copy at a moment. */
export interface WholeProgress {
  /** Number of files that are over, failed and skipped ones included. */
  readonly files: number;
  /** Number of those and of the files whose content has moved, acknowledged or not. */
  readonly filesMoved: number;
  /** Bytes that moved. */
  readonly bytes: number;
  /** Amount to copy as far as it is known; absent where nothing tells. */
  readonly total: Total | undefined;
  /** Whole percents, which never fall; absent until the total is complete. */
  readonly percent: number | undefined;
  /** Bytes a second, of the last seconds; absent until something has moved. */
  readonly rate: number | undefined;
  /** Remaining time in seconds; absent where it cannot be told yet. */
  readonly secondsLeft: number | undefined;
}

/** Time between two samples of the work, in milliseconds. */
const SAMPLE_MILLISECONDS = 1000;

/** Most samples that the remaining time is computed from: half a minute. */
const MOST_SAMPLES = 30;

/** Number of samples that the rate is the mean of. */
const RATE_SAMPLES = 8;

/** Fewest samples that tell the remaining time. */
const FEWEST_SAMPLES = 2;

/** Longest remaining time that is worth telling, in seconds: 100 hours. */
const MOST_SECONDS = 360_000;

/** Progress of a whole copy, from its events. */
export class WholeMeter implements Observer {
  readonly #now: () => number;
  /** Bytes that moved of each file in flight. */
  readonly #moving = new Map<MovingFile, number>();
  /** Files of which no more moves, and which are not over. */
  readonly #moved = new Set<MovingFile>();
  /** Paths of entries that failed, each of which counts once. */
  readonly #failed = new Set<string>();
  #filesStarted = 0;
  #filesOver = 0;
  /** Bytes that moved of files that are over. */
  #bytesOver = 0;
  /** Bytes that will not move: of files that are over, and those that were there. */
  #bytesLost = 0;
  #bytesMoving = 0;
  #total: Total | undefined;
  #percent = 0;
  #samples: WorkSample[] = [];
  #sampled: Work & { readonly at: number };
  /** Remaining time at the last sample, in seconds. */
  #secondsLeft: number | undefined;

  /** @param now Clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#sampled = { files: 0, bytes: 0, at: now() };
  }

  /** True where there is more than one file, as far as it is known. */
  get hasSeveral(): boolean {
    return Math.max(this.#filesStarted, this.#total?.files ?? 0) > 1;
  }

  /** Takes the progress of files and the total; ignores other events. */
  report(event: CopyEvent): void {
    switch (event.kind) {
      case "fileStarted":
        this.#filesStarted++;
        this.#moving.set(event.file, 0);
        this.#bytesLost += event.file.resumedAt ?? 0;
        break;
      case "moved": {
        const moved = this.#moving.get(event.file);
        if (moved === undefined) break;
        this.#moving.set(event.file, moved + event.bytes);
        this.#bytesMoving += event.bytes;
        break;
      }
      case "finished":
        if (this.#moving.has(event.file)) this.#moved.add(event.file);
        break;
      case "settled":
        this.#settle(event);
        break;
      case "failure":
        if (event.path !== undefined) this.#fail(event.path);
        break;
      case "skipped":
        this.#filesOver++;
        this.#bytesLost += event.bytes ?? 0;
        break;
      case "planned":
        if (event.action === "make directory") break;
        this.#filesOver++;
        if (event.action === "copy") this.#bytesLost += event.bytes;
        break;
      case "counted":
        this.#total = event.total;
        break;
    }
  }

  #settle(
    { file, outcome }: Extract<CopyEvent, { readonly kind: "settled" }>,
  ): void {
    const moved = this.#moving.get(file) ?? 0;
    this.#moving.delete(file);
    this.#moved.delete(file);
    this.#bytesMoving -= moved;
    this.#bytesLost -= file.resumedAt ?? 0;
    if (outcome === "again") {
      this.#filesStarted--;
      return;
    }
    if (outcome === "failed") this.#fail(file.path);
    else this.#filesOver++;
    this.#bytesOver += moved;
    this.#bytesLost += Math.max(0, file.size - moved);
  }

  /** Counts an entry that failed, whether its file had started or not. */
  #fail(path: string): void {
    if (this.#failed.has(path)) return;
    this.#failed.add(path);
    this.#filesOver++;
  }

  /** Gives the progress now. */
  look(): WholeProgress {
    const now = this.#now();
    const bytes = this.#bytesOver + this.#bytesMoving;
    const filesMoved = this.#filesOver + this.#moved.size;
    this.#sample(now, { files: filesMoved, bytes });
    const isComplete = this.#total?.isComplete === true;
    return {
      files: this.#filesOver,
      filesMoved,
      bytes,
      total: this.#total && grownTo(this.#total, { files: filesMoved, bytes }),
      percent: isComplete ? this.#percentNow(bytes) : undefined,
      rate: this.#rateAt(now, bytes),
      secondsLeft: isComplete ? this.#secondsLeftAt(now) : undefined,
    };
  }

  #percentNow(bytes: number): number {
    const total = this.#total!;
    const done = bytes + this.#bytesLost;
    const share = total.bytes > 0
      ? done / total.bytes
      : this.#filesOver / Math.max(1, total.files);
    const isOver = this.#filesOver >= total.files && done >= total.bytes;
    const percent = isOver ? 100 : Math.min(99, Math.floor(share * 100));
    return this.#percent = Math.max(this.#percent, percent);
  }

  #sample(now: number, { files, bytes }: Work): void {
    // A login, which may ask, is no part of the work.
    if (files === 0 && bytes === 0) this.#sampled = { files, bytes, at: now };
    const elapsed = now - this.#sampled.at;
    if (elapsed < SAMPLE_MILLISECONDS) return;
    this.#samples.push({
      files: files - this.#sampled.files,
      bytes: Math.max(0, bytes - this.#sampled.bytes),
      seconds: elapsed / 1000,
    });
    this.#samples = this.#samples.slice(-MOST_SAMPLES);
    this.#sampled = { files, bytes, at: now };
    this.#secondsLeft = this.#estimate({ files, bytes });
  }

  #estimate({ files, bytes }: Work): number | undefined {
    const total = this.#total;
    if (!total?.isComplete || this.#samples.length < FEWEST_SAMPLES) {
      return undefined;
    }
    const seconds = estimateTime(this.#samples, {
      files: Math.max(0, total.files - files),
      bytes: Math.max(0, total.bytes - bytes - this.#bytesLost),
    });
    return seconds === undefined || seconds > MOST_SECONDS
      ? undefined
      : seconds;
  }

  #secondsLeftAt(now: number): number | undefined {
    if (this.#secondsLeft === undefined) return undefined;
    const passed = (now - this.#sampled.at) / 1000;
    return Math.max(0, this.#secondsLeft - passed);
  }

  #rateAt(now: number, bytes: number): number | undefined {
    if (bytes === 0) return undefined;
    const samples = this.#samples.slice(-RATE_SAMPLES);
    if (samples.length === 0) {
      return bytes * 1000 / Math.max(1, now - this.#sampled.at);
    }
    const sum = (of: (sample: WorkSample) => number) =>
      samples.reduce((total, sample) => total + of(sample), 0);
    return sum(({ bytes }) => bytes) / sum(({ seconds }) => seconds);
  }
}

/** Gives a total that is no less than what was copied: files may have grown. */
function grownTo(total: Total, { files, bytes }: Work): Total {
  return {
    ...total,
    files: Math.max(total.files, files),
    bytes: Math.max(total.bytes, bytes),
  };
}
