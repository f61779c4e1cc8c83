/** Texts of amounts, for people. */

/** Units of a size, each 1024 of the one before, as in scp's meter. */
const UNITS = ["bytes", "KB", "MB", "GB", "TB", "PB"] as const;

/** Gives a count with a comma before each three digits: `2,001`. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** Gives a number of files: `1 file`, `2,001 files`. */
export function filesText(count: number): string {
  return `${countText(count)} ${count === 1 ? "file" : "files"}`;
}

/** Gives a size: `1 byte`, `512 bytes`, `4.8 GB`. */
export function sizeText(bytes: number): string {
  const unit = unitOf(bytes);
  return bytes === 1 ? "1 byte" : `${inUnit(bytes, unit)} ${UNITS[unit]}`;
}

/**
 * Gives one size of another one, in the larger one's unit: `1.2/4.8 GB`.
 *
 * @param mark Text before the larger one.
 */
export function sizesText(bytes: number, of: number, mark = ""): string {
  const unit = unitOf(of);
  return `${inUnit(bytes, unit)}/${mark}${inUnit(of, unit)} ${UNITS[unit]}`;
}

/** Gives a rate: `38 MB/s`. */
export function rateText(bytesPerSecond: number): string {
  const unit = Math.max(1, unitOf(bytesPerSecond));
  const value = bytesPerSecond / 1024 ** unit;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${
    UNITS[unit]
  }/s`;
}

/** Gives a time to come: `0:07`, `1:35`, `2:01:35`. */
export function clockText(seconds: number): string {
  const whole = Math.ceil(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return hours === 0
    ? `${minutes}:${rest}`
    : `${hours}:${String(minutes).padStart(2, "0")}:${rest}`;
}

/** Gives a time that passed: `3.1 s`, from a minute on `1:35`. */
export function durationText(seconds: number): string {
  return seconds < 59.95 ? `${seconds.toFixed(1)} s` : clockText(seconds);
}

function unitOf(bytes: number): number {
  let unit = 0;
  while (unit < UNITS.length - 1 && bytes >= 1024 ** (unit + 1)) unit++;
  return unit;
}

function inUnit(bytes: number, unit: number): string {
  const value = bytes / 1024 ** unit;
  return unit === 0 || value >= 99.95
    ? String(Math.round(value))
    : value.toFixed(1);
}
