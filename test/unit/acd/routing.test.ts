import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Strategy } from '../../../src/model/queue.ts';
import { agent, Desk, queue } from './desk.ts';

describe('routing', () => {
  it('R1 serves callers in the order of their arrival', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v'])]);
    desk.call('a', 'v');
    desk.after(1).call('b', 'v');
    desk.work('1');
    assert.equal(desk.with('a'), '1');
    assert.equal(desk.stage('b'), 'queued');
  });

  it('R1 one level of priority is worth priorityLevelMs of waiting, and no more', () => {
    for (const [waitedMs, first] of [
      [59_999, 'b'],
      [60_001, 'a'],
    ] as const) {
      const desk = new Desk([queue('v')], [agent('1', ['v'])]);
      desk.call('a', 'v', 5);
      desk.after(waitedMs).call('b', 'v', 6);
      desk.work('1');
      assert.equal(desk.with(first), '1');
    }
  });

  it('R1 is one order across all queues of an agent, whatever their levels are worth', () => {
    const desk = new Desk(
      [queue('v', { priorityLevelMs: 10_000 }), queue('s', { priorityLevelMs: 60_000 })],
      [agent('1', ['v', 's'])],
    );
    desk.call('a', 'v', 5);
    desk.after(1_000).call('b', 's', 5);
    desk.after(1_000).call('c', 'v', 6);
    desk.after(1_000).call('d', 's', 6);
    desk.work('1');
    const served: string[] = [];
    for (let n = 0; n < 4; n++) {
      const id = ['a', 'b', 'c', 'd'].find((call) => desk.stage(call) === 'offered') ?? '';
      served.push(id);
      desk.answer(id);
      desk.end(id);
      desk.wrapUpDone('1');
    }
    assert.deepEqual(served, ['d', 'c', 'a', 'b']);
  });

  it('R1 at the same instant the earlier arrival is first', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v'])]);
    for (const id of ['a', 'b', 'c']) desk.call(id, 'v');
    assert.deepEqual(
      ['a', 'b', 'c'].map((id) => desk.position(id)),
      [1, 2, 3],
    );
  });

  it('R2 offers to whoever has been idle longest across all queues', () => {
    const desk = new Desk(
      [queue('v', { wrapUpMs: 0 }), queue('s', { wrapUpMs: 0 })],
      [agent('1', ['v']), agent('2', ['v', 's'])],
    );
    desk.work('1', '2');
    desk.call('a', 'v');
    assert.equal(desk.with('a'), '1');
    desk.answer('a');
    desk.after(10).call('b', 's');
    desk.answer('b');
    desk.after(10).end('a');
    desk.after(10).end('b');
    desk.call('c', 'v');
    assert.equal(desk.with('c'), '1', 'agent 2 spoke last, though in another queue');
  });

  it('R2 counts from the end of after-call work, and a break or a failed offer changes nothing', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v']), agent('2', ['v'])]);
    desk.work('1', '2');
    desk.after(10).notReady('1');
    desk.after(10).ready('1');
    desk.call('a', 'v');
    assert.equal(desk.with('a'), '1');
    desk.fail('a', 'rejected');
    assert.equal(desk.with('a'), '2');
    desk.answer('a');
    desk.pass(6_000);
    desk.end('a');
    desk.wrapUpDone('2');
    desk.after(1).call('b', 'v');
    assert.equal(desk.with('b'), '1');
  });

  it('R3 needs every skill of the queue and of the call at its level', () => {
    const desk = new Desk(
      [queue('v', { requiredSkills: { ventas: 3 } })],
      [
        agent('1', ['v'], { ventas: 2, ingles: 9 }),
        agent('2', ['v'], { ventas: 3, ingles: 4 }),
        agent('3', ['v'], { ventas: 10, ingles: 5 }),
        agent('4', [], { ventas: 10, ingles: 10 }),
      ],
    );
    desk.work('1', '2', '3', '4');
    desk.call('a', 'v', 5, { ingles: 5 });
    assert.equal(desk.with('a'), '3');
    desk.call('b', 'v');
    assert.equal(desk.with('b'), '2');
    desk.call('c', 'v');
    assert.equal(desk.stage('c'), 'queued');
  });

  it('R3 is not fooled by skills named like parts of the language', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v'])]);
    desk.work('1');
    desk.call('a', 'v', 5, { constructor: 1 });
    assert.equal(desk.stage('a'), 'queued');
  });

  it('R4 a caller nobody free can serve blocks nobody behind', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v'])]);
    desk.call('a', 'v', 10, { ruso: 5 });
    desk.after(1).call('b', 'v');
    desk.work('1');
    assert.equal(desk.with('b'), '1');
    assert.equal(desk.position('a'), 1);
  });

  it('R4 R5 many agents at once get many callers in order', () => {
    const ids = Array.from({ length: 40 }, (_, n) => `a${n}`);
    const agents = ids.map((id) => agent(id, ['v']));
    const desk = new Desk([queue('v')], []);
    for (let n = 0; n < 100; n++) desk.after(1).call(`c${n}`, 'v');
    desk.configure([queue('v')], agents);
    desk.work(...ids);
    const offered = desk.history.filter(({ type }) => type === 'offer.made').length;
    assert.equal(offered, 40);
    for (let n = 0; n < 100; n++) assert.equal(desk.stage(`c${n}`), n < 40 ? 'offered' : 'queued');
  });

  it('R5 a phone that comes back gets the caller who waits', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v'])]);
    desk.work('1');
    desk.phone('1', false);
    desk.call('a', 'v');
    assert.equal(desk.stage('a'), 'queued');
    desk.phone('1');
    assert.equal(desk.with('a'), '1');
  });

  it('R6 an unknown strategy is an error', () => {
    const desk = new Desk([queue('v')], []);
    const strategy = 'best-looking' as Strategy;
    assert.equal(desk.configure([queue('v', { strategy })], []), 'CONFIG_INVALID');
  });
});
