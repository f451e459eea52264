import type { Registry } from 'prom-client';
import type { Config } from '../config.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { ClosingTree } from '../lib/closing.ts';
import type { Logger } from '../lib/log.ts';
import { createMetrics } from '../reporting/metrics.ts';

/** What every room is built on. */
export interface Foundation {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: Registry;
  /** Whatever is opened says here how it is closed. */
  readonly closing: ClosingTree;
}

export const layFoundation = (config: Config, log: Logger): Foundation => ({
  config,
  log,
  clock: systemClock,
  metrics: createMetrics(),
  closing: new ClosingTree(log),
});
