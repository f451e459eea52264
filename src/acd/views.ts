import type { EpochMs } from '../lib/clock.ts';
import type { AgentState, Intention, OfferFailures } from '../model/agent.ts';
import type { CallbackStage } from '../model/callback.ts';
import type { AgentId, CallbackId, CallId, OfferId, QueueId } from '../model/ids.ts';
import type { LedgerSummary } from '../model/ledger.ts';
import { type AccuracyView, viewAccuracy } from './accuracy.ts';
import { positionOf } from './calls.ts';
import { type Estimate, queueEstimate } from './estimate.ts';
import { summaryOf } from './ledger-view.ts';
import { serviceLevelOf } from './service-level.ts';
import type { Agent, Call, Floor, Queue, Ticket } from './state.ts';
import { isPaused } from './tickets.ts';

/** An agent as the shell shows them. */
export interface AgentView {
  readonly id: AgentId;
  readonly name: string;
  readonly extension: string;
  /** Whose supervisors may see and steer them. */
  readonly team?: string;
  /** The queues they serve; absent: none. */
  readonly queueIds?: readonly QueueId[];
  readonly state: AgentState;
  readonly reachable: boolean;
  /** What they asked to be after the call in hand; absent: ready. */
  readonly intention?: Intention;
  /** No offer before this, after one that failed; absent: no pause. */
  readonly pausedUntil?: EpochMs;
  /** Offers that failed since the sign-in, and how many in a row rang out. */
  readonly failures: OfferFailures;
  readonly misses: number;
  /** Of agents with limits. */
  readonly ledger?: LedgerSummary;
}

/** A queue with its figures. */
export interface QueueView {
  readonly id: QueueId;
  readonly name: string;
  readonly waiting: number;
  readonly offered: number;
  readonly talking: number;
  /** When the caller who has waited longest came. */
  readonly oldestSince?: EpochMs;
  /** Ready and reachable. */
  readonly agentsReady: number;
  readonly agentsSignedIn: number;
  /** The first ten who wait, by position. */
  readonly next: readonly CallId[];
  /** 0 to 1, of the last half hour; absent: nobody came. */
  readonly serviceLevel?: number;
  /** What somebody would wait who came now; absent: nobody at work could serve them. */
  readonly ewt?: Estimate;
  /** How good what callers were told has been: the first time, and the last. */
  readonly ewtAccuracy: { readonly first: AccuracyView; readonly last: AccuracyView };
  /** Whether casual agents may help now. */
  readonly casualOpen: boolean;
}

/** What the engine knows of a call: the shell adds who is calling. */
export interface EngineCallView {
  readonly id: CallId;
  readonly stage: 'queued' | 'offered' | 'talking';
  readonly queueId: QueueId;
  readonly queuedAt: EpochMs;
  readonly priority: number;
  /** 1 is the next to be served; only while queued. */
  readonly position?: number;
  readonly agentId?: AgentId;
  /** Whom it waits for and nobody else, until their time is up (rule R16). */
  readonly awaitedId?: AgentId;
}

const NEXT_MAX = 10;

export function viewAgent(floor: Floor, agent: Agent): AgentView {
  const { intention, pausedUntil, ledger } = agent;
  return {
    id: agent.id,
    name: agent.config.name,
    extension: agent.config.extension,
    ...(agent.config.team === undefined ? {} : { team: agent.config.team }),
    ...(agent.config.queueIds.length > 0 ? { queueIds: agent.config.queueIds } : {}),
    state: agent.state,
    reachable: agent.reachable,
    ...(intention ? { intention } : {}),
    ...(pausedUntil > floor.now ? { pausedUntil } : {}),
    failures: agent.failures,
    misses: agent.misses,
    ...(ledger ? { ledger: summaryOf(agent, ledger) } : {}),
  };
}

export function viewQueue(floor: Floor, queue: Queue): QueueView {
  const oldest = queue.inLine.first;
  return {
    id: queue.id,
    name: queue.config.name,
    waiting: queue.waiting,
    offered: queue.offered,
    talking: queue.talking,
    ...(oldest ? { oldestSince: oldest.queuedAt } : {}),
    agentsReady: queue.agentsReady,
    agentsSignedIn: queue.agentsSignedIn,
    casualOpen: queue.gate.open,
    next: firstInLine(queue, NEXT_MAX),
    ...prospectsOf(floor, queue),
  };
}

/** Positions change for everybody behind whoever leaves: the first few are shown, any other is asked for. */
export function firstInLine({ line }: Queue, max: number): readonly CallId[] {
  const first: CallId[] = [];
  for (const { id } of line) {
    if (first.push(id) >= max) break;
  }
  return first;
}

function prospectsOf(floor: Floor, queue: Queue) {
  const serviceLevel = serviceLevelOf(floor, queue);
  const ewt = queueEstimate(floor, queue);
  const { firstTold, lastTold } = queue.statistics;
  return {
    ...(serviceLevel === undefined ? {} : { serviceLevel }),
    ...(ewt ? { ewt } : {}),
    ewtAccuracy: { first: viewAccuracy(firstTold), last: viewAccuracy(lastTold) },
  };
}

/** `position` spares the look-up to whoever walks the line in order. */
export function viewCall({ now }: Floor, call: Call, position = positionOf(call)): EngineCallView {
  const { preferredAgentId: awaitedId, preferredUntil } = call;
  const awaits = call.stage.kind !== 'talking' && preferredUntil > now && awaitedId !== undefined;
  return {
    id: call.id,
    stage: call.stage.kind === 'waiting' ? 'queued' : call.stage.kind,
    queueId: call.queue.id,
    queuedAt: call.queuedAt,
    priority: call.priority,
    ...(position === undefined ? {} : { position }),
    ...optionalAgent(call.stage),
    ...(awaits ? { awaitedId } : {}),
  };
}

/** A call back as operators see it. */
export interface CallbackView {
  readonly id: CallbackId;
  readonly queueId: QueueId;
  /** The number to ring. */
  readonly number: string;
  readonly stage: CallbackStage;
  readonly priority: number;
  readonly madeAt: EpochMs;
  readonly notBefore: EpochMs;
  readonly expiresAt: EpochMs;
  /** How often the customer's phone rang, or may have. */
  readonly attempts: number;
  /** Who is waited for, as for a caller. */
  readonly preferredAgentId?: AgentId;
  /** 1 is the next to be served; only while it waits. */
  readonly position?: number;
  /** Whose phone rings for it, or who rings the customer. */
  readonly agentId?: AgentId;
  /** The offer that an agent's phone rings for. */
  readonly offerId?: OfferId;
}

export function viewTicket(ticket: Ticket): CallbackView {
  const { call, preferredAgentId } = ticket;
  const position = call && positionOf(call);
  return {
    id: ticket.id,
    queueId: ticket.queue.id,
    number: ticket.callerKey,
    stage: stageOf(ticket),
    priority: ticket.priority,
    madeAt: ticket.madeAt,
    notBefore: ticket.notBefore,
    expiresAt: ticket.expiresAt,
    attempts: ticket.attempts,
    ...(preferredAgentId === undefined ? {} : { preferredAgentId }),
    ...(position === undefined ? {} : { position }),
    ...(call ? optionalAgent(call.stage) : {}),
    ...(call ? optionalOffer(call.stage) : {}),
  };
}

function stageOf(ticket: Ticket): CallbackStage {
  const { call } = ticket;
  if (!call) return isPaused(ticket) ? 'paused' : 'scheduled';
  return call.stage.kind === 'talking' ? 'dialing' : call.stage.kind;
}

function optionalOffer(stage: Call['stage']): { readonly offerId?: OfferId } {
  const offerId = stage.kind === 'offered' ? stage.rings[0]?.id : undefined;
  return offerId === undefined ? {} : { offerId };
}

/** Who talks to the call, or the first whose phone rings for it. */
function optionalAgent(stage: Call['stage']): { readonly agentId?: AgentId } {
  const agentId = stage.kind === 'offered' ? stage.rings[0]?.agent.id : undefined;
  if (stage.kind === 'talking') return { agentId: stage.agent.id };
  return agentId === undefined ? {} : { agentId };
}

/** The waiting calls of a queue in the order in which they will be served, call backs among them. */
export const waitingInOrder = (queue: Queue): readonly Call[] => [...queue.line];
