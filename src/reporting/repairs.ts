import { Counter, type Registry } from 'prom-client';
import type { Repair } from '../runtime/ports/index.ts';

const NAME = 'centralita_repairs_total';

/** Counts what was believed, was not so, and has been mended; several rooms tell it. */
export function countRepairs(registry: Registry): (what: Repair) => void {
  const known = registry.getSingleMetric(NAME) as Counter<'what'> | undefined;
  const counter =
    known ??
    new Counter({
      name: NAME,
      help: 'Legs, calls, dialogs and channels that were not as believed, and were repaired',
      labelNames: ['what'],
      registers: [registry],
    });
  return (what) => counter.inc({ what });
}
