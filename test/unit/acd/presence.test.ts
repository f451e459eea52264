import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AgentConfig } from '../../../src/model/agent.ts';
import { agentId } from '../../../src/model/ids.ts';
import { agent, casual, Desk, queue } from './desk.ts';

const NOON = '2026-11-23T11:00:00Z';
const one = (more: Partial<AgentConfig> = {}) =>
  new Desk([queue('v', { wrapUpMs: 10_000 })], [{ ...agent('1', ['v']), ...more }], NOON);
const stateOf = (desk: Desk, id: string) => desk.engine.agent(agentId(id))?.state;
const reasonOf = (desk: Desk, id: string): string | undefined => {
  const state = stateOf(desk, id);
  return state?.kind === 'offline' || state?.kind === 'notReady' ? state.reason : undefined;
};
const weekday = [{ days: ['mon' as const], from: '10:00', to: '14:00' }];

describe('presence', () => {
  it('A7 nobody is signed in without a phone for longer than the limit, from the sign-in or the loss', () => {
    const desk = one({ unreachableSignOutMs: 60_000 });
    desk.signIn('1');
    desk.ready('1');
    desk.pass(59_999);
    assert.equal(desk.state('1'), 'ready');
    desk.pass(1);
    assert.deepEqual([desk.state('1'), reasonOf(desk, '1')], ['offline', 'noPhone']);
    desk.work('1').phone('1', false);
    desk.pass(30_000);
    desk.phone('1');
    desk.phone('1', false);
    desk.pass(59_999);
    assert.equal(desk.state('1'), 'ready');
    desk.pass(1);
    assert.equal(desk.state('1'), 'offline');
  });

  it('A7 A8 neither limit begins anew because the same is told again', () => {
    const desk = one({ unreachableSignOutMs: 60_000, notReadyMsMax: 90_000 }).work('1');
    desk.phone('1', false);
    desk.pass(50_000);
    desk.phone('1', false);
    desk.pass(10_000);
    assert.deepEqual([desk.state('1'), reasonOf(desk, '1')], ['offline', 'noPhone']);
    desk.work('1').notReady('1', 'comida');
    desk.pass(80_000);
    desk.notReady('1', 'comida');
    desk.pass(10_000);
    assert.deepEqual([desk.state('1'), reasonOf(desk, '1')], ['offline', 'notReadyTooLong']);
  });

  it('A7 a conversation and its after-call work come first', () => {
    const desk = one({ unreachableSignOutMs: 1_000 }).work('1');
    desk.call('a', 'v');
    desk.answer('a');
    desk.phone('1', false);
    desk.pass(60_000);
    assert.equal(desk.state('1'), 'talking');
    desk.end('a');
    desk.pass(9_999);
    assert.equal(desk.state('1'), 'wrapUp');
    desk.pass(1);
    assert.deepEqual([desk.state('1'), reasonOf(desk, '1')], ['offline', 'noPhone']);
  });

  it('A8 a break has an end that shows, and whoever does not come back is signed out', () => {
    const desk = one({ notReadyMsMax: 600_000 }).work('1');
    desk.notReady('1', 'comida');
    const state = stateOf(desk, '1');
    assert.equal(state?.kind === 'notReady' && state.until, desk.now + 600_000);
    desk.pass(599_999);
    assert.equal(desk.state('1'), 'notReady');
    desk.pass(1);
    assert.deepEqual([desk.state('1'), reasonOf(desk, '1')], ['offline', 'notReadyTooLong']);
  });

  it('A9 always on: ready while the phone is registered and the hours are open, with no key pressed', () => {
    const shop = casual('c', ['v'], { alwaysOn: true, hours: weekday });
    const desk = new Desk([queue('v')], [shop], '2026-11-23T08:00:00Z');
    desk.phone('c');
    assert.equal(desk.state('c'), 'offline');
    assert.equal(desk.signIn('c'), 'AGENT_STATE');
    desk.until('2026-11-23T09:00:00Z');
    assert.equal(desk.state('c'), 'ready');
    desk.phone('c', false);
    desk.pass(900_000);
    assert.equal(desk.state('c'), 'offline');
    desk.phone('c');
    assert.equal(desk.state('c'), 'ready');
    desk.until('2026-11-23T13:00:00Z');
    assert.deepEqual([desk.state('c'), reasonOf(desk, 'c')], ['offline', 'hours']);
    desk.until('2026-11-30T09:00:00Z');
    assert.equal(desk.state('c'), 'ready');
  });

  it('A9 always on: a missed call is forgiven in time; who signs out stays out until they open again', () => {
    const shop = casual('c', ['v'], { alwaysOn: true, hours: weekday });
    const desk = new Desk([queue('v')], [shop], NOON);
    desk.phone('c');
    desk.call('a', 'v');
    desk.pass(20_000);
    assert.deepEqual([desk.state('c'), reasonOf(desk, 'c')], ['notReady', 'rna']);
    desk.abandon('a');
    desk.pass(900_000);
    assert.equal(desk.state('c'), 'ready');
    desk.signOut('c');
    desk.phone('c', false);
    desk.phone('c');
    desk.pass(1_800_000);
    assert.equal(desk.state('c'), 'offline');
    desk.until('2026-11-30T09:00:00Z');
    assert.equal(desk.state('c'), 'ready');
  });

  it('A9 F5 always on: who is ready again has missed nothing', () => {
    const shop = casual('c', ['v'], { alwaysOn: true });
    const desk = new Desk([queue('v', { missesMax: 2 })], [shop], NOON);
    desk.phone('c');
    desk.call('a', 'v');
    desk.pass(60_000);
    assert.equal(reasonOf(desk, 'c'), 'rna');
    desk.abandon('a');
    desk.pass(900_000);
    desk.call('b', 'v');
    desk.pass(20_000);
    assert.equal(desk.state('c'), 'ready');
  });

  it('A9 always on: hours that a configuration opens end a sign-out by hand as the clock does', () => {
    const shop = (from: string) =>
      casual('c', ['v'], { alwaysOn: true, hours: [{ days: ['mon'], from, to: '14:00' }] });
    const desk = new Desk([queue('v')], [shop('13:00')], NOON);
    desk.phone('c');
    desk.signOut('c');
    desk.configure([queue('v')], [shop('10:00')]);
    assert.equal(desk.state('c'), 'ready');
    desk.signOut('c');
    desk.configure([queue('v')], [shop('11:00')]);
    assert.equal(desk.state('c'), 'offline', 'They were open before, too.');
  });

  it('A9 A4 always on: so do hours that open while the agent still talks', () => {
    const shop = (to: string) =>
      casual('c', ['v'], { alwaysOn: true, hours: [{ days: ['mon'], from: '10:00', to }] });
    const desk = new Desk([queue('v')], [shop('12:30')], NOON);
    desk.phone('c');
    desk.call('a', 'v');
    desk.answer('a');
    desk.pass(3_600_000);
    desk.signOut('c');
    desk.configure([queue('v')], [shop('20:00')]);
    desk.end('a');
    desk.wrapUpDone('c');
    assert.equal(desk.state('c'), 'ready');
  });

  it('A10 what an agent asked for during a call is shown, and told when it changes', () => {
    const desk = one().work('1');
    desk.call('a', 'v');
    desk.answer('a');
    const intention = () => desk.engine.agent(agentId('1'))?.intention;
    desk.notReady('1', 'comida');
    assert.deepEqual(intention(), { kind: 'notReady', reason: 'comida' });
    const told = () => desk.changesOf('agent.intends').map((change) => change.intention);
    assert.deepEqual(told(), [{ kind: 'notReady', reason: 'comida' }]);
    desk.notReady('1', 'comida');
    assert.deepEqual(desk.types, []);
    desk.ready('1');
    assert.equal(intention(), undefined);
    assert.deepEqual(told(), [undefined]);
  });

  it('P1 whatever an agent is in, without anybody’s word, comes to an end', () => {
    const stuck: readonly (readonly [string, (desk: Desk) => unknown])[] = [
      ['ready without a phone', (desk) => desk.phone('1', false)],
      ['not ready', (desk) => desk.notReady('1')],
      ['ringing', (desk) => desk.call('a', 'v')],
      [
        'talking, and the call ends',
        (desk) => {
          desk.call('a', 'v');
          desk.answer('a');
          desk.end('a');
        },
      ],
    ];
    for (const [what, begin] of stuck) {
      const desk = one({ notReadyMsMax: 600_000 }).work('1');
      begin(desk);
      const before = desk.state('1');
      assert.notEqual(desk.engine.nextDeadline(), undefined, what);
      desk.phone('1', false);
      desk.pass(3_600_000);
      desk.abandon('a');
      desk.pass(3_600_000);
      assert.equal(desk.state('1'), 'offline', `${what}: still ${before}`);
    }
  });

  it('P6 after-call work is seen, has an end, and counts for every queue of the agent', () => {
    const both = { ...agent('1', ['v', 'w']) };
    const desk = new Desk([queue('v', { wrapUpMs: 30_000 }), queue('w')], [both], NOON).work('1');
    desk.call('a', 'v');
    desk.answer('a');
    desk.end('a');
    desk.call('b', 'w');
    const state = stateOf(desk, '1');
    assert.equal(state?.kind === 'wrapUp' && state.until - desk.now, 30_000);
    desk.pass(29_999);
    assert.equal(desk.stage('b'), 'queued');
    desk.pass(1);
    assert.equal(desk.with('b'), '1');
  });

  it('P12 missed, rejected, busy and unreachable differ in state, pause and count', () => {
    const delays = { rejectDelayMs: 5_000, busyDelayMs: 10_000, unreachableDelayMs: 15_000 };
    const seen = (['noAnswer', 'rejected', 'busy', 'unreachable'] as const).map((cause) => {
      const desk = new Desk([queue('v', delays)], [agent('1', ['v'])], NOON).work('1');
      desk.call('a', 'v');
      desk.fail('a', cause);
      const view = desk.engine.agent(agentId('1'));
      const pauseMs = view?.pausedUntil === undefined ? 0 : view.pausedUntil - desk.now;
      assert.equal(view?.failures[cause], 1);
      return [cause, view?.state.kind, pauseMs, view?.misses];
    });
    assert.deepEqual(seen, [
      ['noAnswer', 'notReady', 0, 1],
      ['rejected', 'ready', 5_000, 0],
      ['busy', 'ready', 10_000, 0],
      ['unreachable', 'ready', 15_000, 0],
    ]);
  });
});
