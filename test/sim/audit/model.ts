import type { Change } from '../../../src/acd/changes.ts';
import type { Command } from '../../../src/acd/commands.ts';
import type { AgentConfig, AgentState, AgentStateKind, Skills } from '../../../src/model/agent.ts';
import type { AgentId, CallbackId, CallId, OfferId, QueueId } from '../../../src/model/ids.ts';
import { PRIORITY_DEFAULT, type QueueConfig } from '../../../src/model/queue.ts';
import type { Enqueue } from '../world/part.ts';
import { type Lots, NO_LOTS } from './lots.ts';
import type { Rule } from './rule.ts';
import type { AuditedTicket } from './ticket.ts';

export interface AuditedCall {
  readonly id: CallId;
  readonly seq: number;
  queueId: QueueId;
  readonly skills: Skills;
  readonly queuedAt: number;
  effectiveStart: number;
  priority: number;
  /** When it joined the queue that it is in. */
  joinedAt: number;
  waitUntil: number;
  /** It stands in the line for a call back. */
  isStandIn: boolean;
  /** One agent's part in a conversation that others have: it never waits (rule H1). */
  readonly isDirected: boolean;
  /** The command that brought it, with whatever it asked for. */
  readonly asked: Enqueue;
  /** Live offers; several at once are a rule's affair. */
  readonly offers: Set<OfferId>;
  talkingTo: AgentId | undefined;
}

export interface AuditedAgent {
  config: AgentConfig;
  state: AgentState;
  reachable: boolean;
  idleSince: number;
}

export interface AuditedOffer {
  readonly callId: CallId;
  readonly agentId: AgentId;
  readonly expiresAt: number;
}

/** Names of figures to counts. */
export type Figures = Record<string, number>;

/** What an onlooker knows who hears every command and every change: maps, and nothing of the engine's own. */
export class Model {
  readonly calls = new Map<CallId, AuditedCall>();
  readonly agents = new Map<AgentId, AuditedAgent>();
  readonly offers = new Map<OfferId, AuditedOffer>();
  queues = new Map<QueueId, QueueConfig>();
  /** With those that close: each as it was last configured. */
  readonly queuesEver = new Map<QueueId, QueueConfig>();
  configured = new Set<AgentId>();
  readonly figures: Figures = {};
  /** Drawn by queues that draw lots. */
  lots: Lots = NO_LOTS;
  rules: readonly Rule[] = [];
  /** Call backs that are not over. */
  readonly open = new Set<CallbackId>();
  /** What is known of them: `callbacks` keeps it. */
  readonly tickets = new Map<CallbackId, AuditedTicket>();
  /** The queues that each call has been in: `callbacks` says. */
  readonly paths = new Map<CallId, QueueId[]>();
  /** The calls by which customers rang before they were rung. */
  readonly mergedInto = new Map<CallId, CallId>();
  /** Whether limits, hours and need let the agent help in the queue, whatever they are doing: `casual` says. */
  mayHelp: (now: number, agent: AuditedAgent, queueId: QueueId) => boolean = () => true;
  /** The offer that is being judged, at the end of its step: some rules ask how things were when it was made. */
  judged: OfferId | undefined;
  readonly #returning = new Set<AgentId>();
  /** Starts that a call about to be queued has beyond its own. */
  readonly #starts = new Map<CallId, number>();
  #seq = 0;

  count(figure: string): void {
    this.figures[figure] = (this.figures[figure] ?? 0) + 1;
  }

  stageOf(call: AuditedCall): 'waiting' | 'offered' | 'talking' {
    if (call.talkingTo !== undefined) return 'talking';
    return call.offers.size > 0 ? 'offered' : 'waiting';
  }

  /** The queue of the call as it was last configured, also when it closes. */
  queueOf(call: AuditedCall): QueueConfig | undefined {
    return this.queuesEver.get(call.queueId);
  }

  /** The queue as the command configures it, if it does. */
  queueIn(command: Command, id: QueueId): QueueConfig | undefined {
    if (command.type !== 'configure') return undefined;
    return command.queues.find((queue) => queue.id === id);
  }

  /** The agents who are in a state, with it. */
  agentsIn<Kind extends AgentStateKind>(
    kind: Kind,
  ): readonly { readonly id: AgentId; readonly state: Extract<AgentState, { kind: Kind }> }[] {
    const found: { id: AgentId; state: Extract<AgentState, { kind: Kind }> }[] = [];
    for (const [id, { state }] of this.agents) {
      if (state.kind === kind) found.push({ id, state: state as (typeof found)[number]['state'] });
    }
    return found;
  }

  /** The call about to be queued stands at least as well as this. */
  startAt(id: CallId, effectiveStart: number): void {
    this.#starts.set(id, Math.min(effectiveStart, this.#starts.get(id) ?? effectiveStart));
  }

  /** A call back is about to stand in the line. */
  standIn(
    now: number,
    id: CallId,
    ticket: Pick<AuditedCall, 'queueId' | 'skills' | 'effectiveStart' | 'joinedAt' | 'waitUntil'>,
  ): void {
    this.calls.set(id, {
      ...ticket,
      priority: PRIORITY_DEFAULT,
      id,
      seq: ++this.#seq,
      isStandIn: true,
      isDirected: false,
      queuedAt: now,
      asked: {
        type: 'call.enqueue',
        callId: id,
        queueId: ticket.queueId,
        priority: 5,
        requiredSkills: ticket.skills,
      },
      offers: new Set(),
      talkingTo: undefined,
    });
  }

  mayHave(now: number, agent: AuditedAgent, call: AuditedCall): boolean {
    return this.rules.every((rule) => rule.allows?.(now, agent, call) ?? true);
  }

  isFree(now: number, agent: AuditedAgent): boolean {
    if (agent.state.kind !== 'ready' || !agent.reachable) return false;
    return this.rules.every((rule) => rule.frees?.(now, agent) ?? true);
  }

  /** Takes a change as a fact. */
  follow(now: number, command: Command, change: Change): void {
    switch (change.type) {
      case 'agent.changed':
        return this.#agentChanged(now, change);
      case 'call.queued':
        return this.#callQueued(now, command, change);
      case 'call.directed':
        return this.#callDirected(now, change);
      case 'offer.made':
        this.offers.set(change.offerId, change);
        this.calls.get(change.callId)?.offers.add(change.offerId);
        return this.count('offers');
      case 'offer.pickedUp': {
        const offer = this.offers.get(change.offerId);
        if (offer) this.offers.set(change.offerId, { ...offer, expiresAt: change.expiresAt });
        return;
      }
      case 'offer.failed':
        return this.#offerOver(change.offerId);
      case 'offer.withdrawn':
        return this.#offerOver(change.offerId);
      case 'call.connected': {
        this.#offerOver(change.offerId);
        const call = this.calls.get(change.callId);
        if (call) call.talkingTo = change.agentId;
        return this.count('connected');
      }
      case 'callback.dial': {
        this.#offerOver(change.offerId);
        const call = this.calls.get(standInOf(change.callbackId));
        if (call) call.talkingTo = change.agentId;
        return this.count('dialled');
      }
      case 'callback.attemptFailed':
        this.calls.delete(standInOf(change.callbackId));
        this.#returning.add(change.agentId);
        return this.count(`dial.${change.cause}`);
      case 'callback.paused':
        this.calls.delete(standInOf(change.callbackId));
        return this.count('callback.paused');
      case 'callback.ended':
        this.#callbackEnded(change);
        return this.count(`callback.${change.outcome}`);
      case 'call.returned':
        return this.#callReturned(change);
      case 'call.overflowed':
        return this.#callOverflowed(now, command, change);
      case 'call.prioritised':
        return this.#callPrioritised(change);
      case 'call.left':
        this.calls.delete(change.callId);
        return this.count(change.outcome);
      case 'call.ended':
        this.calls.delete(change.callId);
        return this.count('ended');
      case 'announcement.due':
        return this.count('announcements');
      default:
        // A family of rules follows what it alone knows of.
        return this.count((change as Change).type);
    }
  }

  /** Takes the command, after its changes: what was due before it went by what was configured before it. */
  learn(now: number, command: Command): void {
    if (command.type === 'agent.reachable') {
      const agent = this.agents.get(command.agentId);
      if (agent) agent.reachable = command.reachable;
    }
    if (command.type !== 'configure') return;
    this.queues = new Map(command.queues.map((queue) => [queue.id, queue]));
    for (const queue of command.queues) this.queuesEver.set(queue.id, queue);
    this.configured = new Set(command.agents.map(({ id }) => id));
    for (const config of command.agents) {
      const known = this.agents.get(config.id);
      if (known) known.config = config;
      else this.agents.set(config.id, newAgent(config, now));
    }
  }

  /** Agents who were removed are gone once they are offline. */
  forgetRemoved(): void {
    for (const [id, agent] of this.agents) {
      if (agent.state.kind === 'offline' && !this.configured.has(id)) this.agents.delete(id);
    }
  }

  #agentChanged(now: number, change: Extract<Change, { type: 'agent.changed' }>): void {
    const agent = this.agents.get(change.agentId);
    if (!agent) return;
    // Nobody spoke in a call that came back: the agent is as idle as before.
    const idleBefore = this.#returning.delete(change.agentId);
    const worked = ['talking', 'wrapUp', 'offline'].includes(change.from.kind);
    if (worked && !idleBefore) agent.idleSince = now;
    agent.state = change.to;
  }

  #callOverflowed(
    now: number,
    command: Command,
    change: Extract<Change, { type: 'call.overflowed' }>,
  ): void {
    this.count('overflowed');
    const call = this.calls.get(change.callId);
    if (!call) return;
    call.queueId = change.queueId;
    call.joinedAt = now;
    const queue = this.queueIn(command, change.queueId) ?? this.queueOf(call);
    call.waitUntil = now + (queue?.waitMsMax ?? 0);
  }

  /** As many levels of its queue before or behind where it stood (rule R19). */
  #callPrioritised({ callId, priority }: Extract<Change, { type: 'call.prioritised' }>): void {
    this.count('prioritised');
    const call = this.calls.get(callId);
    if (!call) return;
    const levelMs = this.queueOf(call)?.priorityLevelMs ?? 0;
    call.effectiveStart -= (priority - call.priority) * levelMs;
    call.priority = priority;
  }

  #callReturned({ callId, agentId }: Extract<Change, { type: 'call.returned' }>): void {
    const call = this.calls.get(callId);
    if (call) call.talkingTo = undefined;
    this.#returning.add(agentId);
    this.count('returned');
  }

  #callQueued(now: number, command: Command, change: Extract<Change, { type: 'call.queued' }>) {
    const queue = this.queues.get(change.queueId);
    if (command.type !== 'call.enqueue' || !queue) return;
    this.count(change.regained ? 'regained' : 'queued');
    const ownStart =
      (command.since ?? now) - (command.priority - PRIORITY_DEFAULT) * queue.priorityLevelMs;
    const effectiveStart = Math.min(ownStart, this.#starts.get(change.callId) ?? ownStart);
    this.#starts.delete(change.callId);
    this.calls.set(change.callId, {
      id: change.callId,
      seq: ++this.#seq,
      queueId: change.queueId,
      skills: command.requiredSkills,
      queuedAt: now,
      joinedAt: now,
      effectiveStart,
      priority: command.priority,
      isStandIn: false,
      isDirected: false,
      waitUntil: now + queue.waitMsMax,
      asked: command,
      offers: new Set(),
      talkingTo: undefined,
    });
  }

  #callDirected(
    now: number,
    { callId, queueId }: Extract<Change, { type: 'call.directed' }>,
  ): void {
    this.count('directed');
    this.calls.set(callId, {
      id: callId,
      seq: ++this.#seq,
      queueId,
      skills: {},
      queuedAt: now,
      joinedAt: now,
      effectiveStart: now,
      priority: PRIORITY_DEFAULT,
      isStandIn: false,
      isDirected: true,
      waitUntil: Number.POSITIVE_INFINITY,
      asked: { type: 'call.enqueue', callId, queueId, priority: 5, requiredSkills: {} },
      offers: new Set(),
      talkingTo: undefined,
    });
  }

  /** Whoever was reached goes on as a call like any other. */
  #callbackEnded({ callbackId, outcome }: Extract<Change, { type: 'callback.ended' }>): void {
    const id = standInOf(callbackId);
    const call = this.calls.get(id);
    if (call && outcome === 'reached') {
      call.isStandIn = false;
      call.waitUntil = Number.POSITIVE_INFINITY;
    } else this.calls.delete(id);
  }

  #offerOver(id: OfferId): void {
    const offer = this.offers.get(id);
    this.offers.delete(id);
    if (offer) this.calls.get(offer.callId)?.offers.delete(id);
  }
}

/** Whether the configuration has the queue; other commands take none away. */
export const isConfigured = (command: Command, id: QueueId): boolean =>
  command.type !== 'configure' || command.queues.some((queue) => queue.id === id);

export const standInOf = (id: CallbackId): CallId => id as string as CallId;

const newAgent = (config: AgentConfig, now: number): AuditedAgent => ({
  config,
  state: { kind: 'offline', since: now },
  reachable: false,
  idleSince: now,
});

/** R1: by effective start, and at the same instant by arrival. */
export const isBefore = (a: AuditedCall, b: AuditedCall): boolean =>
  a.effectiveStart < b.effectiveStart || (a.effectiveStart === b.effectiveStart && a.seq < b.seq);

/** Casual agents come after all others, whatever a queue's strategy (rule B5). */
export const isCasual = ({ config }: AuditedAgent): boolean => config.casual !== undefined;
