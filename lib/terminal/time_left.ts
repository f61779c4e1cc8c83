/** Amount of work: files, and bytes in them. */
export interface Work {
  readonly files: number;
  readonly bytes: number;
}

/** Work of an interval, and its length in seconds. */
export interface WorkSample extends Work {
  readonly seconds: number;
}

/**
 * Weight of the assumption that files and bytes cost the same time, in a sample's
 * worth for each sample. It decides where the samples do not tell the two apart,
 * since all of them are alike.
 */
const EQUAL_COST_WEIGHT = 0.05;

/**
 * Estimates the time that some work takes, in seconds, if each byte and each file
 * costs what it cost in some samples: the least squares of what they took.
 *
 * @returns `undefined` where the samples hold nothing of such work.
 */
export function estimateTime(
  samples: readonly WorkSample[],
  left: Work,
): number | undefined {
  const sum = (of: (sample: WorkSample) => number) =>
    samples.reduce((total, sample) => total + of(sample), 0);
  const seconds = sum((sample) => sample.seconds);
  const bytes = sum((sample) => sample.bytes);
  const files = sum((sample) => sample.files);
  if (seconds === 0) return undefined;
  if (bytes === 0 || left.bytes <= 0) {
    return files === 0 ? undefined : seconds * Math.max(0, left.files) / files;
  }
  if (files === 0) return seconds * left.bytes / bytes;
  // In units of the samples' means, so that both costs are of one size.
  const { length } = samples;
  const byteShare = (sample: Work) => sample.bytes * length / bytes;
  const fileShare = (sample: Work) => sample.files * length / files;
  const weight = EQUAL_COST_WEIGHT * length;
  const bb = sum((each) => byteShare(each) ** 2) + weight;
  const ff = sum((each) => fileShare(each) ** 2) + weight;
  const bf = sum((each) => byteShare(each) * fileShare(each)) - weight;
  const bt = sum((each) => byteShare(each) * each.seconds);
  const ft = sum((each) => fileShare(each) * each.seconds);
  const determinant = bb * ff - bf * bf;
  let byteCost = (bt * ff - ft * bf) / determinant;
  let fileCost = (ft * bb - bt * bf) / determinant;
  if (byteCost < 0) [byteCost, fileCost] = [0, seconds / length];
  else if (fileCost < 0) [byteCost, fileCost] = [seconds / length, 0];
  return byteCost * byteShare(left) + fileCost * fileShare(left);
}
