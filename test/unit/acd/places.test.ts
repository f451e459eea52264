import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { PLACES_MAX } from '../../../src/acd/places.ts';
import { callId } from '../../../src/model/ids.ts';
import { agent, Desk, queue } from './desk.ts';

const ANA = '+34600000001';
const desk = (more = {}) =>
  new Desk([queue('v', { regainMs: 60_000, ...more }), queue('w')], [agent('1', ['v', 'w'])]);

/** Ana waits since the beginning and hangs up after ten seconds; another caller came after her. */
function anaHungUp(more = {}): Desk {
  const floor = desk(more);
  floor.callFrom(ANA, 'a1', 'v');
  floor.after(1_000).call('b', 'v');
  floor.after(9_000).abandon('a1');
  return floor;
}

describe('places regained', () => {
  it('C8 who rings again in time stands where they stood, and waits anew in every figure', () => {
    const floor = anaHungUp();
    floor.after(59_999).callFrom(ANA, 'a2', 'v');
    assert.deepEqual([floor.position('a2'), floor.position('b')], [1, 2]);
    assert.equal(floor.changesOf('call.queued')[0]?.regained, true);
    floor.after(5_000).work('1');
    floor.answer('a2');
    assert.equal(floor.changesOf('call.connected')[0]?.waitMs, 5_001);
  });

  it('C8 who rings again too late, elsewhere, anonymously or from another number has a new place', () => {
    const late = anaHungUp();
    late.after(60_000).callFrom(ANA, 'a2', 'v');
    assert.equal(late.position('a2'), 2);
    const floor = anaHungUp();
    floor.callFrom(ANA, 'elsewhere', 'w');
    floor.call('anonymous', 'v');
    floor.callFrom('+34600000002', 'other', 'v');
    assert.deepEqual(
      ['anonymous', 'other'].map((id) => floor.position(id)),
      [2, 3],
    );
    assert.ok(floor.history.every((change) => !('regained' in change)));
    floor.callFrom(ANA, 'a2', 'v');
    assert.equal(floor.position('a2'), 1, 'the place waits for its caller');
  });

  it('C8 it works once: neither a second call nor a second redial has the place', () => {
    const floor = anaHungUp();
    floor.callFrom(ANA, 'a2', 'v');
    floor.after(1).callFrom(ANA, 'a3', 'v');
    assert.deepEqual([floor.position('a2'), floor.position('a3')], [1, 3]);
    floor.after(20_000).abandon('a2');
    floor.after(1).callFrom(ANA, 'a4', 'v');
    assert.equal(floor.position('a4'), 3);
  });

  it('C8 a better priority of its own counts', () => {
    const floor = anaHungUp();
    floor.after(1).call('vip', 'v', 6);
    floor.callFrom(ANA, 'a2', 'v', 7);
    assert.deepEqual([floor.position('a2'), floor.position('vip')], [1, 2]);
  });

  it('C8 a short wait, and one that ended under a ringing phone, leave a place too', () => {
    const floor = desk().work('1');
    floor.callFrom(ANA, 'a1', 'v');
    floor.after(1_000).abandon('a1');
    assert.equal(floor.changesOf('call.left')[0]?.outcome, 'shortAbandon');
    floor.notReady('1');
    floor.after(1).call('b', 'v');
    floor.after(1).callFrom(ANA, 'a2', 'v');
    assert.equal(floor.position('a2'), 1);
  });

  it('C8 the queue may not allow it, and who left otherwise has no place', () => {
    const off = anaHungUp({ regainMs: 0 });
    off.callFrom(ANA, 'a2', 'v');
    assert.equal(off.position('a2'), 2);
    const floor = desk({ waitMsMax: 5_000 });
    floor.callFrom(ANA, 'a1', 'v');
    floor.pass(5_000);
    assert.equal(floor.stage('a1'), 'gone');
    floor.call('b', 'v');
    floor.after(1).callFrom(ANA, 'a2', 'v');
    assert.equal(floor.position('a2'), 2);
  });

  it('C8 C5 whom a key or an operator took out of the line has given the place up; a lost line has not', () => {
    for (const [cut, position] of [
      [{}, 2],
      [{ lineLost: true }, 1],
    ] as const) {
      const floor = desk();
      floor.callFrom(ANA, 'a1', 'v');
      floor.after(1).call('b', 'v');
      floor.after(1).give({ type: 'call.abandon', callId: callId('a1'), byHouse: true, ...cut });
      assert.equal(floor.changesOf('call.left')[0]?.byHouse, true);
      floor.after(1).callFrom(ANA, 'a2', 'v');
      assert.equal(floor.position('a2'), position);
    }
  });

  it('C8 a place outlives a restart, and is over on time', () => {
    const floor = anaHungUp();
    floor.engine = Engine.restore(floor.engine.serialize());
    floor.after(59_000).callFrom(ANA, 'a2', 'v');
    assert.equal(floor.position('a2'), 1);
    const late = anaHungUp();
    late.abandon('b');
    late.engine = Engine.restore(late.engine.serialize());
    late.pass(60_000);
    assert.ok(!late.engine.serialize().includes(ANA), 'nothing is left of her');
  });

  it('C8 the places that are kept are limited, the oldest goes first', () => {
    const engine = Engine.create();
    engine.apply(0, { type: 'configure', queues: [queue('v', { regainMs: 60_000 })], agents: [] });
    const call = (n: number | string) => ({
      type: 'call.enqueue' as const,
      callId: callId(`c${n}`),
      queueId: queue('v').id,
      priority: 5,
      requiredSkills: {},
      callerKey: `k${n}`,
    });
    for (let n = 0; n <= PLACES_MAX; n++) {
      engine.apply(n, call(n));
      engine.apply(n, { type: 'call.abandon', callId: callId(`c${n}`) });
    }
    const regained = (n: number) =>
      engine.apply(20_000, call(n)).changes.some((change) => 'regained' in change);
    assert.deepEqual([regained(0), regained(1), regained(PLACES_MAX)], [false, true, true]);
  });

  it('C8 a key that is empty or too long is refused', () => {
    const floor = desk();
    assert.equal(floor.callFrom('', 'a', 'v'), 'CALLER_KEY_RANGE');
    assert.equal(floor.callFrom('1'.repeat(65), 'a', 'v'), 'CALLER_KEY_RANGE');
    assert.equal(floor.callFrom('1'.repeat(64), 'a', 'v'), 'ok');
  });
});
