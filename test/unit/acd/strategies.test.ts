import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import type { Strategy } from '../../../src/model/queue.ts';
import { agent, Desk, queue } from './desk.ts';

const team = (strategy: Strategy, ...ids: readonly string[]): Desk =>
  new Desk(
    [queue('v', { strategy, wrapUpMs: 0 })],
    ids.map((id) => agent(id, ['v'])),
  ).work(...ids);

/** One call from the first ring to the last word; who had it. */
function serve(desk: Desk, id: string, talkMs = 10): string | undefined {
  desk.call(id, 'v');
  const who = desk.with(id);
  desk.answer(id);
  desk.after(talkMs).end(id);
  return who;
}

describe('strategies', () => {
  it('R7 fewest calls: who answered fewest since the sign-in, then the longest idle', () => {
    const desk = team('fewest-calls', '1', '2', '3');
    assert.equal(serve(desk, 'a'), '1');
    assert.equal(serve(desk, 'b'), '2');
    assert.equal(serve(desk, 'c'), '3');
    desk.signOut('3');
    desk.work('3');
    assert.equal(serve(desk, 'd'), '3', 'a new shift begins with no calls');
    assert.equal(serve(desk, 'e'), '1');
  });

  it('R8 least talk time: a long conversation counts for what it took', () => {
    const desk = team('least-talk-time', '1', '2');
    assert.equal(serve(desk, 'a', 100_000), '1');
    for (const id of ['b', 'c', 'd']) assert.equal(serve(desk, id, 30_000), '2');
    assert.equal(serve(desk, 'e', 30_000), '2', '90 s are less than 100 s');
    assert.equal(serve(desk, 'f', 1), '1');
  });

  it('R9 round robin: the next in the order of configuration, whoever was idle longer', () => {
    const desk = team('round-robin', '1', '2', '3');
    assert.equal(serve(desk, 'a'), '1');
    desk.notReady('2');
    assert.equal(serve(desk, 'b'), '3');
    desk.ready('2');
    assert.equal(serve(desk, 'c'), '1');
    assert.equal(serve(desk, 'd'), '2');
    assert.equal(serve(desk, 'e'), '3');
  });

  it('R9 round robin: a refused call has had its turn', () => {
    const desk = team('round-robin', '1', '2', '3');
    desk.call('a', 'v');
    desk.fail('a', 'rejected');
    assert.equal(desk.with('a'), '2');
    desk.call('b', 'v');
    assert.equal(desk.with('b'), '3');
  });

  it('R10 top down: by rank in this queue, without one last, in the order of configuration', () => {
    const ranked = (id: string, rank?: number) => ({
      ...agent(id, ['v', 'w']),
      ...(rank === undefined ? {} : { queueRanks: { v: rank } }),
    });
    const desk = new Desk(
      [
        queue('v', { strategy: 'top-down', wrapUpMs: 0 }),
        queue('w', { strategy: 'top-down', wrapUpMs: 0 }),
      ],
      [ranked('1'), ranked('2', 2), ranked('3', 1), ranked('4')],
    );
    desk.work('4', '1', '2', '3');
    for (const [n, who] of ['3', '2', '1', '4'].entries()) {
      desk.call(`c${n}`, 'v');
      assert.equal(desk.with(`c${n}`), who);
    }
    for (const n of [0, 1, 2, 3]) desk.abandon(`c${n}`);
    desk.call('w', 'w');
    assert.equal(desk.with('w'), '1', 'the rank is of the other queue');
  });

  it('R10 a rank below 1 is an error', () => {
    const desk = new Desk([queue('v')], []);
    const wrong = { ...agent('1', ['v']), queueRanks: { v: 0 } };
    assert.equal(desk.configure([queue('v')], [wrong]), 'CONFIG_INVALID');
  });

  it('R11 random: everybody at times, the same after a replay and a restart', () => {
    const ids = ['1', '2', '3', '4'];
    const desk = team('random', ...ids);
    const again = team('random', ...ids);
    const taken = Array.from({ length: 80 }, (_, n) => serve(desk, `c${n}`));
    for (const id of ids) {
      const times = taken.filter((who) => who === id).length;
      assert.ok(times >= 8 && times <= 36, `${id} had ${times} of 80`);
    }
    // Whoever goes by turns or by idleness has nobody twice running.
    const twice = taken.filter((who, n) => who === taken[n - 1]).length;
    assert.ok(twice >= 8 && twice <= 36, `${twice} of 80 had the call before, too`);
    for (const [n, who] of taken.entries()) {
      if (n === 40) again.engine = Engine.restore(again.engine.serialize());
      assert.equal(serve(again, `c${n}`), who);
    }
  });

  it('R12 most skilled: the levels held of what is asked for, together', () => {
    const desk = new Desk(
      [queue('v', { strategy: 'most-skilled', requiredSkills: { ventas: 1 } })],
      [
        agent('1', ['v'], { ventas: 5, ruso: 10 }),
        agent('2', ['v'], { ventas: 9 }),
        agent('3', ['v'], { ventas: 5, ingles: 4 }),
        agent('4', ['v'], { ventas: 4, ingles: 6 }),
      ],
    );
    desk.work('1', '2', '3', '4');
    desk.call('a', 'v');
    assert.equal(desk.with('a'), '2');
    desk.call('b', 'v', 5, { ingles: 2 });
    assert.equal(desk.with('b'), '4');
    desk.call('c', 'v');
    assert.equal(desk.with('c'), '1', 'what nobody asked for does not count, and 1 is idle longer');
  });
});
