import type { EpochMs } from '../lib/clock.ts';
import type { AgentConfig, OfferFailures } from '../model/agent.ts';
import type { QueueId } from '../model/ids.ts';
import type { QueueConfig } from '../model/queue.ts';
import { CallTable } from './call-table.ts';
import { CallsByCaller } from './calls-by-caller.ts';
import { Deadlines, UNTIMED } from './deadlines.ts';
import { LaneHeap } from './lane-heap.ts';
import { createCasualList, createIdleList, createLine, createNumbered } from './orders.ts';
import { SkillTable } from './skill-table.ts';
import { Spares } from './spares.ts';
import type { Agent, Call, Floor, Gate, Lane, PassedOver, Queue, SavedWatch } from './state.ts';
import { createStatistics } from './statistics.ts';

export const createFloor = (): Floor => ({
  now: 0,
  seq: 0,
  random: 0,
  agents: new Map(),
  queues: new Map(),
  calls: new CallTable(),
  callsOf: new CallsByCaller(),
  spareCalls: new Spares(),
  places: new Map(),
  ledgers: new Map(),
  zone: 'UTC',
  touchedGates: [],
  tickets: new Map(),
  ticketOf: new Map(),
  deadlines: new Deadlines(),
  staffing: 0,
  watched: -1,
  changes: [],
  observer: undefined,
  joined: [],
  freshAgents: [],
  ringing: createLine(),
  freshQueues: [],
  freshCalls: [],
  skills: new SkillTable(),
});

export function createQueue(
  config: QueueConfig,
  watch: SavedWatch,
  gateSeq: number,
  closing = false,
  lastTurn = 0,
  statistics = createStatistics(),
): Queue {
  return {
    id: config.id,
    config,
    closing,
    lastTurn,
    statistics,
    watch: { kind: 'watch', queueId: config.id, ...watch, timer: UNTIMED },
    gate: createGate(config.id, gateSeq),
    lanes: new Map(),
    busyLanes: new LaneHeap(),
    line: createLine(),
    inLine: createNumbered<Call>(),
    idle: createIdleList(),
    idleCasual: createCasualList(),
    staff: createNumbered<Agent>(),
    pools: new Map(),
    poolsAt: 0,
    waiting: 0,
    callbacks: 0,
    offered: 0,
    talking: 0,
    members: 0,
    agentsReady: 0,
    agentsSignedIn: 0,
  };
}

const createGate = (queueId: QueueId, seq: number): Gate => ({
  kind: 'gate',
  queueId,
  seq,
  open: false,
  openedAt: 0,
  helpers: [],
  touched: false,
  timer: UNTIMED,
});

export const NO_FAILURES: OfferFailures = { noAnswer: 0, rejected: 0, busy: 0, unreachable: 0 };

export const NO_GROUPS: ReadonlySet<string> = new Set();

export const NOWHERE: readonly Queue[] = [];
/** Nobody is passed over for anything: one list for all, as every agent who becomes free is asked for theirs. */
export const NO_CALLS: readonly PassedOver[] = [];
export const NO_LANES: readonly Lane[] = [];

/** What every offer asks for stands first, and lies together in memory. */
export function createAgent(config: AgentConfig, seq: number, now: EpochMs): Agent {
  return {
    kind: 'agent',
    id: config.id,
    seq,
    config,
    state: { kind: 'offline', since: now },
    timer: UNTIMED,
    fresh: false,
    reachable: false,
    removed: false,
    intention: undefined,
    idleSince: now,
    pausedUntil: 0,
    handling: undefined,
    passedOver: NO_CALLS,
    countedSignedIn: 0,
    countedReady: 0,
    memberOf: NOWHERE,
    serves: NOWHERE,
    staffs: NOWHERE,
    inReserve: false,
    ledger: undefined,
    ownLanes: NO_LANES,
    queues: NOWHERE,
    freeIn: NOWHERE,
    listedIn: NOWHERE,
    groups: NO_GROUPS,
    row: 0,
    misses: 0,
    callsTaken: 0,
    talkedMs: 0,
    failures: NO_FAILURES,
    phoneLostAt: now,
    signedOutByHand: false,
    lingersIn: [],
  };
}
