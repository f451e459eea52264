import type { EpochMs } from '../lib/clock.ts';
import type { Skills } from '../model/agent.ts';
import { type AgentId, type CallId, callId, type QueueId } from '../model/ids.ts';
import { PRIORITY_DEFAULT } from '../model/queue.ts';
import { NEVER, UNTIMED } from './deadlines.ts';
import { laneFor } from './lanes.ts';
import { preferredUntil } from './preferred.ts';
import { WAITING } from './stages.ts';
import type { Call, Floor, Lane, Queue } from './state.ts';

const NOWHERE: readonly QueueId[] = [];
const NOBODY = callId('');

/** Whoever makes it sets all of it. */
type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** What a call brings with it. */
export interface NewCall {
  readonly id: CallId;
  readonly priority: number;
  readonly requiredSkills: Skills;
  readonly preferredAgentId: AgentId | undefined;
  readonly callerKey: string | undefined;
  readonly regained: boolean;
  readonly handedBack?: boolean;
  readonly effectiveStart: EpochMs;
  readonly directed?: boolean;
}

/** Where somebody stands who comes at that time (rule R1). */
export const startOf = ({ config }: Queue, priority: number, at: EpochMs): EpochMs =>
  at - (priority - PRIORITY_DEFAULT) * config.priorityLevelMs;

/** A call that is about to join the queue, made of one that has gone if there is one. */
export function createCall(floor: Floor, queue: Queue, brought: NewCall): Call {
  const { now } = floor;
  const { waitMsMax, announceFirstMs, overflow } = queue.config;
  const lane = laneFor(floor, queue, brought.requiredSkills);
  const call: Writable<Call> = floor.spareCalls.take() ?? blankCall(queue, lane);
  call.id = brought.id;
  call.seq = ++floor.seq;
  call.queue = queue;
  call.ticket = undefined;
  call.directed = brought.directed ?? false;
  call.visited = NOWHERE;
  call.priority = brought.priority;
  call.requiredSkills = lane.requiredSkills;
  call.preferredAgentId = brought.preferredAgentId;
  call.preferredUntil = preferredUntil(floor, queue, brought.preferredAgentId);
  call.callerKey = brought.callerKey;
  call.regained = brought.regained;
  call.handedBack = brought.handedBack ?? false;
  call.queuedAt = now;
  call.effectiveStart = brought.effectiveStart;
  call.joinedAt = now;
  call.overflowAt = overflow.length === 0 ? NEVER : now - 1;
  call.waitUntil = now + waitMsMax;
  call.announceAt = now + announceFirstMs;
  call.told = undefined;
  call.bridgesFailed = 0;
  call.rungBack = false;
  call.stage = WAITING;
  call.lane = lane;
  call.fresh = false;
  call.timer = UNTIMED;
  return call;
}

/**
 * Nobody's yet: all of it is set by `createCall`. What every offer asks for stands first, and lies together in memory;
 * what few calls have stands last.
 */
const blankCall = (queue: Queue, lane: Lane): Writable<Call> => ({
  kind: 'call',
  id: NOBODY,
  seq: 0,
  queue,
  lane,
  stage: WAITING,
  timer: UNTIMED,
  ticket: undefined,
  directed: false,
  fresh: false,
  print: 0,
  effectiveStart: 0,
  queuedAt: 0,
  visited: NOWHERE,
  priority: PRIORITY_DEFAULT,
  requiredSkills: lane.requiredSkills,
  preferredAgentId: undefined,
  preferredUntil: 0,
  callerKey: undefined,
  regained: false,
  joinedAt: 0,
  overflowAt: NEVER,
  waitUntil: NEVER,
  announceAt: NEVER,
  told: undefined,
  bridgesFailed: 0,
  rungBack: false,
  handedBack: false,
  sibling: undefined,
});
