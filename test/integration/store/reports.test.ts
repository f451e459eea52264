import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type MeasureName, measuresOf } from '../../../src/facts/measures.ts';
import { DAY_MS, ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import type { AgentStateRecord } from '../../../src/model/agent.ts';
import type { CallEvent, CallOutcome, Cdr } from '../../../src/model/call.ts';
import { agentId, callId } from '../../../src/model/ids.ts';
import type { IntervalQuery } from '../../../src/runtime/ports/reports.ts';
import { openPool, type Pool } from '../../../src/store/pool.ts';
import { Bureau } from '../../../src/store/reports/bureau.ts';
import { recordExports } from '../../../src/store/reports/exports.ts';
import { at, call, calls, states } from '../../support/hand-worked.ts';
import { startTestStore, type TestStore } from '../../support/postgres.ts';

let house: TestStore;
let pool: Pool;
let bureau: Bureau;
const clock = new ManualClock(at('12:00'));

before(async () => {
  house = await startTestStore();
  const { databaseUrl } = house.database;
  pool = openPool(databaseUrl, { name: 'test', size: 2, queryMsMax: 30_000 }, silentLogger);
  await pool.query(`INSERT INTO queues (id, name) VALUES ('ventas', 'Ventas')`);
  for (const [id, team] of [
    ['1001', 'norte'],
    ['1002', 'tarde'],
    ['1003', 'norte'],
  ])
    await pool.query(`INSERT INTO agents (id, name, extension, settings) VALUES ($1, $1, $1, $2)`, [
      id,
      { team, ...(id === '1003' ? { casual: { monthlyCap: 10 }, groupIds: ['tienda-7'] } : {}) },
    ]);
  await pool.query(`INSERT INTO agent_queues VALUES ('1001', 'ventas', 1), ('1002', 'ventas', 1)`);
  const keeping = { recordMonths: 2, figureMonths: 3 };
  bureau = new Bureau(
    { databaseUrl, zone: 'Europe/Madrid', everyMs: 0, keeping },
    clock,
    silentLogger,
  );
});
after(async () => {
  await bureau.close();
  await pool.end();
  await house.stop();
});

const cdrOf = (id: string, events: readonly CallEvent[]): Cdr => ({
  callId: callId(id),
  sipCallId: id,
  dnis: '800',
  status: 'unknown',
  arrivedAt: events[0]?.at ?? 0,
  endedAt: events.at(-1)?.at ?? 0,
  waitMs: 0,
  talkMs: 0,
  outcome: events.at(-1)?.data.outcome as CallOutcome,
  endedBy: 'caller',
  variables: {},
});

const worked: readonly AgentStateRecord[] = states('1001', [
  ['08:50:00', 'notReady', { reason: 'signedIn' }],
  ['08:58:00', 'ready'],
  ['09:00:02', 'offered', { callId: callId('a') }],
  ['09:00:10', 'talking', { callId: callId('a') }],
  ['09:03:10', 'wrapUp', { callId: callId('a') }],
  ['09:03:30', 'ready'],
  ['09:15:00', 'offered', { callId: callId('e') }],
  ['09:15:05', 'talking', { callId: callId('e') }],
  ['09:31:05', 'wrapUp', { callId: callId('e') }],
  ['09:31:15', 'offline'],
]);

async function ask(more: Partial<IntervalQuery> = {}) {
  const by = more.by ?? 'queue';
  const { text, next } = await bureau.intervals({
    by,
    interval: '15m',
    from: at('08:00'),
    to: at('12:00'),
    zone: 'Europe/Madrid',
    measures: measuresOf(by),
    serviceLevel: { definition: 'standard' },
    empty: false,
    limit: 1_000,
    format: 'json',
    ...more,
  });
  // biome-ignore lint/suspicious/noExplicitAny: what came as text has no type.
  return { next, text, ...(more.format === 'csv' ? { items: [] } : (JSON.parse(text) as any)) };
}

const FEW: readonly MeasureName[] = [
  'offered',
  'answered',
  'abandoned',
  'handled',
  'acwTime',
  'occupancy',
];

test('The figures of a day worked out by hand, from its records in the database', async () => {
  const { records } = house.store;
  // Before the first look: part of the morning was there when the program came to reports.
  for (const { callId: id, events } of calls.slice(0, 3)) {
    for (const event of events) records.event(event);
    records.cdr(cdrOf(id, events));
  }
  await records.flush();
  await bureau.refresh();
  for (const { callId: id, events } of calls.slice(3)) {
    for (const event of events) records.event(event);
    records.cdr(cdrOf(id, events));
  }
  for (const state of worked) records.agentState(state);
  await records.flush();
  await bureau.refresh();

  const { items, definitions } = await ask();
  const [eight, nine, quarter, half] = items;
  assert.deepEqual(
    [eight.from, eight.local, eight.offered],
    ['2026-11-20T08:45:00.000Z', '2026-11-20T09:45+01:00', 0],
  );
  const {
    offered,
    answered,
    abandoned,
    shortAbandoned,
    serviceLevel,
    asa,
    longestWait,
    handled,
    acwTime,
  } = nine;
  assert.deepEqual(
    {
      offered,
      answered,
      abandoned,
      shortAbandoned,
      serviceLevel,
      asa,
      longestWait,
      handled,
      acwTime,
    },
    // The after-call work of 1002 is in no state record: 20 s are left of the 60.
    {
      offered: 5,
      answered: 3,
      abandoned: 1,
      shortAbandoned: 1,
      serviceLevel: 0.5,
      asa: 18.3,
      longestWait: 45,
      handled: 2,
      acwTime: 20,
    },
  );
  assert.deepEqual([quarter.handled, quarter.aht, quarter.occupancy], [1, 970, 0.9944]);
  assert.deepEqual([half.offered, half.talkingTime], [0, 65]);
  assert.match(definitions.serviceLevel, /short abandons.*own target/s);
  const agents = await ask({
    by: 'agent',
    measures: ['handled', 'rung', 'missed', 'occupancy'],
    interval: 'total',
  });
  assert.deepEqual(
    agents.items.map(({ key, handled, rung, missed }: Record<string, unknown>) => [
      key,
      handled,
      rung,
      missed,
    ]),
    [
      ['1001', 2, 2, 0],
      ['1002', 1, 1, 0],
      ['1003', 0, 1, 1],
    ],
  );
});

test('By team, number, flow, skill and all; by day and month of the zone; alternatives of the service level', async () => {
  const one = async (more: Partial<IntervalQuery>) =>
    (await ask({ interval: '1d', measures: FEW, ...more })).items;
  assert.deepEqual(
    (await one({ by: 'team' })).map(({ key, handled }: Record<string, unknown>) => [key, handled]),
    [
      ['norte', 2],
      ['tarde', 1],
    ],
  );
  assert.deepEqual((await one({ by: 'team', teams: ['tarde'] })).length, 1);
  assert.deepEqual(
    (await one({ by: 'agent', teams: ['tarde'] })).map(({ key }: { key: string }) => key),
    ['1002'],
  );
  assert.equal((await one({ by: 'number', keys: ['900'] }))[0].offered, 1);
  assert.equal((await one({ by: 'flow', measures: ['calls'] })).length, 2);
  assert.equal((await one({ by: 'skill' }))[0].offered, 2);
  const [month] = await one({ by: 'all', interval: '1mo' });
  assert.deepEqual(
    [month.from, month.to, month.offered],
    ['2026-10-31T23:00:00.000Z', '2026-11-30T23:00:00.000Z', 5],
  );
  const [level] = await one({
    measures: ['serviceLevel'],
    serviceLevel: { definition: 'ofOffered', seconds: 30 },
  });
  assert.equal(level.serviceLevel, 0.6);
});

test('Empty intervals are there if they are wanted, pages follow one another, CSV has a header', async () => {
  const whole = await ask({ empty: true, measures: FEW });
  assert.equal(whole.items.length, 16);
  assert.deepEqual([whole.items[0].offered, whole.items[0].occupancy], [0, null]);
  const pages = [];
  for (let cursor: IntervalQuery['after']; ; ) {
    const page = await ask({
      empty: true,
      measures: FEW,
      limit: 5,
      ...(cursor ? { after: cursor } : {}),
    });
    pages.push(...page.items);
    cursor = page.next;
    if (!cursor) break;
  }
  assert.deepEqual(pages, whole.items);
  const some = await ask({ measures: FEW, limit: 2 });
  const rest = await ask({ measures: FEW, limit: 2, after: some.next });
  assert.deepEqual([...some.items, ...rest.items], (await ask({ measures: FEW })).items);
  const none = await ask({ empty: true, keys: ['nadie'], measures: ['offered'] });
  assert.equal(none.items.length, 16);
  const csv = await ask({ measures: ['offered', 'occupancy'], format: 'csv', keys: ['ventas'] });
  assert.deepEqual(csv.text.split('\r\n').slice(0, 3), [
    'queue,from,to,local,offered,occupancy',
    'ventas,2026-11-20T08:45:00.000Z,2026-11-20T09:00:00.000Z,2026-11-20T09:45+01:00,0,0',
    'ventas,2026-11-20T09:00:00.000Z,2026-11-20T09:15:00.000Z,2026-11-20T10:00+01:00,5,0.2222',
  ]);
});

const everything = async () =>
  JSON.stringify([
    (await pool.query('SELECT * FROM interval_facts ORDER BY dimension, key, slot')).rows,
    (await pool.query('SELECT * FROM interval_times ORDER BY dimension, key, slot')).rows,
  ]);

test('Computing a day again changes nothing, and mends what was spoilt', async () => {
  const before = await everything();
  assert.equal(await bureau.replay(at('00:00'), at('24:00')), 6);
  assert.equal(await everything(), before);
  await pool.query('UPDATE interval_facts SET offered = offered + 7');
  await pool.query(`DELETE FROM call_facts WHERE call_id = 'd'`);
  await bureau.replay(at('00:00'), at('24:00'));
  assert.equal(await everything(), before);
});

test('What was written once is read no more, until its day has other figures; pages say the same', async () => {
  const asked = { keys: ['ventas'], from: at('00:00') - DAY_MS, to: at('24:00') + DAY_MS };
  for (const format of ['json', 'csv'] as const)
    for (const interval of ['15m', '1h', '1d', '1mo', 'total'] as const)
      for (const empty of [false, true]) {
        const question = { ...asked, interval, empty, format };
        const whole = await ask(question);
        await pool.query('UPDATE interval_facts SET offered = offered + 7');
        assert.equal((await ask(question)).text, whole.text, `${interval} ${format} kept`);
        await pool.query('UPDATE interval_facts SET offered = offered - 7');
        let [text, rows] = ['', [] as unknown[]];
        for (let page = await ask({ ...question, limit: 1 }); ; ) {
          text += page.text;
          rows = [...rows, ...page.items];
          if (!page.next) break;
          page = await ask({ ...question, limit: 1, after: page.next });
        }
        if (format === 'csv') assert.equal(text, whole.text, `${interval} ${empty}`);
        else assert.deepEqual(rows, whole.items, `${interval} ${empty}`);
      }
  const question = { ...asked, interval: '1d' } as const;
  const before = (await ask(question)).items[0].offered;
  await pool.query('UPDATE interval_facts SET offered = offered + 7');
  await bureau.replay(at('00:00') - 3 * DAY_MS, at('00:00') - 2 * DAY_MS);
  assert.equal((await ask(question)).items[0].offered, before, 'another day was computed');
  await bureau.replay(at('00:00'), at('24:00'));
  await pool.query(`UPDATE interval_facts SET offered = offered + 7 WHERE key = 'ventas'`);
  await pool.query('UPDATE report_days SET version = gen_random_uuid()');
  assert.ok((await ask(question)).items[0].offered > before + 6, 'other figures, another version');
  await bureau.replay(at('00:00'), at('24:00'));
  assert.equal((await ask(question)).items[0].offered, before);
});

test('Records that come late are put where they belong', async () => {
  const { records } = house.store;
  const late = call('late', {
    steps: [
      ['09:05:00', 'call.arrived', { dnis: '800' }],
      ['09:05:00', 'call.queued', { queueId: 'ventas', serviceLevelMs: 20_000 }],
      ['09:06:00', 'call.connected', { offerId: 'l', agentId: '1002', queueId: 'ventas' }],
      ['09:07:00', 'call.finished', { outcome: 'answered' }],
    ],
  });
  const [arrived, queued, ...rest] = late.events;
  for (const event of [arrived, queued]) if (event) records.event(event);
  await records.flush();
  await bureau.refresh();
  assert.deepEqual(
    (await ask({ measures: FEW })).items.map(({ offered, answered }: Record<string, unknown>) => [
      offered,
      answered,
    ])[1],
    [6, 3],
  );
  for (const event of rest) records.event(event);
  // The same again: a record that comes twice is one.
  for (const event of late.events) records.event(event);
  records.agentState({
    agentId: agentId('1002'),
    at: at('09:07'),
    seq: 1,
    kind: 'wrapUp',
    callId: callId('late'),
  });
  records.agentState({ agentId: agentId('1002'), at: at('09:08:40'), seq: 2, kind: 'offline' });
  await records.flush();
  await bureau.refresh();
  const [, nine] = (await ask({ measures: FEW })).items;
  assert.deepEqual([nine.offered, nine.answered, nine.handled, nine.acwTime], [6, 4, 3, 120]);
  const before = await everything();
  await bureau.replay(at('00:00'), at('24:00'));
  assert.equal(await everything(), before);
});

test('An agent who changes team takes nothing of the past along', async () => {
  clock.advance(3_600_000);
  await pool.query(`UPDATE agents SET settings = settings || '{"team":"sur"}' WHERE id = '1001'`);
  await bureau.refresh();
  await bureau.replay(at('00:00'), at('12:00'));
  const { items } = await ask({ by: 'team', interval: 'total', measures: ['handled'] });
  assert.deepEqual(
    items.map(({ key }: { key: string }) => key),
    ['norte', 'tarde'],
  );
});

test('Timelines: what each agent did, and the sums by state and reason', async () => {
  const { text } = await bureau.timelines({
    agentIds: ['1001'],
    from: at('08:55'),
    to: at('10:00'),
    format: 'json',
  });
  const [{ agentId: id, spans, totals }] = JSON.parse(text).items;
  assert.equal(id, '1001');
  assert.deepEqual(spans.slice(0, 2), [
    {
      state: 'notReady',
      from: '2026-11-20T08:55:00.000Z',
      to: '2026-11-20T08:58:00.000Z',
      seconds: 180,
      reason: 'signedIn',
    },
    {
      state: 'ready',
      from: '2026-11-20T08:58:00.000Z',
      to: '2026-11-20T09:00:02.000Z',
      seconds: 122,
    },
  ]);
  assert.equal(totals['notReady.signedIn'], 180);
  assert.equal(totals.talking, 1_140);
  const csv = await bureau.timelines({
    teams: ['tarde'],
    from: at('09:00'),
    to: at('10:00'),
    format: 'csv',
  });
  assert.match(
    csv.text,
    /^agent,state,from,to,seconds,reason,callId\r\n1002,wrapUp,2026-11-20T09:07:00.000Z,2026-11-20T09:08:40.000Z,100,,late\r\n/,
  );
});

test("Casual agents' month: what was used of each cap, by agent and by site", async () => {
  const { records } = house.store;
  for (const n of [1, 2, 3])
    records.event({
      callId: callId(`c${n}`),
      seq: 9,
      at: at(`11:0${n}`),
      type: 'ledger',
      data: { agentId: '1003', why: n === 3 ? 'givenBack' : 'spent', month: '2026-11', spent: n },
    });
  await records.flush();
  await bureau.refresh();
  const read = async (by: 'agent' | 'group') =>
    JSON.parse((await bureau.casual({ month: '2026-11', by, format: 'json' })).text).items;
  const [agent] = await read('agent');
  assert.deepEqual(
    [agent.key, agent.team, agent.cap, agent.spent, agent.share, agent.missed],
    ['1003', 'norte', 10, 1, 0.1, 1],
  );
  const [site] = await read('group');
  assert.deepEqual([site.key, site.agents, site.spent], ['tienda-7', 1, 1]);
});

test('Exports: every record once, in order, a batch at a time', async () => {
  const exports = recordExports(pool);
  const { records } = house.store;
  const many = 4_500;
  for (let n = 0; n < many; n++)
    records.event({
      callId: callId(`m${n % 7}`),
      seq: n + 1,
      at: at('06:00') + Math.floor(n / 9),
      type: 'many',
      data: { n },
    });
  await records.flush();
  const read = async (format: 'ndjson' | 'csv') => {
    const texts: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const batch = await exports.batch('events', {
        from: at('06:00'),
        to: at('07:00'),
        format,
        ...(cursor ? { cursor } : {}),
      });
      assert.ok(batch.ok);
      texts.push(batch.value.text);
      cursor = batch.value.cursor;
      if (!cursor) return texts;
    }
  };
  const texts = await read('ndjson');
  assert.equal(texts.length, 3);
  const rows = texts
    .join('')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(rows.length, many);
  assert.equal(new Set(rows.map((row) => row.data.n)).size, many);
  for (const [n, row] of rows.entries()) assert.ok(n === 0 || rows[n - 1].at <= row.at);
  assert.equal((await read('csv')).join('').split('\r\n').length, many + 1);
  for (const cursor of ['x', Buffer.from('["a","b","c"]').toString('base64url')]) {
    const forged = await exports.batch('events', { from: 0, to: 1, format: 'csv', cursor });
    assert.equal(forged.ok ? '' : forged.error.code, 'CURSOR_INVALID');
  }
});

test('What lies in the default partition moves to its month; months over their time go, figures later than records', async () => {
  const old = Date.UTC(2026, 7, 15);
  await pool.query(
    `INSERT INTO call_events (call_id, seq, at, type, data) VALUES ('old', 1, $1, 'call.arrived', '{"dnis":"800"}')`,
    [new Date(old)],
  );
  assert.equal((await pool.query('SELECT 1 FROM call_events_default')).rowCount, 1);
  await pool.query(`SELECT ensure_month_partition('call_events', $1)`, [new Date(old)]);
  assert.equal((await pool.query('SELECT 1 FROM call_events_default')).rowCount, 0);
  assert.equal((await pool.query('SELECT 1 FROM call_events_2026_08')).rowCount, 1);
  await bureau.refresh();
  const asked = {
    by: 'all',
    from: old - DAY_MS,
    to: old + DAY_MS,
    interval: 'total',
    measures: ['calls'],
  } as const;
  assert.equal((await ask(asked)).items[0].calls, 1);

  assert.equal((await bureau.keep()) > 0, true);
  assert.equal(
    (await pool.query(`SELECT to_regclass('call_events_2026_08') AS gone`)).rows[0].gone,
    null,
  );
  assert.equal((await ask(asked)).items[0].calls, 1);
  // The records are gone: computing again must not take the figures with it.
  assert.equal(await bureau.replay(old - DAY_MS, old + DAY_MS), 0);
  assert.equal((await ask(asked)).items[0].calls, 1);
  clock.advance(40 * DAY_MS);
  await bureau.keep();
  assert.equal((await ask(asked)).items.length, 0);
});
