import type { Registry } from 'prom-client';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { AdminStore } from '../runtime/ports.admin.ts';
import type { ContactImportDesk } from '../runtime/ports.import.ts';
import type {
  Control,
  Explainer,
  FlowChecker,
  FlowPreparer,
  HealthCheck,
  Linter,
} from '../runtime/ports.ts';

/** Everything that the routes work with: ports, and nothing of what is behind them. */
export interface ApiContext {
  readonly store: AdminStore;
  readonly control: Control;
  readonly explainer: Explainer;
  readonly contactImports: ContactImportDesk;
  readonly linter: Linter;
  readonly flowChecker: FlowChecker;
  readonly flowPreparer: FlowPreparer;
  readonly health: readonly HealthCheck[];
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the program, for the document. */
  readonly version: string;
}
