import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agentId, callId, queueId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import { agent, Desk, queue } from './desk.ts';

const ANA = '+34600000001';

/** Ana is to be rung back now, by whoever of two is free. */
function due(more: Partial<QueueConfig> = {}, preferred?: string): Desk {
  const desk = new Desk(
    [queue('v', { callbackEnabled: true, ...more })],
    [agent('1', ['v']), agent('2', ['v'])],
  );
  desk.schedule('t', 'v', ANA, desk.now, 5, preferred);
  return desk;
}

describe('attempts at a call back', () => {
  it('K3 K5 say who dials whom, for which offer, until when, and what came of it', () => {
    const desk = due({ callbackDialMs: 20_000 }).work('1');
    const offerId = desk.offerOf('t');
    desk.after(1_000).answer('t');
    const about = { callbackId: 't', queueId: 'v', agentId: '1' };
    const until = desk.now + 20_000;
    assert.deepEqual(desk.changesOf('callback.dial'), [
      { type: 'callback.dial', ...about, offerId, callerKey: ANA, attempt: 1, until },
    ]);
    const talking = { kind: 'talking', since: desk.now, callId: 't' };
    assert.deepEqual(desk.engine.agent(agentId('1'))?.state, talking);
    desk.after(1_000).miss('t', 'busy');
    assert.deepEqual(desk.changesOf('callback.attemptFailed'), [
      { type: 'callback.attemptFailed', ...about, cause: 'busy', attempt: 1, counted: true },
    ]);
  });

  it('K3 F1 whoever accepts one has missed nothing in a row', () => {
    const desk = due({ missesMax: 2, callbackRetryMs: 20_000, ringTimeoutMs: 5_000 }).work('1');
    desk.pass(15_000);
    assert.equal(desk.engine.agent(agentId('1'))?.state.kind, 'offered', 'after one miss');
    desk.answer('t');
    desk.miss('t');
    desk.pass(25_000);
    assert.equal(desk.state('1'), 'ready', 'another one, and not the second');
  });

  it('K5 B3 spends what it was reserved from when it is dialled, and has it back if nobody is reached', () => {
    const limited = { ...agent('1', ['v']), dailyCallsMax: 5 };
    const desk = new Desk([queue('v', { callbackEnabled: true })], [limited]).work('1');
    const spent = () => desk.engine.ledger(agentId('1'))?.daySpent;
    desk.schedule('t', 'v', ANA, desk.now);
    assert.equal(spent(), 0);
    desk.answer('t');
    assert.equal(spent(), 1);
    desk.miss('t');
    assert.equal(spent(), 0);
  });

  it('K1 R16 whoever was waited for in vain is not waited for at the next attempt', () => {
    const desk = due({ preferredWaitMs: 60_000, callbackRetryMs: 1_000 }, '1').work('2');
    desk.answer('t');
    desk.work('1').notReady('1');
    desk.miss('t');
    desk.pass(1_000);
    assert.equal(desk.ticket('t')?.agentId, '2');
  });

  it('K7 R16 whoever accepts has not the own call of a customer who waits for somebody else', () => {
    const desk = due({ preferredWaitMs: 60_000 }).work('1', '2');
    desk.notReady('2');
    const offerId = desk.offerOf('t');
    desk.give({
      type: 'call.enqueue',
      callId: callId('own'),
      queueId: queueId('v'),
      priority: 5,
      requiredSkills: {},
      callerKey: ANA,
      preferredAgentId: agentId('2'),
    });
    desk.answer('t');
    assert.deepEqual(desk.changesOf('offer.withdrawn'), [
      { type: 'offer.withdrawn', offerId, callId: 't', agentId: '1', why: 'callerLeft' },
    ]);
    assert.deepEqual([desk.stage('own'), desk.state('1')], ['queued', 'ready']);
    desk.ready('2');
    assert.equal(desk.with('own'), '2');
  });
});
