import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { callId, queueId } from '../../../src/model/ids.ts';
import { agent, Desk, queue } from './desk.ts';

const HANDLE_MS = 100_000;

const floor = (agents: number, more = {}) =>
  new Desk(
    [queue('v', { handleTimeMs: HANDLE_MS, ringTimeoutMs: 600_000, ...more })],
    Array.from({ length: agents }, (_, n) => agent(`${n}`, ['v'])),
  );

const middle = (desk: Desk, id: string): number => {
  const estimate = desk.engine.estimate(callId(id));
  assert.ok(estimate, `call ${id} has no estimate`);
  assert.ok(estimate.lowMs < estimate.highMs);
  return (estimate.lowMs + estimate.highMs) / 2;
};

/** One call with each agent, answered at once. */
function busy(desk: Desk, ...agents: readonly string[]): Desk {
  desk.work(...agents);
  for (const id of agents) {
    desk.call(`with ${id}`, 'v');
    desk.answer(`with ${id}`);
  }
  return desk;
}

describe('estimated waits', () => {
  it('EW1 grows with the place in line, and each call has its own', () => {
    const desk = busy(floor(2), '0', '1');
    for (const id of ['a', 'b', 'c', 'd']) desk.after(1).call(id, 'v');
    const [a = 0, b = 0, c = 0, d = 0] = ['a', 'b', 'c', 'd'].map((id) => middle(desk, id));
    assert.ok(a < b && b < c && c < d);
    // Two agents: each call before one's own costs about half a handle time.
    assert.ok(Math.abs(d - a - 1.5 * HANDLE_MS) < 0.2 * HANDLE_MS, `${d - a}`);
  });

  it('EW1 a shared agent counts for the calls of the other queue that stand before', () => {
    const desk = new Desk(
      [queue('v', { handleTimeMs: HANDLE_MS }), queue('w', { handleTimeMs: HANDLE_MS })],
      [agent('0', ['v', 'w'])],
    );
    busy(desk, '0').call('a', 'v');
    const before = middle(desk, 'a');
    desk.after(1).call('later', 'w');
    assert.equal(Math.round(middle(desk, 'a')), Math.round(before));
    desk.call('first', 'w', 9);
    assert.ok(middle(desk, 'a') > before + 0.8 * HANDLE_MS);
  });

  it('EW1 callers whom nobody at work can serve count for nothing', () => {
    const desk = busy(floor(1), '0');
    desk.call('x', 'v', 5, { catalan: 3 });
    desk.after(1).call('a', 'v');
    const behind = middle(desk, 'a');
    desk.abandon('x');
    assert.equal(middle(desk, 'a'), behind);
    assert.equal(desk.engine.estimate(callId('x')), undefined);
  });

  it('EW1 the pool follows relaxation: who is brought in by a step counts from that step on', () => {
    const relaxation = [{ afterMs: 60_000, dropSkills: ['catalan'] }];
    const desk = new Desk(
      [queue('v', { handleTimeMs: HANDLE_MS, ringTimeoutMs: 600_000, relaxation })],
      [agent('0', ['v'], { catalan: 5 }), agent('1', ['v']), agent('2', ['v'])],
    ).work('0', '1', '2');
    for (const n of [0, 1, 2]) {
      desk.call(`with ${n}`, 'v');
      desk.answer(`with ${n}`);
    }
    for (const id of ['a', 'b', 'c']) desk.after(1).call(id, 'v', 5, { catalan: 3 });
    const alone = middle(desk, 'c');
    desk.pass(60_000);
    desk.tick();
    // One agent before, three now.
    assert.ok(middle(desk, 'c') < alone / 2, `${alone} ${middle(desk, 'c')}`);
  });

  it('EW1 agents of a group are staff for the calls that are open to them, and for no others', () => {
    const relaxation = [{ afterMs: 60_000, addGroups: ['refuerzo'] }];
    const helper = { ...agent('h', ['w']), groupIds: ['refuerzo'] };
    const desk = new Desk([queue('v', { relaxation }), queue('w')], [helper]).work('h');
    desk.call('busy', 'w');
    desk.answer('busy');
    desk.call('a', 'v');
    assert.equal(desk.engine.estimate(callId('a')), undefined);
    desk.pass(60_000);
    desk.tick();
    assert.ok(middle(desk, 'a') > 0);
    desk.call('new', 'v');
    assert.equal(desk.engine.estimate(callId('new')), undefined);
  });

  it('EW1 no more agents than activeMax work at once', () => {
    const wide = busy(floor(4), '0', '1');
    const narrow = busy(floor(4, { activeMax: 2 }), '0', '1');
    for (const desk of [wide, narrow]) desk.work('2', '3');
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      for (const desk of [wide, narrow]) desk.after(1).call(id, 'v');
    }
    assert.equal(wide.stage('a'), 'offered');
    assert.equal(narrow.stage('a'), 'queued');
    // Two of five stand before e in one, four in the other, and half as many serve them.
    assert.ok(middle(narrow, 'e') > 2 * middle(wide, 'e'));
  });

  it('EW2 learns handle times from the offer to the end of after-call work', () => {
    const desk = floor(1, { wrapUpMs: 20_000 }).work('0');
    const before = desk.engine.queueEstimate(queueId('v'));
    for (let n = 0; n < 40; n++) {
      desk.call(`${n}`, 'v');
      desk.answer(`${n}`);
      desk.after(30_000).end(`${n}`);
      desk.pass(20_000);
    }
    desk.call('on', 'v');
    desk.answer('on');
    desk.call('a', 'v');
    desk.after(1).call('b', 'v');
    const step = middle(desk, 'b') - middle(desk, 'a');
    assert.ok(Math.abs(step - 50_000) < 5_000, `${step}`);
    assert.ok(before);
  });

  it('EW3 follows staffing at once: more agents, fewer, one who is about to leave, none', () => {
    const desk = busy(floor(3), '0', '1');
    desk.call('a', 'v');
    desk.after(1).call('b', 'v');
    const two = middle(desk, 'b');
    desk.signIn('2');
    desk.phone('2');
    assert.equal(middle(desk, 'b'), two);
    desk.notReady('1');
    assert.ok(middle(desk, 'b') > 1.3 * two);
    desk.ready('1');
    assert.equal(middle(desk, 'b'), two);
    desk.signOut('0');
    desk.phone('1', false);
    assert.equal(desk.engine.estimate(callId('b')), undefined);
    assert.equal(desk.engine.queueEstimate(queueId('v')), undefined);
  });

  it('EW3 after-call work ends when it ends, and so does the wait behind it', () => {
    const desk = busy(floor(1, { wrapUpMs: 10_000 }), '0');
    desk.call('a', 'v');
    const talking = middle(desk, 'a');
    desk.after(5_000).end('with 0');
    assert.ok(middle(desk, 'a') < talking / 3);
    assert.ok(middle(desk, 'a') < 20_000);
  });

  it('SL2 P13 what was learnt and counted survives a restart, to the byte', () => {
    const desk = busy(floor(2), '0', '1');
    desk.pass(90_000);
    desk.end('with 0');
    desk.call('a', 'v');
    desk.after(7_000).abandon('a');
    const reborn = Engine.restore(desk.engine.serialize());
    assert.equal(reborn.serialize(), desk.engine.serialize());
    assert.equal(reborn.serviceLevel(queueId('v')), desk.engine.serviceLevel(queueId('v')));
    assert.deepEqual(reborn.queueEstimate(queueId('v')), desk.engine.queueEstimate(queueId('v')));
  });
});

describe('service level', () => {
  it('SL1 is answered within / (offered − short abandons)', () => {
    const desk = floor(1, { wrapUpMs: 0 }).work('0');
    assert.equal(desk.engine.serviceLevel(queueId('v')), undefined);
    desk.call('a', 'v');
    desk.after(20_000).answer('a');
    assert.equal(desk.engine.serviceLevel(queueId('v')), 1);
    desk.call('short', 'v');
    desk.after(4_000).abandon('short');
    assert.equal(desk.engine.serviceLevel(queueId('v')), 1);
    desk.call('b', 'v');
    desk.after(6_000).abandon('b');
    assert.equal(desk.engine.serviceLevel(queueId('v')), 1 / 2);
    desk.call('c', 'v');
    desk.after(20_001).end('a');
    desk.answer('c');
    assert.equal(desk.engine.serviceLevel(queueId('v')), 1 / 3);
  });

  it('SL1 C7 G2 what is in time changes during a conversation that nobody could have: it counts once, by either', () => {
    const terms = (serviceLevelMs: number) => [queue('v', { serviceLevelMs })];
    const agents = [agent('0', ['v'])];
    for (const [before, after] of [
      [5_000, 60_000],
      [60_000, 5_000],
    ] as const) {
      const desk = new Desk(terms(before), agents);
      desk.call('a', 'v');
      desk.after(10_000).work('0');
      desk.answer('a');
      desk.configure(terms(after), agents);
      desk.give({ type: 'call.returned', callId: callId('a'), cause: 'media' });
      desk.answer('a');
      assert.equal(desk.engine.serviceLevel(queueId('v')), after > before ? 1 : 0);
    }
  });

  it('SL1 C7 who was answered at the last moment in time, or late, and comes back takes their own answer away', () => {
    const levelWithout = (answeredAfterMs: number): number | undefined => {
      const desk = floor(2).work('0', '1');
      // All within one minute.
      desk.pass(60_000 - (desk.now % 60_000));
      desk.call('other', 'v');
      desk.answer('other');
      desk.notReady('0');
      desk.notReady('1');
      desk.call('a', 'v');
      desk.after(answeredAfterMs).ready('1');
      desk.answer('a');
      desk.call('lost', 'v');
      desk.after(6_000).abandon('lost');
      desk.notReady('1');
      desk.give({ type: 'call.returned', callId: callId('a'), cause: 'media' });
      desk.after(1).abandon('a');
      return desk.engine.serviceLevel(queueId('v'));
    };
    // One in time, one lost, and the one that came back and gave up.
    assert.equal(levelWithout(20_000), 1 / 3);
    assert.equal(levelWithout(20_001), 1 / 3);
  });

  it('SL1 C7 a bridge that fails when its answer counts no more takes nothing away', () => {
    const desk = floor(2).work('0', '1');
    desk.call('a', 'v');
    desk.answer('a');
    desk.pass(31 * 60_000);
    desk.call('b', 'v');
    desk.answer('b');
    desk.give({ type: 'call.returned', callId: callId('a'), cause: 'media' });
    assert.equal(desk.engine.serviceLevel(queueId('v')), 1 / 2, 'b, and a who waits for long');
  });

  it('SL1 the window is the minute in hand and the 29 before it', () => {
    const desk = floor(1).work('0');
    desk.pass(60_000 - (desk.now % 60_000));
    desk.call('a', 'v');
    desk.answer('a');
    const minuteOfAnswer = desk.now;
    desk.pass(30 * 60_000 - 1);
    desk.tick();
    assert.equal(desk.engine.serviceLevel(queueId('v')), 1);
    desk.pass(minuteOfAnswer + 30 * 60_000 - desk.now);
    desk.tick();
    assert.equal(desk.engine.serviceLevel(queueId('v')), undefined);
  });

  it('SL1 who waits longer than that is missed already, and what is long past does not count', () => {
    const desk = floor(1).work('0');
    desk.call('a', 'v');
    desk.answer('a');
    for (const id of ['b', 'c', 'd']) desk.call(id, 'v');
    desk.pass(20_000);
    desk.tick();
    assert.equal(desk.engine.serviceLevel(queueId('v')), 1);
    desk.after(1).tick();
    assert.equal(desk.engine.serviceLevel(queueId('v')), 1 / 4);
    desk.pass(31 * 60_000);
    desk.tick();
    assert.equal(desk.engine.serviceLevel(queueId('v')), 0);
  });
});
