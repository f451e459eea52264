import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { callId } from '../../../src/model/ids.ts';
import { agent, Desk, queue } from './desk.ts';

const desk = (more = {}) => new Desk([queue('v', more)], [agent('1', ['v']), agent('2', ['v'])]);
const back = (at: Desk, id: string, cause: 'agentLost' | 'media') =>
  at.give({ type: 'call.returned', callId: callId(id), cause });

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
});
