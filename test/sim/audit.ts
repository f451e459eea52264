import type { Change } from '../../src/acd/changes.ts';
import type { Command } from '../../src/acd/commands.ts';
import { PASS_OVER_MS } from '../../src/acd/consequences.ts';
import type { Applied } from '../../src/acd/engine.ts';
import type { AgentConfig, AgentState, Skills } from '../../src/model/agent.ts';
import type { AgentId, CallId, OfferId, QueueId } from '../../src/model/ids.ts';
import { PRIORITY_DEFAULT, type QueueConfig } from '../../src/model/queue.ts';

interface AuditedCall {
  readonly id: CallId;
  readonly seq: number;
  readonly queueId: QueueId;
  readonly skills: Skills;
  readonly queuedAt: number;
  readonly effectiveStart: number;
  readonly waitUntil: number;
  stage: 'waiting' | 'offered' | 'talking';
}

interface AuditedAgent {
  config: AgentConfig;
  state: AgentState;
  reachable: boolean;
  idleSince: number;
  pausedUntil: number;
  misses: number;
  /** The offer that just ended must make the agent not ready. */
  rnaDue: boolean;
  passedOver: Map<CallId, number>;
}

interface AuditedOffer {
  readonly callId: CallId;
  readonly agentId: AgentId;
  readonly expiresAt: number;
}

export interface Figures {
  queued: number;
  connected: number;
  abandoned: number;
  shortAbandon: number;
  queueTimeout: number;
  ended: number;
  offers: number;
  announcements: number;
  refused: number;
}

/**
 * A second opinion: it follows commands and changes with maps and scans only, and knows the rules of SPEC.md
 * by heart. What the engine did and should not have is a sentence.
 */
export class Audit {
  readonly figures: Figures = {
    queued: 0,
    connected: 0,
    abandoned: 0,
    shortAbandon: 0,
    queueTimeout: 0,
    ended: 0,
    offers: 0,
    announcements: 0,
    refused: 0,
  };
  readonly #calls = new Map<CallId, AuditedCall>();
  readonly #agents = new Map<AgentId, AuditedAgent>();
  readonly #offers = new Map<OfferId, AuditedOffer>();
  readonly #offersSeen = new Set<OfferId>();
  #queues = new Map<QueueId, QueueConfig>();
  /** With those that close: each as it was last configured. */
  readonly #queuesEver = new Map<QueueId, QueueConfig>();
  #configured = new Set<AgentId>();
  #seq = 0;
  #problems: string[] = [];

  get callsOpen(): number {
    return this.#calls.size;
  }

  /** `quiet`: nothing was due before the command, so that there was one routing and order can be judged. */
  check(now: number, command: Command, { reply, changes }: Applied, quiet: boolean): string[] {
    this.#problems = [];
    if (!reply.ok) {
      this.figures.refused++;
      if (quiet)
        this.#expect(changes.length === 0, `${command.type} was refused and changed something`);
    }
    for (const change of changes) this.#follow(now, command, change);
    // Afterwards: what was due before the command went by what was configured before it.
    if (reply.ok) this.#learn(command, now);
    if (quiet) for (const change of changes) this.#judgeOffer(now, change);
    for (const [id, agent] of this.#agents) {
      if (agent.state.kind === 'offline' && !this.#configured.has(id)) this.#agents.delete(id);
    }
    return this.#problems;
  }

  #learn(command: Command, now: number): void {
    if (command.type === 'agent.reachable') {
      const agent = this.#agents.get(command.agentId);
      if (agent) agent.reachable = command.reachable;
    }
    if (command.type !== 'configure') return;
    this.#queues = new Map(command.queues.map((queue) => [queue.id, queue]));
    for (const queue of command.queues) this.#queuesEver.set(queue.id, queue);
    this.#configured = new Set(command.agents.map(({ id }) => id));
    for (const config of command.agents) {
      const known = this.#agents.get(config.id);
      if (known) known.config = config;
      else this.#agents.set(config.id, newAgent(config, now));
    }
  }

  #follow(now: number, command: Command, change: Change): void {
    switch (change.type) {
      case 'agent.changed':
        return this.#agentChanged(now, command, change);
      case 'call.queued':
        return this.#callQueued(now, command, change);
      case 'offer.made':
        return this.#offerMade(now, change);
      case 'offer.failed':
        this.#offerOver(change.offerId, 'waiting');
        return this.#consequence(now, change.agentId, change.callId, change.cause);
      case 'offer.withdrawn':
        return this.#offerWithdrawn(now, command, change);
      case 'call.connected':
        this.#offerOver(change.offerId, 'talking');
        this.figures.connected++;
        return;
      case 'call.left':
        return this.#callLeft(now, command, change);
      case 'call.ended':
        this.#expect(
          this.#calls.get(change.callId)?.stage === 'talking',
          'a call ended unanswered',
        );
        this.#calls.delete(change.callId);
        this.figures.ended++;
        return;
      case 'announcement.due': {
        const call = this.#calls.get(change.callId);
        this.#expect(call?.stage === 'waiting', 'an announcement was made to a call not waiting');
        this.#expect(change.position >= 1, 'a position is below 1');
        this.figures.announcements++;
        return;
      }
    }
  }

  #agentChanged(now: number, command: Command, change: Extract<Change, { type: 'agent.changed' }>) {
    const { agentId, from, to } = change;
    const agent = this.#agents.get(agentId);
    if (!agent) return this.#expect(false, `agent ${agentId} changed and is not there`);
    this.#expect(
      JSON.stringify(agent.state) === JSON.stringify(from),
      `agent ${agentId} was ${agent.state.kind} and came from ${from.kind}`,
    );
    if (from.kind === 'wrapUp' && now < from.until) {
      const asked =
        'agentId' in command &&
        command.agentId === agentId &&
        ['agent.wrapUpDone', 'agent.ready', 'agent.signOut'].includes(command.type);
      this.#expect(asked, `the after-call work of ${agentId} was cut short`);
    }
    if (['talking', 'wrapUp', 'offline'].includes(from.kind)) agent.idleSince = now;
    if (from.kind === 'offline' || (from.kind === 'notReady' && to.kind === 'ready')) {
      agent.pausedUntil = 0;
      agent.misses = 0;
    }
    if (to.kind === 'talking') agent.misses = 0;
    const rna = from.kind === 'offered' && to.kind === 'notReady' && to.reason === 'rna';
    this.#expect(
      rna === agent.rnaDue,
      `agent ${agentId} is ${to.kind} after ${agent.misses} misses`,
    );
    agent.rnaDue = false;
    agent.state = to;
  }

  #callQueued(now: number, command: Command, change: Extract<Change, { type: 'call.queued' }>) {
    const queue = this.#queues.get(change.queueId);
    this.#expect(!this.#calls.has(change.callId), `call ${change.callId} was queued twice`);
    if (command.type !== 'call.enqueue' || !queue)
      return this.#expect(false, 'a call came unasked');
    this.figures.queued++;
    this.#calls.set(change.callId, {
      id: change.callId,
      seq: ++this.#seq,
      queueId: change.queueId,
      skills: command.requiredSkills,
      queuedAt: now,
      effectiveStart: now - (command.priority - PRIORITY_DEFAULT) * queue.priorityLevelMs,
      waitUntil: now + queue.waitMsMax,
      stage: 'waiting',
    });
  }

  #offerMade(now: number, change: Extract<Change, { type: 'offer.made' }>): void {
    const call = this.#calls.get(change.callId);
    this.figures.offers++;
    this.#expect(!this.#offersSeen.has(change.offerId), `offer ${change.offerId} was made twice`);
    this.#expect(
      call?.stage === 'waiting',
      `call ${change.callId} was offered while ${call?.stage}`,
    );
    this.#offersSeen.add(change.offerId);
    this.#offers.set(change.offerId, change);
    const pausedUntil = this.#agents.get(change.agentId)?.pausedUntil ?? 0;
    this.#expect(pausedUntil <= now, `agent ${change.agentId} was offered a call in a pause`);
    if (!call) return;
    call.stage = 'offered';
    this.#expect(
      now < call.waitUntil || !this.#queues.has(call.queueId),
      `call ${call.id} was offered after its time`,
    );
  }

  #offerOver(id: OfferId, stage: 'waiting' | 'talking'): void {
    const offer = this.#offers.get(id);
    if (!offer) return this.#expect(false, `offer ${id} ended twice, or was never made`);
    this.#offers.delete(id);
    const call = this.#calls.get(offer.callId);
    if (call) call.stage = stage;
  }

  #offerWithdrawn(
    now: number,
    command: Command,
    change: Extract<Change, { type: 'offer.withdrawn' }>,
  ) {
    const offer = this.#offers.get(change.offerId);
    this.#offerOver(change.offerId, 'waiting');
    if (change.why === 'noAnswer') {
      this.#expect(offer !== undefined && offer.expiresAt <= now, 'an offer expired early');
      this.#consequence(now, change.agentId, change.callId, 'noAnswer');
    }
    if (change.why === 'agentLeft' && command.type === 'agent.reachable') {
      this.#consequence(now, change.agentId, change.callId, 'unreachable');
    }
  }

  #consequence(now: number, agentId: AgentId, callId: CallId, cause: string): void {
    const agent = this.#agents.get(agentId);
    const queueId = this.#calls.get(callId)?.queueId;
    const queue = queueId === undefined ? undefined : this.#queuesEver.get(queueId);
    if (!agent || !queue) return;
    const delays: Readonly<Record<string, number>> = {
      rejected: queue.rejectDelayMs,
      busy: queue.busyDelayMs,
      unreachable: queue.unreachableDelayMs,
    };
    const delayMs = delays[cause];
    if (cause === 'noAnswer') agent.misses++;
    if (cause === 'rejected') agent.misses = 0;
    agent.rnaDue = cause === 'noAnswer' && agent.misses >= queue.missesMax;
    agent.passedOver.set(callId, now + Math.max(PASS_OVER_MS, delayMs ?? 0));
    if (delayMs !== undefined) agent.pausedUntil = now + delayMs;
  }

  #callLeft(now: number, command: Command, change: Extract<Change, { type: 'call.left' }>): void {
    const call = this.#calls.get(change.callId);
    if (!call) return this.#expect(false, `call ${change.callId} left twice`);
    this.#expect(call.stage === 'waiting', `call ${call.id} left under an offer`);
    if (change.outcome === 'queueTimeout' && !this.#isClosing(command, call.queueId)) {
      this.#expect(now >= call.waitUntil, `call ${call.id} left before its time`);
    }
    this.#calls.delete(change.callId);
    this.figures[change.outcome]++;
  }

  /** A queue that closes, by this command or an earlier one, may send its callers on at once (rule G3). */
  #isClosing(command: Command, id: QueueId): boolean {
    if (command.type === 'configure') return !command.queues.some((queue) => queue.id === id);
    return !this.#queues.has(id);
  }

  /** R1 nobody who may have the agent stands before the call; R2 no free agent has been idle longer. */
  #judgeOffer(now: number, change: Change): void {
    if (change.type !== 'offer.made') return;
    const call = this.#calls.get(change.callId);
    const agent = this.#agents.get(change.agentId);
    // Who serves a queue that closes is the engine's own affair (rule G3).
    if (!call || !agent || !this.#queues.has(call.queueId)) return;
    this.#expect(
      this.#mayHave(now, agent, call),
      `agent ${change.agentId} may not have ${call.id}`,
    );
    for (const other of this.#calls.values()) {
      if (other.stage !== 'waiting' || !this.#mayHave(now, agent, other)) continue;
      this.#expect(!isBefore(other, call), `call ${other.id} was overtaken by ${call.id}`);
    }
    for (const other of this.#agents.values()) {
      if (!isFree(now, other) || !this.#mayHave(now, other, call)) continue;
      this.#expect(other.idleSince >= agent.idleSince, `${other.config.id} has been idle longer`);
    }
  }

  #mayHave(now: number, agent: AuditedAgent, call: AuditedCall): boolean {
    const queue = this.#queues.get(call.queueId);
    if (!queue || !agent.config.queueIds.includes(queue.id)) return false;
    const wanted = [...Object.entries(queue.requiredSkills), ...Object.entries(call.skills)];
    if (wanted.some(([name, level]) => (agent.config.skills[name] ?? 0) < level)) return false;
    return (agent.passedOver.get(call.id) ?? 0) <= now;
  }

  #expect(condition: boolean, problem: string): void {
    if (!condition) this.#problems.push(problem);
  }
}

const newAgent = (config: AgentConfig, now: number): AuditedAgent => ({
  config,
  state: { kind: 'offline', since: now },
  reachable: false,
  idleSince: now,
  pausedUntil: 0,
  misses: 0,
  rnaDue: false,
  passedOver: new Map(),
});

const isFree = (now: number, agent: AuditedAgent): boolean =>
  agent.state.kind === 'ready' && agent.reachable && agent.pausedUntil <= now;

const isBefore = (a: AuditedCall, b: AuditedCall): boolean =>
  a.effectiveStart < b.effectiveStart || (a.effectiveStart === b.effectiveStart && a.seq < b.seq);
