import type { EpochMs } from '../lib/clock.ts';
import type { AgentState } from './agent.ts';
import type { AgentDevice } from './arrival.ts';
import type { AgentId } from './ids.ts';

/** Only who is available is called. `away`: not there · `offline`: their phone or system is off. */
export const PRESENCE_STATUSES = ['available', 'busy', 'away', 'offline'] as const;
export type PresenceStatus = (typeof PRESENCE_STATUSES)[number];

/** What somebody else says of whether a person can be reached. */
export interface PresenceWord {
  readonly status: PresenceStatus;
  readonly by: 'webhook' | 'subscription';
  readonly at: EpochMs;
  /** Then it is forgotten, and the person counts as reachable again. */
  readonly until: EpochMs;
  readonly note?: string;
}

/**
 * Why nobody can call a person now. `noPhone`: none is registered · `presence`: somebody says so · `failures`: they could
 * not be had so often that they are left alone for a while · `notAllowed`: calls may not go there.
 */
export type Unreachable = 'noPhone' | 'presence' | 'failures' | 'notAllowed';

/** One line of the directory: who, how they are reached, and whether now. */
export interface DirectoryEntry {
  readonly agentId: AgentId;
  readonly name: string;
  readonly extension: string;
  readonly team?: string;
  readonly device?: AgentDevice;
  readonly state: AgentState['kind'];
  readonly reachable: boolean;
  readonly why?: Unreachable;
  /** When they are called again, after failures. */
  readonly until?: EpochMs;
  readonly presence?: PresenceWord;
}
