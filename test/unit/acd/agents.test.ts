import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agentId } from '../../../src/model/ids.ts';
import { agent, Desk, queue } from './desk.ts';

const one = (more = {}) => new Desk([queue('v', more)], [agent('1', ['v'])]).work('1');
const talking = (more = {}) => {
  const desk = one(more);
  desk.call('a', 'v');
  desk.answer('a');
  return desk;
};

describe('agents', () => {
  it('A1 every command for an agent who is not there is refused', () => {
    const desk = one();
    for (const deed of ['signIn', 'signOut', 'ready', 'notReady', 'wrapUpDone', 'phone'] as const) {
      assert.equal(desk[deed]('9'), 'AGENT_UNKNOWN');
    }
  });

  it('A2 a sign-in leads to not ready with the reason signedIn, and twice is once', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v'])]);
    desk.signIn('1');
    assert.equal(desk.reason('1'), 'signedIn');
    assert.equal(desk.signIn('1'), 'ok');
    assert.deepEqual(desk.changes, []);
  });

  it('A2 who is not signed in can be neither ready nor not ready', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v'])]);
    assert.equal(desk.ready('1'), 'AGENT_STATE');
    assert.equal(desk.notReady('1'), 'AGENT_STATE');
    assert.equal(desk.wrapUpDone('1'), 'AGENT_STATE');
    assert.equal(desk.signOut('1'), 'ok');
  });

  it('A3 not ready during a conversation waits for its after-call work to end', () => {
    const desk = talking();
    desk.notReady('1', 'comida');
    assert.equal(desk.state('1'), 'talking');
    desk.end('a');
    assert.equal(desk.state('1'), 'wrapUp');
    desk.pass(10_000);
    assert.equal(desk.reason('1'), 'comida');
  });

  it('A3 not ready during after-call work takes effect after it', () => {
    const desk = talking();
    desk.end('a');
    desk.notReady('1');
    assert.equal(desk.state('1'), 'wrapUp');
    desk.wrapUpDone('1');
    assert.equal(desk.reason('1'), 'pausa');
  });

  it('A2 A3 signing in again takes no other wish back', () => {
    const desk = talking({ wrapUpMs: 0 });
    desk.notReady('1', 'comida');
    desk.signIn('1');
    desk.end('a');
    assert.deepEqual([desk.state('1'), desk.reason('1')], ['notReady', 'comida']);
  });

  it('A3 a break that is told twice is one break; for another reason it is another', () => {
    const desk = one();
    desk.notReady('1', 'comida');
    assert.deepEqual([desk.notReady('1', 'comida'), desk.types.length], ['ok', 0]);
    desk.notReady('1', 'reunión');
    assert.deepEqual([desk.types, desk.reason('1')], [['agent.changed'], 'reunión']);
  });

  it('A3 the last wish counts', () => {
    const desk = talking({ wrapUpMs: 0 });
    desk.notReady('1');
    desk.ready('1');
    desk.end('a');
    assert.equal(desk.state('1'), 'ready');
  });

  it('A4 a sign-out during a conversation waits for it and its after-call work', () => {
    const desk = talking();
    desk.signOut('1');
    desk.notReady('1');
    desk.end('a');
    assert.equal(desk.state('1'), 'wrapUp');
    desk.pass(10_000);
    assert.equal(desk.state('1'), 'offline');
  });

  it('A4 signing in again takes the sign-out back', () => {
    const desk = talking({ wrapUpMs: 0 });
    desk.signOut('1');
    desk.signIn('1');
    desk.end('a');
    assert.equal(desk.state('1'), 'ready');
  });

  it('A4 a sign-out ends after-call work at once', () => {
    const desk = talking();
    desk.end('a');
    desk.signOut('1');
    assert.equal(desk.state('1'), 'offline');
  });

  it('A5 a phone that unregisters changes nothing in a conversation, and keeps offers away after it', () => {
    const desk = talking({ wrapUpMs: 0 });
    desk.phone('1', false);
    assert.deepEqual(desk.changes, []);
    desk.end('a');
    desk.call('b', 'v');
    assert.equal(desk.stage('b'), 'queued');
    desk.phone('1');
    assert.equal(desk.with('b'), '1');
  });

  it('A6 after-call work keeps calls of every queue away until it ends', () => {
    const desk = new Desk(
      [queue('v', { wrapUpMs: 30_000 }), queue('s')],
      [agent('1', ['v', 's'])],
    ).work('1');
    desk.call('a', 'v');
    desk.answer('a');
    desk.after(5_000).end('a');
    assert.equal(desk.changesOf('call.ended')[0]?.talkMs, 5_000);
    desk.call('b', 's');
    desk.pass(29_999);
    assert.equal(desk.stage('b'), 'queued');
    desk.pass(1);
    assert.equal(desk.with('b'), '1');
  });

  it('A6 O5 nothing else that is due about the agent ends it early, and without any there is none', () => {
    const desk = one({ wrapUpMs: 60_000, rejectDelayMs: 0 });
    desk.call('b', 'v');
    desk.fail('b', 'rejected');
    desk.call('a', 'v');
    desk.answer('a');
    desk.after(1_000).end('a');
    // By then they may be offered again what they have refused.
    desk.pass(20_000);
    assert.equal(desk.state('1'), 'wrapUp');
    const without = talking({ wrapUpMs: 0 });
    without.end('a');
    assert.deepEqual(
      without.changesOf('agent.changed').map(({ to }) => to.kind),
      ['ready'],
    );
  });

  it('A6 the agent ends it early, by saying done or ready', () => {
    for (const deed of ['wrapUpDone', 'ready'] as const) {
      const desk = talking();
      desk.end('a');
      desk[deed]('1');
      assert.equal(desk.state('1'), 'ready');
    }
  });

  it('the figures of the queues follow', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v']), agent('2', ['v'])]).work('1', '2');
    const view = () => desk.engine.queues()[0];
    assert.equal(view()?.agentsReady, 2);
    desk.call('a', 'v');
    desk.phone('2', false);
    desk.call('b', 'v');
    const { ewt, ewtAccuracy, next, ...figures } = view() ?? {};
    assert.ok(ewt);
    assert.equal(ewtAccuracy?.first.calls, 0);
    assert.deepEqual(next, ['b']);
    assert.deepEqual(figures, {
      id: 'v',
      name: 'v',
      waiting: 1,
      offered: 1,
      talking: 0,
      oldestSince: desk.now,
      agentsReady: 0,
      agentsSignedIn: 2,
      casualOpen: false,
    });
    assert.deepEqual(desk.engine.queuesOf(agentId('1')), ['v']);
  });
});
