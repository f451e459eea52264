import { Counter, type Registry } from 'prom-client';

const NAME = 'centralita_webhook_dead_letters_total';

/** Counts webhooks that are given up; the deliverers tell it, and who writes them down. */
export function countDeadLetters(registry: Registry): (count: number) => void {
  const known = registry.getSingleMetric(NAME) as Counter | undefined;
  const counter =
    known ??
    new Counter({
      name: NAME,
      help: 'Webhooks that will not be tried again: after the last attempt, with an endpoint that is given up, beyond the backlog',
      registers: [registry],
    });
  return (count) => counter.inc(count);
}
