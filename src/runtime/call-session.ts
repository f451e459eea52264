import type { LeaveOutcome } from '../acd/changes.ts';
import type { Prompt } from '../ivr/vocabulary.ts';
import type { EpochMs } from '../lib/clock.ts';
import { optional } from '../lib/optional.ts';
import type { Skills } from '../model/agent.ts';
import type {
  AgentShare,
  CallContext,
  CallEvent,
  CallOutcome,
  CallStage,
  Cdr,
  PastCall,
} from '../model/call.ts';
import type { KnownCaller } from '../model/contact.ts';
import type { AgentId, CallbackId, CallId, OfferId, QueueId, RecordingId } from '../model/ids.ts';
import type { NoticeEvidence } from '../model/recording.ts';
import type { SupervisionView } from '../model/supervision.ts';
import type { CallerLeg, Dialling, InboundCall } from './ports/index.ts';
import type { Leg } from './ports/phones.ts';
import type { Talk } from './talk/talk.ts';

/** The agent who is being rung for a call, or who has it. */
export interface SessionOffer {
  readonly offerId: OfferId;
  readonly agentId: AgentId;
  leg?: Leg;
  /** The two can hear each other: from now on a leg that ends is a conversation that ends. */
  bridged?: boolean;
}

/** What a caller said after the tone, until the call is over. */
export interface Message {
  readonly recordingId: string;
  /** Absolute. */
  readonly file: string;
  readonly durationMs: number;
  readonly about: Readonly<Record<string, string>>;
}

/** A call that we placed to keep a promise. */
export interface Outgoing {
  readonly callbackId: CallbackId;
  /** The call by which the customer asked for it; absent: an operator did. */
  readonly originalCallId?: CallId;
  readonly attempt: number;
  /** How many entries the promise's history has, attempts before this one included. */
  readonly history: { seq: number };
}

/**
 * Everything the shell knows of one call, and its history.
 *
 *   arriving ──answered──▶ flow ◀──queueLeft── queued ⇄ offered
 *                            └────enqueue───────▲ ▲        └──answered──▶ talking
 *                                                 └─────────returned──────────┘
 *                  any of them ──finish, once──▶ ended
 *
 * A flow that says nothing before its queue has the call `queued` before it is answered (`coming`): the agent's phone
 * rings meanwhile. A call that we place is `arriving` until whoever we call speaks with an agent, or waits for one.
 */
export class CallSession {
  readonly id: InboundCall['callId'];
  readonly inbound: InboundCall;
  readonly arrivedAt: EpochMs;
  context: CallContext;
  /** Who the calling number belongs to: asked for on arrival, so that it is known when the flow wants it. */
  contact: Promise<KnownCaller | undefined> | undefined;
  /** Their earlier calls, asked for at the same moment. */
  recentCalls: Promise<readonly PastCall[]> | undefined;
  /** How often they have tried to prove who they are. */
  verifications = 0;
  stage: CallStage = 'arriving';
  leg: CallerLeg | undefined;
  /** The same leg while it is being answered. */
  coming: CallerLeg | undefined;
  queueId: QueueId | undefined;
  queuedAt: EpochMs | undefined;
  /** What the flow last asked a queue for: kept with the call's history, so that the day can be played again. */
  demand: { readonly priority: number; readonly requiredSkills: Skills } | undefined;
  /** The phones that ring for the call: several, if its queue rings several at once. */
  readonly rings = new Map<OfferId, SessionOffer>();
  /** The one that was answered. */
  offer: SessionOffer | undefined;
  /** Set when somebody spoke with the caller. */
  connectedAt: EpochMs | undefined;
  agentId: AgentId | undefined;
  /** How the call left the queue, if it did so without an agent. */
  leftAs: LeaveOutcome | 'queueFull' | undefined;
  /** The flow goes on when the agent has hung up. */
  goesOnAfterwards = false;
  /** The agent has hung up, and the flow went on. */
  agentLeft = false;
  /** Said with the announcements of the queue. */
  alsoSaid: readonly Prompt[] = [];
  /** A key has led the flow elsewhere while the call waits: it is not spoken to by the queue. */
  elsewhere = false;
  /** What has been made of the conversation, from the agent's answer on. */
  talk: Talk | undefined;
  /** Under which id the engine has the conversation: each agent's part in it has its own. */
  engineId: CallId;
  /** The customer hears music instead of the agent. */
  onHold = false;
  /** How often somebody was rung for the conversation, or it was passed on. */
  brought = 0;
  /** When the customer first joined a queue in this call. */
  firstQueuedAt: EpochMs | undefined;
  /** The call that was placed to connect the caller with somebody, and how often that was tried. */
  transfer: Dialling | undefined;
  transfers = 0;
  /** What the caller answered when asked how it was. */
  survey: Readonly<Record<string, number>> | undefined;
  /** The flow records the caller; resolves when it has told what came of it. */
  saying: Promise<void> | undefined;
  /** What the caller said after the tone; kept at the end of the call. */
  message: Message | undefined;
  leftMessage = false;
  /** Supervisors who listen to the conversation. */
  supervisions: readonly SupervisionView[] = [];
  /** What the caller was told about being recorded. */
  notice: NoticeEvidence | undefined;
  /** Recordings of the conversation that were begun, and how often that was tried. */
  readonly recordingIds: RecordingId[] = [];
  recordings = 0;
  /** The one that is being made. */
  taped: { readonly id: RecordingId; readonly paused: boolean } | undefined;
  #transferredTo: string | undefined;
  #transferredAt: EpochMs | undefined;
  /** The promise that this call made, or that it keeps. */
  callbackId: CallbackId | undefined;
  readonly outgoing: Outgoing | undefined;
  readonly #history: { seq: number };
  #waitMs = 0;
  #lastWaitMs = 0;
  #talkMs = 0;
  #holdMs = 0;
  readonly #agents: AgentShare[] = [];

  constructor(inbound: InboundCall, context: CallContext, arrivedAt: EpochMs, outgoing?: Outgoing) {
    this.id = inbound.callId;
    this.engineId = inbound.callId;
    this.inbound = inbound;
    this.context = context;
    this.arrivedAt = arrivedAt;
    this.outgoing = outgoing;
    this.callbackId = outgoing?.callbackId;
    this.#history = outgoing?.history ?? { seq: 0 };
  }

  /** The next entry of the call's history. */
  event(at: EpochMs, type: string, data: Readonly<Record<string, unknown>>): CallEvent {
    this.#history.seq += 1;
    return { callId: this.id, seq: this.#history.seq, at, type, data };
  }

  /** The number of the last one. */
  get lastSeq(): number {
    return this.#history.seq;
  }

  queued(queueId: QueueId, at: EpochMs): void {
    this.stage = 'queued';
    this.queueId = queueId;
    this.queuedAt = at;
    this.firstQueuedAt ??= at;
  }

  /** Since when they waited in an earlier queue, or before they spoke with somebody; absent: they stand where they came. */
  get waitedBefore(): EpochMs | undefined {
    return this.firstQueuedAt === this.queuedAt ? undefined : this.firstQueuedAt;
  }

  /** Left the queue, for an agent or for nobody. */
  waited(waitMs: number): void {
    this.#waitMs += waitMs;
    this.#lastWaitMs = waitMs;
  }

  connected(offerId: OfferId, agentId: AgentId, at: EpochMs): void {
    this.offer = this.rings.get(offerId);
    this.rings.clear();
    this.stage = 'talking';
    this.agentId = agentId;
    this.connectedAt ??= at;
  }

  /** The agent answered, and nobody could speak: the wait in this queue is not over, and counts at its end. */
  returned(): void {
    this.#waitMs -= this.#lastWaitMs;
    this.#lastWaitMs = 0;
    this.stage = 'queued';
    this.offer = undefined;
    this.agentId = undefined;
    // Whoever spoke with somebody before was answered.
    if (this.#talkMs === 0) this.connectedAt = undefined;
  }

  /** An agent's part is over. */
  talked(agentId: AgentId, talkMs: number, holdMs: number): void {
    this.#talkMs += talkMs;
    this.#holdMs += holdMs;
    this.#agents.push({ agentId, talkMs, holdMs });
  }

  /** Speaks with somebody who has no place in the engine. */
  transferred(target: string, at: EpochMs): void {
    this.stage = 'talking';
    this.#transferredTo = target;
    this.#transferredAt = at;
  }

  /** Whoever had them without a place in the engine has them no more. */
  broughtBack(at: EpochMs): void {
    if (this.#transferredAt !== undefined) this.#talkMs += at - this.#transferredAt;
    this.#transferredAt = undefined;
  }

  /** Of an agent's conversation the engine knows; of this one it does not. */
  get isTransferred(): boolean {
    return this.#transferredAt !== undefined;
  }

  get wasTransferred(): boolean {
    return this.#transferredTo !== undefined;
  }

  cdr(endedAt: EpochMs, outcome: CallOutcome, endedBy: Cdr['endedBy']): Cdr {
    const { context, outgoing } = this;
    return {
      callId: this.#recordId(outcome),
      sipCallId: outgoing ? (this.leg?.identity.sipCallId ?? '') : this.inbound.sipCallId,
      dnis: this.inbound.dnis,
      ...optional('ani', context.ani),
      status: context.status,
      ...optional('contactId', context.contactId),
      ...optional('callerName', context.name),
      ...optional('intent', context.intent),
      ...optional('queueId', this.queueId),
      ...optional('agentId', this.agentId),
      arrivedAt: this.arrivedAt,
      ...optional('queuedAt', this.queuedAt),
      ...optional('connectedAt', this.connectedAt),
      endedAt,
      waitMs: this.#waitMs,
      talkMs:
        this.#talkMs + (this.#transferredAt === undefined ? 0 : endedAt - this.#transferredAt),
      ...(this.#agents.length > 0 ? { holdMs: this.#holdMs, agents: [...this.#agents] } : {}),
      outcome,
      endedBy,
      variables: context.variables,
      ...(outgoing ? { direction: 'outbound' } : {}),
      ...optional('callbackId', this.callbackId),
      ...optional('originalCallId', outgoing?.originalCallId),
      ...optional('transferredTo', this.#transferredTo),
      ...optional('survey', this.survey),
      ...(this.recordingIds.length > 0 ? { recordingIds: [...this.recordingIds] } : {}),
      ...(this.notice?.result === 'refused' ? { recordingRefused: true as const } : {}),
    };
  }

  /** An attempt that reached nobody has a record of its own: the promise goes on, and its id with it. */
  #recordId(outcome: CallOutcome): CallId {
    const isOver =
      outcome !== 'notReached' && (outcome !== 'lost' || this.connectedAt !== undefined);
    if (!this.outgoing || isOver) return this.id;
    return `${this.id}.${this.outgoing.attempt}` as CallId;
  }
}

/** In a queue, whether a phone rings for them or not. */
export const isWaiting = ({ stage }: Pick<CallSession, 'stage'>): boolean =>
  stage === 'queued' || stage === 'offered';
