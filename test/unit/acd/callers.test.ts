import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callId, queueId } from '../../../src/model/ids.ts';
import { agent, Desk, queue } from './desk.ts';

const empty = (more = {}) => new Desk([queue('v', more)], [agent('1', ['v'])]);

describe('callers', () => {
  it('C1 a full queue refuses, and offered callers count', () => {
    const desk = empty({ lengthMax: 2 }).work('1');
    desk.call('a', 'v');
    desk.call('b', 'v');
    assert.equal(desk.call('c', 'v'), 'QUEUE_FULL');
    desk.answer('a');
    assert.equal(desk.call('c', 'v'), 'ok');
  });

  it('C1 who comes back is taken beyond the limit, and counts', () => {
    const desk = empty({ lengthMax: 1 });
    desk.call('a', 'v');
    const back = { type: 'call.enqueue', callId: callId('b'), queueId: queueId('v') } as const;
    const demand = { priority: 5, requiredSkills: {}, since: 0 };
    assert.equal(desk.give({ ...back, ...demand }), 'QUEUE_FULL');
    assert.equal(desk.give({ ...back, ...demand, returns: true }), 'ok');
    assert.equal(desk.position('b'), 1);
    desk.give({ type: 'call.abandon', callId: callId('a') });
    assert.equal(desk.call('c', 'v'), 'QUEUE_FULL');
  });

  it('C1 every demand that makes no sense is refused with its code', () => {
    const desk = empty();
    assert.equal(desk.call('a', 'nowhere'), 'QUEUE_UNKNOWN');
    for (const priority of [-1, 11, 1.5, Number.NaN]) {
      assert.equal(desk.call('a', 'v', priority), 'PRIORITY_RANGE');
    }
    for (const level of [0, 11, 2.5])
      assert.equal(desk.call('a', 'v', 5, { x: level }), 'SKILL_RANGE');
    assert.equal(desk.stage('a'), 'gone');
  });

  it('C2 position counts who waits, in the order of service, also across demands', () => {
    const desk = empty();
    desk.call('a', 'v');
    desk.after(1).call('b', 'v', 5, { ingles: 5 });
    desk.after(1).call('c', 'v', 9);
    assert.equal(desk.changesOf('call.queued')[0]?.position, 1);
    assert.deepEqual(
      ['c', 'a', 'b'].map((id) => desk.position(id)),
      [1, 2, 3],
    );
    assert.deepEqual(
      desk.engine.calls().map(({ id, position }) => [id, position]),
      [
        ['c', 1],
        ['a', 2],
        ['b', 3],
      ],
    );
    desk.work('1');
    assert.equal(desk.position('c'), undefined);
    assert.equal(desk.position('a'), 1);
  });

  it('C3 announces after announceFirstMs and then every announceEveryMs', () => {
    const desk = empty();
    desk.call('a', 'v');
    desk.pass(100_000);
    const said = desk.history.filter((change) => change.type === 'announcement.due');
    assert.deepEqual(
      said.map((change) => change.type === 'announcement.due' && [change.position, change.waitMs]),
      [
        [1, 10_000],
        [1, 55_000],
        [1, 100_000],
      ],
    );
  });

  it('C3 never announces under a ringing phone; what fell due comes when the call waits again', () => {
    const desk = empty().work('1');
    desk.call('a', 'v');
    desk.pass(19_999);
    assert.equal(
      desk.history.some(({ type }) => type === 'announcement.due'),
      false,
    );
    desk.pass(1);
    assert.equal(desk.changesOf('announcement.due').length, 1);
    assert.equal(
      desk.types.indexOf('offer.withdrawn') < desk.types.indexOf('announcement.due'),
      true,
    );
  });

  it('C4 a caller who waited waitMsMax leaves', () => {
    const desk = empty({ waitMsMax: 30_000 });
    desk.call('a', 'v');
    desk.pass(29_999);
    assert.equal(desk.stage('a'), 'queued');
    desk.pass(1);
    assert.deepEqual(desk.changesOf('call.left')[0]?.outcome, 'queueTimeout');
    assert.equal(desk.abandon('a'), 'CALL_UNKNOWN');
  });

  it('C4 the time limit waits for a ringing phone: an answer saves the call', () => {
    const desk = empty({ waitMsMax: 15_000 }).work('1');
    desk.call('a', 'v');
    desk.pass(19_000);
    assert.equal(desk.stage('a'), 'offered');
    desk.answer('a');
    assert.equal(desk.stage('a'), 'talking');
  });

  it('C4 and if that offer fails the call leaves at once, though another agent is free', () => {
    const desk = new Desk(
      [queue('v', { waitMsMax: 15_000 })],
      [agent('1', ['v']), agent('2', ['v'])],
    );
    desk.work('1', '2');
    desk.call('a', 'v');
    desk.pass(16_000);
    desk.fail('a', 'rejected');
    assert.deepEqual(desk.types, ['offer.failed', 'agent.changed', 'call.left']);
    assert.equal(desk.changesOf('call.left')[0]?.outcome, 'queueTimeout');
  });

  it('C5 who has waited in an earlier queue does not hang up soon, however soon it is in this one', () => {
    for (const [before, outcome] of [
      [-3_000, 'shortAbandon'],
      [-4_000, 'abandoned'],
    ] as const) {
      const desk = empty();
      desk.call('a', 'v');
      const since = desk.now + before;
      desk.after(1_000).give({ type: 'call.abandon', callId: callId('a'), since });
      assert.equal(desk.changesOf('call.left')[0]?.outcome, outcome);
      assert.equal(desk.changesOf('call.left')[0]?.waitMs, 1_000);
    }
  });

  it('C5 tells a short abandon from an abandon', () => {
    for (const [waitMs, outcome] of [
      [4_999, 'shortAbandon'],
      [5_000, 'abandoned'],
    ] as const) {
      const desk = empty();
      desk.call('a', 'v');
      desk.after(waitMs).abandon('a');
      assert.deepEqual(desk.changes, [
        { type: 'call.left', callId: 'a', queueId: 'v', outcome, waitMs },
      ]);
    }
  });

  it('C6 a call that is known, gone, or in another stage is refused by its code', () => {
    const desk = empty().work('1');
    assert.equal(desk.abandon('a'), 'CALL_UNKNOWN');
    assert.equal(desk.end('a'), 'CALL_UNKNOWN');
    desk.call('a', 'v');
    assert.equal(desk.call('a', 'v'), 'CALL_STATE');
    assert.equal(desk.end('a'), 'CALL_STATE');
    desk.answer('a');
    assert.equal(desk.abandon('a'), 'CALL_STATE');
    desk.end('a');
    assert.equal(desk.end('a'), 'CALL_UNKNOWN');
    assert.equal(desk.call('a', 'v'), 'ok');
  });
});
