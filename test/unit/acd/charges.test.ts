import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { queueId } from '../../../src/model/ids.ts';
import { agent, Desk, queue } from './desk.ts';

describe('whose time it is', () => {
  it('P11 talk time is charged to the agent who talked, whoever was rung before', () => {
    const desk = new Desk(
      [queue('v', { strategy: 'least-talk-time', wrapUpMs: 0, missesMax: 9 })],
      [agent('1', ['v']), agent('2', ['v'])],
    );
    desk.work('1', '2').call('a', 'v');
    assert.equal(desk.with('a'), '1');
    desk.pass(20_000);
    assert.equal(desk.with('a'), '2', 'the phone of 1 rang out');
    desk.after(3_000).answer('a');
    desk.after(60_000).end('a');
    const [ended] = desk.changesOf('call.ended');
    assert.deepEqual([ended?.agentId, ended?.talkMs], ['2', 60_000], 'ringing is nobody’s talk');
    desk.after(60_000).call('b', 'v');
    assert.equal(desk.with('b'), '1', 'who has talked least is 1: nothing of call a is theirs');
  });

  it('P11 the customer’s wait is one, from the first queueing to the answer, through a failed offer', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v']), agent('2', ['v'])]);
    desk.work('1', '2').call('a', 'v');
    desk.after(5_000).fail('a', 'rejected');
    desk.after(7_000).answer('a');
    const [connected] = desk.changesOf('call.connected');
    assert.deepEqual([connected?.agentId, connected?.waitMs], ['2', 12_000]);
  });

  it('P11 V1 the customer’s wait is one, through an overflow to another queue', () => {
    const overflow = [{ when: 'maxWait', ms: 30_000, to: { queue: queueId('b') } }] as const;
    const desk = new Desk([queue('a', { overflow }), queue('b')], [agent('2', ['b'])]);
    desk.call('c', 'a');
    desk.pass(40_000);
    desk.work('2');
    desk.answer('c');
    const [connected] = desk.changesOf('call.connected');
    assert.deepEqual([connected?.queueId, connected?.waitMs], ['b', 40_001]);
  });

  it('P11 a bridge that failed charges nobody: who answered is as idle as before', () => {
    const desk = new Desk(
      [queue('v', { strategy: 'fewest-calls', wrapUpMs: 0 })],
      [agent('1', ['v']), agent('2', ['v'])],
    );
    desk.work('1', '2').call('a', 'v');
    desk.answer('a');
    desk.after(500).give({ type: 'call.returned', callId: 'a' as never, cause: 'media' });
    assert.equal(desk.with('a'), '1', 'it was no call of theirs: they still have the fewest');
    assert.equal(desk.changesOf('call.ended').length, 0);
  });
});
