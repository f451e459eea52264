import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { agentId, callId, queueId } from '../../../src/model/ids.ts';
import { agent, Desk, queue } from './desk.ts';

const ANA = '+34600000001';
const desk = (more = {}) =>
  new Desk(
    [queue('v', { callbackEnabled: true, ...more })],
    [agent('1', ['v']), agent('2', ['v'])],
  );

/** Nobody is offered a call or talks to one that is not there, and no call is left with nobody. */
function nobodyIsLeft(floor: Desk): void {
  assert.deepEqual(floor.engine.calls(), []);
  for (const { state } of floor.engine.agents()) {
    assert.ok(state.kind !== 'offered' && state.kind !== 'talking', JSON.stringify(state));
  }
}

describe('no zombies', () => {
  it('P14 no agent is rung after the caller left, at whatever moment that is', () => {
    const moments: ((floor: Desk) => void)[] = [
      () => {},
      (floor) => floor.fail('a', 'rejected'),
      (floor) => {
        floor.answer('a');
        floor.give({ type: 'call.returned', callId: callId('a'), cause: 'media' });
      },
      (floor) => floor.notReady('1'),
      (floor) => floor.phone('1', false),
    ];
    for (const meanwhile of moments) {
      const floor = desk().work('1', '2');
      floor.call('a', 'v');
      meanwhile(floor);
      assert.equal(floor.abandon('a'), 'ok');
      const rung = floor.history.filter(({ type }) => type === 'offer.made').length;
      const over = floor.history.filter(
        ({ type }) =>
          type === 'offer.withdrawn' || type === 'offer.failed' || type === 'call.connected',
      ).length;
      assert.equal(rung, over, 'every offer is over');
      floor.pass(120_000);
      assert.equal(floor.history.filter(({ type }) => type === 'offer.made').length, rung);
      nobodyIsLeft(floor);
    }
  });

  it('P14 no caller is left on hold: who was answered and whose agent is gone waits again, or is over', () => {
    const floor = desk().work('1', '2');
    floor.call('a', 'v');
    floor.answer('a');
    floor.phone('1', false);
    floor.give({ type: 'call.returned', callId: callId('a'), cause: 'agentLost' });
    assert.equal(floor.with('a'), '2');
    floor.answer('a');
    floor.signOut('2');
    assert.equal(floor.stage('a'), 'talking', 'a conversation is nobody’s but theirs');
    floor.end('a');
    nobodyIsLeft(floor);
  });

  it('P14 a late answer, of a call back too, touches nobody', () => {
    const floor = desk().work('1');
    floor.callFrom(ANA, 'a', 'v');
    const offer = floor.offerOf('a');
    floor.abandon('a');
    assert.equal(floor.give({ type: 'offer.answered', offerId: offer }), 'OFFER_UNKNOWN');
    floor.notReady('1');
    floor.callFrom(ANA, 'b', 'v');
    floor.askBack('b');
    floor.ready('1');
    const back = floor.offerOf('b!');
    floor.cancel('b!');
    floor.fail('b!', 'rejected');
    assert.equal(floor.endOf('b!'), 'cancelled');
    assert.equal(floor.give({ type: 'offer.answered', offerId: back }), 'OFFER_UNKNOWN');
    assert.equal(floor.reach('b!'), 'CALLBACK_UNKNOWN');
    assert.equal(floor.state('1'), 'ready');
    nobodyIsLeft(floor);
  });

  it('P14 an agent is not left dialling: the attempt ends, the process may die, the agent may go', () => {
    const floor = desk().work('1');
    floor.notReady('1');
    floor.callFrom(ANA, 'a', 'v');
    floor.askBack('a');
    floor.ready('1');
    floor.answer('a!');
    floor.give({ type: 'agent.signOut', agentId: agentId('1') });
    assert.equal(floor.state('1'), 'talking');
    floor.pass(45_000);
    assert.equal(floor.state('1'), 'offline');
    assert.equal(floor.ticket('a!')?.stage, 'scheduled');
    nobodyIsLeft(floor);
  });

  it('T4 a call has nothing of one that went before it, whatever became of that', () => {
    const floor = desk({ preferredWaitMs: 60_000 }).work('1');
    floor.give({
      type: 'call.enqueue',
      callId: callId('a'),
      queueId: queueId('v'),
      priority: 9,
      requiredSkills: {},
      callerKey: ANA,
      preferredAgentId: agentId('1'),
    });
    floor.answer('a');
    floor.give({ type: 'call.returned', callId: callId('a'), cause: 'media' });
    floor.answer('a');
    floor.end('a');
    const anew = Engine.restore(floor.engine.serialize());
    floor.call('b', 'v');
    anew.apply(floor.now, {
      type: 'call.enqueue',
      callId: callId('b'),
      queueId: queueId('v'),
      priority: 5,
      requiredSkills: {},
    });
    assert.equal(floor.engine.serialize(), anew.serialize());
    assert.equal(floor.engine.nextDeadline(), anew.nextDeadline());
  });

  it('P10 every caller who waits hears their place, call backs before them included, until they are served', () => {
    const floor = desk({ announceFirstMs: 10_000, announceEveryMs: 10_000 });
    floor.callFrom(ANA, 'a', 'v');
    floor.askBack('a');
    for (const id of ['b', 'c']) floor.after(1).call(id, 'v');
    floor.pass(10_000);
    const said = floor.history.flatMap((change) =>
      change.type === 'announcement.due' ? [[change.callId, change.position]] : [],
    );
    assert.deepEqual(said, [
      ['b', 2],
      ['c', 3],
    ]);
  });
});
