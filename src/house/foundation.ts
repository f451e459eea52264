import type { Registry } from 'prom-client';
import type { Config } from '../config/config.ts';
import { type Clock, type SteadyClock, systemClock } from '../lib/clock.ts';
import { ClosingTree } from '../lib/closing.ts';
import type { Logger } from '../lib/log.ts';
import { countClockSettings } from '../reporting/clock.ts';
import { createMetrics } from '../reporting/metrics.ts';
import { startPostgres } from './postgres.ts';

/** What every room is built on. */
export interface Foundation {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: Registry;
  /** Whatever is opened says here how it is closed. */
  readonly closing: ClosingTree;
  /** Of a database that takes connections. Rejects with a sentence for the operator if ours cannot start. */
  readonly databaseUrl: Promise<string>;
}

export function layFoundation(config: Config, log: Logger): Foundation {
  const closing = new ClosingTree(log);
  const databaseUrl = config.databaseUrl
    ? Promise.resolve(config.databaseUrl)
    : startPostgres(config, log, closing);
  const metrics = createMetrics();
  tellSettings(systemClock, log, metrics);
  return { config, log, clock: systemClock, metrics, closing, databaseUrl };
}

/** What falls due in the time that is skipped falls due together: whoever wonders why shall find it. */
function tellSettings(clock: SteadyClock, log: Logger, metrics: Registry): void {
  const count = countClockSettings(metrics);
  clock.onSet((byMs) => {
    count(byMs > 0 ? 'forward' : 'back');
    if (byMs > 0) log.warn({ byMs }, 'The clock was set forward: ours follows');
    else log.warn({ aheadMs: -byMs }, 'The clock was set back: ours goes on');
  });
}
