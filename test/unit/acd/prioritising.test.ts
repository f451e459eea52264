import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { callId } from '../../../src/model/ids.ts';
import { agent, Desk, queue } from './desk.ts';

const LEVEL_MS = 60_000;

/** `a`, `b` and `c` wait in this order, a second apart, and nobody works. */
function line(more = {}): Desk {
  const desk = new Desk([queue('v', { priorityLevelMs: LEVEL_MS, ...more })], [agent('1', ['v'])]);
  for (const id of ['a', 'b', 'c']) desk.after(1_000).call(id, 'v');
  return desk;
}

const prioritise = (desk: Desk, id: string, priority: number) =>
  desk.give({ type: 'call.prioritise', callId: callId(id), priority });

const places = (desk: Desk) => ['a', 'b', 'c'].map((id) => desk.position(id));

describe('another priority', () => {
  it('R19 puts the call as many levels before or behind where it stood, and back', () => {
    const desk = line();
    assert.equal(prioritise(desk, 'c', 6), 'ok');
    assert.deepEqual(desk.changes, [
      { type: 'call.prioritised', callId: 'c', queueId: 'v', priority: 6, position: 1 },
    ]);
    assert.deepEqual(places(desk), [2, 3, 1]);
    prioritise(desk, 'a', 4);
    assert.deepEqual(places(desk), [3, 2, 1]);
    prioritise(desk, 'a', 5);
    prioritise(desk, 'c', 5);
    assert.deepEqual(places(desk), [1, 2, 3]);
    desk.work('1');
    assert.equal(desk.with('a'), '1');
  });

  it('R19 a level is worth its time to the millisecond: of two who stand level then, the earlier arrival is first', () => {
    const desk = new Desk([queue('v', { priorityLevelMs: LEVEL_MS })], [agent('1', ['v'])]);
    desk.call('a', 'v');
    desk.after(LEVEL_MS).call('b', 'v');
    desk.call('c', 'v', 6);
    assert.deepEqual(places(desk), [1, 3, 2], 'a and c stand level');
    prioritise(desk, 'b', 6);
    assert.deepEqual(places(desk), [1, 2, 3], 'all three do');
  });

  it('R19 H1 what a colleague is rung for never waits', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v'])]).work('1');
    desk.direct('part', 'v', '1');
    assert.equal(prioritise(desk, 'part', 6), 'CALL_STATE');
  });

  it('R19 the next who is free takes whoever stands first now', () => {
    const desk = line();
    prioritise(desk, 'b', 10);
    desk.work('1');
    assert.equal(desk.with('b'), '1');
  });

  it('R19 the same again changes nothing; one that there is not, or of a call that does not wait, is refused', () => {
    const desk = line();
    assert.equal(prioritise(desk, 'a', 5), 'ok');
    assert.deepEqual(desk.changes, []);
    for (const priority of [-1, 11, 1.5, Number.NaN])
      assert.equal(prioritise(desk, 'a', priority), 'PRIORITY_RANGE');
    assert.equal(prioritise(desk, 'nobody', 6), 'CALL_UNKNOWN');
    desk.work('1');
    desk.answer('a');
    assert.equal(prioritise(desk, 'a', 6), 'CALL_STATE');
    desk.direct('d', 'v', '1');
    assert.deepEqual(places(desk), [undefined, 1, 2]);
  });

  it('R19 under a ringing phone the new place counts when the call waits again', () => {
    const desk = line();
    desk.work('1');
    assert.equal(prioritise(desk, 'a', 0), 'ok');
    assert.deepEqual(desk.changes, [
      { type: 'call.prioritised', callId: 'a', queueId: 'v', priority: 0 },
    ]);
    assert.equal(desk.with('a'), '1');
    desk.fail('a', 'rejected');
    assert.deepEqual(places(desk), [3, 1, 2]);
  });

  for (const strategy of ['ring-all', 'ring-progressively'] as const) {
    it(`R19 M1 a call that rings at several phones keeps its order among those that ring (${strategy})`, () => {
      const phones = { strategy, ringAgentsMax: 2, ringNextMs: 5_000 };
      const agents = ['1', '2', '3'].map((id) => agent(id, ['v']));
      const desk = new Desk([queue('v', { priorityLevelMs: LEVEL_MS, ...phones })], agents);
      for (const id of ['a', 'b']) desk.after(1_000).call(id, 'v');
      desk.work('1', '2');
      assert.deepEqual([desk.stage('a'), desk.stage('b')], ['offered', 'offered']);
      prioritise(desk, 'b', 9);
      desk.pass(5_000);
      desk.work('3');
      const rung = desk.history.findLast((change) => change.type === 'offer.made');
      assert.equal(rung?.type === 'offer.made' && rung.callId, 'b', 'first in the order now');
      desk.abandon('b');
      desk.abandon('a');
      assert.deepEqual(
        ['1', '2', '3'].map((id) => desk.state(id)),
        ['ready', 'ready', 'ready'],
      );
    });
  }

  it('R19 T4 a restored engine goes on the same', () => {
    const desk = line();
    prioritise(desk, 'c', 9);
    const text = desk.engine.serialize();
    const again = Engine.restore(text);
    assert.equal(again.serialize(), text);
    assert.equal(again.call(callId('c'))?.priority, 9);
    assert.equal(again.position(callId('c')), 1);
  });
});
