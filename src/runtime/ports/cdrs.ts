import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { CallEvent, CallOutcome, Cdr } from '../../model/call.ts';
import type { AgentId, CallbackId, CallId, QueueId } from '../../model/ids.ts';
import type { Page, PageRequest, RecordsRequest } from './lists.ts';

// The records of calls, and what callers answered at their end.

/** What callers answered to a question, of calls that began in the time: per queue and agent. */
export interface SurveyFigures {
  readonly question: string;
  readonly queueId?: QueueId;
  readonly agentId?: AgentId;
  readonly answers: number;
  readonly mean: number;
  /** How often 1 to 5 were given. */
  readonly scores: readonly number[];
}

export interface SurveyReport {
  summary(
    filter: Pick<CdrFilter, 'from' | 'to' | 'queueId' | 'agentId'>,
  ): Promise<readonly SurveyFigures[]>;
}

/** Every filter narrows. Times: `from` inclusive, `to` exclusive, by arrival. */
export interface CdrFilter {
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly queueId?: QueueId;
  readonly agentId?: AgentId;
  readonly dnis?: string;
  readonly ani?: string;
  readonly outcome?: CallOutcome;
  /** Only calls of these agents, and those that no agent had. */
  readonly within?: readonly AgentId[];
  /** The call that asked for the call back, and those that tried it. */
  readonly callbackId?: CallbackId;
  /** Only calls whose callers answered a survey. */
  readonly surveyed?: boolean;
}

/** Newest first; what arrives while somebody is paging never shifts the later pages. */
export interface CdrRepository {
  list(filter: CdrFilter, request: RecordsRequest): Promise<Result<Page<Cdr>, Refusal>>;
  get(callId: CallId): Promise<Cdr | undefined>;
  /** In the order in which they happened. */
  events(callId: CallId, request: PageRequest): Promise<Result<Page<CallEvent>, Refusal>>;
  /** The agent whom its history names last. */
  lastAgent(callId: CallId): Promise<AgentId | undefined>;
}
