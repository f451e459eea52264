import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agentId, callId, queueId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import { agent, casual, Desk, queue } from './desk.ts';

/** Casual agents are let in as soon as somebody waits, or not before a day. */
const needing = (ewtMs: number, more: Partial<QueueConfig> = {}): QueueConfig =>
  queue('v', {
    preferredWaitMs: 60_000,
    casualIn: { ewtMs, serviceLevel: 0 },
    casualOut: { ewtMs: 0, serviceLevel: 1 },
    ...more,
  });

function asksFor(desk: Desk, id: string, preferred: string) {
  const call = { callId: callId(id), queueId: queueId('v'), priority: 5, requiredSkills: {} };
  return desk.give({ type: 'call.enqueue', ...call, preferredAgentId: agentId(preferred) });
}

describe('an agent who is waited for', () => {
  it('R16 B2 not when their month is spent: the caller goes to who is free', () => {
    const agents = [agent('1', ['v']), casual('k', ['v'], { monthlyCap: 0 })];
    const desk = new Desk([needing(86_400_000)], agents).work('1', 'k');
    asksFor(desk, 'c', 'k');
    assert.equal(desk.with('c'), '1');
  });

  it('R16 B4 not when nobody needs them', () => {
    const agents = [agent('1', ['v']), casual('k', ['v'])];
    const desk = new Desk([needing(86_400_000)], agents).work('1', 'k');
    asksFor(desk, 'c', 'k');
    assert.equal(desk.with('c'), '1');
  });

  it('R16 B3 not any longer when the call in hand has spent their last', () => {
    const agents = [agent('1', ['v']), casual('k', ['v'], { monthlyCap: 1 })];
    const desk = new Desk([needing(0)], agents).work('k');
    desk.call('first', 'v');
    assert.equal(desk.with('first'), 'k');
    desk.work('1');
    asksFor(desk, 'c', 'k');
    assert.equal(desk.stage('c'), 'queued', 'the offer may come to nothing');
    desk.answer('first');
    assert.equal(desk.with('c'), '1');
  });

  it('R16 B6 not any longer when their hours are over', () => {
    const hours = [{ days: ['mon'] as const, from: '09:00', to: '10:00' }];
    const agents = [agent('1', ['v']), casual('k', ['v'], { hours })];
    const desk = new Desk([needing(0)], agents, '2026-11-23T08:59:30Z').work('k');
    desk.call('first', 'v');
    desk.answer('first');
    desk.work('1');
    asksFor(desk, 'c', 'k');
    assert.equal(desk.stage('c'), 'queued');
    desk.until('2026-11-23T09:00:00Z');
    assert.equal(desk.with('c'), '1');
  });

  it('V2 B1 a casual agent who is offered their last call is nobody for the next caller', () => {
    const overflow = [{ when: 'noAgentsAvailable', forMs: 0, to: { exit: 'buzon' } } as const];
    const desk = new Desk([needing(0, { overflow })], [casual('k', ['v'], { monthlyCap: 1 })]);
    desk.work('k');
    desk.call('first', 'v');
    assert.equal(desk.with('first'), 'k');
    desk.call('second', 'v');
    assert.equal(desk.stage('second'), 'gone');
  });
});
