import type { MessagePort } from 'node:worker_threads';
import type { MeasuredRequest } from '../../api/plugins/measures.ts';
import type { ToldLine } from '../../lib/telling-logger.ts';
import type { Settings } from '../../model/settings.ts';
import type { WholeFloor } from '../../runtime/replica/news.ts';

/** What the thread in front is started with. */
export interface FrontConfig {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly databaseUrl: string;
  readonly settings: Settings;
  /** Where both servers count what is asked of them, see `SharedCounts`. */
  readonly allowances: SharedArrayBuffer;
  /** Where the whole API listens. */
  readonly apiPath: string;
  readonly floor: WholeFloor;
  /** Brings `ReplicaNews`, takes {@link FrontWord}s. */
  readonly news: MessagePort;
}

export interface FrontFacts {
  readonly port: number;
}

/** What the thread in front tells. */
export type FrontWord =
  | ({ readonly kind: 'log' } & ToldLine)
  /** Since the last time. */
  | {
      readonly kind: 'measured';
      readonly requests: readonly MeasuredRequest[];
      readonly feed: { readonly clients: number; readonly sent: number };
    };
