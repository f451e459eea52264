/** One caller's wait: until they gave up, or until something else (an agent, the queue's limit) ended it. */
export interface Wait {
  readonly ms: number;
  readonly gaveUp: boolean;
}

/** A step of the survival curve: the share of callers who would still be there after `ms`. */
interface Step {
  readonly ms: number;
  readonly staying: number;
}

/**
 * How long callers would have waited, from a record in which most were answered first (censored). The product-limit
 * estimator of Kaplan & Meier (JASA 53, 1958), which takes every caller into account for as long as they were seen
 * to wait. Beyond the last caller who gave up nothing is known: there, the mean rate at which callers gave up over
 * the whole record is taken to go on.
 */
export class Patience {
  readonly #steps: readonly Step[];
  /** Giving up per millisecond of waiting, over everything recorded. */
  readonly #rate: number;

  constructor(waits: readonly Wait[]) {
    const sorted = [...waits].sort((a, b) => a.ms - b.ms || Number(b.gaveUp) - Number(a.gaveUp));
    const steps: Step[] = [];
    let staying = 1;
    for (const [index, { ms, gaveUp }] of sorted.entries()) {
      if (!gaveUp) continue;
      staying *= 1 - 1 / (sorted.length - index);
      steps.push({ ms, staying });
    }
    this.#steps = steps;
    const waitedMs = waits.reduce((sum, { ms }) => sum + ms, 0);
    this.#rate = waitedMs > 0 ? steps.length / waitedMs : 0;
  }

  /** The share of callers who are still there after so long. */
  stayingAfter(ms: number): number {
    const last = this.#steps.at(-1);
    if (last && ms > last.ms) return last.staying * Math.exp(-this.#rate * (ms - last.ms));
    return this.#steps.findLast((step) => step.ms <= ms)?.staying ?? 1;
  }

  /** The patience of a caller who was seen to wait `beyondMs`; `luck` from 0 up to 1 decides. May be infinite. */
  draw(luck: number, beyondMs = 0): number {
    const target = this.stayingAfter(beyondMs) * (1 - luck);
    const step = this.#steps.find(({ ms, staying }) => ms > beyondMs && staying <= target);
    if (step) return step.ms;
    if (this.#rate === 0) return Number.POSITIVE_INFINITY;
    const from = Math.max(beyondMs, this.#steps.at(-1)?.ms ?? 0);
    return from + Math.log(this.stayingAfter(from) / Math.max(target, 1e-12)) / this.#rate;
  }
}
