import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { callId, queueId } from '../../../src/model/ids.ts';
import type { OverflowRule } from '../../../src/model/queue.ts';
import { agent, Desk, queue } from './desk.ts';

const desk = (more = {}) => new Desk([queue('v', more)], [agent('1', ['v']), agent('2', ['v'])]);
const back = (at: Desk, id: string, cause: 'agentLost' | 'media') =>
  at.give({ type: 'call.returned', callId: callId(id), cause });

/** Somebody who was talked to is queued once more. */
const callAgain = (at: Desk, id: string) =>
  at.give({
    type: 'call.enqueue',
    callId: callId(id),
    queueId: queueId('v'),
    priority: 5,
    requiredSkills: {},
    returns: true,
  });

describe('calls that come back', () => {
  it('C7 a caller whom nobody could speak to has the old place again, before those who came later', () => {
    const floor = desk().work('1');
    floor.call('a', 'v');
    floor.after(1_000).call('b', 'v');
    floor.answer('a');
    back(floor, 'a', 'agentLost');
    assert.deepEqual([floor.position('a'), floor.with('b')], [1, undefined]);
    floor.work('2');
    assert.equal(floor.with('a'), '2');
  });

  it('C7 an agent whose leg died pauses as one who is unreachable, and others go first', () => {
    const floor = desk({ unreachableDelayMs: 30_000 }).work('1');
    floor.call('a', 'v');
    floor.answer('a');
    back(floor, 'a', 'agentLost');
    assert.deepEqual(floor.types, ['call.returned', 'agent.changed']);
    assert.equal(floor.state('1'), 'ready');
    floor.pass(29_999);
    assert.equal(floor.stage('a'), 'queued');
    floor.pass(1);
    assert.equal(floor.with('a'), '1');
  });

  it('C7 nobody is to blame for what our media refused: the longest idle is rung again at once', () => {
    const floor = desk().work('1', '2');
    floor.call('a', 'v');
    floor.answer('a');
    back(floor, 'a', 'media');
    assert.deepEqual(floor.types, [
      'call.returned',
      'agent.changed',
      'agent.changed',
      'offer.made',
    ]);
    assert.equal(floor.with('a'), '1');
  });

  it('C7 what the agent asked for meanwhile takes effect, without after-call work', () => {
    const floor = desk().work('1');
    floor.call('a', 'v');
    floor.answer('a');
    floor.notReady('1', 'comida');
    back(floor, 'a', 'media');
    assert.deepEqual([floor.state('1'), floor.reason('1')], ['notReady', 'comida']);
  });

  it('C7 the third bridge that fails ends the call, across a restart', () => {
    const floor = desk().work('1');
    floor.call('a', 'v');
    for (const _ of [1, 2]) {
      floor.answer('a');
      back(floor, 'a', 'media');
    }
    floor.engine = Engine.restore(floor.engine.serialize());
    floor.answer('a');
    floor.after(500);
    back(floor, 'a', 'media');
    assert.deepEqual(floor.types, ['call.returned', 'agent.changed', 'call.left']);
    assert.equal(floor.changesOf('call.left')[0]?.outcome, 'failed');
    assert.deepEqual([floor.stage('a'), floor.state('1')], ['gone', 'ready']);
  });

  it('C7 a caller whose time ran out meanwhile leaves at once', () => {
    const floor = desk({ waitMsMax: 5_000 }).work('1');
    floor.call('a', 'v');
    floor.answer('a');
    floor.after(6_000);
    back(floor, 'a', 'media');
    assert.equal(floor.changesOf('call.left')[0]?.outcome, 'queueTimeout');
  });

  it('C7 into a queue that closes, where nobody is left, the caller does not come back', () => {
    const floor = desk().work('1');
    floor.call('a', 'v');
    floor.answer('a');
    floor.configure([], []);
    back(floor, 'a', 'agentLost');
    assert.equal(floor.changesOf('call.left')[0]?.outcome, 'queueTimeout');
    assert.deepEqual([floor.state('1'), floor.engine.queues().length], ['gone', 0]);
  });

  it('C7 a full queue takes back who belongs to it; only a conversation can come back', () => {
    const floor = desk({ lengthMax: 1 }).work('1');
    floor.call('a', 'v');
    assert.equal(back(floor, 'a', 'media'), 'CALL_STATE');
    floor.answer('a');
    floor.after(1).call('b', 'v');
    assert.equal(back(floor, 'a', 'agentLost'), 'ok');
    assert.deepEqual([floor.position('a'), floor.position('b')], [1, 2]);
    assert.equal(back(floor, 'nobody', 'media'), 'CALL_UNKNOWN');
  });

  it('V2 O6 C7 C1 a length of the line sends on who joins, and nobody who comes back', () => {
    const overflow: OverflowRule[] = [{ when: 'maxLength', over: 1, to: { exit: 'full' } }];
    const full = (): Desk => {
      const floor = desk({ overflow, rejectDelayMs: 60_000 }).work('1');
      floor.call('x', 'v', 5, { nobody: 1 });
      floor.call('a', 'v');
      assert.equal(floor.with('a'), '1', 'somebody is free for who joins');
      return floor;
    };
    const rejected = full();
    rejected.fail('a', 'rejected');
    assert.equal(rejected.stage('a'), 'queued', 'in the instant in which it joined, too');
    rejected.pass(60_000);
    assert.equal(rejected.with('a'), '1', 'and for as long as it waits');
    const missed = full();
    missed.pass(20_000);
    assert.deepEqual([missed.stage('a'), missed.reason('1')], ['queued', 'rna']);
    const unspoken = full();
    unspoken.answer('a');
    unspoken.notReady('1');
    back(unspoken, 'a', 'media');
    assert.equal(unspoken.stage('a'), 'queued');
    unspoken.call('b', 'v');
    assert.equal(unspoken.changesOf('call.left')[0]?.overflow?.exit, 'full', 'a call that joins');
    callAgain(unspoken, 'c');
    unspoken.pass(10_000);
    assert.equal(unspoken.stage('c'), 'queued', 'somebody has spoken with them already');
  });

  it('H5 V2 C4 who comes back keeps the place; what the queue gives a call begins anew', () => {
    const overflow: OverflowRule[] = [{ when: 'maxWait', ms: 60_000, to: { exit: 'voicemail' } }];
    const floor = desk({ overflow, waitMsMax: 90_000 });
    const came = floor.now;
    floor.callFrom('+34', 'a', 'v');
    floor.after(1_000).call('b', 'v');
    floor.pass(58_999);
    floor.work('1');
    floor.answer('a');
    floor.notReady('1');
    floor.end('a');
    floor.comeBack('+34', 'a', 'v', came);
    assert.deepEqual([floor.position('a'), floor.position('b')], [1, 2]);
    floor.pass(59_999);
    assert.deepEqual([floor.stage('a'), floor.stage('b')], ['queued', 'gone']);
    floor.pass(1);
    assert.equal(floor.changesOf('call.left')[0]?.overflow?.when, 'maxWait');
  });

  it('C1 V2 who comes back where nobody is goes on at once, as whoever joins', () => {
    const overflow: OverflowRule[] = [
      { when: 'maxLength', over: 0, to: { exit: 'full' } },
      { when: 'noAgentsStaffed', forMs: 0, to: { exit: 'closed' } },
    ];
    const floor = desk({ overflow });
    callAgain(floor, 'a');
    assert.equal(floor.changesOf('call.left')[0]?.overflow?.exit, 'closed');
  });

  it('V2 K4 a customer who was rung back and could not be joined is not sent on for the length', () => {
    const overflow: OverflowRule[] = [{ when: 'maxLength', over: 0, to: { exit: 'full' } }];
    const floor = desk({ overflow, callbackEnabled: true }).work('1');
    floor.schedule('t', 'v', '+34', floor.now);
    floor.answer('t');
    callAgain(floor, 'x');
    floor.reach('t');
    floor.notReady('1');
    back(floor, 't', 'media');
    floor.pass(10_000);
    assert.equal(floor.stage('t'), 'queued');
  });
});
