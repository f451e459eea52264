import assert from 'node:assert/strict';
import type { Change } from '../../../src/acd/changes.ts';
import type { Command, OfferFailure, RefusalCode } from '../../../src/acd/commands.ts';
import { Engine } from '../../../src/acd/engine.ts';
import type { AgentConfig, AgentState, CasualTerms, Skills } from '../../../src/model/agent.ts';
import type { DialFailure } from '../../../src/model/callback.ts';
import { agentId, callbackId, callId, type OfferId, queueId } from '../../../src/model/ids.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../../src/model/queue.ts';

export const queue = (id: string, more: Partial<QueueConfig> = {}): QueueConfig => ({
  ...QUEUE_DEFAULTS,
  id: queueId(id),
  name: id,
  ...more,
});

export const agent = (id: string, queues: readonly string[], skills: Skills = {}): AgentConfig => ({
  id: agentId(id),
  name: id,
  extension: id,
  skills,
  queueIds: queues.map(queueId),
});

const enqueue = (
  id: string,
  queueName: string,
  more: {
    priority: number;
    requiredSkills?: Skills;
    callerKey?: string;
    since?: number;
    returns?: true;
  },
): Command => ({
  type: 'call.enqueue',
  callId: callId(id),
  queueId: queueId(queueName),
  requiredSkills: {},
  ...more,
});

export const casual = (
  id: string,
  queues: readonly string[],
  terms: Partial<CasualTerms> = {},
  more: Partial<AgentConfig> = {},
): AgentConfig => ({
  ...agent(id, queues),
  zone: 'Europe/Madrid',
  casual: { monthlyCap: 30, ...terms },
  ...more,
});

/** An engine under a clock that only tests move, spoken to in the words of the trade. */
export class Desk {
  engine = Engine.create();
  now = 1_000_000;
  /** Of the last command. */
  changes: readonly Change[] = [];
  /** Every change so far. */
  readonly history: Change[] = [];

  constructor(queues: readonly QueueConfig[], agents: readonly AgentConfig[], at?: string) {
    if (at !== undefined) this.now = Date.parse(at);
    this.configure(queues, agents);
  }

  after(ms: number): this {
    this.now += ms;
    return this;
  }

  /** Gives a command, looks at every invariant, and says the code of a refusal. */
  give(command: Command): RefusalCode | 'ok' {
    const { reply, changes } = this.engine.apply(this.now, command);
    this.changes = changes;
    this.history.push(...changes);
    assert.deepEqual(this.engine.brokenInvariants(), []);
    return reply.ok ? 'ok' : reply.code;
  }

  configure(queues: readonly QueueConfig[], agents: readonly AgentConfig[]): RefusalCode | 'ok' {
    return this.give({ type: 'configure', queues, agents });
  }

  tick(): void {
    this.give({ type: 'tick' });
  }

  /** Lets time pass until then. */
  until(at: string): void {
    this.pass(Date.parse(at) - this.now);
  }

  /** Lets time pass, with a tick at every deadline on the way. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (let next = this.engine.nextDeadline(); next !== undefined && next <= end; ) {
      this.now = next;
      this.tick();
      next = this.engine.nextDeadline();
    }
    this.now = end;
  }

  phone(id: string, reachable = true) {
    return this.give({ type: 'agent.reachable', agentId: agentId(id), reachable });
  }

  signIn(id: string) {
    return this.give({ type: 'agent.signIn', agentId: agentId(id) });
  }

  signOut(id: string) {
    return this.give({ type: 'agent.signOut', agentId: agentId(id) });
  }

  ready(id: string) {
    return this.give({ type: 'agent.ready', agentId: agentId(id) });
  }

  notReady(id: string, reason = 'pausa') {
    return this.give({ type: 'agent.notReady', agentId: agentId(id), reason });
  }

  wrapUpDone(id: string) {
    return this.give({ type: 'agent.wrapUpDone', agentId: agentId(id) });
  }

  /** Signed in, with a phone, ready. */
  work(...ids: readonly string[]): this {
    for (const id of ids) {
      this.signIn(id);
      this.phone(id);
      this.ready(id);
      this.now++;
    }
    return this;
  }

  call(id: string, queueName: string, priority = 5, requiredSkills: Skills = {}) {
    return this.give(enqueue(id, queueName, { priority, requiredSkills }));
  }

  /** A call by somebody who is known by a number. */
  callFrom(callerKey: string, id: string, queueName: string, priority = 5) {
    return this.give(enqueue(id, queueName, { priority, callerKey }));
  }

  /** The waiting caller asks to be rung back; the ticket is called as the call, with a `!`. */
  askBack(id: string, more: { at?: number; callerKey?: string } = {}) {
    return this.give({
      type: 'callback.request',
      callbackId: callbackId(`${id}!`),
      callId: callId(id),
      ...more,
    });
  }

  schedule(
    id: string,
    queueName: string,
    callerKey: string,
    at: number,
    priority = 5,
    preferred?: string,
  ) {
    return this.give({
      type: 'callback.schedule',
      callbackId: callbackId(id),
      queueId: queueId(queueName),
      callerKey,
      at,
      priority,
      requiredSkills: {},
      ...(preferred === undefined ? {} : { preferredAgentId: agentId(preferred) }),
    });
  }

  /** Somebody who was talked to is queued once more: whoever spoke with them is gone. */
  comeBack(callerKey: string, id: string, queueName: string, since = this.now) {
    return this.give(enqueue(id, queueName, { priority: 5, callerKey, since, returns: true }));
  }

  reach(id: string) {
    return this.give({ type: 'callback.reached', callbackId: callbackId(id) });
  }

  miss(id: string, cause: DialFailure = 'noAnswer', more: { rang?: true } = {}) {
    return this.give({ type: 'callback.failed', callbackId: callbackId(id), cause, ...more });
  }

  cancel(id: string) {
    return this.give({ type: 'callback.cancel', callbackId: callbackId(id) });
  }

  /** What the ticket is doing. */
  ticket(id: string) {
    return this.engine.callbacks().find((ticket) => ticket.id === id);
  }

  /** How the ticket ended. */
  endOf(id: string): string | undefined {
    const ends = this.history.filter(
      (change) => change.type === 'callback.ended' && change.callbackId === id,
    );
    assert.ok(ends.length < 2, `${id} ended more than once`);
    return ends[0]?.type === 'callback.ended' ? ends[0].outcome : undefined;
  }

  /** A colleague has the agent rung for a conversation in progress. */
  direct(id: string, queueName: string, to: string, ringMs = 25_000) {
    return this.give({
      type: 'call.direct',
      callId: callId(id),
      queueId: queueId(queueName),
      agentId: agentId(to),
      ringMs,
    });
  }

  /** A call that is queued again, of somebody who waits since then. */
  callSince(since: number, id: string, queueName: string) {
    return this.give(enqueue(id, queueName, { priority: 5, since }));
  }

  hold(id: string, held = true) {
    return this.give({ type: held ? 'call.held' : 'call.retrieved', callId: callId(id) });
  }

  abandon(id: string) {
    return this.give({ type: 'call.abandon', callId: callId(id) });
  }

  end(id: string) {
    return this.give({ type: 'call.ended', callId: callId(id) });
  }

  answer(id: string) {
    return this.give({ type: 'offer.answered', offerId: this.offerOf(id) });
  }

  fail(id: string, cause: OfferFailure) {
    return this.give({ type: 'offer.failed', offerId: this.offerOf(id), cause });
  }

  /** The last offer of the call. */
  offerOf(id: string): OfferId {
    const made = this.history.findLast(
      (change) => change.type === 'offer.made' && change.callId === id,
    );
    assert.ok(made?.type === 'offer.made', `call ${id} was never offered`);
    return made.offerId;
  }

  /** Whom the call is offered to or talked to by. */
  with(id: string): string | undefined {
    return this.engine.call(callId(id))?.agentId;
  }

  stage(id: string): string {
    return this.engine.call(callId(id))?.stage ?? 'gone';
  }

  state(id: string): AgentState['kind'] | 'gone' {
    return this.engine.agent(agentId(id))?.state.kind ?? 'gone';
  }

  reason(id: string): string | undefined {
    const state = this.engine.agent(agentId(id))?.state;
    return state?.kind === 'notReady' ? state.reason : undefined;
  }

  position(id: string): number | undefined {
    return this.engine.position(callId(id));
  }

  /** The types of the last command's changes. */
  get types(): readonly string[] {
    return this.changes.map(({ type }) => type);
  }

  changesOf<Type extends Change['type']>(type: Type): Extract<Change, { type: Type }>[] {
    return this.changes.filter((change) => change.type === type) as Extract<
      Change,
      { type: Type }
    >[];
  }
}
