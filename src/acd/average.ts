/**
 * A mean and a variance that forget: each value moves them by its weight, so that what is long past counts less
 * and less (West 1979, Updating mean and variance estimates; exponential weights). Part of the saved state.
 */
export interface Average {
  /** How many values it has seen. */
  count: number;
  mean: number;
  variance: number;
}

/** What is believed before anything was seen weighs like so many values. */
const PRIOR_VALUES = 4;
/** From so many values on, each counts the same. */
const MEMORY_VALUES = 50;
/** Beyond so many means a value is taken for a mistake (a call that nobody ended) and cut down. */
const OUTLIER_MEANS = 8;

/** Before anything was seen: the mean is a setting, and the spread that of an exponential distribution. */
export const prior = (mean: number): Average => ({ count: 0, mean, variance: mean * mean });

/** How far the mean itself may be off: its variance. */
export const doubtOf = ({ count, variance }: Average): number => {
  const weight = weightAfter(count - 1);
  return (variance * weight) / (2 - weight);
};

/** In place: it happens with every call. */
export function learn(average: Average, seen: number): void {
  const { count, mean, variance } = average;
  const weight = weightAfter(count);
  const off = Math.min(seen, mean * OUTLIER_MEANS) - mean;
  average.count = count + 1;
  average.mean = mean + weight * off;
  average.variance = (1 - weight) * (variance + weight * off * off);
}

const weightAfter = (count: number): number =>
  1 / Math.min(count + 1 + PRIOR_VALUES, MEMORY_VALUES);
