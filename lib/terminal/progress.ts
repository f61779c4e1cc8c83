/** Progress of one file when the meter last looked at it. Times in milliseconds. */
export interface Progress {
  readonly name: string;
  /** Announced length, in bytes. */
  readonly size: number;
  /** Bytes that are there: those that were, and those that moved. */
  readonly position: number;
  /** Bytes that were there at the start. */
  readonly first: number;
  readonly started: number;
  readonly now: number;
  /** True where no more of the file moves, whole or not. */
  readonly ended: boolean;
  /** Present where all of the file has moved, and is compared with what is there. */
  readonly isVerifying?: true;
  /** Bytes a second, smoothed; 0 until a first second has passed. */
  readonly rate: number;
  /** Base of the next computation of the rate. */
  readonly sample: { readonly at: number; readonly position: number };
  /** Time of the last byte. */
  readonly lastMoved: number;
}

/** Interval between computations of the rate. */
const SAMPLE_MILLISECONDS = 1000;
/** Share of the old rate in the new one. */
const AGE_FACTOR = 0.9;
/** Time without a byte after which a copy counts as stalled. */
const STALL_MILLISECONDS = 5000;

/**
 * Gives the progress of a file of `size` bytes that begins now.
 *
 * @param first Bytes of it that are there already.
 */
export function beginProgress(
  name: string,
  size: number,
  now: number,
  first = 0,
): Progress {
  return {
    name,
    size,
    position: first,
    first,
    started: now,
    now,
    ended: false,
    rate: 0,
    sample: { at: now, position: first },
    lastMoved: now,
  };
}

/**
 * Gives the progress a little later. The rate follows scp's rule: once a second,
 * nine tenths of the old rate and one tenth of that second's.
 */
export function updateProgress(
  progress: Progress,
  position: number,
  now: number,
): Progress {
  const lastMoved = position > progress.position ? now : progress.lastMoved;
  const moment = { ...progress, position, now, lastMoved };
  const elapsed = now - progress.sample.at;
  if (elapsed < SAMPLE_MILLISECONDS) return moment;
  const current = (position - progress.sample.position) * 1000 / elapsed;
  const rate = progress.rate === 0
    ? current
    : progress.rate * AGE_FACTOR + current * (1 - AGE_FACTOR);
  return { ...moment, rate, sample: { at: now, position } };
}

/** Gives the progress at the end, with the average rate. */
export function endProgress(
  progress: Progress,
  position: number,
  now: number,
): Progress {
  const rate = averageRate({ ...progress, position, now });
  return { ...progress, position, now, rate, ended: true };
}

/** Gives the rate to show, in bytes a second. */
export function shownRate(progress: Progress): number {
  if (progress.ended || progress.rate > 0) return progress.rate;
  return averageRate(progress);
}

/** Gives the average since the start, which counts as a millisecond ago at least. */
function averageRate({ position, first, started, now }: Progress): number {
  return (position - first) * 1000 / Math.max(1, now - started);
}

/** Gives whole percents: 100 only when nothing is left of the file. */
export function percentOf({ position, size }: Progress): number {
  return position >= size ? 100 : Math.floor(position * 100 / size);
}

/** Gives the remaining time in seconds; at the end, the time that it took. */
export function remainingSeconds(
  progress: Progress,
): number | "verifying" | "stalled" | "unknown" {
  const { ended, isVerifying, now, started, lastMoved, size, position } =
    progress;
  if (ended) return (now - started) / 1000;
  if (isVerifying) return "verifying";
  if (now - lastMoved >= STALL_MILLISECONDS) return "stalled";
  const rate = shownRate(progress);
  return rate === 0 ? "unknown" : (size - position) / rate;
}
