import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { agent, Desk, queue } from './desk.ts';

/** What users of other systems complain about, looked at as a whole; the rules have their own tests. */
describe('promises', () => {
  it('P1 nobody is stuck: left alone, every agent comes to rest and every call to an end', () => {
    const desk = new Desk(
      [queue('v', { missesMax: 2, waitMsMax: 120_000 })],
      ['rings', 'talks', 'wraps', 'breaks', 'lost'].map((id) => agent(id, ['v'])),
    );
    desk.work('wraps').call('w', 'v');
    desk.answer('w');
    desk.end('w');
    desk.work('talks').call('t', 'v');
    desk.answer('t');
    desk.work('breaks').notReady('breaks');
    desk.work('lost').phone('lost', false);
    desk.work('rings').call('r', 'v');
    desk.call('r2', 'v');
    assert.equal(desk.state('wraps'), 'wrapUp');
    assert.equal(desk.state('rings'), 'offered');
    // Nobody touches anything any more but the one who talks, whose call ends.
    desk.pass(60_000);
    desk.end('t');
    desk.pass(3_600_000);
    assert.equal(desk.engine.calls().length, 0);
    for (const { id, state } of desk.engine.agents()) {
      assert.ok(['ready', 'notReady', 'offline'].includes(state.kind), `${id} is ${state.kind}`);
    }
  });

  it('P2 nobody waits beside a free agent, however the agent became free', () => {
    const free: readonly ((desk: Desk) => void)[] = [
      (desk) => desk.ready('1'),
      (desk) => desk.phone('1'),
      (desk) => desk.wrapUpDone('1'),
      (desk) => desk.pass(10_000),
    ];
    const bound: readonly ((desk: Desk) => void)[] = [
      (desk) => desk.notReady('1'),
      (desk) => desk.phone('1', false),
      (desk) => wrapUp(desk),
      (desk) => wrapUp(desk),
    ];
    for (const [n, bind] of bound.entries()) {
      const desk = new Desk([queue('v')], [agent('1', ['v'])]);
      desk.work('1');
      bind(desk);
      desk.call('a', 'v');
      assert.equal(desk.stage('a'), 'queued');
      free[n]?.(desk);
      assert.equal(desk.with('a'), '1', `way ${n}`);
    }
  });

  it('P4 a thousand who wait cost nothing until something is due: nothing polls', () => {
    const desk = new Desk([queue('v', { announceFirstMs: 600_000 })], [agent('1', ['v'])]);
    const first = desk.now;
    for (let n = 0; n < 1_000; n++) desk.after(1).call(`c${n}`, 'v');
    assert.equal(desk.engine.nextDeadline(), first + 1 + 600_000);
  });

  it('P5 the right call is served through a refusal, a lost phone and a restart', () => {
    const desk = new Desk(
      [queue('v', { rejectDelayMs: 0 })],
      ['1', '2', '3'].map((id) => agent(id, ['v'])),
    );
    desk.call('first', 'v');
    desk.after(1).call('second', 'v');
    desk.after(1).call('vip', 'v', 8);
    desk.work('1');
    assert.equal(desk.with('vip'), '1');
    desk.fail('vip', 'rejected');
    assert.equal(desk.with('first'), '1', 'others may have who has just refused');
    desk.phone('1', false);
    desk.engine = Engine.restore(desk.engine.serialize());
    desk.work('2', '3');
    assert.deepEqual([desk.with('vip'), desk.with('first')], ['2', '3']);
    assert.equal(desk.position('second'), 1);
  });

  it('P6 after-call work is whole, seen, and of all queues', () => {
    const desk = new Desk(
      [queue('v', { wrapUpMs: 30_000 }), queue('s', { wrapUpMs: 0 })],
      [agent('1', ['v', 's'])],
    );
    desk.work('1').call('a', 'v');
    desk.answer('a');
    desk.end('a');
    const { state } = desk.engine.agents()[0] ?? {};
    assert.ok(state?.kind === 'wrapUp' && state.until - state.since === 30_000);
    desk.call('b', 's');
    desk.pass(29_999);
    assert.equal(desk.stage('b'), 'queued', 'the other queue waits too');
    desk.pass(1);
    assert.equal(desk.with('b'), '1');
  });

  it('P12 missed, rejected, busy and unreachable leave an agent in four different ways', () => {
    const ways = (['noAnswer', 'rejected', 'busy', 'unreachable'] as const).map((cause) => {
      const delays = { rejectDelayMs: 1_000, busyDelayMs: 2_000, unreachableDelayMs: 3_000 };
      const desk = new Desk([queue('v', { missesMax: 1, ...delays })], [agent('1', ['v'])]);
      desk.work('1').call('a', 'v');
      const since = desk.now;
      desk.fail('a', cause);
      desk.abandon('a');
      desk.call('b', 'v');
      desk.pass(5_000);
      return desk.state('1') === 'notReady' ? desk.reason('1') : offeredAt(desk, 'b', since);
    });
    assert.deepEqual(ways, ['rna', 1_000, 2_000, 3_000]);
  });

  it('P14 no zombies: a caller who left rings nobody, an agent who left holds nobody', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v']), agent('2', ['v'])]);
    desk.work('1', '2').call('a', 'v');
    const late = desk.offerOf('a');
    desk.abandon('a');
    assert.deepEqual(desk.changesOf('offer.withdrawn')[0]?.why, 'callerLeft');
    assert.equal(desk.give({ type: 'offer.answered', offerId: late }), 'OFFER_UNKNOWN');
    desk.call('b', 'v');
    const holder = desk.with('b') ?? '';
    desk.signOut(holder);
    assert.notEqual(desk.with('b'), holder);
    assert.equal(desk.stage('b'), 'offered');
  });
});

function wrapUp(desk: Desk): void {
  desk.call('before', 'v');
  desk.answer('before');
  desk.end('before');
}

/** How long after `since` the agent whose state says so was offered the call. */
function offeredAt(desk: Desk, id: string, since: number): number | undefined {
  const state = desk.engine.agents()[0]?.state;
  return state?.kind === 'offered' && state.callId === id ? state.since - since : undefined;
}
