import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agentId, callId } from '../../../src/model/ids.ts';
import { agent, casual, Desk, queue } from './desk.ts';

const NOON = '2026-11-23T11:00:00Z';
const quick = { wrapUpMs: 0, ringTimeoutMs: 20_000 };

const ledgerOf = (desk: Desk, id: string) => {
  const ledger = desk.engine.ledger(agentId(id));
  assert.ok(ledger, `agent ${id} has no ledger`);
  return ledger;
};
const spent = (desk: Desk, id: string) => {
  const ledger = ledgerOf(desk, id);
  return [ledger.month, ledger.spent, ledger.reserved];
};
/** A call from ring to goodbye. */
const converse = (desk: Desk, id: string, name = 'v') => {
  desk.call(id, name);
  desk.after(2_000).answer(id);
  desk.after(30_000).end(id);
};

describe('casual agents: the ledger', () => {
  it('B1 the offer is the reservation: given back by every way in which an offer ends unanswered', () => {
    const desk = new Desk([queue('v', { ...quick, missesMax: 9 })], [casual('c', ['v'])], NOON);
    desk.work('c');
    const ends: readonly ((id: string) => unknown)[] = [
      (id) => desk.fail(id, 'rejected'),
      (id) => desk.fail(id, 'busy'),
      (id) => desk.fail(id, 'unreachable'),
      (id) => desk.fail(id, 'noAnswer'),
      () => desk.pass(20_000),
      () => desk.phone('c', false),
      () => desk.notReady('c'),
      (id) => desk.abandon(id),
    ];
    for (const [n, end] of ends.entries()) {
      const id = `a${n}`;
      desk.call(id, 'v');
      assert.deepEqual([desk.with(id), ...spent(desk, 'c')], ['c', '2026-11', 0, 1]);
      end(id);
      assert.deepEqual(spent(desk, 'c'), ['2026-11', 0, 0]);
      desk.abandon(id);
      desk.phone('c');
      desk.ready('c');
      desk.pass(30_000);
    }
  });

  it('B2 the last call of the budget is offered once, and then never again this month', () => {
    const desk = new Desk([queue('v', quick)], [casual('c', ['v'], { monthlyCap: 2 })], NOON);
    desk.work('c');
    converse(desk, 'a');
    desk.call('b', 'v');
    desk.call('x', 'v');
    assert.deepEqual(spent(desk, 'c'), ['2026-11', 1, 1]);
    desk.answer('b');
    desk.after(1_000).end('b');
    assert.deepEqual(spent(desk, 'c'), ['2026-11', 2, 0]);
    desk.pass(600_000);
    assert.equal(desk.stage('x'), 'queued');
    assert.equal(ledgerOf(desk, 'c').exhaustion?.kind, 'exhausted');
    assert.deepEqual(
      ledgerOf(desk, 'c').calls.map(({ callId }) => callId),
      ['a', 'b'],
    );
  });

  it('B2 a daily limit holds for any agent, and the next day is a new one', () => {
    const limited = { ...agent('1', ['v']), dailyCallsMax: 1, zone: 'Europe/Madrid' };
    const desk = new Desk([queue('v', quick)], [limited], NOON);
    desk.work('1');
    converse(desk, 'a');
    desk.call('b', 'v');
    desk.pass(600_000);
    assert.equal(desk.stage('b'), 'queued');
    desk.abandon('b');
    desk.until('2026-11-23T22:59:59Z');
    desk.call('c', 'v');
    assert.equal(desk.stage('c'), 'queued');
    desk.until('2026-11-23T23:00:00Z');
    assert.equal(desk.with('c'), '1');
  });

  it('B3 a phone that rings over midnight spends from the new month', () => {
    const desk = new Desk(
      [queue('v', quick)],
      [casual('c', ['v'], { monthlyCap: 1 })],
      '2026-11-30T22:59:50Z',
    );
    desk.work('c');
    desk.call('a', 'v');
    desk.pass(15_000);
    assert.deepEqual(spent(desk, 'c'), ['2026-12', 0, 1]);
    desk.answer('a');
    assert.deepEqual(spent(desk, 'c'), ['2026-12', 1, 0]);
    assert.deepEqual(ledgerOf(desk, 'c').past, [{ month: '2026-11', spent: 0, cap: 1 }]);
  });

  it('B3 a conversation counts in the month in which it began', () => {
    const desk = new Desk(
      [queue('v', quick)],
      [casual('c', ['v'], { monthlyCap: 1 })],
      '2026-11-30T22:59:50Z',
    );
    desk.work('c');
    desk.call('a', 'v');
    desk.answer('a');
    desk.pass(60_000);
    desk.end('a');
    assert.deepEqual(spent(desk, 'c'), ['2026-12', 0, 0]);
    assert.deepEqual(ledgerOf(desk, 'c').past, [{ month: '2026-11', spent: 1, cap: 1 }]);
    desk.call('b', 'v');
    assert.equal(desk.with('b'), 'c');
  });

  it('B3 a bridge that fails gives the call back to the budget', () => {
    const desk = new Desk([queue('v', quick)], [casual('c', ['v'], { monthlyCap: 1 })], NOON);
    desk.work('c');
    desk.call('a', 'v');
    desk.answer('a');
    desk.give({ type: 'call.returned', callId: 'a' as never, cause: 'media' });
    assert.deepEqual(spent(desk, 'c'), ['2026-11', 0, 1]);
    assert.equal(ledgerOf(desk, 'c').daySpent, 0);
    desk.answer('a');
    assert.deepEqual(spent(desk, 'c'), ['2026-11', 1, 0]);
  });

  it('B6 a month is counted on the clocks of the agent, or of the house', () => {
    const { zone: _, ...abroad } = casual('m', ['v']);
    const desk = new Desk([], [], '2026-11-30T23:30:00Z');
    const agents = [casual('c', ['v']), { ...abroad, casual: { monthlyCap: 5 } }];
    desk.give({ type: 'configure', queues: [queue('v')], agents, zone: 'America/Mexico_City' });
    assert.equal(ledgerOf(desk, 'c').month, '2026-12');
    assert.equal(ledgerOf(desk, 'm').month, '2026-11');
    assert.equal(ledgerOf(desk, 'm').zone, 'America/Mexico_City');
    const refused = desk.give({ type: 'configure', queues: [], agents: [], zone: 'Atlantis' });
    assert.equal(refused, 'CONFIG_INVALID');
  });

  it('B6 a month ends when the clocks say so, also where they go back over that midnight', () => {
    const cairo = casual('1', ['v'], { monthlyCap: 1 }, { zone: 'Africa/Cairo' });
    const desk = new Desk([queue('v', { wrapUpMs: 0 })], [cairo], '2024-10-31T20:59:00Z');
    desk.work('1');
    desk.call('a', 'v');
    desk.answer('a');
    desk.end('a');
    // At 24:00 it is 23:00 again.
    desk.until('2024-10-31T21:59:59Z');
    desk.call('b', 'v');
    assert.equal(desk.with('b'), undefined);
    desk.until('2024-10-31T22:00:00Z');
    assert.equal(desk.with('b'), '1');
  });

  it('B2 B3 C7 a call of yesterday that comes back is none of today’s', () => {
    const one = { ...agent('1', ['v']), dailyCallsMax: 1, zone: 'Europe/Madrid' };
    const desk = new Desk([queue('v', { wrapUpMs: 0 })], [one], '2026-11-23T22:59:50Z').work('1');
    desk.call('a', 'v');
    desk.answer('a');
    desk.until('2026-11-23T23:00:05Z');
    desk.give({ type: 'call.returned', callId: callId('a'), cause: 'media' });
    desk.answer('a');
    desk.end('a');
    desk.call('b', 'v');
    assert.equal(desk.with('b'), undefined);
  });

  it('B6 whoever has no limits any more has no ledger from the next month on', () => {
    const limited = { ...agent('1', ['v']), dailyCallsMax: 5, zone: 'Europe/Madrid' };
    const desk = new Desk([queue('v', quick)], [limited], '2026-11-30T12:00:00Z').work('1');
    desk.configure([queue('v', quick)], [agent('1', ['v'])]);
    desk.call('a', 'v');
    desk.answer('a');
    assert.equal(desk.engine.ledger(agentId('1'))?.spent, 1);
    desk.end('a');
    desk.until('2026-12-01T00:00:00Z');
    desk.tick();
    assert.equal(desk.engine.ledger(agentId('1')), undefined);
    desk.call('b', 'v');
    desk.answer('b');
    assert.deepEqual(desk.changesOf('ledger.changed'), []);
  });

  it('B6 nobody gets a budget twice: not by removal, not by a change of zone', () => {
    const terms = { monthlyCap: 1 };
    const queues = [queue('v', quick)];
    const desk = new Desk(queues, [casual('c', ['v'], terms)], '2026-11-30T12:00:00Z');
    desk.work('c');
    converse(desk, 'a');
    desk.configure(queues, []);
    assert.equal(desk.engine.ledger(agentId('c')), undefined);
    desk.after(1_000).configure(queues, [casual('c', ['v'], terms)]);
    assert.deepEqual(spent(desk, 'c'), ['2026-11', 1, 0]);
    // In Kiritimati it is December already; what is spent there stays spent when they come home.
    desk.configure(queues, [casual('c', ['v'], terms, { zone: 'Pacific/Kiritimati' })]);
    assert.deepEqual(spent(desk, 'c'), ['2026-12', 0, 0]);
    desk.work('c');
    converse(desk, 'b');
    desk.configure(queues, [casual('c', ['v'], terms)]);
    desk.until('2026-12-30T12:00:00Z');
    assert.deepEqual(spent(desk, 'c'), ['2026-12', 1, 0]);
    desk.until('2026-12-31T23:00:00Z');
    assert.deepEqual(spent(desk, 'c'), ['2027-01', 0, 0]);
  });

  it('B6 the ledger of somebody who is gone goes with its month', () => {
    const desk = new Desk([queue('v')], [casual('c', ['v'])], NOON);
    desk.configure([queue('v')], []);
    assert.match(desk.engine.serialize(), /"ledgers":\[\{"agentId":"c"/);
    desk.until('2026-11-30T23:00:00Z');
    desk.tick();
    assert.match(desk.engine.serialize(), /"ledgers":\[\]/);
    assert.equal(desk.engine.nextDeadline(), undefined);
  });

  it('B7 when the budget will be gone, at the rate of the month over the agent’s own hours', () => {
    const hours = [{ days: ['mon' as const], from: '10:00', to: '12:00' }];
    const desk = new Desk(
      [queue('v', quick)],
      [casual('c', ['v'], { monthlyCap: 6, hours })],
      '2026-11-01T11:00:00Z',
    );
    desk.work('c');
    desk.until('2026-11-02T09:30:00Z');
    for (const id of ['a', 'b']) converse(desk, id);
    assert.deepEqual(ledgerOf(desk, 'c').exhaustion, { kind: 'unknown' });
    converse(desk, 'x');
    desk.until('2026-11-02T12:00:00Z');
    // Three in two open hours: the other three will have taken until noon of the next Monday.
    assert.deepEqual(ledgerOf(desk, 'c').exhaustion, {
      kind: 'runsOut',
      at: Date.parse('2026-11-09T11:00:00Z'),
      day: '2026-11-09',
    });
    desk.until('2026-11-29T12:00:00Z');
    assert.deepEqual(ledgerOf(desk, 'c').exhaustion, { kind: 'lasts' });
  });
});
