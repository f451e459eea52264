import {
  type Demand,
  erlangB,
  type Performance,
  type ServicePromise,
  WITHOUT_CALLS,
} from './erlang.ts';

/** Below e^−40 of the peak, nothing changes any more. */
const NEGLIGIBLE = 40;
const PANELS = 2_000;

/**
 * M/M/n+M: every caller has a patience of their own, exponential with mean `patience` (Palm 1957; Garnett,
 * Mandelbaum & Reiman, "Designing a Call Center with Impatient Customers", M&SOM 4, 2002). Computed through the
 * density of the offered wait V, what a caller would wait who never hung up (Baccelli & Hébuterne 1981):
 *
 *     v(x) = λ p(n−1) · exp(λ H(x) − nμx),   H(x) = ∫₀ˣ P{patience > u} du = (1 − e^(−θx)) / θ
 *     P{V = 0} = p(n−1) / B(n−1),            B the Erlang B of λ/μ
 *
 * The integrals are taken relative to the peak of the exponent, so that no size or overload overflows.
 */
export function performanceA(
  demand: Demand,
  patience: number,
  agents: number,
  promise: ServicePromise,
): Performance {
  const { rate, handleTime } = demand;
  if (rate * handleTime === 0) return WITHOUT_CALLS;
  if (agents === 0) return withoutAgents(patience);
  const wait = offeredWait(demand, patience, agents);
  const staying = (x: number): number => Math.exp(-x / patience);
  const { answerWithin, shortAbandon } = promise;
  const waiting = wait.integrate(() => 1);
  const abandoned = wait.integrate((x) => 1 - staying(x));
  const answered = 1 - abandoned;
  const inTime = 1 - waiting + wait.integrate(staying, answerWithin);
  // Hung up before the limit: patience below it, and below the offered wait.
  const short = wait.integrate((x) => 1 - staying(Math.min(x, shortAbandon)));
  const answeredWait = wait.integrate((x) => x * staying(x));
  return {
    serviceLevel: Math.min(1, inTime / (1 - short)),
    abandoned,
    // Little's law for impatience: P{Ab} = θ · E[W].
    waitMean: abandoned * patience,
    answerSpeed: answeredWait / answered,
    occupancy: (rate * handleTime * answered) / agents,
    waiting,
  };
}

/** Nobody is answered, everybody leaves by themselves. */
const withoutAgents = (patience: number): Performance => ({
  serviceLevel: 0,
  abandoned: 1,
  waitMean: patience,
  answerSpeed: 0,
  occupancy: 0,
  waiting: 1,
});

interface OfferedWait {
  /** E[f(V); 0 < V ≤ until]. */
  integrate(f: (x: number) => number, until?: number): number;
}

function offeredWait({ rate, handleTime }: Demand, patience: number, agents: number): OfferedWait {
  const serving = agents / handleTime;
  const exponent = (x: number): number =>
    -rate * patience * Math.expm1(-x / patience) - serving * x;
  const peak = rate > serving ? patience * Math.log(rate / serving) : 0;
  const height = exponent(peak);
  const [from, to] = [support(exponent, peak, height, -1), support(exponent, peak, height, 1)];
  const density = (x: number): number => Math.exp(exponent(x) - height);
  const total = simpson(density, from, to);
  // P{V = 0} against the rest, in the same scale. Nobody below n − 1 busy agents waits.
  const none = Math.exp(-height) / (rate * erlangB(rate * handleTime, agents - 1));
  const whole = none + total;
  return {
    integrate(f, until = to) {
      const end = Math.min(until, to);
      return end <= from ? 0 : simpson((x) => density(x) * f(x), from, end) / whole;
    },
  };
}

/** How far from the peak the density still counts, below it (never under 0) or above. */
function support(
  exponent: (x: number) => number,
  peak: number,
  height: number,
  direction: 1 | -1,
): number {
  const counts = (x: number): boolean => height - exponent(x) < NEGLIGIBLE;
  if (direction === -1 && counts(0)) return 0;
  let step = 1e-6;
  while (counts(peak + direction * step) && (direction === 1 || peak > step)) step *= 2;
  let near = step / 2;
  for (let n = 0; n < 50; n++) {
    const middle = (near + step) / 2;
    if (counts(peak + direction * middle)) near = middle;
    else step = middle;
  }
  return Math.max(0, peak + direction * step);
}

function simpson(f: (x: number) => number, from: number, to: number): number {
  const width = (to - from) / PANELS;
  let sum = f(from) + f(to);
  for (let n = 1; n < PANELS; n++) sum += f(from + n * width) * (n % 2 === 1 ? 4 : 2);
  return (sum * width) / 3;
}
