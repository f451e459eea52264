import type { EpochMs } from '../lib/clock.ts';
import type { AgentConfig, AgentState, Skills } from '../model/agent.ts';
import type { CallId, QueueId } from '../model/ids.ts';
import type { QueueConfig } from '../model/queue.ts';
import { listAgent } from './agents.ts';
import { admitCall } from './calls.ts';
import { createAgent } from './configure.ts';
import { NEVER } from './deadlines.ts';
import { laneFor } from './lanes.ts';
import { linkMembers } from './membership.ts';
import { addPlace } from './places.ts';
import {
  type Agent,
  type Call,
  type CallStage,
  createFloor,
  createQueue,
  type Floor,
  type Handling,
  type Intention,
  type PassedOver,
  type Place,
  type Queue,
  type SavedWatch,
} from './state.ts';
import type { QueueStatistics } from './statistics.ts';
import type { Told } from './tellings.ts';
import { watchStaffing } from './watch.ts';

/** Raised when the meaning of the bytes changes: an engine never reads another one's state. */
const STATE_VERSION = 2;

/** The state without what can be worked out from it. Written in a fixed order: equal states, equal bytes. */
interface SavedFloor {
  readonly version: number;
  readonly now: EpochMs;
  readonly seq: number;
  readonly random: number;
  readonly queues: readonly SavedQueue[];
  readonly agents: readonly SavedAgent[];
  readonly calls: readonly SavedCall[];
  readonly places: readonly SavedPlace[];
}

interface SavedQueue {
  readonly config: QueueConfig;
  readonly closing: boolean;
  readonly lastTurn: number;
  readonly statistics: QueueStatistics;
  readonly watch: SavedWatch;
}

interface SavedAgent {
  readonly config: AgentConfig;
  readonly seq: number;
  readonly state: AgentState;
  readonly reachable: boolean;
  readonly removed: boolean;
  readonly intention: Intention | null;
  readonly idleSince: EpochMs;
  readonly pausedUntil: EpochMs;
  readonly misses: number;
  readonly callsTaken: number;
  readonly talkedMs: number;
  readonly passedOver: readonly PassedOver[];
  readonly handling: Handling | null;
  readonly lingersIn: readonly QueueId[];
}

interface SavedCall {
  readonly id: CallId;
  readonly seq: number;
  readonly queueId: QueueId;
  readonly visited: readonly QueueId[];
  readonly priority: number;
  readonly requiredSkills: Skills;
  readonly callerKey: string | null;
  readonly regained: boolean;
  readonly queuedAt: EpochMs;
  readonly effectiveStart: EpochMs;
  readonly joinedAt: EpochMs;
  /** Unset: never. */
  readonly overflowAt: EpochMs | null;
  readonly waitUntil: EpochMs;
  readonly announceAt: EpochMs;
  readonly told: Told | null;
  readonly bridgesFailed: number;
  readonly stage: CallStage;
}

type SavedPlace = Pick<Place, 'seq' | 'queueId' | 'callerKey' | 'effectiveStart' | 'until'>;

export function saveFloor(floor: Floor): string {
  const saved: SavedFloor = {
    version: STATE_VERSION,
    now: floor.now,
    seq: floor.seq,
    random: floor.random,
    queues: [...floor.queues.values()].map(saveQueue),
    agents: [...floor.agents.values()].map(saveAgent),
    calls: [...floor.calls.values()].map(saveCall),
    places: [...floor.places.values()].map(savePlace),
  };
  return JSON.stringify(saved);
}

/** Throws on bytes that are not a state of this version. */
export function loadFloor(text: string): Floor {
  const saved = JSON.parse(text) as SavedFloor;
  if (saved.version !== STATE_VERSION) {
    throw new Error(`The state has version ${saved.version}, not ${STATE_VERSION}.`);
  }
  const floor = createFloor();
  floor.now = saved.now;
  floor.seq = saved.seq;
  floor.random = saved.random;
  for (const { config, closing, lastTurn, statistics, watch } of saved.queues) {
    floor.queues.set(config.id, createQueue(config, watch, closing, lastTurn, statistics));
  }
  for (const agent of saved.agents) floor.agents.set(agent.config.id, loadAgent(agent));
  linkMembers(floor);
  for (const call of saved.calls) admitCall(floor, loadCall(floor, call));
  for (const place of saved.places) addPlace(floor, place);
  // A saved state is a settled one: nothing in it waits to be routed.
  for (const agent of floor.freshAgents.splice(0)) {
    agent.fresh = false;
    listAgent(agent);
  }
  for (const call of floor.freshCalls.splice(0)) call.fresh = false;
  watchStaffing(floor);
  return floor;
}

/** JSON leaves out what is not set, and so it is read back. */
const saveQueue = ({ config, closing, lastTurn, statistics, watch }: Queue): SavedQueue => ({
  config,
  closing,
  lastTurn,
  statistics,
  watch: {
    seq: watch.seq,
    unstaffedSince: watch.unstaffedSince,
    unavailableSince: watch.unavailableSince,
  },
});

const saveAgent = (agent: Agent): SavedAgent => ({
  config: agent.config,
  seq: agent.seq,
  state: agent.state,
  reachable: agent.reachable,
  removed: agent.removed,
  intention: agent.intention ?? null,
  idleSince: agent.idleSince,
  pausedUntil: agent.pausedUntil,
  misses: agent.misses,
  callsTaken: agent.callsTaken,
  talkedMs: agent.talkedMs,
  passedOver: agent.passedOver,
  handling: agent.handling ?? null,
  lingersIn: agent.lingersIn,
});

const loadAgent = ({ config, seq, intention, handling, ...saved }: SavedAgent): Agent => ({
  ...createAgent(config, seq, 0),
  ...saved,
  intention: intention ?? undefined,
  handling: handling ?? undefined,
});

const saveCall = (call: Call): SavedCall => ({
  id: call.id,
  seq: call.seq,
  queueId: call.queue.id,
  visited: call.visited,
  priority: call.priority,
  requiredSkills: call.requiredSkills,
  callerKey: call.callerKey ?? null,
  regained: call.regained,
  queuedAt: call.queuedAt,
  effectiveStart: call.effectiveStart,
  joinedAt: call.joinedAt,
  overflowAt: call.overflowAt === NEVER ? null : call.overflowAt,
  waitUntil: call.waitUntil,
  announceAt: call.announceAt,
  told: call.told ?? null,
  bridgesFailed: call.bridgesFailed,
  stage: call.stage,
});

const savePlace = ({ seq, queueId, callerKey, effectiveStart, until }: Place): SavedPlace => ({
  seq,
  queueId,
  callerKey,
  effectiveStart,
  until,
});

function loadCall(floor: Floor, { queueId, ...saved }: SavedCall): Call {
  const queue = floor.queues.get(queueId);
  if (!queue) throw new Error(`The state has a call of queue ${queueId}, which it lacks.`);
  const lane = laneFor(floor, queue, saved.requiredSkills);
  return {
    kind: 'call',
    id: saved.id,
    seq: saved.seq,
    queue,
    visited: saved.visited,
    priority: saved.priority,
    requiredSkills: lane.requiredSkills,
    callerKey: saved.callerKey ?? undefined,
    regained: saved.regained,
    queuedAt: saved.queuedAt,
    effectiveStart: saved.effectiveStart,
    joinedAt: saved.joinedAt,
    overflowAt: saved.overflowAt ?? NEVER,
    waitUntil: saved.waitUntil,
    announceAt: saved.announceAt,
    told: saved.told ?? undefined,
    bridgesFailed: saved.bridgesFailed,
    stage: saved.stage,
    lane,
    fresh: false,
    dueAt: NEVER,
    entryAt: NEVER,
  };
}
