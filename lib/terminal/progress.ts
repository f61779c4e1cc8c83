/** How far one file is, as the meter last looked at it. Times in milliseconds. */
export interface Progress {
  readonly name: string;
  /** Bytes announced. */
  readonly size: number;
  /** Bytes moved. */
  readonly position: number;
  readonly started: number;
  readonly now: number;
  /** Whether the file is over, whole or not. */
  readonly ended: boolean;
  /** Bytes a second, smoothed; 0 until a first second has passed. */
  readonly rate: number;
  /** What the rate was last computed from. */
  readonly sample: { readonly at: number; readonly position: number };
  /** When a byte last moved. */
  readonly lastMoved: number;
}

/** How often the rate is taken. */
const SAMPLE_MILLISECONDS = 1000;
/** How much of the old rate stays in the new one. */
const AGE_FACTOR = 0.9;
/** How long nothing moves before a copy is called stalled. */
const STALL_MILLISECONDS = 5000;

/** A file of `size` bytes that begins `now`. */
export function beginProgress(
  name: string,
  size: number,
  now: number,
): Progress {
  return {
    name,
    size,
    position: 0,
    started: now,
    now,
    ended: false,
    rate: 0,
    sample: { at: now, position: 0 },
    lastMoved: now,
  };
}

/**
 * The same file a little later. The rate follows scp's rule: once a second,
 * nine tenths of what it was and one tenth of that second's.
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

/** The same file at its end: its rate is that of the whole. */
export function endProgress(
  progress: Progress,
  position: number,
  now: number,
): Progress {
  const rate = averageRate({ ...progress, position, now });
  return { ...progress, position, now, rate, ended: true };
}

/** What the meter shows as bytes a second. */
export function shownRate(progress: Progress): number {
  if (progress.ended || progress.rate > 0) return progress.rate;
  return averageRate(progress);
}

/** The average from the start on; below a millisecond, as if it took one. */
function averageRate({ position, started, now }: Progress): number {
  return position * 1000 / Math.max(1, now - started);
}

/** Whole percent; a file is at 100 only when nothing is left of it. */
export function percentOf({ position, size }: Progress): number {
  return position >= size ? 100 : Math.floor(position * 100 / size);
}

/** What is left to wait, in seconds; at the end, what it took. */
export function remainingSeconds(
  progress: Progress,
): number | "stalled" | "unknown" {
  const { ended, now, started, lastMoved, size, position } = progress;
  if (ended) return (now - started) / 1000;
  if (now - lastMoved >= STALL_MILLISECONDS) return "stalled";
  const rate = shownRate(progress);
  return rate === 0 ? "unknown" : (size - position) / rate;
}
