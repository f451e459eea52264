import { measureReports } from '../reporting/reports.ts';
import { ReportDesk } from '../store/reports/desk.ts';
import type { Store } from '../store/store.ts';
import type { Foundation } from './foundation.ts';

/** The thread that computes the figures of reports, and the desk that asks it. */
export function openReports(foundation: Foundation, { databaseUrl }: Store): ReportDesk {
  const { config, clock, log, metrics, closing } = foundation;
  const { zone, reports } = config;
  const desk = new ReportDesk({ databaseUrl, zone, ...reports }, clock, log);
  closing.add('reports', () => desk.close());
  measureReports(metrics, desk, clock);
  return desk;
}
