import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callId, queueId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import { agent, Desk, queue } from './desk.ts';

const ANA = '+34600000001';
const BEA = '+34600000002';

/** Ana has asked to be rung back; Bea came after her and waits. */
function asked(more: Partial<QueueConfig> = {}): Desk {
  const desk = new Desk(
    [queue('v', { callbackEnabled: true, ...more }), queue('w', { callbackEnabled: true })],
    [agent('1', ['v']), agent('2', ['v'])],
  );
  desk.callFrom(ANA, 'a', 'v');
  desk.after(4_000).callFrom(BEA, 'b', 'v');
  desk.after(4_000).askBack('a');
  return desk;
}

/** The agent's phone rings for Ana's ticket, Ana rings herself and is served by somebody else. */
function servedMeanwhile(): Desk {
  const desk = asked().work('1');
  desk.callFrom(ANA, 'a2', 'v', 10);
  desk.work('2');
  desk.answer('a2');
  desk.end('a2');
  return desk;
}

describe('customers who ring before they are rung', () => {
  it('K6 K7 served while an agent’s phone rings for the ticket: it is over when that is', () => {
    const accepted = servedMeanwhile();
    assert.equal(accepted.ticket('a!')?.stage, 'offered', 'not under the agent’s hand');
    accepted.answer('a!');
    assert.deepEqual(accepted.changesOf('callback.dial'), []);
    assert.deepEqual(accepted.changesOf('callback.ended'), [
      {
        type: 'callback.ended',
        callbackId: 'a!',
        queueId: 'v',
        outcome: 'merged',
        attempts: 0,
        callId: 'a2',
      },
    ]);
    const missed = servedMeanwhile();
    missed.fail('a!', 'rejected');
    assert.equal(missed.endOf('a!'), 'merged');
  });

  it('K7 so it is if who served them has sent them elsewhere: nobody is to talk to them about it again', () => {
    const waits = servedMeanwhile();
    waits.callFrom(ANA, 'a2', 'w');
    waits.fail('a!', 'rejected');
    assert.deepEqual([waits.endOf('a!'), waits.stage('a2')], ['merged', 'queued']);
    const gone = servedMeanwhile();
    gone.callFrom(ANA, 'a2', 'w');
    gone.abandon('a2');
    gone.fail('a!', 'rejected');
    assert.equal(gone.endOf('a!'), 'merged');
  });

  it('K7 whoever accepts has the first of the customer’s calls', () => {
    const desk = asked().work('1');
    desk.callFrom(ANA, 'a2', 'v');
    desk.callFrom(ANA, 'a3', 'v');
    desk.answer('a!');
    assert.deepEqual([desk.with('a2'), desk.stage('a3')], ['1', 'queued']);
  });

  it('K7 the ticket stands aside for a second call that an agent has, and is over with it', () => {
    const desk = asked();
    desk.callFrom(ANA, 'a2', 'v');
    desk.callFrom(ANA, 'a3', 'v', 10);
    desk.work('1');
    desk.answer('a3');
    desk.abandon('a2');
    assert.deepEqual(desk.changesOf('callback.paused'), [
      { type: 'callback.paused', callbackId: 'a!', queueId: 'v', callId: 'a3' },
    ]);
    desk.end('a3');
    assert.equal(desk.endOf('a!'), 'merged');
  });

  it('K7 the promise stands for who gives up, and says for when', () => {
    const desk = asked();
    desk.after(1).schedule('s', 'v', '+34600000003', desk.now + 60_000);
    const at = desk.now + 60_000;
    desk.callFrom('+34600000003', 'c', 'v');
    desk.abandon('c');
    assert.deepEqual(desk.changesOf('callback.resumed'), [
      { type: 'callback.resumed', callbackId: 's', queueId: 'v', notBefore: at },
    ]);
  });

  it('K7 R4 who gives up under a ringing phone leaves it to their own ticket, not to who came later', () => {
    const desk = asked();
    desk.callFrom(ANA, 'a2', 'v');
    desk.work('1');
    assert.equal(desk.with('a2'), '1');
    desk.abandon('a2');
    assert.deepEqual([desk.ticket('a!')?.agentId, desk.stage('b')], ['1', 'queued']);
  });

  it('K7 an appointment is not for a call that was there before it, also when a later one has gone', () => {
    const desk = asked();
    desk.schedule('s', 'v', BEA, desk.now + 60_000);
    desk.callFrom(BEA, 'b2', 'v');
    assert.equal(desk.ticket('s')?.stage, 'paused');
    desk.abandon('b2');
    assert.equal(desk.ticket('s')?.stage, 'scheduled');
  });

  it('K7 a ticket that is due does not stand aside for a call to another queue', () => {
    const desk = asked();
    desk.schedule('s', 'v', '+34600000003', desk.now + 60_000);
    desk.callFrom('+34600000003', 'c', 'w');
    desk.pass(60_000);
    assert.deepEqual([desk.ticket('s')?.stage, desk.stage('c')], ['waiting', 'queued']);
  });

  it('K1 K7 R16 a ticket that stood aside waits for whom its caller wanted for what is left of that wait', () => {
    const desk = asked({ preferredWaitMs: 60_000 }).work('1', '2');
    desk.abandon('b');
    desk.cancel('a!');
    desk.notReady('1');
    desk.schedule('s', 'v', ANA, desk.now, 5, '1');
    desk.pass(20_000);
    desk.callFrom(ANA, 'a2', 'v');
    assert.deepEqual([desk.ticket('s')?.stage, desk.with('a2')], ['paused', '2']);
    desk.abandon('a2');
    desk.pass(39_999);
    assert.equal(desk.ticket('s')?.stage, 'waiting', 'the other agent is free, and not asked');
    desk.pass(1);
    assert.equal(desk.ticket('s')?.agentId, '2');
  });
});

describe('tickets that are over', () => {
  it('K5 whoever was rung as often as the queue tries by now is not rung again', () => {
    const desk = asked({ callbackAttemptsMax: 3, callbackRetryMs: 60_000 }).work('1');
    desk.abandon('b');
    desk.answer('a!');
    desk.miss('a!');
    const lower = queue('v', { callbackEnabled: true, callbackAttemptsMax: 1 });
    desk.configure([lower, queue('w')], [agent('1', ['v']), agent('2', ['v'])]);
    assert.equal(desk.ticket('a!')?.stage, 'scheduled');
    desk.pass(60_000);
    assert.equal(desk.endOf('a!'), 'failed');
    assert.deepEqual(desk.changesOf('callback.queued'), []);
  });

  it('K5 K6 time ends the promise while it waits for its next attempt, and nothing comes of it any more', () => {
    const desk = asked({ callbackExpireMs: 60_000, callbackRetryMs: 600_000 });
    const until = desk.now + 60_000;
    desk.work('1').abandon('b');
    desk.answer('a!');
    desk.miss('a!');
    desk.pass(until - 1 - desk.now);
    assert.equal(desk.ticket('a!')?.stage, 'scheduled');
    desk.pass(1);
    assert.equal(desk.endOf('a!'), 'expired');
    desk.pass(3_600_000);
    assert.equal(desk.history.at(-1)?.type, 'callback.ended');
  });

  it('K5 nor of one that has failed, or was cancelled before its time', () => {
    const desk = asked({ callbackAttemptsMax: 1 }).work('1');
    desk.abandon('b');
    desk.answer('a!');
    desk.miss('a!');
    assert.deepEqual(desk.changesOf('callback.ended'), [
      { type: 'callback.ended', callbackId: 'a!', queueId: 'v', outcome: 'failed', attempts: 1 },
    ]);
    desk.schedule('s', 'v', ANA, desk.now + 60_000);
    desk.cancel('s');
    const before = desk.history.length;
    desk.pass(3_600_000);
    assert.equal(desk.history.length, before);
  });
});

describe('whoever was reached', () => {
  const reached = (more: Partial<QueueConfig> = {}): Desk => {
    const desk = new Desk(
      [queue('v', { callbackEnabled: true, ...more }), queue('w')],
      [agent('1', ['v']), agent('2', ['v'])],
    ).work('1');
    desk.schedule('s', 'v', ANA, desk.now);
    desk.after(7_000).answer('s');
    desk.after(8_000).reach('s');
    return desk;
  };
  const comeBack = (desk: Desk): void => {
    desk.notReady('1');
    desk.give({ type: 'call.returned', callId: callId('s'), cause: 'media' });
  };

  it('K4 C4 waits, if they come back, for as long as the queue lets callers wait, from when they were reached', () => {
    const desk = reached({ waitMsMax: 60_000, announceFirstMs: 20_000 });
    const at = desk.now;
    desk.after(5_000);
    comeBack(desk);
    desk.pass(at + 19_999 - desk.now);
    assert.equal(desk.history.filter(({ type }) => type === 'announcement.due').length, 0);
    desk.pass(1);
    assert.equal(desk.changesOf('announcement.due').length, 1);
    desk.pass(39_999);
    assert.equal(desk.stage('s'), 'queued');
    desk.pass(1);
    assert.equal(desk.changesOf('call.left')[0]?.outcome, 'queueTimeout');
  });

  it('K4 V2 goes over by the rules of the queue, as if they had joined it then', () => {
    const overflow = [{ when: 'maxWait', ms: 30_000, to: { queue: queueId('w') } }] as const;
    const desk = reached({ overflow });
    const at = desk.now;
    comeBack(desk);
    desk.pass(at + 29_999 - desk.now);
    assert.equal(desk.engine.call(callId('s'))?.queueId, 'v');
    desk.pass(1);
    assert.equal(desk.engine.call(callId('s'))?.queueId, 'w');
  });

  it('K4 R7 is a call that their agent has taken', () => {
    const desk = reached({ strategy: 'fewest-calls' });
    desk.end('s');
    desk.wrapUpDone('1');
    desk.after(1_000).work('2');
    desk.call('next', 'v');
    assert.equal(desk.with('next'), '2');
  });

  it('K4 R19 has the priority of their call back, whatever they are given later', () => {
    const desk = new Desk([queue('v', { callbackEnabled: true })], [agent('1', ['v'])]).work('1');
    desk.schedule('s', 'v', ANA, desk.now, 7);
    desk.answer('s');
    desk.reach('s');
    assert.deepEqual(desk.changesOf('callback.ended')[0], {
      type: 'callback.ended',
      callbackId: 's',
      queueId: 'v',
      outcome: 'reached',
      attempts: 1,
      callId: 's',
    });
    desk.notReady('1');
    desk.give({ type: 'call.returned', callId: callId('s'), cause: 'media' });
    desk.after(1).call('six', 'v', 6);
    desk.after(1).call('eight', 'v', 8);
    desk.give({ type: 'call.prioritise', callId: callId('s'), priority: 8 });
    assert.deepEqual(desk.engine.line(queueId('v'), 9), ['s', 'eight', 'six']);
    desk.give({ type: 'call.prioritise', callId: callId('s'), priority: 5 });
    assert.deepEqual(desk.engine.line(queueId('v'), 9), ['eight', 'six', 's']);
  });
});

describe('what is promised', () => {
  it('K1 R3 is promised with the demands of the call', () => {
    const desk = asked().work('1');
    desk.cancel('a!');
    desk.notReady('1');
    desk.give({
      type: 'call.enqueue',
      callId: callId('c'),
      queueId: queueId('v'),
      priority: 5,
      requiredSkills: { catalan: 5 },
      callerKey: ANA,
    });
    desk.askBack('c');
    desk.abandon('b');
    desk.ready('1');
    assert.equal(desk.ticket('c!')?.stage, 'waiting');
  });

  it('K8 has an id of 64 characters, and a time 90 days ahead, at most', () => {
    const desk = asked();
    const at = desk.now + 90 * 86_400_000;
    assert.equal(desk.schedule('s', 'v', '+1', at + 1), 'CALLBACK_TIME');
    assert.equal(desk.schedule('s', 'v', '+1', at), 'ok');
    assert.equal(desk.schedule('x'.repeat(65), 'v', '+2', at), 'CALLBACK_EXISTS');
    assert.equal(desk.schedule('x'.repeat(64), 'v', '+2', at), 'ok');
  });

  it('K6 K8 ends as what was decided first, if an agent has it in hand', () => {
    const desk = asked().work('1');
    desk.answer('a!');
    desk.configure([queue('w')], [agent('1', ['w'])]);
    desk.cancel('a!');
    desk.miss('a!');
    assert.equal(desk.endOf('a!'), 'queueGone');
  });
});
