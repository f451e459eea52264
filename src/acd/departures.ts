/** A duration that is not known for sure, ms. */
export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** What stands between a caller and an answer. */
export interface Line {
  /** How many agents serve it; at least 1. */
  readonly staff: number;
  /** Calls before this one; a call that other agents may take as well counts for a part. */
  readonly ahead: number;
  /** How long a call keeps an agent busy. */
  readonly handle: Moments;
  /** Until the first agent is free. */
  readonly first: Moments;
  /** How far the mean handle time may be off: its variance. */
  readonly doubt: number;
  /** How likely a waiting caller is to give up in a millisecond. */
  readonly giveUpRate: number;
}

/**
 * How long until the last of the calls ahead has been given away and one more agent is free: the (ahead + 1)-th
 * departure from the staff. Each of them takes a part of a handle time, the shorter the more callers there are
 * who may give up instead of waiting for it: the i-th from the end comes at the rate staff / handle + i × giveUpRate.
 *
 * Source: W. Whitt, Predicting queueing delays, Management Science 45 (1999) 870-888, sections 2 to 4 (known
 * number ahead, elapsed service times, normal and gamma fits); R. Ibrahim and W. Whitt, Real-time delay estimation
 * in overloaded multiserver queues with abandonments, Management Science 55 (2009) 1729-1742, the estimator QL_m.
 * The sums are taken as integrals by the midpoint rule, so that the cost does not depend on the length of the line.
 */
export function departure({ staff, ahead, handle, first, doubt, giveUpRate }: Line): Moments {
  const rate = staff / handle.mean;
  const start = first.mean / (1 + first.mean * ahead * giveUpRate);
  const shrunk = start / first.mean;
  if (ahead <= 0) return { mean: start, variance: first.variance };
  const last = Math.min(ahead, 1);
  const between = Math.max(0, ahead - 1);
  const spread = spreadOf(handle, ahead / staff);
  const mean = start + last / rate + sumOf(rate, between, giveUpRate);
  return {
    mean,
    variance:
      first.variance * shrunk * shrunk +
      spread * (last / (rate * rate) + sumOfSquares(rate, between, giveUpRate)) +
      (doubt / handle.mean / handle.mean) * mean * mean,
  };
}

/**
 * The squared coefficient of variation of the time between departures. A few departures from many agents come like
 * a Poisson stream, whatever the handle times are; over many rounds their own variation decides (Whitt 1982,
 * Approximating a point process by a renewal process, sections 2 and 5: the stationary-interval and the asymptotic
 * method; here weighted by how often each agent's turn comes).
 */
function spreadOf({ mean, variance }: Moments, rounds: number): number {
  const own = Math.min(4, variance / (mean * mean));
  const weight = rounds / (1 + rounds);
  return weight * own + (1 - weight);
}

/** Σ 1 / (rate + i × giveUp) for i from 1 to n, n not necessarily whole. */
function sumOf(rate: number, n: number, giveUp: number): number {
  const growth = n * giveUp;
  if (growth < rate * 1e-6) return n / rate;
  const from = rate + giveUp / 2;
  return Math.log1p(growth / from) / giveUp;
}

/** Σ 1 / (rate + i × giveUp)². */
function sumOfSquares(rate: number, n: number, giveUp: number): number {
  const growth = n * giveUp;
  if (growth < rate * 1e-6) return n / (rate * rate);
  const from = rate + giveUp / 2;
  return n / (from * (from + growth));
}

/** The sum of two independent durations. */
export const plus = (a: Moments, b: Moments): Moments => ({
  mean: a.mean + b.mean,
  variance: a.variance + b.variance,
});

/**
 * The duration that is not exceeded with the probability of the standard normal deviate `z`, as if it were gamma
 * distributed (E. B. Wilson and M. M. Hilferty, The distribution of chi-square, PNAS 17 (1931) 684-688).
 */
export function quantileOf({ mean, variance }: Moments, z: number): number {
  if (mean <= 0) return 0;
  const ninth = variance / (9 * mean * mean);
  const root = 1 - ninth + z * Math.sqrt(ninth);
  return root <= 0 ? 0 : mean * root * root * root;
}
