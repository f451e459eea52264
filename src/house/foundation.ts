import type { Registry } from 'prom-client';
import type { Config } from '../config/config.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { ClosingTree } from '../lib/closing.ts';
import type { Logger } from '../lib/log.ts';
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
  return { config, log, clock: systemClock, metrics: createMetrics(), closing, databaseUrl };
}
