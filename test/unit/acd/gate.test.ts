import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agent, casual, Desk, queue } from './desk.ts';

const NOON = '2026-11-23T11:00:00Z';
const quick = { wrapUpMs: 0, ringTimeoutMs: 20_000, handleTimeMs: 30_000 };
const open = (desk: Desk): boolean => desk.engine.queues()[0]?.casualOpen ?? false;

describe('casual agents: when, where and whom', () => {
  it('B4 they are let in when a caller has waited too long, and let go by a lower threshold', () => {
    const desk = new Desk([queue('v', quick)], [agent('1', ['v']), casual('c', ['v'])], NOON);
    desk.work('1', 'c');
    for (const id of ['a', 'b', 'd']) desk.call(id, 'v');
    desk.answer('a');
    assert.equal(desk.with('b'), undefined);
    // Nobody waits two minutes beside a casual agent, whatever the estimate says.
    for (let n = 0; n < 25 && desk.stage('b') === 'queued'; n++) desk.pass(5_000);
    assert.equal(desk.with('b'), 'c');
    assert.equal(open(desk), true);
    desk.answer('b');
    desk.end('b');
    assert.equal(desk.with('d'), 'c');
    desk.answer('d');
    desk.pass(4_000);
    desk.end('d');
    desk.end('a');
    assert.equal(open(desk), true);
    desk.pass(5_000);
    assert.equal(open(desk), false);
  });

  it('B4 whoever is no agent by trade is not troubled while another is free or will be soon', () => {
    const desk = new Desk([queue('v', quick)], [casual('c', ['v']), agent('1', ['v'])], NOON);
    desk.work('c', '1');
    desk.call('a', 'v');
    assert.equal(desk.with('a'), '1');
    assert.equal(open(desk), false);
  });

  it('B4 where nobody else is at work one caller is need enough, and an open offer outlives the need', () => {
    const desk = new Desk([queue('v', quick)], [agent('1', ['v']), casual('c', ['v'])], NOON);
    desk.work('c');
    desk.call('a', 'v');
    assert.equal(desk.with('a'), 'c');
    desk.after(6_000).work('1');
    assert.equal(open(desk), false);
    assert.equal(desk.with('a'), 'c');
    assert.equal(desk.answer('a'), 'ok');
  });

  it('B4 once let in they may help for five seconds, and no longer, whatever is weighed meanwhile', () => {
    const desk = new Desk([queue('v', quick)], [agent('1', ['v']), casual('c', ['v'])], NOON);
    desk.call('a', 'v');
    assert.equal(open(desk), true);
    desk.pass(3_000);
    desk.abandon('a');
    desk.pass(1_999);
    assert.equal(open(desk), true);
    desk.pass(1);
    assert.equal(open(desk), false);
  });

  it('B5 the least used share of the budget first, then the longest idle', () => {
    const desk = new Desk(
      [queue('v', quick)],
      [casual('big', ['v'], { monthlyCap: 10 }), casual('small', ['v'], { monthlyCap: 2 })],
      NOON,
    );
    desk.work('small', 'big');
    const served: (string | undefined)[] = [];
    for (let n = 0; n < 9; n++) {
      const id = `a${n}`;
      desk.call(id, 'v');
      served.push(desk.with(id));
      desk.answer(id);
      desk.after(1_000).end(id);
    }
    // small 0/2, big 0/10, then big until it has used half, too.
    assert.deepEqual(served.slice(0, 2), ['small', 'big']);
    assert.deepEqual(served.slice(2, 6), ['big', 'big', 'big', 'big']);
    assert.deepEqual(served.slice(6, 7), ['small']);
    assert.deepEqual(served.slice(7), ['big', 'big']);
  });

  it('B5 B6 a new month begins for who stands free: nobody has used any, and the longest idle is first', () => {
    const desk = new Desk(
      [queue('v', quick)],
      [casual('big', ['v'], { monthlyCap: 10 }), casual('small', ['v'], { monthlyCap: 2 })],
      '2026-03-31T21:58:00Z',
    );
    desk.work('small', 'big');
    // Somebody in line whom nobody can serve keeps the queue open to them.
    desk.call('stays', 'v', 5, { ruso: 1 });
    const served = ['a', 'b', 'c', 'd'].map((id) => {
      desk.call(id, 'v');
      const who = desk.with(id);
      desk.answer(id);
      desk.after(1_000).end(id);
      return who;
    });
    assert.deepEqual(served, ['small', 'big', 'big', 'big']);
    desk.until('2026-03-31T22:00:00Z');
    desk.call('e', 'v');
    assert.equal(desk.with('e'), 'small');
  });

  it('B6 outside their hours they are offered nothing, and a phone that rings goes on ringing', () => {
    const hours = [{ days: ['mon' as const], from: '10:00', to: '12:00' }];
    const desk = new Desk(
      [queue('v', quick)],
      [casual('c', ['v'], { hours })],
      '2026-11-23T08:59:00Z',
    );
    desk.work('c');
    desk.call('a', 'v');
    assert.equal(desk.stage('a'), 'queued');
    desk.until('2026-11-23T09:00:00Z');
    assert.equal(desk.with('a'), 'c');
    desk.answer('a');
    desk.end('a');
    desk.until('2026-11-23T10:59:55Z');
    desk.call('b', 'v');
    desk.pass(10_000);
    assert.equal(desk.stage('b'), 'offered');
    assert.equal(desk.answer('b'), 'ok');
    desk.pass(60_000);
    assert.equal(desk.stage('b'), 'talking');
    desk.end('b');
    desk.call('d', 'v');
    assert.equal(desk.stage('d'), 'queued');
  });
});
