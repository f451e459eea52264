import type { EpochMs } from '../lib/clock.ts';
import { never } from '../lib/result.ts';
import type { AgentConfig, AgentState, Intention, OfferFailures } from '../model/agent.ts';
import type { AgentId, CallbackId, OfferId, QueueId } from '../model/ids.ts';
import type { QueueConfig } from '../model/queue.ts';
import { admitCall } from './calls.ts';
import { createCall } from './create-call.ts';
import { createAgent, createFloor, createQueue, NO_CALLS } from './create-floor.ts';
import { NEVER, UNTIMED } from './deadlines.ts';
import { listAgent } from './idle.ts';
import { boundaryOf, type Ledger } from './ledger-state.ts';
import { linkMembers } from './membership.ts';
import { addPlace } from './places.ts';
import { WAITING } from './stages.ts';
import type {
  Agent,
  Call,
  CallStage,
  Floor,
  Handling,
  PassedOver,
  Place,
  Queue,
  SavedTicket,
  SavedWatch,
  Talking,
  Ticket,
} from './state.ts';
import type { QueueStatistics } from './statistics.ts';
import { addTicket, refreshTicket } from './tickets.ts';
import { STATE_VERSION, upgrade } from './upgrades.ts';
import { watchStaffing } from './watch.ts';

/** The state without what can be worked out from it. Written in a fixed order: equal states, equal bytes. */
interface SavedFloor {
  readonly version: number;
  readonly now: EpochMs;
  readonly seq: number;
  readonly random: number;
  readonly zone: string;
  readonly queues: readonly SavedQueue[];
  readonly ledgers: readonly SavedLedger[];
  readonly agents: readonly SavedAgent[];
  readonly calls: readonly SavedCall[];
  readonly places: readonly SavedPlace[];
  readonly tickets: readonly SavedTicketRow[];
}

interface SavedQueue {
  readonly config: QueueConfig;
  readonly closing: boolean;
  readonly lastTurn: number;
  readonly statistics: QueueStatistics;
  readonly watch: SavedWatch;
  readonly gate: SavedGate;
}

/** `dueAt` null: nothing to weigh by itself. */
interface SavedGate {
  readonly seq: number;
  readonly open: boolean;
  readonly openedAt: EpochMs;
  readonly dueAt: EpochMs | null;
}

/** Hours that never change have no end. */
type SavedLedger = Omit<Ledger, 'kind' | 'timer' | 'hoursUntil'> & {
  readonly hoursUntil: EpochMs | null;
};

interface SavedHandling {
  readonly queueId: QueueId;
  readonly since: EpochMs;
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
  readonly failures: OfferFailures;
  readonly phoneLostAt: EpochMs;
  readonly signedOutByHand: boolean;
  readonly passedOver: readonly PassedOver[];
  readonly handling: SavedHandling | null;
  readonly lingersIn: readonly QueueId[];
}

/** What is not set is left out, and so it is read back. */
type SavedCall = Omit<
  Call,
  | 'kind'
  | 'print'
  | 'sibling'
  | 'queue'
  | 'ticket'
  | 'overflowAt'
  | 'stage'
  | 'lane'
  | 'fresh'
  | 'timer'
> & {
  readonly queueId: QueueId;
  readonly ticketId?: CallbackId | undefined;
  /** Null: never. */
  readonly overflowAt: EpochMs | null;
  readonly stage: SavedStage;
};

type SavedStage =
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'offered';
      readonly since: EpochMs;
      readonly rings: readonly {
        readonly offerId: OfferId;
        readonly agentId: AgentId;
        readonly expiresAt: EpochMs;
        readonly pickedUp?: true;
      }[];
    }
  | {
      readonly kind: 'talking';
      readonly agentId: AgentId;
      readonly since: EpochMs;
      readonly heldSince?: EpochMs;
      readonly heldMs: number;
    };

type SavedPlace = Pick<Place, 'seq' | 'queueId' | 'callerKey' | 'effectiveStart' | 'until'>;

/** What is not set is left out, and so it is read back. */
type SavedTicketRow = Omit<SavedTicket, 'queue'> & { readonly queueId: QueueId };

export function saveFloor(floor: Floor): string {
  const saved: SavedFloor = {
    version: STATE_VERSION,
    now: floor.now,
    seq: floor.seq,
    random: floor.random,
    zone: floor.zone,
    queues: [...floor.queues.values()].map((queue) => saveQueue(floor, queue)),
    ledgers: [...floor.ledgers.values()].map(saveLedger),
    agents: [...floor.agents.values()].map(saveAgent),
    calls: [...floor.calls.values()].map(saveCall),
    tickets: [...floor.tickets.values()].map(saveTicket),
    places: [...floor.places.values()].map(savePlace),
  };
  return JSON.stringify(saved);
}

/** Throws on bytes that are no state, or one that no `upgrade` leads on from. */
export function loadFloor(text: string): Floor {
  const saved = upgrade(JSON.parse(text)) as SavedFloor;
  const floor = createFloor();
  floor.now = saved.now;
  floor.random = saved.random;
  floor.zone = saved.zone;
  for (const queue of saved.queues) floor.queues.set(queue.config.id, loadQueue(queue));
  for (const ledger of saved.ledgers) loadLedger(floor, ledger);
  for (const agent of saved.agents) {
    floor.agents.set(agent.config.id, loadAgent(floor, agent));
  }
  linkMembers(floor, [...floor.agents.values()]);
  for (const ticket of saved.tickets) loadTicket(floor, ticket);
  for (const call of saved.calls) admitCall(floor, loadCall(floor, call));
  for (const ticket of floor.tickets.values()) refreshTicket(floor, ticket);
  for (const place of saved.places) addPlace(floor, place);
  floor.seq = saved.seq;
  // A saved state is a settled one: nothing in it waits to be routed.
  for (const agent of floor.freshAgents.splice(0)) {
    agent.fresh = false;
    listAgent(agent);
  }
  for (const call of floor.freshCalls.splice(0)) call.fresh = false;
  watchStaffing(floor);
  for (const gate of floor.touchedGates.splice(0)) gate.touched = false;
  for (const { config, gate } of saved.queues) {
    const restored = floor.queues.get(config.id)?.gate;
    if (restored) floor.deadlines.set(restored, gate.dueAt ?? NEVER);
  }
  return floor;
}

/** JSON leaves out what is not set, and so it is read back. */
const saveQueue = (
  { deadlines }: Floor,
  { config, closing, lastTurn, statistics, watch, gate }: Queue,
): SavedQueue => ({
  config,
  closing,
  lastTurn,
  statistics,
  watch: {
    seq: watch.seq,
    unstaffedSince: watch.unstaffedSince,
    unavailableSince: watch.unavailableSince,
  },
  gate: {
    seq: gate.seq,
    open: gate.open,
    openedAt: gate.openedAt,
    dueAt: gate.timer === UNTIMED ? null : deadlines.of(gate),
  },
});

function loadQueue({ config, closing, lastTurn, statistics, watch, gate }: SavedQueue): Queue {
  const queue = createQueue(config, watch, gate.seq, closing, lastTurn, statistics);
  queue.gate.open = gate.open;
  queue.gate.openedAt = gate.openedAt;
  return queue;
}

const saveLedger = (ledger: Ledger): SavedLedger => ({
  agentId: ledger.agentId,
  seq: ledger.seq,
  zone: ledger.zone,
  since: ledger.since,
  month: ledger.month,
  day: ledger.day,
  calls: ledger.calls,
  past: ledger.past,
  isOpen: ledger.isOpen,
  hoursUntil: ledger.hoursUntil === NEVER ? null : ledger.hoursUntil,
});

function loadLedger(floor: Floor, { hoursUntil, ...saved }: SavedLedger): void {
  const ledger: Ledger = {
    kind: 'ledger',
    ...saved,
    hoursUntil: hoursUntil ?? NEVER,
    timer: UNTIMED,
  };
  floor.ledgers.set(ledger.agentId, ledger);
  floor.deadlines.set(ledger, boundaryOf(ledger));
}

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
  failures: agent.failures,
  phoneLostAt: agent.phoneLostAt,
  signedOutByHand: agent.signedOutByHand,
  passedOver: agent.passedOver,
  handling: agent.handling ? saveHandling(agent.handling) : null,
  lingersIn: agent.lingersIn,
});

const saveHandling = ({ queue, since }: Handling): SavedHandling => ({ queueId: queue.id, since });

function loadHandling(floor: Floor, { queueId, since }: SavedHandling): Handling | undefined {
  const queue = floor.queues.get(queueId);
  return queue && { queue, since };
}

function loadAgent(floor: Floor, saved: SavedAgent): Agent {
  const { config, seq, intention, handling, ...own } = saved;
  const agent = createAgent(config, seq, 0);
  Object.assign(agent, own);
  agent.intention = intention ?? undefined;
  agent.handling = handling ? loadHandling(floor, handling) : undefined;
  if (agent.passedOver.length === 0) agent.passedOver = NO_CALLS;
  agent.ledger = floor.ledgers.get(agent.id);
  return agent;
}

function saveCall(call: Call): SavedCall {
  const { kind, print, sibling, queue, ticket, lane, fresh, timer, ...rest } = call;
  const { overflowAt, stage, ...own } = rest;
  return {
    ...own,
    queueId: queue.id,
    ticketId: ticket?.id,
    overflowAt: overflowAt === NEVER ? null : overflowAt,
    stage: saveStage(stage),
  };
}

function saveStage(stage: CallStage): SavedStage {
  switch (stage.kind) {
    case 'waiting':
      return stage;
    case 'offered': {
      const rings = stage.rings.map(({ id: offerId, agent, expiresAt, pickedUp }) => ({
        offerId,
        agentId: agent.id,
        expiresAt,
        ...(pickedUp ? { pickedUp } : {}),
      }));
      return { kind: 'offered', since: stage.since, rings };
    }
    case 'talking':
      return saveTalking(stage);
    default:
      return never(stage);
  }
}

function saveTalking({ agent, since, heldSince, heldMs }: Talking): SavedStage {
  const held = heldSince === undefined ? {} : { heldSince };
  return { kind: 'talking', agentId: agent.id, since, ...held, heldMs };
}

function loadStage(floor: Floor, call: Call, saved: SavedStage): CallStage {
  const agentOf = (id: AgentId): Agent => {
    const agent = floor.agents.get(id);
    if (!agent) throw new Error(`The state has a call with agent ${id}, whom it lacks.`);
    return agent;
  };
  switch (saved.kind) {
    case 'waiting':
      return WAITING;
    case 'offered': {
      const rings = saved.rings.map(({ offerId: id, agentId, expiresAt, pickedUp }) => ({
        id,
        call,
        agent: agentOf(agentId),
        expiresAt,
        ...(pickedUp ? { pickedUp } : {}),
      }));
      return { kind: 'offered', since: saved.since, rings };
    }
    case 'talking':
      return loadTalking(saved, agentOf(saved.agentId));
    default:
      return never(saved);
  }
}

function loadTalking(saved: Extract<SavedStage, { kind: 'talking' }>, agent: Agent): Talking {
  const { agentId, ...talk } = saved;
  return { ...talk, agent };
}

const savePlace = ({ seq, queueId, callerKey, effectiveStart, until }: Place): SavedPlace => ({
  seq,
  queueId,
  callerKey,
  effectiveStart,
  until,
});

function saveTicket(ticket: Ticket): SavedTicketRow {
  const { id, seq, queue, callerKey, priority, requiredSkills, madeAt, effectiveStart } = ticket;
  const { cameTo, joinedAt, preferredAgentId, preferredUntil } = ticket;
  const { notBefore, expiresAt, attempts, unrung, dialUntil, endingAs, mergeInto } = ticket;
  const own = { id, seq, queueId: queue.id, callerKey, priority, requiredSkills, madeAt };
  const course = { notBefore, expiresAt, attempts, unrung, dialUntil, endingAs, mergeInto };
  const softens = { joinedAt, preferredAgentId, preferredUntil };
  return { ...own, effectiveStart, cameTo, ...softens, ...course };
}

function loadTicket(floor: Floor, { queueId, ...saved }: SavedTicketRow): void {
  const queue = floor.queues.get(queueId);
  if (!queue) throw new Error(`The state has a call back of queue ${queueId}, which it lacks.`);
  addTicket(floor, { ...saved, queue });
}

/** A call like any other, that is then told what it was. Version 4 wrote null where nothing was set. */
function loadCall(floor: Floor, saved: SavedCall): Call {
  const { queueId, ticketId, requiredSkills, overflowAt, stage, ...own } = saved;
  const queue = floor.queues.get(queueId);
  if (!queue) throw new Error(`The state has a call of queue ${queueId}, which it lacks.`);
  const preferredAgentId = own.preferredAgentId ?? undefined;
  const callerKey = own.callerKey ?? undefined;
  const told = own.told ?? undefined;
  const call = createCall(floor, queue, { ...own, requiredSkills, preferredAgentId, callerKey });
  Object.assign(call, own, { preferredAgentId, callerKey, told, overflowAt: overflowAt ?? NEVER });
  call.stage = loadStage(floor, call, stage);
  call.ticket = ticketId ? floor.tickets.get(ticketId) : undefined;
  if (call.ticket) call.ticket.call = call;
  return call;
}
