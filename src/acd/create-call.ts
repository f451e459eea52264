import type { EpochMs } from '../lib/clock.ts';
import type { Skills } from '../model/agent.ts';
import type { AgentId, CallId, QueueId } from '../model/ids.ts';
import { PRIORITY_DEFAULT } from '../model/queue.ts';
import { NEVER, UNTIMED } from './deadlines.ts';
import { laneFor } from './lanes.ts';
import { preferredUntil } from './preferred.ts';
import { WAITING } from './stages.ts';
import type { Call, Floor, Queue } from './state.ts';

const NOWHERE: readonly QueueId[] = [];

/** What a call brings with it. */
export interface NewCall {
  readonly id: CallId;
  readonly priority: number;
  readonly requiredSkills: Skills;
  readonly preferredAgentId: AgentId | undefined;
  readonly callerKey: string | undefined;
  readonly regained: boolean;
  readonly effectiveStart: EpochMs;
  readonly directed?: boolean;
}

/** Where somebody stands who comes at that time (rule R1). */
export const startOf = ({ config }: Queue, priority: number, at: EpochMs): EpochMs =>
  at - (priority - PRIORITY_DEFAULT) * config.priorityLevelMs;

/** A call that is about to join the queue. */
export function createCall(floor: Floor, queue: Queue, brought: NewCall): Call {
  const { now } = floor;
  const { waitMsMax, announceFirstMs, overflow } = queue.config;
  const lane = laneFor(floor, queue, brought.requiredSkills);
  return {
    kind: 'call',
    id: brought.id,
    seq: ++floor.seq,
    queue,
    ticket: undefined,
    directed: brought.directed ?? false,
    visited: NOWHERE,
    priority: brought.priority,
    requiredSkills: lane.requiredSkills,
    preferredAgentId: brought.preferredAgentId,
    preferredUntil: preferredUntil(floor, queue, brought.preferredAgentId),
    callerKey: brought.callerKey,
    regained: brought.regained,
    queuedAt: now,
    effectiveStart: brought.effectiveStart,
    joinedAt: now,
    overflowAt: overflow.length === 0 ? NEVER : now,
    waitUntil: now + waitMsMax,
    announceAt: now + announceFirstMs,
    told: undefined,
    bridgesFailed: 0,
    rungBack: false,
    stage: WAITING,
    lane,
    fresh: false,
    timer: UNTIMED,
  };
}
