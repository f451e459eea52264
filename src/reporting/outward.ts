import { Histogram, type Registry } from 'prom-client';

/** Seconds: a caller notices from a third of one on. */
const BUCKETS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1, 2, 3, 5, 10];

/** A question to one of the company's own systems, and what came of it. */
interface Asked {
  readonly purpose: string;
  readonly host: string;
  readonly outcome: string;
  readonly tookMs: number;
}

/** Counts and times them. */
export function measureAsked(registry: Registry): (asked: Asked) => void {
  const histogram = new Histogram({
    name: 'centralita_request_seconds',
    help: 'Questions to the systems of the company, by what came of them',
    labelNames: ['purpose', 'host', 'outcome'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return ({ tookMs, ...labels }) => histogram.observe(labels, tookMs / 1_000);
}
