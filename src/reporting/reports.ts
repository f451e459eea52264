import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../lib/clock.ts';
import type { Reports } from '../runtime/ports/reports.ts';

/** How old the figures of reports are: a thread that fails again and again shows here. */
export function measureReports(registry: Registry, reports: Reports, clock: Clock): void {
  const startedAt = clock.now();
  new Gauge({
    name: 'centralita_reports_age_seconds',
    help: 'Time since the figures of reports last had everything that was written down.',
    registers: [registry],
    collect() {
      this.set((clock.now() - (reports.state().asOf ?? startedAt)) / 1_000);
    },
  });
}
