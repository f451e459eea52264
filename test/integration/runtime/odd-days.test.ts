import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MeasureName } from '../../../src/facts/measures.ts';
import { DAY_MS, type EpochMs } from '../../../src/lib/clock.ts';
import { dateOf, dayAfter, dayOf, instantOf, monthAfter } from '../../../src/lib/zone.ts';
import { agentId, queueId } from '../../../src/model/ids.ts';
import { HouseInTime, someAgent } from '../../support/house-in-time.ts';

// O5, D6: a house that runs through the days on which clocks change, and through the end of a month and of a year.

const HOUR_MS = 3_600_000;
const CALL_EVERY_MS = 660_000;

const SUMS = [
  'offered',
  'answered',
  'abandoned',
  'handled',
  'talkTime',
  'acwTime',
  'calls',
  'callsAnswered',
] as const satisfies readonly MeasureName[];
const TIMES = [
  'signedInTime',
  'readyTime',
  'talkingTime',
  'wrapUpTime',
  'handled',
] as const satisfies readonly MeasureName[];

type Figures = Readonly<Record<string, number>>;
interface Row extends Figures {
  readonly from: never;
}

async function figures(
  house: HouseInTime,
  by: 'all' | 'agent',
  interval: '15m' | '1h' | '1d' | '1mo' | 'total',
  { zone, from, to }: { zone: string; from: EpochMs; to: EpochMs },
  key?: string,
): Promise<readonly (Row & { readonly from: string; readonly key: string })[]> {
  const { text } = await house.bureau.intervals({
    by,
    interval,
    from,
    to,
    zone,
    measures: by === 'all' ? SUMS : TIMES,
    serviceLevel: { definition: 'standard' },
    empty: true,
    limit: 20_000,
    format: 'json',
    ...(key === undefined ? {} : { keys: [key] }),
  });
  return JSON.parse(text).items;
}

const added = (rows: readonly Figures[], names: readonly string[]): Figures =>
  Object.fromEntries(
    names.map((name) => [
      name,
      Math.round(rows.reduce((sum, row) => sum + (row[name] ?? 0), 0) * 10) / 10,
    ]),
  );

const picked = (row: Figures | undefined, names: readonly string[]): Figures =>
  Object.fromEntries(names.map((name) => [name, row?.[name] ?? 0]));

interface Scene {
  readonly title: string;
  /** The house's, and that of the agent with a monthly account. */
  readonly zone: string;
  readonly casualZone: string;
  /** The local day that is odd; the house lives from the noon before to the noon after. */
  readonly day: string;
  readonly quarters: number;
}

const SCENES: readonly Scene[] = [
  {
    title: 'Madrid goes forward, and an account of the Canaries',
    zone: 'Europe/Madrid',
    casualZone: 'Atlantic/Canary',
    day: '2027-03-28',
    quarters: 92,
  },
  {
    title: 'Madrid goes back on the last day of a month',
    zone: 'Europe/Madrid',
    casualZone: 'Atlantic/Canary',
    day: '2027-10-31',
    quarters: 100,
  },
  {
    title: 'a year ends in Mexico, where no clock changes',
    zone: 'America/Mexico_City',
    casualZone: 'Europe/Madrid',
    day: '2026-12-31',
    quarters: 96,
  },
  {
    title: 'the Canaries go forward an hour before midnight would have',
    zone: 'Atlantic/Canary',
    casualZone: 'America/Mexico_City',
    day: '2027-03-28',
    quarters: 92,
  },
];

for (const { title, zone, casualZone, day, quarters } of SCENES)
  test(`O5 D6 the figures of an odd day: ${title}`, async () => {
    const begins = instantOf(zone, dateOf(day));
    const ends = instantOf(zone, dateOf(dayAfter(day)));
    const from = begins - 12 * HOUR_MS;
    const to = ends + 12 * HOUR_MS;
    const casual = someAgent('1500', {
      zone: casualZone,
      casual: { monthlyCap: 1_000, alwaysOn: true },
    });
    const house = await HouseInTime.open(zone, from, [someAgent('1001'), casual]);
    try {
      for (let n = 0, at = from + 60_000; at < to - HOUR_MS; n += 1, at += CALL_EVERY_MS)
        house.expect({ at, id: `c${n}`, talkMs: n % 5 === 0 ? 1_501_000 : 121_000 });
      await house.until(to);
      await holds(house, { zone, casualZone, day, quarters, from, to });
    } finally {
      await house.close();
    }
  });

interface Lived extends Omit<Scene, 'title'> {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

async function holds(house: HouseInTime, lived: Lived): Promise<void> {
  const { zone, day, quarters, from, to } = lived;
  assert.deepEqual(house.floor.broken, []);
  const odd = {
    zone,
    from: instantOf(zone, dateOf(day)),
    to: instantOf(zone, dateOf(dayAfter(day))),
  };
  assert.equal((odd.to - odd.from) / 900_000, quarters);
  // Every quarter of an hour once, and together they are the day.
  const pieces = await figures(house, 'all', '15m', odd);
  assert.equal(pieces.length, quarters);
  assert.equal(new Set(pieces.map((row) => row.from)).size, quarters);
  const [whole, ...more] = await figures(house, 'all', '1d', odd);
  assert.deepEqual(more, []);
  assert.ok((whole?.offered ?? 0) > 100, 'calls went on all day');
  assert.deepEqual(added(pieces, SUMS), picked(whole, SUMS));
  const hours = await figures(house, 'all', '1h', odd);
  assert.equal(hours.length, quarters / 4);
  assert.deepEqual(added(hours, SUMS), picked(whole, SUMS));
  // Whoever is signed in all day is so for as long as the day is.
  const [person] = await figures(house, 'agent', '1d', odd, '1001');
  assert.equal(person?.signedInTime, quarters * 900);
  const persons = await figures(house, 'agent', '15m', odd, '1001');
  assert.deepEqual(added(persons, TIMES), picked(person, TIMES));
  // However the time is cut, it is the same calls: by the days of UTC, by months, and whole.
  const all = { zone, from, to };
  const [total] = await figures(house, 'all', 'total', all);
  assert.equal(total?.calls, await countOf(house, 'cdrs'));
  const wide = { from: from - 2 * DAY_MS, to: to + 2 * DAY_MS };
  for (const other of ['UTC', zone, 'Asia/Kathmandu'])
    for (const interval of ['1d', '1mo'] as const)
      assert.deepEqual(
        added(await figures(house, 'all', interval, { zone: other, ...wide }), SUMS),
        picked(total, SUMS),
        `${interval} of ${other}`,
      );
  await today(house, lived);
  await account(house, lived);
  await months(house);
  // What was computed as it came is what is computed from the records.
  const before = await figures(house, 'agent', '15m', all);
  await house.bureau.replay(from, to);
  assert.deepEqual(await figures(house, 'agent', '15m', all), before);
}

/** The day of whoever looks on is the day of the reports. */
async function today(house: HouseInTime, { zone, to }: Lived): Promise<void> {
  const begins = instantOf(zone, dateOf(dayOf(zone, to)));
  const [row] = await figures(house, 'all', '1d', { zone, from: begins, to });
  const shown = house.floor.center.statistics().find(({ id }) => id === queueId('ventas'))?.today;
  assert.deepEqual([shown?.offered, shown?.answered], [row?.offered, row?.answered]);
}

/** What an account says of its months is what the reports say of them. */
async function account(house: HouseInTime, { casualZone }: Lived): Promise<void> {
  const ledger = house.floor.center.ledger(agentId('1500'));
  assert.ok(ledger);
  assert.equal(ledger.month, dayOf(casualZone, house.floor.clock.now()).slice(0, 7));
  const told = [...ledger.past, { month: ledger.month, spent: ledger.spent }];
  for (const { month, spent } of told) {
    const { text } = await house.bureau.casual({ month, by: 'agent', format: 'json' });
    const [item] = JSON.parse(text).items;
    assert.deepEqual([month, item.spent], [month, spent]);
  }
  const { text } = await house.bureau.casual({
    month: monthAfter(ledger.month),
    by: 'agent',
    format: 'json',
  });
  assert.equal(JSON.parse(text).items[0].spent, 0);
}

/** Each month of UTC has its own part of each table, made before it began. */
async function months(house: HouseInTime): Promise<void> {
  for (const table of ['cdrs', 'call_events', 'agent_states', 'interval_facts', 'interval_times'])
    assert.equal(await countOf(house, `${table}_default`), 0, table);
  const now = new Date(house.floor.clock.now() + 7 * DAY_MS).toISOString().slice(0, 7);
  assert.equal((await countOf(house, `cdrs_${now.replace('-', '_')}`)) >= 0, true);
}

async function countOf(house: HouseInTime, table: string): Promise<number> {
  const { rows } = await house.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table}`,
  );
  return rows[0]?.count ?? -1;
}
